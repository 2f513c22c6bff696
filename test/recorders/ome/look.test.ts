import { describe, expect, it } from 'vitest';
import { sharedReadings } from '../../../src/activities/shared-readings.ts';
import { omeRecorder } from '../../../src/recorders/ome/adapter.ts';
import type { TakeInQuestion } from '../../../src/recorders/recorder.ts';
import { kit, T0, type KitOptions } from './kit.ts';

const S = 1_000;

/** A session that has recorded for 30 s and has been looked at every 10 s. */
async function recordingKit(options: KitOptions = {}) {
  const k = kit(options);
  k.source('start');
  const { take } = await k.start();
  await k.watch(take, 30 * S);
  return { k, take };
}

/** Both ways in which `recordTime` may behave while nothing arrives. */
const BOTH = [['runs'], ['frozen']] as const;

describe('a look at OvenMediaEngine', () => {
  it('is one call for all takes of a session', async () => {
    const k = kit({ target: { output: 'cam1' } });
    k.source('start');
    const { take: one } = await k.start();
    k.clock.advance(S);
    const { take: two } = await k.start(k.name(2));
    k.clock.advance(5 * S);
    const look = await k.look(one, two);
    expect(k.requests('records')).toHaveLength(1);
    expect(look).toMatchObject({
      at: T0 + 6 * S,
      seen: [
        { take: 1, actual: 'recording' },
        { take: 2, actual: 'recording' },
      ],
    });
    expect(look.sentence).toBe('take 1 recording, 1 file, 1.5 MB; take 2 recording, 1 file, 1.3 MB');
  });

  it('is one call for all sessions of an application that look within a second', async () => {
    const k = kit({ target: { output: 'cam1' } });
    k.source('start');
    const takes = [];
    for (let take = 1; take <= 100; take += 1) takes.push((await k.start(k.name(take))).take);
    k.clock.advance(5 * S);
    const readings = sharedReadings();
    const context = {
      ...k.context,
      share: <T>(key: string, maxAgeMs: number, read: () => Promise<T>) =>
        readings.share({ key, maxAgeMs, read }),
    };
    const looks = await Promise.all(takes.map((take) => omeRecorder.look(context, k.subject, [take], null)));
    expect(k.requests('records')).toHaveLength(1);
    expect(looks.map(({ look }) => look)).toMatchObject(
      takes.map(({ take }) => ({ at: T0 + 5 * S, seen: [{ take, actual: 'recording' }] })),
    );
    // One that is younger than the reading, or has gone, is asked for by its own look.
    const { take: young } = await k.start(k.name(101));
    expect((await omeRecorder.look(context, k.subject, [young], null)).look).toMatchObject({
      seen: [{ take: 101, actual: 'recording' }],
    });
    expect(k.requests('records')).toHaveLength(2);
  });

  it('remembers less than 1 KiB a take', async () => {
    const { k } = await recordingKit();
    expect(JSON.stringify(k.memory).length).toBeLessThan(400);
  });

  it('takes growing bytes for a recording, good until now', async () => {
    const { k, take } = await recordingKit();
    k.clock.advance(10 * S);
    expect(await k.see(take)).toEqual({
      take: 1,
      actual: 'recording',
      since: { at: T0, plusMinusMs: S },
      lastGoodAt: T0 + 40 * S,
      files: [
        {
          name: `/keeprolling/${(take.handle as { id: string }).id}_0.ts`,
          sequence: 0,
          state: 'open',
          from: T0,
          bytes: 10_000_000,
        },
      ],
      fileCount: 1,
      source: 'records state "recording", sequence 0, 10000000 bytes',
    });
  });

  it.each(BOTH)(
    'takes byte counters that stand still over two looks for a stall (recordTime %s)',
    async (recordTimeInStall) => {
      const { k, take } = await recordingKit({ unknowns: { recordTimeInStall } });
      k.clock.advance(4 * S);
      k.source('stall');
      k.clock.advance(6 * S);
      expect(await k.see(take)).toMatchObject({ actual: 'recording' });
      k.clock.advance(10 * S);
      const seen = await k.see(take);
      expect(seen.actual).toBe('stalled');
      const { at, plusMinusMs } = seen.endedAt!;
      expect(Math.abs(at - (T0 + 34 * S))).toBeLessThanOrEqual(plusMinusMs);
      expect(plusMinusMs).toBe(recordTimeInStall === 'frozen' ? S : 5 * S);
      expect(seen.lastGoodAt).toBeLessThanOrEqual(at);
      expect(seen.since).toBeUndefined();
      k.clock.advance(10 * S);
      expect(await k.see(take)).toMatchObject({ actual: 'stalled', endedAt: seen.endedAt });
    },
  );

  it('tells between which looks a stall was over', async () => {
    const { k, take } = await recordingKit();
    k.source('stall');
    await k.watch(take, 30 * S);
    k.clock.advance(3 * S);
    k.source('flow');
    k.clock.advance(7 * S);
    const seen = await k.see(take);
    expect(seen.actual).toBe('recording');
    const { at, plusMinusMs } = seen.since!;
    expect(Math.abs(at - (T0 + 63 * S))).toBeLessThanOrEqual(plusMinusMs);
    expect(plusMinusMs).toBeLessThanOrEqual(5 * S);
  });

  it('does not take a hiccup between two quick looks for a stall', async () => {
    const { k, take } = await recordingKit();
    k.source('stall');
    k.clock.advance(1_000);
    await k.see(take);
    k.clock.advance(900);
    expect(await k.see(take)).toMatchObject({ actual: 'recording' });
    k.clock.advance(200);
    expect(await k.see(take)).toMatchObject({ actual: 'stalled' });
  });

  it('does not take a stall for over when the memory is gone, until the bytes have moved', async () => {
    const { k, take } = await recordingKit();
    k.source('stall');
    await k.watch(take, 30 * S);
    k.memory = null;
    const believed = { ...take, belief: 'stalled' };
    expect(await k.see(believed)).toMatchObject({ actual: 'stalled' });
    expect(await k.watch(believed, 20 * S)).toMatchObject({ actual: 'stalled' });
    k.source('flow');
    expect(await k.watch(believed, 10 * S)).toMatchObject({ actual: 'recording' });
  });

  it('takes "recording" without a single byte for a stall', async () => {
    const k = kit({ target: { output: 'cam1' } });
    const { take } = await k.start();
    k.source('start', { keyframeMs: 1_000_000 });
    k.source('stall');
    const seen = await k.watch(take, 30 * S);
    expect(seen).toMatchObject({ actual: 'stalled', endedAt: { at: T0 } });
  });

  it('takes state "stopped" for armed, with the exact end', async () => {
    const { k, take } = await recordingKit();
    k.clock.advance(3_456);
    k.source('stop');
    k.clock.advance(6_544);
    const seen = await k.see(take);
    expect(seen).toMatchObject({
      actual: 'armed',
      endedAt: { at: T0 + 33_456, plusMinusMs: S },
      lastGoodAt: T0 + 33_456,
      filedUntil: T0 + 33_456,
      fileCount: 1,
      files: [{ sequence: 0, state: 'named', from: T0, to: T0 + 33_456 }],
    });
    expect(await k.watch(take, 60 * S)).toMatchObject({ actual: 'armed', endedAt: { at: T0 + 33_456 } });
  });

  it('tells by the recorded time that a source had stalled before it was dropped', async () => {
    const { k, take } = await recordingKit({ unknowns: { recordTimeInStall: 'frozen' } });
    k.clock.advance(2 * S);
    k.source('stall');
    k.clock.advance(5 * S);
    k.source('stop');
    k.clock.advance(3 * S);
    expect(await k.see(take)).toMatchObject({ actual: 'armed', endedAt: { at: T0 + 32 * S } });
  });

  it('keeps the take over a drop and knows both edges exactly', async () => {
    const { k, take } = await recordingKit();
    k.clock.advance(2 * S);
    k.source('stop');
    await k.watch(take, 20 * S);
    k.clock.advance(1 * S);
    k.source('start');
    k.clock.advance(9 * S);
    const seen = await k.see(take);
    expect(seen).toMatchObject({
      actual: 'recording',
      since: { at: T0 + 53 * S, plusMinusMs: S },
      endedAt: { at: T0 + 32 * S, plusMinusMs: S },
      lastGoodAt: T0 + 62 * S,
      fileCount: 2,
    });
    expect(seen.files?.at(-1)).toMatchObject({ sequence: 1, state: 'open', from: T0 + 53 * S });
  });

  it('finds the begin of the next stretch also without memory', async () => {
    for (const options of [{}, { interval: 5_000 }]) {
      const { k, take } = await recordingKit({ options });
      k.source('stop');
      await k.watch(take, 10 * S);
      k.memory = null;
      k.clock.advance(6 * S);
      k.source('start');
      k.clock.advance(4 * S);
      expect(await k.see({ ...take, belief: 'armed' })).toMatchObject({
        actual: 'recording',
        since: { at: T0 + 46 * S },
      });
    }
  });

  it('knows a drop between two looks exactly, though the record is "recording" at both', async () => {
    const { k, take } = await recordingKit();
    k.clock.advance(3 * S);
    k.source('stop');
    k.clock.advance(2_500);
    k.source('start');
    k.clock.advance(4_500);
    const seen = await k.see(take);
    expect(seen).toMatchObject({
      actual: 'recording',
      interruptions: [{ from: { at: T0 + 33 * S, plusMinusMs: S }, to: { at: T0 + 35_500, plusMinusMs: S } }],
      since: { at: T0 + 35_500 },
      files: [
        { sequence: 0, state: 'named', from: T0, to: T0 + 33 * S },
        { sequence: 1, state: 'open', from: T0 + 35_500 },
      ],
    });
    expect((await k.watch(take, 10 * S)).interruptions).toBeUndefined();
  });

  it('never claims more than the counters show after several drops between two looks', async () => {
    const { k, take } = await recordingKit();
    for (const [up, down] of [
      [2, 3],
      [4, 2],
    ] as const) {
      k.clock.advance(up * S);
      k.source('stop');
      k.clock.advance(down * S);
      k.source('start');
    }
    k.clock.advance(5 * S);
    const [only, ...others] = (await k.see(take)).interruptions!;
    expect(others).toEqual([]);
    expect(only!.to.at).toBe(T0 + 41 * S);
    expect(Math.abs(only!.from.at - (T0 + 32 * S))).toBeLessThanOrEqual(only!.from.plusMinusMs);
    expect(only!.from.at).toBeLessThanOrEqual(T0 + 36 * S);
  });

  it('takes a split by interval for no interruption', async () => {
    const { k, take } = await recordingKit({ options: { interval: 20_000 } });
    const seen = await k.watch(take, 60 * S);
    expect(seen).toMatchObject({
      actual: 'recording',
      since: { at: T0 },
      fileCount: 5,
      filedUntil: T0 + 80 * S,
    });
    expect(seen.interruptions).toBeUndefined();
    expect(k.told.filter((one) => JSON.stringify(one).includes('interruptions'))).toEqual([]);
  });

  it('takes the splits of a schedule for no interruption, also its one-packet files', async () => {
    const { k, take } = await recordingKit({ options: { schedule: '*/15 * *' } });
    const seen = await k.watch(take, 60 * S);
    expect(seen.fileCount).toBeGreaterThan(6);
    expect(seen.interruptions).toBeUndefined();
    expect(seen).toMatchObject({ actual: 'recording', since: { at: T0 } });
    expect(seen.files!.length).toBeLessThanOrEqual(20);
  });

  it('tells a drop from a split by the recorded time', async () => {
    const { k, take } = await recordingKit({ options: { interval: 3_600_000 } });
    k.clock.advance(2 * S);
    k.source('stop');
    k.clock.advance(3 * S);
    k.source('start');
    k.clock.advance(5 * S);
    expect((await k.see(take)).interruptions).toEqual([
      { from: { at: T0 + 32 * S, plusMinusMs: S }, to: { at: T0 + 35 * S, plusMinusMs: S } },
    ]);
  });

  it('knows the length of a drop among splits, and its place as far as it can be known', async () => {
    const { k, take } = await recordingKit({ options: { interval: 4_000 } });
    await k.see(take);
    k.clock.advance(5 * S);
    k.source('stop');
    k.clock.advance(3 * S);
    k.source('start');
    k.clock.advance(12 * S);
    const [one, ...others] = (await k.see(take)).interruptions!;
    expect(others).toEqual([]);
    expect(one!.to.at - one!.from.at).toBe(3 * S);
    expect(Math.abs(one!.from.at - (T0 + 35 * S))).toBeLessThanOrEqual(one!.from.plusMinusMs);
  });

  it('keeps what it knew when another call flips "stopped" to "ready" and hides the counters', async () => {
    const { k, take } = await recordingKit();
    k.clock.advance(2 * S);
    k.source('stop');
    k.clock.advance(8 * S);
    expect(await k.see(take)).toMatchObject({ actual: 'armed', endedAt: { at: T0 + 32 * S } });
    const other = await k.start(k.name(9));
    k.clock.advance(10 * S);
    const flipped = await k.see(take);
    expect(flipped).toMatchObject({ actual: 'armed', endedAt: { at: T0 + 32 * S } });
    expect(flipped.fileCount).toBeUndefined();
    await k.stop(other.take);
    k.source('start');
    k.clock.advance(10 * S);
    expect(await k.see(take)).toMatchObject({
      actual: 'recording',
      since: { at: T0 + 50 * S },
      fileCount: 2,
    });
  });

  it('bounds the end by two looks when it only sees "ready", and tells it exactly once it records again', async () => {
    const { k, take } = await recordingKit();
    k.clock.advance(2 * S);
    k.source('stop');
    const other = await k.start(k.name(9));
    await k.stop(other.take);
    k.clock.advance(8 * S);
    const hidden = await k.see(take);
    expect(hidden).toMatchObject({ actual: 'armed', endedAt: { at: T0 + 35 * S, plusMinusMs: 5 * S } });
    k.source('start');
    k.clock.advance(10 * S);
    expect(await k.see(take)).toMatchObject({
      actual: 'recording',
      endedAt: { at: T0 + 32 * S, plusMinusMs: S },
    });
  });

  it('takes an empty list for proof that the record was forgotten', async () => {
    const { k, take } = await recordingKit();
    k.clock.advance(2 * S);
    k.control('restart', { kill: true });
    k.clock.advance(8 * S);
    expect(await k.see(take)).toMatchObject({
      actual: 'absent',
      endedAt: { at: T0 + 35 * S, plusMinusMs: 5 * S },
      lastGoodAt: T0 + 30 * S,
    });
    expect(k.memory).toEqual({ v: 1, takes: {} });
  });

  it('takes state "error" for the end of the take, and a full disk for its cause', async () => {
    const { k, take } = await recordingKit();
    k.clock.advance(4 * S);
    k.control('disk', { full: true });
    k.clock.advance(6 * S);
    const seen = await k.see(take);
    expect(seen).toMatchObject({
      actual: 'failed',
      failure: { code: 'E_DESTINATION', who: 'destination', cause: 'destination', applied: 'no' },
      endedAt: { at: T0 + 34 * S, plusMinusMs: S },
      files: [{ sequence: 0, state: 'missing' }],
    });
  });

  it('tells why an armed record went into "error" when its stream came', async () => {
    const k = kit({ target: { output: 'cam1' }, options: { container: 'webm' } });
    const { take } = await k.start();
    k.source('start');
    k.clock.advance(S);
    expect(await k.see(take)).toMatchObject({
      actual: 'failed',
      failure: { code: 'E_RECORDING_FAILED', who: 'you' },
    });
  });

  it('finds a take whose start was never answered by its name', async () => {
    const k = kit();
    k.source('start');
    const name = k.name();
    k.fault('startRecord', 'reply-lost');
    await k.failure(k.start(name));
    k.clock.advance(5 * S);
    const unanswered: TakeInQuestion = { take: 1, name, handle: null };
    expect(await k.see(unanswered)).toMatchObject({ actual: 'recording', since: { at: T0 } });
    expect(await k.see({ ...unanswered, name: { ...name, nonce: 'another0' } })).toMatchObject({
      actual: 'absent',
    });
  });

  it('begins anew with a memory of another form', async () => {
    const { k, take } = await recordingKit();
    for (const memory of [[], 'x', { v: 99, takes: { 1: {} } }, { v: 1 }]) {
      k.memory = memory;
      expect(await k.see(take)).toMatchObject({ actual: 'recording' });
    }
  });

  it.each([
    ['reset', 'E_VENDOR_UNANSWERED'],
    ['late', 'E_VENDOR_UNANSWERED'],
    ['reply-lost', 'E_VENDOR_UNANSWERED'],
    ['error-unapplied', 'E_VENDOR_FAULT'],
    ['error-applied', 'E_VENDOR_FAULT'],
    ['throttled', 'E_VENDOR_THROTTLED'],
    ['malformed', 'E_VENDOR_MALFORMED'],
    ['refused', 'E_VENDOR_REFUSED'],
  ] as const)('is unreachable after %s, proves nothing, and keeps its memory', async (kind, code) => {
    const { k, take } = await recordingKit();
    const memory = k.memory;
    k.fault('records', kind);
    const look = await k.look(take);
    expect(look).toMatchObject({ unreachable: { code, applied: 'no' } });
    expect(look.sentence).toMatch(/^no answer: records: .+\.$/);
    expect(k.memory).toBe(memory);
    k.clock.advance(10 * S);
    expect(await k.see(take)).toMatchObject({ actual: 'recording', since: { at: T0 } });
  });

  it.each(['0.15.3', '0.20.0'])(
    'does not end a take for one answer that does not list it (%s)',
    async (version) => {
      const { k, take } = await recordingKit({ version });
      k.fault('records', 'not-found');
      expect(await k.see(take)).toMatchObject({ actual: 'recording' });
      k.fault('records', 'not-found', 2);
      expect(await k.see(take)).toMatchObject({ actual: 'absent' });
    },
  );

  it('takes the 404 of an empty list for a fault where the version no longer answers so', async () => {
    const { k, take } = await recordingKit();
    const handle = k.emulator.handle.bind(k.emulator);
    const body = JSON.stringify({ message: '[HTTP] There is no record information (404)', statusCode: 404 });
    Object.assign(k.emulator, {
      handle: (request: Parameters<typeof handle>[0], now: number) =>
        request.target.endsWith(':records')
          ? { kind: 'response', response: { status: 404, headers: {}, body }, delayMs: 0 }
          : handle(request, now),
    });
    expect(await k.look(take)).toMatchObject({ unreachable: { vendor: { status: 404 } } });
  });

  it('says that the recorder is down when the connection is refused', async () => {
    const { k, take } = await recordingKit();
    k.control('restart', { downMs: 60_000 });
    expect(await k.look(take)).toMatchObject({
      unreachable: { code: 'E_VENDOR_UNREACHABLE', vendor: { code: 'ECONNREFUSED' } },
    });
  });

  it('listens to the signal of a worker that shuts down', async () => {
    const { k, take } = await recordingKit();
    Object.assign(k.context, { signal: AbortSignal.abort(new Error('shutdown')) });
    await expect(k.look(take)).rejects.toThrow('shutdown');
  });

  it('concludes nothing from a state that is not documented', async () => {
    const { k, take } = await recordingKit();
    const handle = k.emulator.handle.bind(k.emulator);
    Object.assign(k.emulator, {
      handle: (request: Parameters<typeof handle>[0], now: number) => {
        const answer = handle(request, now);
        if (answer.kind === 'response')
          answer.response.body = answer.response.body.replace('"recording"', '"dreaming"');
        return answer;
      },
    });
    expect(await k.look(take)).toMatchObject({ unreachable: { code: 'E_VENDOR_MALFORMED' } });
  });

  it.each(['0.13.2', '0.15.3', '0.15.10', '0.16.6', '0.20.0'])(
    'reads the replies of version %s',
    async (version) => {
      const k = kit({ version });
      k.source('start');
      const { take } = await k.start();
      expect(await k.watch(take, 20 * S)).toMatchObject({ actual: 'recording', lastGoodAt: T0 + 20 * S });
      expect((await k.stop(take)).how).toBe('stopped');
      expect(await k.see(take)).toMatchObject({ actual: 'absent' });
      expect((await k.stop(take)).how).toBe('absent');
    },
  );
});
