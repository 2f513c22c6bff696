/** Whole sessions at the vendors that take no names of ours, each against its emulator. */
import { describe, expect, it } from 'vitest';
import { runVendor, sourceDown, sourceUp, type VendorRun } from '../driver/emulated-world.ts';
import { MINUTE, SECOND } from '../driver/world.ts';
import { FIXED_VENDORS, playOf } from './vendor-samples.ts';

const minutes = (run: VendorRun): number => Math.round((run.result?.totals.recordedMs ?? 0) / MINUTE);

describe.each(FIXED_VENDORS)('a session at %s', (vendor) => {
  it.each([false, true])('records its window from a source that comes (callbacks: %s)', async (called) => {
    const run = await runVendor(vendor, playOf(vendor, { called, script: [sourceUp(90 * SECOND)] }));
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 1 });
    expect(minutes(run)).toBeGreaterThanOrEqual(57);
  });

  it.each([false, true])('goes through drops, short and long (callbacks: %s)', async (called) => {
    const script = [
      sourceUp(90 * SECOND),
      sourceDown(10 * MINUTE),
      sourceUp(10 * MINUTE + 20 * SECOND),
      sourceDown(20 * MINUTE),
      sourceUp(25 * MINUTE),
    ];
    const run = await runVendor(vendor, playOf(vendor, { called, script }));
    expect(run.faults).toEqual([]);
    expect(run.result?.outcome).toBe('completed');
    expect(minutes(run)).toBeGreaterThanOrEqual(50);
    expect(run.result?.totals.gapMs['source-absent']).toBeGreaterThan(4 * MINUTE);
  });

  it('pauses and goes on', async () => {
    const run = await runVendor(
      vendor,
      playOf(vendor, {
        called: true,
        script: [
          sourceUp(30 * SECOND),
          { at: 20 * MINUTE, do: (d) => d.command('pause', { by: 'director' }) },
          { at: 22 * MINUTE, do: (d) => d.command('resume') },
          { at: 30 * MINUTE, do: (d) => d.command('pause') },
          { at: 40 * MINUTE, do: (d) => d.command('resume') },
        ],
      }),
    );
    expect(run.faults).toEqual([]);
    expect(run.result?.totals.gapMs.paused).toBeGreaterThan(11 * MINUTE);
    expect(minutes(run)).toBeGreaterThanOrEqual(46);
  });
});

describe('a pause that the vendor itself tells of', () => {
  it('is sent once, whether its callback comes before the answer or after it', async () => {
    const run = await runVendor(
      'alibaba',
      playOf('alibaba', {
        called: true,
        script: [
          sourceUp(2 * SECOND),
          { at: 10 * MINUTE, do: (d) => d.command('pause') },
          { at: 20 * MINUTE, do: (d) => d.command('resume') },
        ],
      }),
    );
    const stops = run.emulator.truth.entries.filter(
      (entry) => entry.type === 'request' && entry.detail?.startsWith('stop '),
    );
    expect(run.faults).toEqual([]);
    // The pause, and the end.
    expect(stops).toHaveLength(2);
    expect(run.record.spans).toHaveLength(2);
  });
});
