import { describe, expect, it } from 'vitest';
import { runAgora, type AgoraScript } from '../driver/agora-world.ts';
import { MINUTE, SECOND } from '../driver/world.ts';

const CHANNEL = 'news';
const URL = 'https://shop.example.com/live';
const up: AgoraScript[number] = {
  at: 0,
  do: (_d, agora) => agora.control('source.start', { channel: CHANNEL }),
};
const page = {
  target: { channel: 'shop', mode: 'web' },
  options: { url: URL, audioProfile: 1, videoWidth: 1280, videoHeight: 720 },
};

describe('the end of a recording on Agora', () => {
  it.each(['status', '501', '404'] as const)(
    'is our own stop where a look sees it end while the stop waits for its upload: %s',
    async (queryWhileExiting) => {
      const run = await runAgora({
        looks: { everyMs: 2 * SECOND, doubtMs: 2 * SECOND },
        emulator: { unknowns: { queryWhileExiting } },
        script: [
          up,
          { at: 9 * MINUTE, do: (_d, agora) => agora.control('upload', { takesMs: 18 * SECOND }) },
          {
            at: 10 * MINUTE,
            do: (d, agora) => {
              agora.control('faults', { op: 'stop', kind: 'late', times: 1, delayMs: 18 * SECOND });
              d.command('pause');
            },
          },
          { at: 20 * MINUTE, do: (d) => d.command('resume') },
        ],
      });
      expect(run.faults).toEqual([]);
      const edges = run.record.spans.map(({ span }) => span.to!.plusMinusMs);
      expect(edges).toHaveLength(2);
      expect(Math.max(...edges)).toBeLessThanOrEqual(20 * SECOND);
      expect(run.result!.totals.gapMs).not.toHaveProperty('vendor-fault');
    },
  );

  it.each(['status', '501', '404'] as const)(
    'is not followed by another at once, time and again, where each fails: %s',
    async (queryWhileExiting) => {
      const run = await runAgora({
        emulator: { unknowns: { queryWhileExiting } },
        script: [{ at: 0, do: (_d, agora) => agora.control('page.set', { url: URL, state: 'down' }) }],
        specification: page,
      });
      expect(run.faults).toEqual([]);
      expect(run.record.takes.length).toBeLessThan(80);
      expect(run.result!.totals.gapMs['late-start']).toBeLessThan(2 * MINUTE);
    },
  );

  it('is not believed of a failover because there was another one before a pause was answered', async () => {
    const failover = (forMs: number): AgoraScript[number]['do'] => {
      return (_d, agora) => agora.control('failover', { channel: 'shop', forMs });
    };
    const run = await runAgora(
      {
        seed: -195685426,
        script: [
          { at: 6 * SECOND, do: (d) => d.command('pause') },
          { at: 263 * SECOND, do: failover(24 * SECOND) },
          { at: 434 * SECOND, do: (d) => d.command('resume') },
          { at: 443 * SECOND, do: failover(5 * SECOND) },
        ],
        emulator: { unknowns: { queryWhileExiting: '404', onholdCounts: false } },
        specification: page,
      },
      // What a killed worker had not uploaded is lost with it.
      { lookMs: 60 * SECOND },
    );
    expect(run.faults).toEqual([]);
    expect(run.record.takes).toHaveLength(1);
  });

  it('leaves no trouble of a hold that its page did not live to see', async () => {
    const troubles: string[][] = [];
    await runAgora({
      script: [
        {
          at: 10 * MINUTE,
          do: (d, agora) => {
            agora.control('worker.crash', { channel: 'shop' });
            d.command('pause');
          },
        },
        { at: 30 * MINUTE, do: (d) => d.command('resume') },
        { at: 40 * MINUTE, do: (d) => void troubles.push(Object.keys(d.state().troubles)) },
      ],
      specification: page,
    });
    expect(troubles).toEqual([[]]);
  });
});
