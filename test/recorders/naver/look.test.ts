import { describe, expect, it } from 'vitest';
import type { NaverUnknowns } from '../../../src/emulators/index.ts';
import { naverRecorder } from '../../../src/recorders/naver/adapter.ts';
import { CHANNEL, kit, type Kit, MINUTE, OTHER, SECOND, T0, takeOf } from './kit.ts';

/** Looks every minute for so long; what is claimed, as stretches in seconds since T0. */
async function watched(k: Kit, take: Parameters<Kit['see']>[0], minutes: number): Promise<string[]> {
  const told: string[] = [];
  for (let i = 0; i < minutes; i += 1) told.push((await k.seeIn(MINUTE, take)).actual);
  return told;
}

describe('a look', () => {
  it('proves a start, and says since when', async () => {
    const k = kit();
    const { take } = await k.begin();
    expect(await k.seeIn(3 * SECOND, take)).toMatchObject({
      actual: 'recording',
      since: { at: T0, plusMinusMs: SECOND },
      lastGoodAt: T0 + 3 * SECOND,
      source: 'channel PUBLISHING recording, recording 1307133 RECORDING',
      requestId: expect.stringMatching(/\S{20}/),
    });
  });

  it('reads the recordings at first, after a change, and every five minutes', async () => {
    const k = kit();
    const { take } = await k.begin();
    const lists = (): number => k.called().filter((one) => one === 'GET records').length;
    await k.see(take);
    expect(lists()).toBe(1);
    for (let i = 0; i < 4; i += 1) await k.seeIn(MINUTE, take);
    expect(lists()).toBe(1);
    await k.seeIn(MINUTE, take);
    expect(lists()).toBe(2);
    k.leave();
    await k.seeIn(MINUTE, take);
    expect(lists()).toBe(3);
  });

  it('keeps its memory small', async () => {
    const k = kit();
    const { take } = await k.begin();
    await k.see(take);
    expect(JSON.stringify(k.memory).length).toBeLessThan(300);
  });

  it('ends a take with its push, and says when media ended', async () => {
    const k = kit();
    const { take } = await k.begin();
    await k.seeIn(MINUTE, take);
    k.wait(17 * SECOND);
    k.leave();
    const seen = await k.seeIn(43 * SECOND, take);
    expect(seen).toMatchObject({
      actual: 'failed',
      endedAt: { at: T0 + 77 * SECOND, plusMinusMs: SECOND },
      failure: { code: 'E_RECORDING_FAILED', who: 'source', cause: 'source-absent', retry: 'later' },
    });
  });

  it('knows a short drop for one, although the push is back', async () => {
    const k = kit();
    const { take } = await k.begin();
    await k.see(take);
    k.wait(20 * SECOND);
    k.leave();
    k.wait(5 * SECOND);
    k.push();
    expect(await k.seeIn(35 * SECOND, take)).toMatchObject({
      actual: 'failed',
      endedAt: { at: T0 + 20 * SECOND },
      failure: { who: 'source', cause: 'source-absent' },
    });
  });

  it('tells of a stop that was not ours', async () => {
    const k = kit();
    const { take } = await k.begin();
    await k.seeIn(MINUTE, take);
    await k.api().stopRecord(CHANNEL);
    expect(await k.seeIn(MINUTE, take)).toMatchObject({
      actual: 'failed',
      endedAt: { at: T0 + MINUTE },
      failure: { who: 'vendor', cause: 'vendor-fault' },
    });
  });

  it('finds within five minutes that somebody else has stopped ours and begun another', async () => {
    const k = kit();
    const { take } = await k.begin();
    await k.see(take);
    await k.api().stopRecord(CHANNEL);
    await k.api().startRecord(CHANNEL);
    const told = await watched(k, take, 5);
    expect(told.at(-1)).toBe('failed');
    expect((await k.see(take)).failure!.message).toContain('recording 1307134 has begun');
  });

  it('says absent of a channel or a recording that Live Station does not know', async () => {
    const k = kit();
    const { started, take } = await k.begin();
    const handle = { ...(started.handle as object), recordSeq: 1 };
    expect(await k.see({ ...take, handle })).toMatchObject({ actual: 'absent' });
    k.fault('channel', 'not-found');
    expect(await k.see(take)).toMatchObject({ actual: 'absent', source: `there is no channel ${CHANNEL}` });
  });

  it.each(['refused', 'error-unapplied', 'throttled', 'reset', 'malformed'] as const)(
    'proves nothing where Live Station does not answer: %s',
    async (kind) => {
      const k = kit();
      const { take } = await k.begin();
      for (const op of ['channel', 'records']) {
        k.fault(op, kind);
        const look = await k.look(take);
        expect(look).toMatchObject({ unreachable: { applied: 'no' } });
      }
      expect((await k.see(take)).actual).toBe('recording');
    },
  );

  it('asks for the push only where a recording has ended, and goes without an answer', async () => {
    const k = kit();
    const { take } = await k.begin();
    await k.seeIn(MINUTE, take);
    expect(k.called()).not.toContain('GET events');
    k.leave();
    k.fault('channelEvents', 'error-unapplied');
    expect(await k.seeIn(MINUTE, take)).toMatchObject({ actual: 'failed', failure: { who: 'source' } });
  });

  it("tells times on our clock where NAVER's is off", async () => {
    const k = kit();
    const { take } = await k.begin();
    const aheadMs = 90 * SECOND;
    k.answers = (_request, said) => {
      const answer = said();
      if (answer.kind !== 'response') return answer;
      const { response } = answer;
      const date = new Date(k.clock.now() + aheadMs).toUTCString();
      const body = response.body.replaceAll(String(T0), String(T0 + aheadMs));
      return { ...answer, response: { ...response, body, headers: { ...response.headers, Date: date } } };
    };
    expect(await k.seeIn(10 * SECOND, take)).toMatchObject({ since: { at: T0, plusMinusMs: SECOND } });
  });
});

describe('a recording that may outlive its push', () => {
  it.each<[Partial<NaverUnknowns>, string[]]>([
    [{ publishEnd: 'ends', reconnect: 'ended' }, ['recording', 'failed', 'failed', 'failed']],
    [{ publishEnd: 'later', publishEndDelayMs: 90 * SECOND }, ['recording', 'armed', 'failed', 'failed']],
    [{ publishEnd: 'stays', reconnect: 'ended' }, ['recording', 'armed', 'armed', 'failed']],
    [{ publishEnd: 'stays', reconnect: 'goes-on' }, ['recording', 'armed', 'armed', 'recording']],
    [{ publishEnd: 'stays', reconnect: 'fragments' }, ['recording', 'armed', 'armed', 'recording']],
    [{ publishEnd: 'ends', reconnect: 'another' }, ['recording', 'failed', 'failed', 'failed']],
  ])('is seen as what it is: %j', async (unknowns, expected) => {
    const k = kit({ unknowns });
    const { take } = await k.begin();
    const told = [(await k.seeIn(MINUTE, take)).actual];
    k.leave();
    told.push((await k.seeIn(MINUTE, take)).actual, (await k.seeIn(MINUTE, take)).actual);
    k.push();
    told.push((await k.seeIn(MINUTE, take)).actual);
    expect(told).toEqual(expected);
  });

  it('with the same files begins anew with its push, and claims no begin where nobody tells of that', async () => {
    for (const told of [true, false]) {
      const k = kit({ unknowns: { publishEnd: 'stays', reconnect: 'goes-on' } });
      if (!told) k.fault('channelEvents', 'error-unapplied', { times: 10 });
      const { take } = await k.begin();
      await k.seeIn(MINUTE, take);
      k.wait(5 * SECOND);
      k.leave();
      expect((await k.seeIn(55 * SECOND, take)).endedAt).toEqual(told ? edge(65) : undefined);
      k.wait(20 * SECOND);
      k.push();
      const seen = await k.seeIn(40 * SECOND, take);
      expect(seen.actual).toBe('recording');
      expect(seen.since).toEqual(told ? edge(140) : undefined);
      // The duration leaves the time away out: the end by it would be before what looks have seen.
      k.wait(10 * SECOND);
      await k.api().stopRecord(CHANNEL);
      const last = await k.seeIn(50 * SECOND, take);
      expect(last.actual).toBe('failed');
      expect(last.endedAt!.at - last.endedAt!.plusMinusMs).toBeLessThanOrEqual(T0 + 190 * SECOND);
      expect(last.endedAt!.at + last.endedAt!.plusMinusMs).toBeGreaterThanOrEqual(T0 + 190 * SECOND);
    }
  });

  const edge = (seconds: number) => ({ at: T0 + seconds * SECOND, plusMinusMs: SECOND });

  it('begins anew with its push also where a new watch finds it', async () => {
    const k = kit({ unknowns: { publishEnd: 'stays', reconnect: 'goes-on' } });
    const { take } = await k.begin();
    k.wait(MINUTE);
    k.leave();
    k.wait(MINUTE);
    k.push();
    expect((await k.seeIn(MINUTE, { ...take, belief: 'armed' })).since).toEqual(edge(120));
  });

  it('with new files tells the drop exactly, seen only afterwards', async () => {
    const k = kit({ unknowns: { publishEnd: 'stays', reconnect: 'fragments' } });
    const { take } = await k.begin();
    await k.seeIn(MINUTE, take);
    k.wait(5 * SECOND);
    k.leave();
    k.wait(20 * SECOND);
    k.push();
    k.memory = { ...(k.memory as object), 1: { ...(k.memory as { 1: object })[1], listedAt: 0 } };
    expect(await k.seeIn(35 * SECOND, take)).toMatchObject({
      actual: 'recording',
      interruptions: [{ from: { at: T0 + 65 * SECOND }, to: { at: T0 + 85 * SECOND } }],
      since: { at: T0 + 85 * SECOND },
    });
  });

  it('with new files tells where the former ones end', async () => {
    const k = kit({ unknowns: { publishEnd: 'stays', reconnect: 'fragments' } });
    const { take } = await k.begin();
    await k.seeIn(MINUTE, take);
    k.wait(5 * SECOND);
    k.leave();
    expect(await k.seeIn(MINUTE, take)).toMatchObject({
      actual: 'armed',
      endedAt: { at: T0 + 65 * SECOND, plusMinusMs: SECOND },
    });
  });
});

describe('one reading for many sessions', () => {
  function shared(k: Kit) {
    const kept = new Map<string, { at: number; value: Promise<unknown> }>();
    const share = async <T>(key: string, maxAgeMs: number, read: () => Promise<T>): Promise<T> => {
      const known = kept.get(key);
      if (known && k.clock.now() - known.at < maxAgeMs) return (await known.value) as T;
      const value = read();
      kept.set(key, { at: k.clock.now(), value });
      return await value;
    };
    return { ...k.context, share };
  }

  it.each(['there', 'absent'] as const)(
    'serves all that publish (isRecording in lists: %s)',
    async (listIsRecording) => {
      const channels = Array.from({ length: 120 }, (_, i) => ({
        channelId: `ls-20260101090000-${String(i).padStart(5, '0')}`,
      }));
      const k = kit({ channels, unknowns: { listIsRecording } });
      const context = shared(k);
      const takes = [];
      for (const { channelId: channel } of channels) {
        k.control('source.start', { channel });
        const subject = { target: { channel }, options: {} };
        const started = await naverRecorder.start(context, { ...k.request(), ...subject, attempt: 1 });
        takes.push({ subject, take: takeOf(started), memory: null as never });
      }
      k.wait(10 * SECOND);
      for (const one of takes) {
        const { memory } = await naverRecorder.look(context, one.subject, [one.take], null);
        one.memory = memory as never;
      }
      k.wait(MINUTE);
      k.sent.length = 0;
      for (const { subject, take, memory } of takes) {
        const { look } = await naverRecorder.look(context, subject, [take], memory);
        expect(look).toMatchObject({ at: k.clock.now(), seen: [{ actual: 'recording' }] });
      }
      const lists = k.sent.filter(({ path }) => path.startsWith('/api/v2/channels?'));
      expect(lists.map(({ path }) => path)).toEqual([
        '/api/v2/channels?pageNo=1&pageSizeNo=100&channelStatus=PUBLISHING',
        '/api/v2/channels?pageNo=2&pageSizeNo=100&channelStatus=PUBLISHING',
      ]);
      expect(k.sent.length - lists.length).toBe(listIsRecording === 'there' ? 0 : 120);
    },
  );

  it.each(['PUBLISHING', 'PUBLISH'] as const)(
    'says of one that is not among them what it is (word: %s)',
    async (publishingWord) => {
      const k = kit({ unknowns: { publishingWord } });
      const context = shared(k);
      const { take } = await k.begin();
      const see = async () => {
        const { look, memory } = await naverRecorder.look(context, k.subject, [take], k.memory);
        k.memory = memory;
        return look;
      };
      k.wait(10 * SECOND);
      expect(await see()).toMatchObject({ seen: [{ actual: 'recording' }] });
      k.leave();
      k.wait(10 * SECOND);
      expect(await see()).toMatchObject({ seen: [{ actual: 'failed' }] });
    },
  );

  it('is not believed of a recording that has begun after it', async () => {
    const k = kit();
    const context = shared(k);
    k.push();
    k.control('source.start', { channel: OTHER });
    const subject = { target: { channel: OTHER }, options: {} };
    const other = await naverRecorder.start(context, { ...k.request(), ...subject, attempt: 1 });
    k.wait(SECOND);
    await naverRecorder.look(context, subject, [takeOf(other)], null);
    k.wait(500);
    const started = await naverRecorder.start(context, k.request({ attempt: 1 }));
    const { look } = await naverRecorder.look(context, k.subject, [takeOf(started)], null);
    expect(look).toMatchObject({ at: k.clock.now(), seen: [{ actual: 'recording' }] });
  });
});
