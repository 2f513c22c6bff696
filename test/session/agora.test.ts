import { describe, expect, it } from 'vitest';
import { runAgora, type AgoraHands, type AgoraScript } from '../driver/agora-world.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../driver/world.ts';

const CHANNEL = 'news';
const up: AgoraScript[number] = {
  at: 0,
  do: (_d, agora) => agora.control('source.start', { channel: CHANNEL }),
};

describe('a session on Agora', () => {
  it('is acquired, started, proved by query, refreshed every hour, and stopped', async () => {
    const run = await runAgora({ script: [up], specification: { window: { from: 'now', length: '3h' } } });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 1 });
    // At the start, and after one and two hours.
    expect(run.mint.minted).toHaveLength(3);
    expect(run.record.spans.every(({ span }) => span.evidence === 'stored')).toBe(true);
  });

  it('goes past the 24 h of its token by a hand-over without a gap', async () => {
    const run = await runAgora({
      script: [up],
      specification: { window: { from: 'now', length: '30h' } },
      giveUpMs: 3 * DAY,
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 2 });
    expect(run.result!.totals.gapMs['vendor-fault'] ?? 0).toBe(0);
    const [first, second] = run.record.spans.map(({ span }) => span);
    // The next one records before the former one ends, and nobody is told that the source has gone.
    expect(second!.from.at).toBeLessThan(first!.to!.at - 5 * SECOND);
    expect(run.state.source).toMatchObject({ state: 'up', drops: 0 });
    expect(run.record.log.filter(({ text }) => text.includes('the source is gone'))).toEqual([]);
  });

  it('outlives a failover that answers 404 for 80 s', async () => {
    const run = await runAgora({
      script: [
        up,
        {
          at: 20 * MINUTE,
          do: (_d, agora) => agora.control('failover', { channel: CHANNEL, forMs: 80_000 }),
        },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 1 });
  });

  it('opens another take when a recording is really gone', async () => {
    const run = await runAgora({
      script: [
        up,
        { at: 20 * MINUTE, do: (_d, agora) => agora.control('worker.crash', { channel: CHANNEL }) },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 2 });
  });

  it('writes a start off whose sid nobody can learn, with its bound, and goes on under another uid', async () => {
    const run = await runAgora({
      script: [
        up,
        { at: 0, do: (_d, agora) => agora.control('faults', { op: 'start', kind: 'reply-lost', times: 3 }) },
      ],
    });
    expect(run.faults).toEqual([]);
    const [lost] = run.record.takes;
    expect(lost).toMatchObject({ number: 1, status: 'written-off' });
    expect(lost!.boundAt).toBeGreaterThan(run.begunAt + HOUR);
    expect(run.result).toMatchObject({ takes: 2 });
  });

  it('warns of failing mints, is never late by the two-thirds rule, and expires never', async () => {
    const run = await runAgora({
      script: [
        up,
        {
          at: 55 * MINUTE,
          do: (d, agora) => {
            agora.mint.failsUntil = d.now() + 40 * MINUTE;
          },
        },
      ],
      specification: { window: { from: 'now', length: '6h' } },
    });
    expect(run.faults).toEqual([]);
    expect(run.mint.failures).toBeGreaterThan(0);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 1 });
  });

  it('pauses a page by onhold within one take', async () => {
    const run = await runAgora({
      script: [
        { at: 10 * MINUTE, do: (d) => d.command('pause', { reason: 'sponsor' }) },
        { at: 20 * MINUTE, do: (d) => d.command('resume') },
      ],
      specification: {
        target: { channel: 'shop', mode: 'web' },
        options: {
          url: 'https://shop.example.com/live',
          audioProfile: 1,
          videoWidth: 1280,
          videoHeight: 720,
        },
      },
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 1 });
    expect(run.result!.totals.gapMs.paused).toBeGreaterThan(10 * MINUTE - 5 * SECOND);
  });

  it('ends a take for a pause where there is none', async () => {
    const run = await runAgora({
      script: [
        up,
        { at: 10 * MINUTE, do: (d) => d.command('pause') },
        { at: 20 * MINUTE, do: (d) => d.command('resume') },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 2 });
  });

  it('goes on in another take when the vendor has moved a recording too often', async () => {
    const move = { channel: CHANNEL, forMs: 20_000 };
    const run = await runAgora({
      script: [
        up,
        ...[10, 15, 20, 25].map((minute) => ({
          at: minute * MINUTE,
          do: (_d: unknown, agora: AgoraHands) => agora.control('failover', move),
        })),
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 2 });
    // Once for each move that it was found again after, and once for the end.
    expect(run.record.spans.length).toBeGreaterThan(2);
  });

  it('opens another take for a page that was down, as soon as it is up', async () => {
    const url = 'https://shop.example.com/live';
    const run = await runAgora({
      script: [
        { at: 10 * MINUTE, do: (_d, agora) => agora.control('page.set', { url, state: 'down' }) },
        { at: 20 * MINUTE, do: (_d, agora) => agora.control('page.set', { url, state: 'up' }) },
      ],
      specification: {
        target: { channel: 'shop', mode: 'web' },
        options: { url, audioProfile: 1, videoWidth: 1280, videoHeight: 720 },
      },
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'partial' });
    expect(run.result!.takes).toBeGreaterThan(1);
    expect(run.result!.totals.gapMs['vendor-fault']).toBeGreaterThan(9 * MINUTE);
  });

  it('keeps a page on hold through the hourly refresh, whatever an update that leaves it out would do', async () => {
    const run = await runAgora({
      script: [
        { at: 50 * MINUTE, do: (d) => d.command('pause', { reason: 'sponsor' }) },
        { at: 70 * MINUTE, do: (d) => d.command('resume') },
      ],
      emulator: { unknowns: { omittedParts: 'reset' } },
      specification: {
        window: { from: 'now', length: '2h' },
        target: { channel: 'shop', mode: 'web' },
        options: {
          url: 'https://shop.example.com/live',
          audioProfile: 1,
          videoWidth: 1280,
          videoHeight: 720,
        },
      },
    });
    expect(run.faults).toEqual([]);
    expect(run.mint.minted.length).toBe(2);
    const paused = run.result!.totals.gapMs.paused!;
    expect(Math.abs(paused - 20 * MINUTE)).toBeLessThan(5 * SECOND);
  });

  it('waits for hours in an empty channel without asking all the while', async () => {
    const run = await runAgora({
      script: [],
      // A recorder idles for an hour in an empty channel, and then another one takes its place.
      specification: { window: { from: 'now', length: '6h' } },
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'nothing' });
    // Every 10 s would be 2,160.
    expect(run.looks).toBeLessThan(600);
  });

  it('does not give a live source up before its first file can show', async () => {
    const run = await runAgora({
      script: [up],
      specification: { window: { from: 'now', length: '20m' }, source: { late: 'fail after 5s' } },
      emulator: { unknowns: { statusFive: 'never' } },
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete' });
  });

  it('keeps a video left out when the audio list alone is changed later, also in the next take', async () => {
    const run = await runAgora({
      script: [
        up,
        {
          at: 5 * MINUTE,
          do: (d) =>
            d.command('change', {
              change: { subscribe: { videoUidList: { unsubscribeVideoUids: ['444'] } } },
            }),
        },
        {
          at: 10 * MINUTE,
          do: (d) =>
            d.command('change', { change: { subscribe: { audioUidList: { subscribeAudioUids: ['1'] } } } }),
        },
        { at: 20 * MINUTE, do: (d) => d.command('pause') },
        { at: 22 * MINUTE, do: (d) => d.command('resume') },
      ],
      specification: { options: { unsubscribeVideoUids: ['555'] } },
    });
    expect(run.faults).toEqual([]);
    expect(run.state.settings.subscribe?.value).toEqual({
      videoUidList: { unsubscribeVideoUids: ['444'] },
      audioUidList: { subscribeAudioUids: ['1'] },
    });
    expect(run.result).toMatchObject({ takes: 2, verdict: 'complete' });
  });

  it('claims what was recorded before any look could see a file', async () => {
    const run = await runAgora({
      script: [up, { at: 9 * SECOND, do: (d) => d.command('stop') }],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed' });
    expect(run.result!.totals.recordedMs).toBeGreaterThan(6 * SECOND);
    expect(run.record.spans).toMatchObject([{ span: { evidence: 'stored' } }]);
  });
});
