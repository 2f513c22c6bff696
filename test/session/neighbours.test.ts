/** Back to back at all five vendors: the real recorders before their emulators. */
import { describe, expect, it } from 'vitest';
import { vendorWorld, type Hands } from '../driver/emulated-world.ts';
import { coverageIn, judgeProgramme } from '../driver/judged.ts';
import { runProgramme, type Programme, type ProgrammeRun } from '../driver/programme.ts';
import { MINUTE, recordOf, SECOND, START } from '../driver/world.ts';
import type { Gap } from '../../src/session/coverage.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { playOf } from './vendor-samples.ts';

const NAMES = ['ome', 'agora', 'huawei', 'alibaba', 'naver'];
/** A stop, the word of it, the check of the next specification, a look at the account, and a start. */
const CALLS_MS = 2 * SECOND;
/** From an accepted start to the first media. */
const JOINS_MS: Record<string, number> = { agora: 3 * SECOND };

const isoAt = (minutes: number): string => new Date(START + minutes * MINUTE).toISOString();

interface Wish {
  id: string;
  from: number;
  until: number;
  window?: Record<string, unknown>;
  policy?: Record<string, unknown>;
}

async function play(
  vendor: string,
  windows: Wish[],
  script: { at: number; do: (programme: Programme, hands: Hands) => void }[] = [],
): Promise<ProgrammeRun & { faults: string[]; hands: Hands }> {
  const { emulator = {}, specification } = playOf(vendor);
  const { world, hands, specification: needed } = vendorWorld(vendor, { emulator });
  const run = await runProgramme(world, {
    windows: windows.map(({ id, from, until, window, policy }) => ({
      id,
      specification: {
        ...needed,
        ...specification,
        window: { from: isoAt(from), until: isoAt(until), ...window },
        ...(policy && { policy }),
      },
    })),
    // What a rule of the account is for must be there before the encoder connects.
    script: [
      { at: 8 * MINUTE, do: () => hands.source(true) },
      ...script.map(({ at, do: act }) => ({ at, do: (p: Programme) => act(p, hands) })),
    ],
  });
  hands.emulator.settle(world.clock.now);
  const judged = { ownsAll: { others: [] }, handOver: vendor === 'agora' };
  const faults = await judgeProgramme(run, hands.emulator.truth.entries, {}, judged);
  return { ...run, faults, hands };
}

/** What the ledger of a session misses of a window. */
async function gapsOf({ windows }: ProgrammeRun, id: string, by = id): Promise<Gap[]> {
  const { fromMs, untilMs } = windows[id]!.plan.specification.window;
  return coverageIn(await recordOf(windows[by]!.session!.driven), fromMs, untilMs!).gaps;
}

/** What the vendor itself missed of both windows, milliseconds. */
function missedBy({ windows, hands }: ProgrammeRun & { hands: Hands }): number {
  const { fromMs } = windows.a!.plan.specification.window;
  const { untilMs } = windows.b!.plan.specification.window;
  let [missed, seenTo] = [0, fromMs];
  const media = hands.emulator.truth.entries.filter((entry) => entry.type === 'media');
  for (const { from, to } of media.toSorted((one, other) => one.from - other.from)) {
    missed += Math.max(0, Math.min(from, untilMs!) - seenTo);
    seenTo = Math.max(seenTo, Math.min(to, untilMs!));
  }
  return missed + untilMs! - seenTo;
}

/** The least that a take-over costs at that vendor, and the most. */
function costOf(vendor: string, { windows }: ProgrammeRun): { least: number; most: number } {
  const { restartGapMs } = VENDORS.get(vendor)!.recorder.traits(windows.a!.plan.specification);
  return { least: restartGapMs, most: restartGapMs + CALLS_MS + (JOINS_MS[vendor] ?? 0) };
}

const lengthOf = (gaps: Gap[]): number => gaps.reduce((sum, { from, to }) => sum + to - from, 0);

describe.each(NAMES)('two windows back to back at %s', (vendor) => {
  const a = { id: 'a', from: 10, until: 40, window: { padding: { before: '1m' } } };
  const b = { id: 'b', from: 40, until: 70 };

  it('are both recorded: the first whole, the second but for what the vendor costs', async () => {
    const run = await play(vendor, [a, b]);
    expect(run.faults).toEqual([]);
    expect(await gapsOf(run, 'a')).toEqual([]);
    const gaps = await gapsOf(run, 'b');
    expect(gaps.filter(({ cause }) => cause !== 'vendor-rule')).toEqual([]);
    const { least, most } = costOf(vendor, run);
    expect(lengthOf(gaps)).toBeGreaterThanOrEqual(least);
    expect(lengthOf(gaps)).toBeLessThan(most);
    expect(missedBy(run)).toBeGreaterThanOrEqual(least);
    expect(missedBy(run)).toBeLessThan(most);
  });

  it('take nothing from each other by padding and overrun', async () => {
    const run = await play(vendor, [
      { ...a, window: { padding: { before: '1m', after: '10m' }, overrun: '10m' } },
      { ...b, window: { padding: { before: '5m' } } },
    ]);
    expect(run.faults).toEqual([]);
    expect(await gapsOf(run, 'a')).toEqual([]);
    expect(lengthOf(await gapsOf(run, 'b'))).toBeLessThan(costOf(vendor, run).most);
    expect(missedBy(run)).toBeLessThan(costOf(vendor, run).most);
  });

  it('lose nothing where the first is over earlier', async () => {
    const run = await play(vendor, [
      { ...a, until: 35, window: { padding: { before: '1m', after: '10m' }, overrun: '10m' } },
      { ...b, window: { padding: { before: '5m' } } },
    ]);
    expect(run.faults).toEqual([]);
    expect(await gapsOf(run, 'a')).toEqual([]);
    expect(await gapsOf(run, 'b')).toEqual([]);
    expect(missedBy(run)).toBeLessThanOrEqual(5 * MINUTE);
  });

  it('are one recording where the second wishes that', async () => {
    const run = await play(vendor, [a, { ...b, policy: { busy: 'extend' } }]);
    expect(run.faults).toEqual([]);
    expect(run.sessions).toHaveLength(1);
    expect(await gapsOf(run, 'a')).toEqual([]);
    expect(await gapsOf(run, 'b', 'a')).toEqual([]);
    expect(run.windows.b!.launched).toBe('joined');
  });
});

describe.each(['huawei', 'alibaba'])('two windows back to back at %s', (vendor) => {
  it('are both recorded where each takes away what it made', async () => {
    const policy = { made: 'remove' };
    const run = await play(vendor, [
      { id: 'a', from: 10, until: 40, policy },
      { id: 'b', from: 40, until: 70, policy },
    ]);
    expect(run.faults).toEqual([]);
    expect(lengthOf(await gapsOf(run, 'b'))).toBeLessThan(costOf(vendor, run).most);
    const [first, second] = run.sessions.map(({ driven }) => driven.state.account);
    expect(first!.released).toBe(false);
    // What the first had made went with the last.
    expect(second!.made).toEqual(first!.made);
    expect(first!.made).not.toEqual([]);
    expect(second!.released).toBe(true);
  });

  it('leave nothing where the first alone wishes to take away what it made', async () => {
    const run = await play(vendor, [
      { id: 'a', from: 10, until: 40, policy: { made: 'remove' } },
      { id: 'b', from: 40, until: 70 },
    ]);
    expect(run.faults).toEqual([]);
    const [first, second] = run.sessions.map(({ driven }) => driven.state.account);
    expect(first!.made).not.toEqual([]);
    expect(second!.released).toBe(true);
  });

  it('leave what the first made where the second alone wishes to take away what it made', async () => {
    const run = await play(vendor, [
      { id: 'a', from: 10, until: 40, policy: { made: 'keep' } },
      { id: 'b', from: 40, until: 70, policy: { made: 'remove' } },
    ]);
    expect(run.sessions.map(({ driven }) => driven.state.account.released)).toEqual([false, false]);
  });
});
