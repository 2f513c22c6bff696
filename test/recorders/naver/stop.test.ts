import { describe, expect, it } from 'vitest';
import { FAULT_KINDS } from '../../../src/emulators/faults.ts';
import type { NaverUnknowns } from '../../../src/emulators/index.ts';
import type { VendorFailure } from '../../../src/recorders/recorder.ts';
import type { Failure, Stopped } from '../../../src/session/facts.ts';
import { CHANNEL, failureFrom, kit, MINUTE, nameless, SECOND, T0 } from './kit.ts';

const IDLE = ['error', 'ok'] as const;

describe('a stop', () => {
  it('looks first, then ends the recording, and tells since when and until when', async () => {
    const k = kit();
    const { take } = await k.begin();
    k.wait(MINUTE);
    k.sent.length = 0;
    const stopped = await k.stop(take);
    expect(k.called()).toEqual([`GET ${CHANNEL}`, 'GET records', 'PUT stopRecord']);
    expect(stopped).toMatchObject({
      how: 'stopped',
      observation: {
        actual: 'recording',
        since: { at: T0 },
        endedAt: { at: T0 + MINUTE, plusMinusMs: SECOND },
        filedUntil: T0 + MINUTE,
      },
      requestId: expect.stringMatching(/\S{20}/),
    });
    expect(k.recordings().at(-1)).toEqual([1_307_133, 'ended', 'stop']);
  });

  it.each(IDLE)(
    'that is repeated answers that it is over and sends nothing (idle stop: %s)',
    async (idleStop) => {
      const k = kit({ unknowns: { idleStop } });
      const { take } = await k.begin();
      k.wait(MINUTE);
      await k.stop(take);
      k.sent.length = 0;
      k.wait(MINUTE);
      expect(await k.stop(take)).toMatchObject({
        how: 'over',
        observation: { endedAt: { at: T0 + MINUTE } },
      });
      expect(k.called()).not.toContain('PUT stopRecord');
    },
  );

  it('never ends another recording than its own', async () => {
    const k = kit();
    const { take } = await k.begin();
    await k.api().stopRecord(CHANNEL);
    await k.api().startRecord(CHANNEL);
    k.wait(MINUTE);
    expect(await k.stop(take)).toMatchObject({ how: 'over' });
    expect(k.recordings().at(-1)).toEqual([1_307_134, 'began']);
  });

  it('of a recording that has ended with its push says when that was', async () => {
    const k = kit();
    const { take } = await k.begin();
    k.wait(MINUTE);
    k.leave();
    k.wait(MINUTE);
    expect(await k.stop(take)).toMatchObject({
      how: 'over',
      observation: { actual: 'failed', endedAt: { at: T0 + MINUTE }, failure: { who: 'source' } },
    });
  });

  it.each<Partial<NaverUnknowns>>([
    { publishEnd: 'stays' },
    { publishEnd: 'later' },
    { publishEnd: 'stays', reconnect: 'fragments' },
  ])('of a recording that outlives its push ends it, and its media with the push: %j', async (unknowns) => {
    const k = kit({ unknowns });
    const { take } = await k.begin();
    k.wait(MINUTE);
    k.leave();
    k.wait(20 * SECOND);
    expect(await k.stop(take)).toMatchObject({
      how: 'stopped',
      observation: { actual: 'armed', endedAt: { at: T0 + MINUTE, plusMinusMs: SECOND } },
    });
    expect(k.recordings().at(-1)).toEqual([1_307_133, 'ended', 'stop']);
  });

  it('of what Live Station does not know answers so', async () => {
    const k = kit();
    const { started, take } = await k.begin();
    const handle = { ...(started.handle as object), recordSeq: 1 };
    expect(await k.stop({ ...take, handle })).toEqual({ at: T0, how: 'absent' });
    k.fault('channel', 'not-found');
    expect(await k.stop(take)).toMatchObject({ how: 'absent' });
  });
});

describe('a stop of a take whose start was never answered', () => {
  it('ends what that start has made', async () => {
    const k = kit();
    k.push();
    k.wait(2 * SECOND);
    await k.api().startRecord(CHANNEL);
    expect(await k.stop(nameless())).toMatchObject({ how: 'stopped' });
    expect(k.recordings().at(-1)).toEqual([1_307_133, 'ended', 'stop']);
  });

  it('finds nothing where it has made nothing, and leaves others alone', async () => {
    const k = kit();
    k.push();
    expect(await k.stop(nameless())).toMatchObject({ how: 'absent' });
    await k.api().startRecord(CHANNEL);
    const later = { ...nameless(), name: { ...nameless().name, at: T0 + MINUTE } };
    k.wait(2 * MINUTE);
    expect(await k.stop(later)).toMatchObject({ how: 'absent' });
    expect(k.recordings()).toEqual([[1_307_133, 'began']]);
  });

  it('does not take what the platform has begun by itself for its own', async () => {
    const k = kit({ settings: { immediateOnAir: true } });
    k.push();
    expect(await k.stop(nameless())).toMatchObject({ how: 'absent' });
    expect(k.recordings()).toEqual([[1_307_133, 'began']]);
  });
});

describe('each fault of a stop', () => {
  it.each(FAULT_KINDS)('leaves nothing recording and no false claim: %s', async (kind) => {
    for (const idleStop of IDLE) {
      const k = kit({ unknowns: { idleStop } });
      const { take } = await k.begin();
      k.wait(MINUTE);
      k.fault('stopRecord', kind, { delayMs: 60_000 });
      let stopped: Stopped | undefined;
      const wrong: Failure[] = [];
      for (let tries = 0; !stopped && tries < 3; tries += 1) {
        try {
          stopped = await k.stop(take);
        } catch (error) {
          const { failure } = error as VendorFailure;
          const ended = k.recordings().length > 1;
          if (failure.retry === 'never' || (ended && failure.applied === 'no')) wrong.push(failure);
          k.wait(SECOND);
        }
      }
      expect(stopped).toBeDefined();
      expect(wrong).toEqual([]);
      expect(k.recordings()).toEqual([
        [1_307_133, 'began'],
        [1_307_133, 'ended', 'stop'],
      ]);
      expect(k.emulator.faults.fired.get(kind)).toBe(1);
    }
  });

  it.each(FAULT_KINDS.filter((kind) => kind !== 'not-found'))(
    'of the looks before it sends nothing: %s',
    async (kind) => {
      for (const op of ['channel', 'records']) {
        const k = kit();
        const { take } = await k.begin();
        k.fault(op, kind, { delayMs: 60_000 });
        expect(await failureFrom(k.stop(take))).toMatchObject({ applied: 'no' });
        expect(k.called()).not.toContain('PUT stopRecord');
      }
    },
  );

  it('says that the outcome is unknown where the looks after it fail too', async () => {
    const k = kit();
    const { take } = await k.begin();
    k.fault('stopRecord', 'reply-lost');
    k.answers = (request, said) =>
      request.method === 'GET' && k.called().includes('PUT stopRecord')
        ? { kind: 'reset', delayMs: 0 }
        : said();
    expect(await failureFrom(k.stop(take))).toMatchObject({ applied: 'unknown', retry: 'later' });
  });
});
