/** Thirty days at each vendor, with callbacks: drops, pauses, and lost replies every day. */
import { describe, expect, it } from 'vitest';
import { runVendor, type VendorScript } from '../driver/emulated-world.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../driver/world.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { playOf } from './vendor-samples.ts';

const DAYS = 30;

/** One drop that a threshold of a minute may bear, a long one, a pause, and a reply that gets lost. */
function day(at: number): VendorScript {
  return [
    { at: at + 2 * HOUR, do: (_d, hands) => hands.source(false) },
    { at: at + 2 * HOUR + 25 * SECOND, do: (_d, hands) => hands.source(true) },
    { at: at + 6 * HOUR, do: (_d, hands) => hands.source(false) },
    { at: at + 6 * HOUR + 11 * MINUTE, do: (_d, hands) => hands.source(true) },
    { at: at + 11 * HOUR, do: (_d, hands) => hands.control('faults', { op: '*', kind: 'reply-lost' }) },
    { at: at + 12 * HOUR, do: (d) => d.command('pause', { by: 'director', until: d.now() + 20 * MINUTE }) },
    { at: at + 18 * HOUR, do: (_d, hands) => hands.control('faults', { op: '*', kind: 'throttled' }) },
  ];
}

describe.each([...VENDORS.keys()])('thirty days at %s', (vendor) => {
  it('are covered as they were, in a state that does not grow', { timeout: 300_000 }, async () => {
    const sizes: number[] = [];
    const run = await runVendor(
      vendor,
      playOf(vendor, {
        called: true,
        specification: { window: { from: 'now', length: `${DAYS}d` } },
        script: [
          { at: MINUTE, do: (_d, hands) => hands.source(true) },
          ...Array.from({ length: DAYS }, (_, n) => day(n * DAY)).flat(),
        ],
        onStep: (state) => {
          if (state.at % 97 === 0) sizes.push(JSON.stringify(state).length);
        },
      }),
      { lookMs: 345_000, handOver: true },
    );
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed' });
    const { recordedMs, gapMs } = run.result!.totals;
    expect(gapMs['source-absent']).toBeGreaterThan(DAYS * 11 * MINUTE);
    expect(gapMs.paused).toBeGreaterThan(DAYS * 19 * MINUTE);
    expect(recordedMs / (DAYS * DAY)).toBeGreaterThan(0.97);
    expect(run.runs).toBeGreaterThanOrEqual(DAYS - 1);
    expect(Math.max(...sizes, JSON.stringify(run.state).length)).toBeLessThan(256 * 1024);
  });
});
