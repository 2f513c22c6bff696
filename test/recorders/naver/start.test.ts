import { describe, expect, it } from 'vitest';
import { FAULT_KINDS } from '../../../src/emulators/faults.ts';
import type { NaverUnknowns } from '../../../src/emulators/index.ts';
import type { VendorFailure } from '../../../src/recorders/recorder.ts';
import type { Failure, Started } from '../../../src/session/facts.ts';
import { CHANNEL, failureFrom, handle, kit, MINUTE, SECOND, T0, takeOf } from './kit.ts';

const DOUBLE = ['error', 'same', 'another'] as const;

describe('a start', () => {
  it('looks first, then records, and names recording, publish and files', async () => {
    const k = kit();
    k.push();
    k.wait(5 * SECOND);
    const started = await k.start();
    expect(k.called()).toEqual([`GET ${CHANNEL}`, 'PUT startRecord']);
    expect(started.recording).toBe(`${CHANNEL}/1307133`);
    expect(started.handle).toEqual({
      channelId: CHANNEL,
      recordSeq: 1_307_133,
      streamSeq: 361_545,
      recordIds: ['2700001', '2700002', '2700003'],
      startedAt: T0 + 5 * SECOND,
      upload: { bucket: 'recordings', accessControl: 'PRIVATE', by: 'keeprolling' },
    });
    expect(started.observation).toMatchObject({
      actual: 'recording',
      since: { at: T0 + 5 * SECOND, plusMinusMs: SECOND },
      lastGoodAt: T0 + 5 * SECOND,
    });
    expect(started.requestId).toMatch(/\S{20}/);
    expect(started).not.toHaveProperty('wasOurs');
  });

  it('has no body and no parameters', async () => {
    const k = kit({ options: { accessControl: 'PUBLIC_READ' } });
    await k.begin();
    expect(k.sent.at(-1)).toMatchObject({ method: 'PUT', body: undefined });
    expect(k.sent.at(-1)!.path).toBe(`/api/v2/channels/${CHANNEL}/startRecord`);
  });

  it('waits for a channel that nobody pushes to, as a matter of its source', async () => {
    const k = kit();
    const failure = await failureFrom(k.start());
    expect(failure).toMatchObject({ who: 'source', retry: 'later', applied: 'no', cause: 'source-absent' });
    expect(k.called()).not.toContain('PUT startRecord');
  });

  it.each([
    [true, 'FORCE_BLOCK', 'NAVER has suspended it'],
    [false, 'BLOCK', 'you have suspended it'],
  ])('asks people to lift a suspension (forced: %s)', async (forced, status, words) => {
    const k = kit();
    if (forced) k.control('block');
    else await k.api().turnOff(CHANNEL);
    const failure = await failureFrom(k.start());
    expect(failure).toMatchObject({
      code: 'E_ACCOUNT_UNREADY',
      who: 'you',
      retry: 'later',
      applied: 'no',
      cause: 'vendor-rule',
    });
    expect(failure.message).toContain(status);
    expect(failure.message).toContain(words);
  });

  it.each([
    ['CREATING', { code: 'E_VENDOR_REFUSED', who: 'vendor' }],
    ['DELETED', { code: 'E_ACCOUNT_UNREADY', who: 'you' }],
    ['FORCE_DELETED', { code: 'E_ACCOUNT_UNREADY', who: 'you' }],
    ['A_STATE_OF_TOMORROW', { code: 'E_VENDOR_REFUSED', who: 'source' }],
  ])('tells of a channel that is %s who must act', async (channelStatus, expected) => {
    const k = kit();
    const content = { channelId: CHANNEL, channelStatus, isRecording: false };
    k.answers = () => ({
      kind: 'response',
      response: { status: 200, headers: {}, body: JSON.stringify({ content }) },
      delayMs: 0,
    });
    expect(await failureFrom(k.start())).toMatchObject({ ...expected, retry: 'later', applied: 'no' });
  });

  it('refuses a channel of type NO_RECORD for good', async () => {
    const k = kit({ settings: { record: { type: 'NO_RECORD', format: 'ALL' } }, bucket: null });
    k.push();
    expect(await failureFrom(k.start())).toMatchObject({
      code: 'E_ACCOUNT_UNREADY',
      who: 'you',
      retry: 'never',
      applied: 'no',
    });
    expect(k.called()).not.toContain('PUT startRecord');
  });

  it('says that a channel does not exist', async () => {
    const k = kit({ channels: [] });
    expect(await failureFrom(k.start())).toMatchObject({
      code: 'E_ACCOUNT_UNREADY',
      who: 'you',
      retry: 'later',
    });
  });
});

describe('a start whose reply is lost', () => {
  it.each(DOUBLE)(
    'makes one recording, found at once or by the next attempt (double start: %s)',
    async (doubleStart) => {
      const k = kit({ unknowns: { doubleStart } });
      k.push();
      k.fault('startRecord', 'reply-lost');
      const started = await k.start();
      expect(started).toMatchObject({ recording: `${CHANNEL}/1307133`, wasOurs: true });

      const next = kit({ unknowns: { doubleStart } });
      next.push();
      next.fault('startRecord', 'reply-lost');
      next.answers = (request, said) => {
        const asked = next.called().includes('PUT startRecord') && request.method === 'GET';
        return asked ? { kind: 'reset', delayMs: 0 } : said();
      };
      expect(await failureFrom(next.start())).toMatchObject({
        code: 'E_VENDOR_UNANSWERED',
        applied: 'unknown',
      });
      next.answers = (_request, said) => said();
      next.wait(20 * SECOND);
      expect(await next.start()).toMatchObject({
        recording: `${CHANNEL}/1307133`,
        wasOurs: true,
        observation: { since: { at: T0 } },
      });
      for (const one of [k, next]) expect(one.recordings()).toEqual([[1_307_133, 'began']]);
    },
  );

  it('is found also when what it made has ended with its push meanwhile', async () => {
    const k = kit();
    k.push();
    k.fault('startRecord', 'reply-lost');
    k.answers = (request, said) =>
      request.method === 'GET' && k.sent.length > 1 ? { kind: 'reset', delayMs: 0 } : said();
    await failureFrom(k.start());
    k.answers = (_request, said) => said();
    k.wait(30 * SECOND);
    k.leave();
    k.wait(30 * SECOND);
    const started = await k.start();
    expect(started).toMatchObject({
      wasOurs: true,
      observation: { since: { at: T0 }, lastGoodAt: T0 + 30 * SECOND },
    });
    const seen = await k.see(takeOf(started));
    expect(seen).toMatchObject({
      actual: 'failed',
      endedAt: { at: T0 + 30 * SECOND },
      failure: { who: 'source' },
    });
  });

  it('was never applied where the look after it finds nothing, and its source gone', async () => {
    const k = kit();
    k.push();
    k.answers = (request, said) => {
      if (request.method === 'GET') return said();
      k.leave();
      return { kind: 'reset', delayMs: 0 };
    };
    expect(await failureFrom(k.start())).toMatchObject({
      who: 'source',
      applied: 'unknown',
      cause: 'source-absent',
    });
    expect(k.recordings()).toEqual([]);
  });
});

describe('a start that is answered with an error', () => {
  it.each([
    { status: 400, code: 250_005 },
    { status: 200, code: 250_005 },
    { status: 500, code: 250_000 },
    { status: 400, code: 250_018 },
    { status: 400, code: 250_001 },
    { status: 400, code: 250_002 },
  ])('is a success where the channel records then: %j', async (stateError) => {
    const k = kit({ unknowns: { stateError } });
    k.push();
    k.answers = (request, said) => {
      // It is applied, and the second of two says so.
      if (request.method === 'PUT' && k.recordings().length === 0) said();
      return said();
    };
    expect(await k.start()).toMatchObject({ recording: `${CHANNEL}/1307133`, wasOurs: true });
  });

  it.each([
    { status: 400, code: 250_005 },
    { status: 200, code: 250_008 },
    { status: 400, code: 250_002 },
  ])('is tried again later where it does not: %j', async (stateError) => {
    const k = kit();
    k.push();
    k.answers = (request, said) =>
      request.method === 'GET'
        ? said()
        : {
            kind: 'response',
            response: {
              status: stateError.status,
              headers: {},
              body: JSON.stringify({ error: { errorCode: stateError.code, message: 'no' } }),
            },
            delayMs: 0,
          };
    expect(await failureFrom(k.start())).toMatchObject({ retry: 'later' });
    expect(k.called()).toEqual([`GET ${CHANNEL}`, 'PUT startRecord', `GET ${CHANNEL}`, 'GET records']);
  });

  it('asks no more where the gateway has stopped it', async () => {
    const k = kit();
    k.push();
    k.fault('startRecord', 'throttled');
    expect(await failureFrom(k.start())).toMatchObject({ code: 'E_VENDOR_THROTTLED', applied: 'no' });
    expect(k.called()).toEqual([`GET ${CHANNEL}`, 'PUT startRecord']);
  });

  it('that accepts and lists nothing is looked after', async () => {
    const k = kit();
    k.push();
    k.answers = (request, said) => {
      if (request.method === 'GET') return said();
      said();
      return { kind: 'response', response: { status: 200, headers: {}, body: '{"content":{}}' }, delayMs: 0 };
    };
    expect(await k.start()).toMatchObject({ recording: `${CHANNEL}/1307133`, wasOurs: true });
  });
});

describe('each fault of a start', () => {
  it.each(FAULT_KINDS)('leaves one recording and no false claim: %s', async (kind) => {
    const k = kit();
    k.push();
    k.fault('startRecord', kind, { delayMs: 60_000 });
    let started: Started | undefined;
    const wrong: Failure[] = [];
    for (let tries = 0; !started && tries < 3; tries += 1) {
      const before = k.recordings().length;
      try {
        started = await k.start();
      } catch (error) {
        const { failure } = error as VendorFailure;
        const made = k.recordings().length > before;
        if (failure.retry === 'never' || (made && failure.applied === 'no')) wrong.push(failure);
      }
      k.wait(SECOND);
    }
    expect(wrong).toEqual([]);
    expect(started?.recording).toBe(`${CHANNEL}/1307133`);
    expect(k.recordings()).toEqual([[1_307_133, 'began']]);
    expect(k.emulator.faults.fired.get(kind)).toBe(1);
  });

  it.each(FAULT_KINDS)('of the look before it sends nothing: %s', async (kind) => {
    const k = kit();
    k.push();
    k.fault('channel', kind, { delayMs: 60_000 });
    expect(await failureFrom(k.start())).toMatchObject({ applied: 'no' });
    expect(k.called()).not.toContain('PUT startRecord');
  });
});

describe("somebody else's recording", () => {
  it.each(DOUBLE)('is refused and left alone (double start: %s)', async (doubleStart) => {
    const k = kit({ unknowns: { doubleStart } });
    k.push();
    await k.api().startRecord(CHANNEL);
    k.wait(MINUTE);
    const failure = await failureFrom(k.start({ name: { ...k.request().name, at: T0 + MINUTE } }));
    expect(failure).toMatchObject({ code: 'E_FOREIGN_RECORDING', who: 'you', retry: 'later', applied: 'no' });
    expect(k.recordings()).toEqual([[1_307_133, 'began']]);
  });

  it('is not taken for ours at a later attempt, since it began before', async () => {
    const k = kit();
    k.push();
    await k.api().startRecord(CHANNEL);
    k.wait(MINUTE);
    const failure = await failureFrom(
      k.start({ attempt: 3, name: { ...k.request().name, at: T0 + MINUTE } }),
    );
    expect(failure.code).toBe('E_FOREIGN_RECORDING');
  });

  it('is taken over where that is asked, and claims nothing from before the session', async () => {
    const k = kit();
    k.push();
    await k.api().startRecord(CHANNEL);
    k.wait(MINUTE);
    const started = await k.start({ adoptForeign: true, name: { ...k.request().name, at: T0 + MINUTE } });
    expect(started).toMatchObject({
      recording: `${CHANNEL}/1307133`,
      wasOurs: true,
      observation: { since: { at: T0 + MINUTE } },
    });
    expect(k.recordings()).toHaveLength(1);
  });

  it.each([
    [{}, 'E_ACCOUNT_UNREADY'],
    [{ attempt: 2 }, 'E_FOREIGN_RECORDING'],
  ])('is what a channel with immediateOnAir records by itself: %j', async (over, code) => {
    const k = kit({ settings: { immediateOnAir: true } });
    if (code === 'E_FOREIGN_RECORDING') k.push();
    expect((await failureFrom(k.start(over))).code).toBe(code);
  });

  it('of immediateOnAir is taken over after each push', async () => {
    const k = kit({ settings: { immediateOnAir: true } });
    const first = await k.begin({ adoptForeign: true });
    k.wait(MINUTE);
    k.leave();
    k.wait(10 * SECOND);
    k.push();
    expect(await k.see(first.take)).toMatchObject({ actual: 'failed', endedAt: { at: T0 + MINUTE } });
    const second = await k.start({ adoptForeign: true, former: first.started.handle, attempt: 1 });
    expect(second).toMatchObject({
      recording: `${CHANNEL}/1307134`,
      observation: { since: { at: T0 + MINUTE + 10 * SECOND } },
    });
  });
});

describe('what the platform goes on with', () => {
  const another: Partial<NaverUnknowns> = { reconnect: 'another' };

  async function dropped(awayMs: number, over: Partial<NaverUnknowns> = another) {
    const k = kit({ unknowns: over });
    const { started, take } = await k.begin();
    k.wait(MINUTE);
    k.leave();
    k.wait(awayMs);
    return { k, started, take };
  }

  it.each([5 * SECOND, 30 * MINUTE])('when the push is back after %d ms is the next take', async (awayMs) => {
    const { k, started, take } = await dropped(awayMs);
    k.push();
    k.wait(20 * SECOND);
    expect(await k.see(take)).toMatchObject({ actual: 'failed', failure: { who: 'source' } });
    const next = await k.start({ former: started.handle, attempt: 1 });
    expect(next).toMatchObject({
      recording: `${CHANNEL}/1307134`,
      wasOurs: true,
      observation: { since: { at: T0 + MINUTE + awayMs } },
    });
    expect(handle(takeOf(next)).recordSeq).toBe(1_307_134);
  });

  it("is somebody else's where it began long after the push", async () => {
    const { k, started } = await dropped(MINUTE, { reconnect: 'ended' });
    k.push();
    k.wait(MINUTE);
    await k.api().startRecord(CHANNEL);
    k.wait(SECOND);
    expect((await failureFrom(k.start({ former: started.handle, attempt: 1 }))).code).toBe(
      'E_FOREIGN_RECORDING',
    );
  });

  it("is somebody else's where it began in the same push, after our own stop", async () => {
    const k = kit({ unknowns: another });
    const { started, take } = await k.begin();
    k.wait(MINUTE);
    await k.stop(take);
    k.wait(SECOND);
    await k.api().startRecord(CHANNEL);
    expect((await failureFrom(k.start({ former: started.handle, attempt: 1 }))).code).toBe(
      'E_FOREIGN_RECORDING',
    );
  });
});
