/** A look tells pushes apart by their PublishTime, and reads back what callbacks have told. */
import { describe, expect, test } from 'vitest';
import { alibabaRecorder } from '../../../src/recorders/alibaba/adapter.ts';
import { createAlibabaApi } from '../../../src/recorders/alibaba/api.ts';
import { CALLBACK_URL, HOUR, KEY, kit, MINUTE, PLAY, SECOND, SECRET, T0, type Kit } from './kit.ts';

/** Lets the emulator deliver what it has to tell, or lose it. */
function deliver(k: Kit, status: number | null = 200): void {
  const { callbacks } = k.emulator;
  for (
    let due = callbacks.nextAt(k.clock.now());
    due !== undefined && due <= k.clock.now();
    due = callbacks.nextAt(k.clock.now())
  ) {
    for (const { id } of callbacks.due(k.clock.now()))
      callbacks.answered(id, status === null ? null : { status, body: '' }, k.clock.now());
  }
}

const told = { callbacks: { url: CALLBACK_URL, key: KEY } };

describe('a look', () => {
  test('presumes that it records while its push goes on', async () => {
    const k = kit();
    const take = await k.begin();
    expect(await k.seeIn(MINUTE, take)).toMatchObject({
      actual: 'presumed',
      source: 'online since 2026-11-21T12:00:05Z',
    });
  });

  test('says where it is known from that a take is recorded', async () => {
    const k = kit();
    const take = await k.begin();
    const sentenceFor = async (belief: string) =>
      (await alibabaRecorder.look(k.context, k.subject, [{ ...take, belief }], null)).look.sentence;
    const online = 'accepted, online since 2026-11-21T12:00:05Z';
    expect(await sentenceFor('presumed')).toBe(online);
    expect(await sentenceFor('recording')).toBe(`${online}; that it records a callback told`);
  });

  test('is armed without a push, which ended since it was last seen', async () => {
    const k = kit();
    const take = await k.begin();
    await k.seeIn(MINUTE, take);
    k.clock.advance(10 * SECOND);
    k.control('source.stop');
    const goneAt = k.clock.now();
    const { actual, endedAt } = await k.seeIn(10 * SECOND, take);
    expect(actual).toBe('armed');
    expect(Math.abs(endedAt!.at - goneAt)).toBeLessThanOrEqual(endedAt!.plusMinusMs);
    expect(endedAt!.plusMinusMs).toBeLessThanOrEqual(11 * SECOND);
  });

  test('is unsure after a new push, and says since when, and when the old one ended', async () => {
    const k = kit();
    const take = await k.begin();
    await k.seeIn(MINUTE, take);
    k.clock.advance(5 * SECOND);
    k.control('source.stop');
    const goneAt = k.clock.now();
    k.clock.advance(10 * SECOND);
    k.control('source.start');
    const { actual, since, endedAt } = await k.seeIn(20 * SECOND, take);
    expect(actual).toBe('unsure');
    expect(since).toEqual({ at: goneAt + 10 * SECOND, plusMinusMs: SECOND });
    expect(Math.abs(endedAt!.at - goneAt)).toBeLessThanOrEqual(endedAt!.plusMinusMs);
  });

  test('of a take that goes on with the new push knows that one', async () => {
    const k = kit({ unknowns: { manualDrop: 'survives' } });
    const take = await k.begin();
    k.clock.advance(MINUTE);
    k.control('source.cut');
    k.clock.advance(20 * SECOND);
    const { handle } = await alibabaRecorder.assert!(k.context, k.subject, take);
    expect(await k.see(k.take(handle))).toMatchObject({ actual: 'presumed' });
  });

  test('of a take that is held stays so, whatever the source does and whoever could not look meanwhile', async () => {
    const k = kit();
    const take = await k.begin();
    await alibabaRecorder.pause!(k.context, k.subject, take);
    expect(await k.see({ ...take, belief: 'paused' })).toMatchObject({ actual: 'paused' });
    k.control('source.stop');
    expect(await k.see({ ...take, belief: 'unreachable E_VENDOR_FAULT' })).toMatchObject({
      actual: 'paused',
    });
    k.control('source.start');
    k.clock.advance(5 * SECOND);
    const { handle } = await alibabaRecorder.resume!(k.context, k.subject, take);
    expect(await k.see({ ...take, handle: handle!, belief: 'accepted' })).toMatchObject({
      actual: 'presumed',
    });
  });

  test('that nobody answers says so, and forgets nothing', async () => {
    const k = kit();
    const take = await k.begin();
    await k.seeIn(MINUTE, take);
    const { memory } = k;
    k.fault('DescribeLiveStreamsOnlineList', 'error-unapplied');
    const { look, memory: after } = await alibabaRecorder.look(k.context, k.subject, [take], memory);
    expect(look).toMatchObject({ unreachable: { code: 'E_VENDOR_FAULT', applied: 'no' } });
    expect(after).toEqual(memory);
  });

  test('stays below 1 KiB of memory a take, after a day with many files', async () => {
    const k = kit({
      ...told,
      options: {
        RecordFormat: [{ Format: 'mp4', CycleDuration: 30, OssObjectPrefix: '{StartTime}{EndTime}' }],
      },
    });
    const take = await k.begin();
    for (let i = 0; i < 60; i += 1) {
      k.clock.advance(MINUTE);
      deliver(k);
      await k.see(take);
    }
    expect(Buffer.byteLength(JSON.stringify(k.memory))).toBeLessThan(300);
  });
});

describe('callbacks that are read back', () => {
  test('prove the recording, also those that were lost', async () => {
    const k = kit(told);
    const take = await k.begin();
    for (let attempt = 0; attempt < 10; attempt += 1) {
      k.clock.advance(6 * SECOND);
      deliver(k, null);
    }
    expect(await k.see(take)).toMatchObject({ actual: 'recording' });
    // They are read once a minute; what they told is remembered.
    expect(await k.seeIn(10 * SECOND, take)).toMatchObject({ actual: 'recording' });
    expect(k.count('DescribeLiveRecordNotifyRecords')).toBe(1);
  });

  test('do not prove the next recording, whose push is another', async () => {
    const k = kit(told);
    const take = await k.begin();
    k.clock.advance(MINUTE);
    deliver(k);
    await k.see(take);
    k.control('source.cut');
    k.clock.advance(20 * SECOND);
    const next = k.take({ push: k.clock.now() - 19 * SECOND, since: k.clock.now() });
    const seen = await alibabaRecorder.look(k.context, k.subject, [{ ...next, take: 2 }], k.memory);
    expect('seen' in seen.look && seen.look.seen[0]!.actual).not.toBe('recording');
  });

  test('name the files that were made since it began', async () => {
    const k = kit({
      ...told,
      options: {
        RecordFormat: [
          { Format: 'mp4', CycleDuration: 60, OssObjectPrefix: '{StreamName}/{StartTime}_{EndTime}' },
        ],
      },
    });
    const take = await k.begin();
    k.clock.advance(2.5 * MINUTE);
    deliver(k);
    const { files, filedUntil } = await k.see(take);
    expect(files).toHaveLength(2);
    expect(files![0]).toMatchObject({ state: 'stored', sequence: 0, from: expect.any(Number) as number });
    expect(filedUntil).toBe(files![1]!.to);
  });

  test.each([
    ['missing', 'E_DESTINATION', 'destination', 'BucketNotFound'],
    ['denied', 'E_DESTINATION', 'destination', 'AccessDenied'],
    ['unauthorised', 'E_DESTINATION', 'destination', 'UserDisable'],
  ])('say that the bucket is %s', async (state, code, who, word) => {
    const k = kit({
      ...told,
      options: {
        RecordFormat: [{ Format: 'mp4', CycleDuration: 60, OssObjectPrefix: '{StartTime}_{EndTime}' }],
      },
    });
    const take = await k.begin();
    k.control('bucket', { bucket: 'keeprolling-live', state });
    k.clock.advance(2 * MINUTE);
    deliver(k);
    const { actual, failure } = await k.see(take);
    expect(actual).toBe('failed');
    expect(failure).toMatchObject({ code, who, vendor: { code: word } });
  });

  test('show a pause that somebody else has made', async () => {
    const k = kit(told);
    const take = await k.begin();
    k.clock.advance(2 * MINUTE);
    await createAlibabaApi({
      keys: { accessKeyId: 'LTAIKIT', accessKeySecret: SECRET },
      url: k.account.url,
      dispatcher: k.context.dispatcher,
      now: k.clock.now,
    }).call('RealTimeRecordCommand', {
      DomainName: PLAY,
      AppName: 'live',
      StreamName: 'ch7',
      Command: 'stop',
    });
    k.clock.advance(SECOND);
    deliver(k);
    expect(await k.see(take)).toMatchObject({
      actual: 'paused',
      source: expect.stringContaining('record_paused') as string,
    });
    const { handle } = await alibabaRecorder.resume!(k.context, k.subject, take);
    k.clock.advance(MINUTE);
    deliver(k);
    expect(await k.see(k.take(handle!))).toMatchObject({ actual: 'recording' });
  });

  test('that cannot be read make a look say less, and nothing wrong', async () => {
    const k = kit(told);
    const take = await k.begin();
    k.control('permission', { action: 'live:DescribeLiveRecordNotifyRecords' });
    expect(await k.seeIn(MINUTE, take)).toMatchObject({ actual: 'presumed' });
  });
});

describe('one reading serves many sessions', () => {
  test('of streams, for 5 s, and of callbacks, for a minute', async () => {
    const k = kit({ shared: true });
    const take = await k.begin();
    const before = k.count('DescribeLiveStreamsOnlineList');
    for (let i = 0; i < 12; i += 1) {
      await k.see(take);
      await k.see(take);
      await k.see(take);
      k.clock.advance(5 * SECOND);
    }
    expect(k.count('DescribeLiveStreamsOnlineList') - before).toBe(12);
    expect(k.count('DescribeLiveRecordNotifyRecords')).toBe(1);
    const { query } = k.sent.findLast(({ op }) => op === 'DescribeLiveStreamsOnlineList')!;
    expect(query).toMatchObject({ DomainName: PLAY, PageSize: '3000' });
    expect(query['StreamName']).toBeUndefined();
  });

  test('and tells the instant of the reading, not that of the look', async () => {
    const k = kit({ shared: true });
    const take = await k.begin();
    const readAt = k.clock.now();
    await k.see(take);
    k.clock.advance(3 * SECOND);
    const { look } = await alibabaRecorder.look(k.context, k.subject, [take], null);
    expect(look.at).toBe(readAt);
  });

  test('a domain with more streams than four pages is asked stream by stream', async () => {
    const k = kit({ shared: true });
    const take = await k.begin();
    k.answers = (op, said) => {
      const answer = said();
      if (op !== 'DescribeLiveStreamsOnlineList' || answer.kind !== 'response') return answer;
      if (k.sent.at(-1)!.query['StreamName'] !== undefined) return answer;
      const body = JSON.stringify({ ...(JSON.parse(answer.response.body) as object), TotalPage: 5 });
      return { ...answer, response: { ...answer.response, body } };
    };
    expect(await k.see(take)).toMatchObject({ actual: 'presumed' });
    expect(k.sent.findLast(({ op }) => op === 'DescribeLiveStreamsOnlineList')!.query['StreamName']).toBe(
      'ch7',
    );
  });
});

describe('the files of an ended take', () => {
  const files = async (
    k: Kit,
    take: ReturnType<Kit['take']>,
    known: Parameters<NonNullable<typeof alibabaRecorder.files>>[3] = [],
  ) => {
    const found = await alibabaRecorder.files!(k.context, k.subject, take, known);
    k.told.push(found);
    return found;
  };

  test('are listed with their times and their place, in their order', async () => {
    const k = kit({
      options: {
        RecordFormat: [
          {
            Format: 'mp4',
            CycleDuration: 60,
            OssObjectPrefix: '{StreamName}/{StartTime}_{EndTime}_{Sequence}',
          },
        ],
      },
    });
    const take = await k.begin();
    k.clock.advance(150 * SECOND);
    await alibabaRecorder.stop(k.context, k.subject, take);
    k.clock.advance(SECOND);
    const found = await files(k, take);
    expect(found).toHaveLength(3);
    expect(found.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
    for (const file of found) {
      expect(file.state).toBe('stored');
      expect(file.place).toBe(`oss://keeprolling-live/${file.name}`);
      expect(file.to! - file.from!).toBeLessThanOrEqual(MINUTE);
    }
  });

  test('of many days are asked for in spans of 4 days and in pages of 30', async () => {
    const k = kit();
    const take = await k.begin();
    k.clock.advance(10 * 24 * HOUR);
    await alibabaRecorder.stop(k.context, k.subject, take);
    k.clock.advance(SECOND);
    const found = await files(k, take);
    expect(found).toHaveLength(240);
    const asked = k.sent.filter(({ op }) => op === 'DescribeLiveStreamRecordIndexFiles');
    expect(asked.length).toBeGreaterThanOrEqual(9);
    for (const { query } of asked) {
      expect(Date.parse(query['EndTime']!) - Date.parse(query['StartTime']!)).toBeLessThanOrEqual(
        4 * 24 * HOUR,
      );
      expect(query['PageSize']).toBe('30');
    }
    expect(new Set(found.map(({ name }) => name)).size).toBe(240);
  });

  test('are merged with what callbacks have told', async () => {
    const k = kit();
    const take = await k.begin();
    k.clock.advance(MINUTE);
    await alibabaRecorder.stop(k.context, k.subject, take);
    k.clock.advance(SECOND);
    const [first] = await files(k, take);
    const known = [
      { name: first!.name, sequence: 0, state: 'stored' as const },
      { name: 'of/another.mp4', sequence: 0, state: 'stored' as const, from: T0 },
    ];
    const found = await files(k, take, known);
    expect(found.map(({ name }) => name)).toEqual(['of/another.mp4', first!.name]);
    expect(found[1]).toEqual({ ...first, sequence: 1 });
  });

  test('end with it: those of the next take of the stream are another’s', async () => {
    const k = kit();
    const take = await k.begin();
    k.clock.advance(MINUTE);
    k.control('source.stop');
    const endedAt = k.clock.now();
    k.clock.advance(10 * SECOND);
    k.control('source.start');
    k.clock.advance(5 * SECOND);
    const { handle } = await k.start();
    const next = k.take(handle, { take: 2, name: k.name(2) });
    k.clock.advance(10 * MINUTE);
    await alibabaRecorder.stop(k.context, k.subject, next);
    k.clock.advance(SECOND);
    const [first, ...others] = await files(k, { ...take, endedAt });
    expect(others).toEqual([]);
    expect(first!.to).toBeLessThanOrEqual(endedAt);
    const [second, ...more] = await files(k, next);
    expect(more).toEqual([]);
    expect(second!.name).not.toBe(first!.name);
  });

  test('that are not made yet are missing, and found once DelayTime is over', async () => {
    const k = kit();
    const running = await k.begin();
    k.clock.advance(MINUTE);
    expect(await files(k, running), 'a running take owes none yet').toEqual([]);
    k.control('source.stop');
    const take = { ...running, endedAt: k.clock.now() };
    k.clock.advance(10 * SECOND);
    const before = await files(k, take);
    expect(before).toMatchObject([
      { state: 'missing', trouble: expect.stringContaining('DelayTime (180 s)') as string },
    ]);
    k.clock.advance(4 * MINUTE);
    expect(await files(k, take, before)).toMatchObject([{ state: 'stored' }]);
  });
});
