import { describe, expect, it } from 'vitest';
import { CHANNEL, HOUR, MINUTE, runSynthetic, SECOND, START } from '../driver/world.ts';

describe('the life of a session', () => {
  it('records a window from its begin to its end and says so', async () => {
    const run = await runSynthetic({}, {});
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 1 });
    expect(run.endedAt - START).toBeGreaterThanOrEqual(HOUR);
    expect(run.endedAt - START).toBeLessThan(HOUR + 5 * SECOND);
    expect(run.faults).toEqual([]);
  });

  it('pauses and resumes on command, and the pause is its own cause', async () => {
    const run = await runSynthetic(
      {},
      {
        script: [
          { at: 0, do: (_d, vendor) => vendor.source(CHANNEL, true, START) },
          { at: 10 * MINUTE, do: (d) => d.command('pause', { by: 'director', reason: 'sponsor' }) },
          { at: 20 * MINUTE, do: (d) => d.command('resume') },
        ],
      },
    );
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 2 });
    expect(run.result?.totals.gapMs.paused).toBeGreaterThan(9.9 * MINUTE);
    expect(run.faults).toEqual([]);
  });

  it('starts again at once after the recorder forgot the recording, and calls the gap by its name', async () => {
    const run = await runSynthetic(
      {},
      {
        script: [
          { at: 0, do: (_d, vendor) => vendor.source(CHANNEL, true, START) },
          { at: 10 * MINUTE, do: (d, vendor) => vendor.forget(d.now()) },
        ],
      },
    );
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'partial', takes: 2 });
    expect(Object.keys(run.result!.totals.gapMs)).toContain('vendor-fault');
    expect(run.faults).toEqual([]);
  });

  it('goes on through a source that drops and returns', async () => {
    const run = await runSynthetic(
      { survivesDrop: true, start: 'armed' },
      {
        script: [
          { at: 5 * MINUTE, do: (d, vendor) => vendor.source(CHANNEL, true, d.now()) },
          { at: 20 * MINUTE, do: (d, vendor) => vendor.source(CHANNEL, false, d.now()) },
          { at: 30 * MINUTE, do: (d, vendor) => vendor.source(CHANNEL, true, d.now()) },
        ],
      },
    );
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'partial', takes: 1 });
    expect(run.result?.totals.gapMs['source-absent']).toBeGreaterThan(14 * MINUTE);
  });
});
