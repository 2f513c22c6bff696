/** A start is sent for a push for which the config is in force, and once more after each new push. */
import { describe, expect, test } from 'vitest';
import { alibabaRecorder } from '../../../src/recorders/alibaba/adapter.ts';
import { kit, MINUTE, SECOND, T0, type Kit } from './kit.ts';

/** The codes of both editions of the commands' page. */
const EDITIONS = ['current', '2018'] as const;

async function assert(k: Kit, handle: Parameters<Kit['take']>[0]) {
  const told = await alibabaRecorder.assert!(k.context, k.subject, k.take(handle));
  k.told.push(told);
  return told;
}

describe('a start', () => {
  test('holds the push for which it was sent, and no secret', async () => {
    const k = kit();
    await k.ready();
    const started = await k.start();
    expect(started).toMatchObject({
      handle: { push: T0 + 5 * SECOND, since: k.clock.now() },
      recording: 'play.example.com/live/ch7@2026-11-21T12:00:05Z',
    });
    expect(started.wasOurs).toBeUndefined();
    expect(started.requestId).toEqual(expect.any(String));
    k.clock.advance(10 * SECOND);
    expect(k.writtenSince(T0)).toBe(10 * SECOND);
  });

  test('asks for its stream by its whole name', async () => {
    const k = kit();
    await k.ready();
    await k.start();
    const asked = k.sent.find(({ op }) => op === 'DescribeLiveStreamsOnlineList')!;
    expect(asked.query).toMatchObject({ QueryType: 'strict', StreamName: 'ch7', StreamType: 'raw' });
  });

  test('is not fooled by streams whose names hold its own', async () => {
    const k = kit();
    await k.prepare();
    k.clock.advance(5 * SECOND);
    k.control('source.start', { stream: 'ch77' });
    expect(await k.failure(k.start())).toMatchObject({ who: 'source' });
  });

  test.each(EDITIONS)(
    'without a source fails for the source, in the codes of the %s edition',
    async (codes) => {
      const k = kit({ unknowns: { codes } });
      await k.prepare();
      const absent = { who: 'source', retry: 'later', applied: 'no', cause: 'source-absent' } as const;
      expect(await k.failure(k.start())).toMatchObject(absent);
      // Gone between the question and the command.
      await k.ready();
      k.answers = (op, said) => {
        if (op === 'RealTimeRecordCommand') k.control('source.stop');
        return said();
      };
      expect(await k.failure(k.start())).toMatchObject(absent);
      expect(k.commands).toEqual(['start']);
    },
  );

  test('without a config is unready', async () => {
    const k = kit();
    k.control('source.start');
    expect(await k.failure(k.start())).toMatchObject({
      code: 'E_ACCOUNT_UNREADY',
      who: 'you',
      applied: 'no',
    });
    expect(k.commands).toEqual([]);
  });

  test('for a push that is older than its config is not in force', async () => {
    const k = kit();
    k.control('source.start');
    k.clock.advance(5 * SECOND);
    await k.prepare();
    const failure = await k.failure(k.start());
    expect(failure).toMatchObject({
      code: 'E_NOT_IN_FORCE',
      who: 'you',
      retry: 'later',
      applied: 'no',
      cause: 'vendor-rule',
    });
    expect(failure.message).toContain('nothing is recorded until the encoder reconnects');
    expect(k.commands).toEqual([]);
    k.control('source.stop');
    k.clock.advance(5 * SECOND);
    k.control('source.start');
    expect((await k.start()).handle).toMatchObject({ push: T0 + 10 * SECOND });
  });

  test.each(EDITIONS)(
    'for a push that came back too soon is not in force either, in the codes of the %s edition',
    async (codes) => {
      const k = kit({ unknowns: { codes, repushAfterMs: 3 * MINUTE } });
      k.control('source.start');
      k.clock.advance(5 * SECOND);
      await k.prepare();
      k.clock.advance(5 * SECOND);
      k.control('source.cut');
      k.clock.advance(5 * SECOND);
      const failure = await k.failure(k.start());
      expect(failure).toMatchObject({ code: 'E_NOT_IN_FORCE', applied: 'no' });
      expect(failure.message).toContain('about 180 s');
    },
  );

  test('whose answer was lost is ours at the next attempt', async () => {
    const k = kit();
    await k.ready();
    k.fault('RealTimeRecordCommand', 'reply-lost');
    expect(await k.failure(k.start())).toMatchObject({ code: 'E_VENDOR_UNANSWERED', applied: 'unknown' });
    expect(await k.start({ attempt: 2 })).toMatchObject({ wasOurs: true });
    k.clock.advance(10 * SECOND);
    expect(new Set(k.truth('media').map(({ recording }) => recording)).size).toBe(1);
  });

  test('of what somebody else records is refused', async () => {
    const k = kit();
    await k.begin();
    expect(await k.failure(k.start())).toMatchObject({
      code: 'E_FOREIGN_RECORDING',
      who: 'you',
      applied: 'no',
      vendor: { code: 'TaskAlreadyStarted' },
    });
    expect(k.commands).toEqual(['start', 'start']);
  });

  test('takes over what somebody else records, where that is wished for', async () => {
    const k = kit();
    await k.begin();
    expect(await k.start({ adoptForeign: true })).toMatchObject({ handle: { push: T0 + 5 * SECOND } });
    k.clock.advance(10 * SECOND);
    expect(k.writtenSince(k.clock.now() - 10 * SECOND)).toBe(10 * SECOND);
  });

  test('that failed inside may have been applied', async () => {
    const k = kit();
    await k.ready();
    k.fault('RealTimeRecordCommand', 'error-applied');
    expect(await k.failure(k.start())).toMatchObject({
      code: 'E_VENDOR_FAULT',
      applied: 'unknown',
      retry: 'later',
    });
    expect(await k.start({ attempt: 2 })).toMatchObject({ wasOurs: true });
  });

  test('waits for its turn before each request, on the quota of its operation', async () => {
    const k = kit();
    const turns: string[] = [];
    k.context.turn = async (quota) => void turns.push(await Promise.resolve(quota));
    await k.ready();
    turns.splice(0);
    await k.start();
    expect(turns.toSorted()).toEqual([
      'DescribeLiveRecordConfig',
      'DescribeLiveStreamsOnlineList',
      'RealTimeRecordCommand',
    ]);
    expect(turns.every((turn) => alibabaRecorder.quotas.some(({ name }) => name === turn))).toBe(true);
  });
});

describe('the start once more after a new push', () => {
  test.each(EDITIONS)(
    'begins the next recording where the old one ended with its push (%s)',
    async (codes) => {
      const k = kit({ unknowns: { codes, manualDrop: 'ends' } });
      const { handle } = await k.begin();
      k.clock.advance(MINUTE);
      k.control('source.cut');
      k.clock.advance(20 * SECOND);
      const told = await assert(k, handle);
      expect(told).toMatchObject({
        goesOn: false,
        observation: { actual: 'presumed', since: { at: k.clock.now() } },
      });
      expect((told.handle as { push: number }).push).toBeGreaterThan((handle as { push: number }).push);
      k.clock.advance(10 * SECOND);
      expect(k.writtenSince(k.clock.now() - 10 * SECOND)).toBe(10 * SECOND);
    },
  );

  test('goes on where the recording has outlived the drop, since the push', async () => {
    const k = kit({ unknowns: { manualDrop: 'survives' } });
    const { handle } = await k.begin();
    k.clock.advance(MINUTE);
    k.control('source.cut');
    k.clock.advance(20 * SECOND);
    const told = await assert(k, handle);
    const { push } = told.handle as { push: number };
    expect(told).toMatchObject({ goesOn: true, observation: { actual: 'presumed', since: { at: push } } });
  });

  test('fails for the source where that has gone again', async () => {
    const k = kit();
    const { handle } = await k.begin();
    k.control('source.stop');
    expect(await k.failure(assert(k, handle))).toMatchObject({ who: 'source', applied: 'no' });
  });

  test('whose answer was lost says at the next that it goes on', async () => {
    const k = kit();
    const { handle } = await k.begin();
    k.control('source.cut');
    k.clock.advance(20 * SECOND);
    k.fault('RealTimeRecordCommand', 'reply-lost');
    expect(await k.failure(assert(k, handle))).toMatchObject({ applied: 'unknown' });
    expect(await assert(k, handle)).toMatchObject({ goesOn: true });
  });

  test('is sent although the config cannot be read just now, which a first start is not', async () => {
    const k = kit();
    const { handle } = await k.begin();
    k.control('source.cut');
    k.clock.advance(20 * SECOND);
    k.fault('DescribeLiveRecordConfig', 'error-unapplied');
    expect(await assert(k, handle)).toMatchObject({ goesOn: false });
    const other = kit();
    await other.ready();
    other.fault('DescribeLiveRecordConfig', 'error-unapplied');
    expect(await other.failure(other.start())).toMatchObject({ code: 'E_VENDOR_FAULT', applied: 'no' });
    expect(other.commands).toEqual([]);
  });

  test('is unready where the config was taken away meanwhile', async () => {
    const k = kit();
    const { made } = await k.prepare();
    k.clock.advance(5 * SECOND);
    k.control('source.start');
    const { handle } = await k.start();
    await alibabaRecorder.release!(k.context, k.subject, made);
    k.control('source.cut');
    k.clock.advance(20 * SECOND);
    expect(await k.failure(assert(k, handle))).toMatchObject({ code: 'E_ACCOUNT_UNREADY' });
  });
});
