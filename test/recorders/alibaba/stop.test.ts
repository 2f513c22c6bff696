/** The end and the pause: `stop`, and what it needs to be either. */
import { describe, expect, test } from 'vitest';
import { alibabaRecorder } from '../../../src/recorders/alibaba/adapter.ts';
import type { AlibabaUnknowns } from '../../../src/emulators/index.ts';
import { kit, MINUTE, SECOND, T0, type Kit } from './kit.ts';

type Take = ReturnType<Kit['take']>;

async function stop(k: Kit, take: Take) {
  const told = await alibabaRecorder.stop(k.context, k.subject, take);
  k.told.push(told);
  return told;
}
const pause = async (k: Kit, take: Take) => await alibabaRecorder.pause!(k.context, k.subject, take);
const resume = async (k: Kit, take: Take) => await alibabaRecorder.resume!(k.context, k.subject, take);

/** What no page tells, in every position. */
const PAUSED: AlibabaUnknowns['startWhenPaused'][] = ['same-file', 'new-file', 'refused'];
const WRONG_STATE = ['TaskNotStarted', 'TaskStateInvalid'] as const;

describe('a stop', () => {
  test('ends it, and has its file made at once', async () => {
    const k = kit();
    const take = await k.begin();
    k.clock.advance(MINUTE);
    expect(await stop(k, take)).toMatchObject({ how: 'stopped', at: k.clock.now() });
    expect(k.commands).toEqual(['start', 'stop', 'cancel_delay']);
    expect(k.truth('file').map(({ event }) => event)).toEqual(['finalised']);
  });

  test.each(WRONG_STATE)(
    'of what has ended already says so, whatever the code: %s',
    async (wrongStateCode) => {
      const k = kit({ unknowns: { wrongStateCode } });
      const take = await k.begin();
      await stop(k, take);
      expect(await stop(k, take)).toMatchObject({ how: 'over' });
    },
  );

  test.each(['current', '2018'] as const)('of what has ended with its push says so (%s)', async (codes) => {
    const k = kit({ unknowns: { codes } });
    const take = await k.begin();
    k.control('source.stop');
    expect(await stop(k, take)).toMatchObject({ how: 'over' });
  });

  test('whose answer was lost is repeated, and ends it', async () => {
    const k = kit();
    const take = await k.begin();
    k.clock.advance(MINUTE);
    k.fault('RealTimeRecordCommand', 'reply-lost');
    expect(await k.failure(stop(k, take))).toMatchObject({ applied: 'unknown' });
    expect(await stop(k, take)).toMatchObject({ how: 'over' });
    expect(k.truth('file')).toHaveLength(1);
  });

  test('that was applied before its second half failed has been applied', async () => {
    const k = kit();
    const take = await k.begin();
    let commands = 0;
    k.answers = (op, said) => {
      if (op !== 'RealTimeRecordCommand' || (commands += 1) !== 2) return said();
      const body = JSON.stringify({ Code: 'Throttling.User', RequestId: 'R' });
      return { kind: 'response', response: { status: 400, headers: {}, body }, delayMs: 0 };
    };
    expect(await k.failure(stop(k, take))).toMatchObject({ code: 'E_VENDOR_THROTTLED', applied: 'unknown' });
    expect(await stop(k, take)).toMatchObject({ how: 'over' });
  });

  test('that is refused because it records is a contradiction, and no end', async () => {
    const k = kit();
    const take = await k.begin();
    k.refuses('RealTimeRecordCommand', 'TaskAlreadyStarted', 409);
    expect(await k.failure(stop(k, take))).toMatchObject({
      code: 'E_VENDOR_FAULT',
      applied: 'no',
      retry: 'later',
    });
  });

  test('needs no handle: the stream is name enough', async () => {
    const k = kit();
    await k.begin();
    expect(await stop(k, k.take(null))).toMatchObject({ how: 'stopped' });
  });
});

describe.each(PAUSED)('a pause, where start in a pause is %s', (startWhenPaused) => {
  const unknowns = { startWhenPaused };

  test('writes nothing, and what is resumed writes', async () => {
    const k = kit({ unknowns });
    const take = await k.begin();
    k.clock.advance(MINUTE);
    await pause(k, take);
    const pausedAt = k.clock.now();
    k.clock.advance(30 * SECOND);
    expect(k.writtenSince(pausedAt)).toBe(0);
    const { handle } = await resume(k, take);
    expect(handle).toEqual({ push: T0 + 5 * SECOND, since: k.clock.now() });
    const resumedAt = k.clock.now();
    k.clock.advance(30 * SECOND);
    expect(k.writtenSince(resumedAt)).toBe(30 * SECOND);
    expect(k.commands).not.toContain('restart');
  });

  test('longer than DelayTime is resumed as well', async () => {
    const k = kit({ unknowns });
    const take = await k.begin();
    await pause(k, take);
    k.clock.advance(10 * MINUTE);
    await resume(k, take);
    const resumedAt = k.clock.now();
    k.clock.advance(30 * SECOND);
    expect(k.writtenSince(resumedAt)).toBe(30 * SECOND);
  });

  test.each([1, 2, 3])(
    'is resumed by the next attempt whichever answer was lost, here that to command %s',
    async (nth) => {
      const k = kit({ unknowns });
      const take = await k.begin();
      await pause(k, take);
      k.clock.advance(10 * SECOND);
      let commands = 0;
      k.answers = (op, said) => {
        const answer = said();
        if (op !== 'RealTimeRecordCommand' || (commands += 1) !== nth) return answer;
        return { kind: 'reset', delayMs: 0 };
      };
      const first = await resume(k, take).then(
        () => 'resumed',
        () => 'lost',
      );
      if (first === 'lost') await resume(k, take);
      const resumedAt = k.clock.now();
      k.clock.advance(30 * SECOND);
      expect(k.writtenSince(resumedAt)).toBe(30 * SECOND);
    },
  );

  test('that is repeated is held all the same, and a resume that is repeated changes nothing', async () => {
    const k = kit({ unknowns });
    const take = await k.begin();
    await pause(k, take);
    await pause(k, take);
    await resume(k, take);
    const files = k.truth('file').length;
    await resume(k, take);
    expect(k.truth('file')).toHaveLength(files);
    const at = k.clock.now();
    k.clock.advance(10 * SECOND);
    expect(k.writtenSince(at)).toBe(10 * SECOND);
  });

  test('in which the source was pushed anew is resumed with the new push', async () => {
    const k = kit({ unknowns });
    const take = await k.begin();
    await pause(k, take);
    k.clock.advance(10 * SECOND);
    k.control('source.cut');
    k.clock.advance(10 * SECOND);
    const { handle } = await resume(k, take);
    expect((handle as { push: number }).push).toBeGreaterThan(T0 + 5 * SECOND);
    const at = k.clock.now();
    k.clock.advance(10 * SECOND);
    expect(k.writtenSince(at)).toBe(10 * SECOND);
  });

  test('without a source cannot be resumed yet', async () => {
    const k = kit({ unknowns });
    const take = await k.begin();
    await pause(k, take);
    k.control('source.stop');
    expect(await k.failure(resume(k, take))).toMatchObject({ who: 'source', retry: 'later', applied: 'no' });
  });
});

test('a pause of what may wait for its source is refused, since it could not be held', async () => {
  const k = kit();
  const take = await k.begin();
  k.control('source.stop');
  await expect(pause(k, take)).rejects.toMatchObject({ failure: { who: 'source', applied: 'no' } });
});

test('restart is sent once, where nothing else begins it, and never blindly again', async () => {
  const k = kit();
  const take = await k.begin();
  await pause(k, take);
  const restarts: number[] = [];
  k.answers = (op, said) => {
    if (op !== 'RealTimeRecordCommand') return said();
    const { Command } = k.sent.at(-1)!.query;
    if (Command === 'restart') {
      restarts.push(k.clock.now());
      said();
      return { kind: 'reset', delayMs: 0 };
    }
    if (restarts.length > 0) return said();
    const body = JSON.stringify({ Code: 'TaskStateInvalid', RequestId: 'R' });
    return { kind: 'response', response: { status: 409, headers: {}, body }, delayMs: 0 };
  };
  expect(await k.failure(resume(k, take))).toMatchObject({ applied: 'unknown' });
  await resume(k, take);
  expect(restarts).toHaveLength(1);
  const at = k.clock.now();
  k.clock.advance(10 * SECOND);
  expect(k.writtenSince(at)).toBe(10 * SECOND);
});

describe('the encoder is made to connect anew', () => {
  const repush = async (k: Kit) => await alibabaRecorder.repush!(k.context, k.subject);

  test('once, and is let in again', async () => {
    const k = kit();
    k.control('source.start');
    k.clock.advance(5 * SECOND);
    await k.prepare();
    k.clock.advance(SECOND);
    expect(await k.failure(k.start())).toMatchObject({ code: 'E_NOT_IN_FORCE' });
    await repush(k);
    const forbidden = k.sent.find(({ op }) => op === 'ForbidLiveStream')!;
    expect(forbidden.query).toMatchObject({
      DomainName: 'push.example.com',
      LiveStreamType: 'publisher',
      Oneshot: 'yes',
    });
    expect(k.count('ResumeLiveStream')).toBe(1);
    k.clock.advance(5 * SECOND);
    expect(await k.start()).toMatchObject({ handle: { push: T0 + 7 * SECOND } });
  });

  test.each(['reply-lost', 'error-applied'] as const)(
    'is let in again after an answer that is %s',
    async (kind) => {
      const k = kit();
      await k.ready();
      k.fault('ForbidLiveStream', kind);
      expect(await k.failure(repush(k))).toMatchObject({ applied: 'unknown' });
      expect(k.count('ResumeLiveStream')).toBe(1);
      k.clock.advance(5 * SECOND);
      expect(await k.start()).toBeDefined();
    },
  );

  test('without a source there is nothing to cut off', async () => {
    const k = kit();
    await k.prepare();
    expect(await k.failure(repush(k))).toMatchObject({ who: 'source', applied: 'no' });
    expect(k.count('ForbidLiveStream')).toBe(0);
  });
});
