/** Windows: where recording begins and ends, what of it counts, and what the beginning is missing for. */
import { describe, expect, it } from 'vitest';
import type { Inherited } from '../../src/session/plan.ts';
import { CHANNEL, MINUTE, SECOND, START, type Script, type SyntheticRun } from '../driver/world.ts';
import { play, SOURCE, type Play } from './play.ts';
import { coverageIn } from '../driver/judged.ts';

const AT = (minutes: number): number => START + minutes * MINUTE;
const isoAt = (minutes: number): string => new Date(AT(minutes)).toISOString();

const source = (minutes: number, up: boolean): Script[number] => ({
  at: minutes * MINUTE,
  do: (d, vendor) => vendor.source(CHANNEL, up, d.now()),
});

/** Of the minutes after the session's own begin, which may lie in the window. */
async function run(
  from: number,
  until: number | null,
  window: object,
  options: Play = {},
): Promise<SyntheticRun> {
  const ends = until === null ? {} : { until: isoAt(until) };
  const specification = { ...options.specification, window: { from: isoAt(from), ...ends, ...window } };
  const played = await play({ ...options, specification });
  expect(played.faults).toEqual([]);
  return played;
}

/** Causes, with begin and end in whole minutes; what is shorter than a second is the start itself. */
function missing({ record, state }: SyntheticRun): [string, number, number, ...string[]][] {
  const { fromMs } = state.plan.specification.window;
  const { gaps } = coverageIn(record, fromMs, Math.min(state.untilMs!, state.desired.since));
  const minute = (at: number): number => Math.round((at - START) / MINUTE);
  return gaps
    .filter(({ from, to }) => to - from >= SECOND)
    .map(({ cause, from, to, detail }) => [cause, minute(from), minute(to), ...(detail ? [detail] : [])]);
}

/** Outcome, and the minute to which it came within five seconds. */
function ending({ result, endedAt }: SyntheticRun): [string, number] {
  return [result!.outcome, (Math.floor((endedAt - START) / (5 * SECOND)) * 5) / 60];
}

/** A source that goes is seen by the next look. */
function expectSeen(seen: SyntheticRun, minutes: number): void {
  const [outcome, minute] = ending(seen);
  expect(outcome).toBe('completed');
  expect(minute).toBeGreaterThanOrEqual(minutes);
  expect(minute).toBeLessThan(minutes + 1.5);
}

/** Of all recordings at the vendor: minutes from the first's begin to the last's end. */
function recorded({ synthetic }: SyntheticRun): [number, number] {
  const edges = synthetic.truth.entries.flatMap((one) => (one.type === 'recording' ? [one.at] : []));
  const minute = (at: number): number => Math.round((at - START) / MINUTE);
  return [minute(edges[0]!), minute(edges.at(-1)!)];
}

/** A take needs its source, or is accepted without. */
const STARTS = ['armed', 'source-needed'] as const;

describe('a session that begins when half of its window is over', () => {
  it('records what is left; exactly the first half is its own lateness', async () => {
    const late = await run(-30, 30, {});
    expect(ending(late)).toEqual(['completed', 30]);
    expect(missing(late)).toEqual([['late-start', -30, 0]]);
    const { gapMs, recordedMs } = late.result!.totals;
    expect(gapMs['late-start']).toBeGreaterThanOrEqual(30 * MINUTE);
    expect(gapMs['late-start']).toBeLessThan(30 * MINUTE + SECOND);
    expect(Object.keys(gapMs)).toEqual(['late-start']);
    expect(gapMs['late-start']! + recordedMs).toBe(60 * MINUTE);
    expect(late.result).toMatchObject({ verdict: 'partial', windowMs: 60 * MINUTE });
  });

  it.each(STARTS)('calls only what the source is late beyond that so (%s)', async (start) => {
    const late = await run(-30, 30, {}, { traits: { start }, script: [source(10, true)] });
    const gaps = missing(late);
    expect(gaps.map(([cause]) => cause)).toEqual(['late-start', 'source-absent']);
    expect(gaps[0]).toEqual(['late-start', -30, 0]);
    // Until the next look, or the next start.
    expect(gaps[1]![2]).toBeGreaterThanOrEqual(10);
    expect(gaps[1]![2]).toBeLessThanOrEqual(11);
  });

  it.each(STARTS)('where the source is late alone, nothing is our lateness (%s)', async (start) => {
    const late = await run(0, 60, {}, { traits: { start }, script: [source(20, true)] });
    const gaps = missing(late);
    expect(gaps.map(([cause]) => cause)).toEqual(['source-absent']);
    expect(gaps[0]![2]).toBeGreaterThanOrEqual(20);
    expect(gaps[0]![2]).toBeLessThanOrEqual(21);
  });
});

describe('a session that takes the target over', () => {
  const from = (freedAt: number): { plan: { inherited: Inherited } } => ({
    plan: {
      inherited: {
        from: { sessionId: '01ARZ3NDEKTSV4RRFFQ69G5FA0', name: 'morning show' },
        freedAt: AT(freedAt),
        lastEndAt: AT(freedAt) - SECOND,
        made: [],
      },
    },
  });
  const taken = 'morning show was being recorded';

  it('lacks the beginning by the rule of the vendor, and says whose recording that was', async () => {
    expect(missing(await run(-30, 30, {}, from(0)))).toEqual([['vendor-rule', -30, 0, taken]]);
  });

  it('lacks what it comes later than that by its own lateness', async () => {
    expect(missing(await run(-30, 30, {}, from(-10)))).toEqual([
      ['vendor-rule', -30, -10, taken],
      ['late-start', -10, 0],
    ]);
  });

  it('lacks all by its own lateness where the target was free before', async () => {
    expect(missing(await run(-30, 30, {}, from(-40)))).toEqual([['late-start', -30, 0]]);
  });

  it('lacks by the source what that is late beyond', async () => {
    const late = await run(-30, 30, {}, { ...from(0), script: [source(10, true)] });
    expect(missing(late).map(([cause]) => cause)).toEqual(['vendor-rule', 'source-absent']);
  });

  it('waits as long after the last recording of the other as the vendor wants', async () => {
    const ruled = await run(0, 60, {}, { ...from(0), traits: { restartGapMs: 10_000 } });
    const { gapMs } = ruled.result!.totals;
    // One second of the ten had passed.
    expect(gapMs['vendor-rule']).toBeGreaterThanOrEqual(9 * SECOND);
    expect(gapMs['vendor-rule']).toBeLessThan(10 * SECOND);
    expect(Object.keys(gapMs)).toEqual(['vendor-rule']);
  });
});

describe('padding', () => {
  const padding = { padding: { before: '5m', after: '10m' } };

  it('is recorded, and is no part of what the verdict is about', async () => {
    const padded = await run(10, 40, padding);
    expect(ending(padded)).toEqual(['completed', 50]);
    expect(recorded(padded)).toEqual([5, 50]);
    expect(padded.result).toMatchObject({ verdict: 'complete', windowMs: 30 * MINUTE });
    expect(padded.result!.totals).toMatchObject({ recordedMs: 30 * MINUTE, gapMs: {} });
  });

  it('alone is nothing', async () => {
    const script = [source(0, true), source(9, false), source(41, true)];
    const padded = await run(10, 40, padding, { traits: { survivesDrop: true, start: 'armed' }, script });
    expect(recorded(padded)[1]).toBe(50);
    expect(padded.record.spans.length).toBeGreaterThan(0);
    expect(padded.result).toMatchObject({ verdict: 'nothing', totals: { recordedMs: 0 } });
    expect(padded.result!.totals.gapMs).toEqual({ 'source-absent': 30 * MINUTE });
  });

  it('that lacks its source takes nothing from a complete window', async () => {
    const script = [source(0, true), source(6, false), source(8, true), source(41, false)];
    const padded = await run(10, 40, padding, { traits: { survivesDrop: true, start: 'armed' }, script });
    expect(padded.result).toMatchObject({
      verdict: 'complete',
      totals: { recordedMs: 30 * MINUTE, gapMs: {} },
    });
  });
});

describe('overrun', () => {
  it('goes on while the source is up, and at most so long', async () => {
    const over = await run(0, 30, { overrun: '20m' });
    expect(ending(over)).toEqual(['completed', 50]);
    expect(over.result).toMatchObject({
      windowMs: 30 * MINUTE,
      totals: { recordedMs: expect.any(Number) as number },
    });
    expect(over.result!.totals.recordedMs).toBeLessThanOrEqual(30 * MINUTE);
  });

  it.each([true, false])('ends when the source goes (a take that survives it: %s)', async (survivesDrop) => {
    const script = [SOURCE, source(40, false), source(43, true)];
    const over = await run(0, 30, { overrun: '20m' }, { traits: { survivesDrop }, script });
    // As soon as a look shows it.
    expectSeen(over, 40);
    expect(over.result!.takes).toBe(1);
  });

  it('does not begin where the source is down at the end', async () => {
    const over = await run(
      0,
      30,
      { overrun: '20m' },
      { script: [SOURCE, source(25, false), source(31, true)] },
    );
    expect(ending(over)).toEqual(['completed', 30]);
  });

  it('comes after the padding', async () => {
    expect(ending(await run(0, 30, { overrun: '20m', padding: { after: '10m' } }))).toEqual([
      'completed',
      60,
    ]);
  });

  it('does not cut the padding where the source goes in it', async () => {
    const script = [SOURCE, source(35, false)];
    const window = { overrun: '20m', padding: { after: '10m' } };
    expect(ending(await run(0, 30, window, { script }))).toEqual(['completed', 40]);
  });

  it('can be extended: that end is then its window', async () => {
    const extend: Script[number] = { at: 40 * MINUTE, do: (d) => d.command('extend', { until: AT(50) }) };
    const script = [SOURCE, extend, source(60, false)];
    const over = await run(0, 30, { overrun: '20m' }, { script });
    expectSeen(over, 60);
    expect(over.result).toMatchObject({ verdict: 'complete', windowMs: 50 * MINUTE, takes: 1 });
    expect(missing(over)).toEqual([]);
  });
});

describe('maxDuration', () => {
  it('ends a window without an end as limit-reached', async () => {
    expect(ending(await run(0, null, { maxDuration: '45m' }))).toEqual(['limit-reached', 45]);
  });

  it('ends nothing that is over before', async () => {
    expect(ending(await run(0, 30, { maxDuration: '45m' }))).toEqual(['completed', 30]);
    expect(ending(await run(0, 30, { maxDuration: '30m' }))).toEqual(['completed', 30]);
  });

  it.each<[string, object]>([
    ['padding', { padding: { after: '20m' } }],
    ['overrun', { overrun: '20m' }],
    ['both', { padding: { after: '10m' }, overrun: '10m' }],
  ])('is never passed by %s', async (_what, more) => {
    const limited = await run(0, 30, { ...more, maxDuration: '35m' });
    expect(ending(limited)).toEqual(['limit-reached', 35]);
    expect(limited.result).toMatchObject({ verdict: 'complete', windowMs: 30 * MINUTE });
  });

  it('is no end of what pads it before: it counts from the begin of the window', async () => {
    const limited = await run(10, null, { padding: { before: '5m' }, maxDuration: '30m' });
    expect(ending(limited)).toEqual(['limit-reached', 40]);
    expect(recorded(limited)).toEqual([5, 40]);
  });

  it('is moved by no extension', async () => {
    const extend: Script[number] = {
      at: 20 * MINUTE,
      do: (d) => d.command('extend', { until: AT(50), id: 'far', waits: true }),
    };
    const limited = await run(0, 30, { maxDuration: '45m' }, { script: [SOURCE, extend] });
    expect(limited.answers.get('far')).toMatchObject({
      accepted: false,
      note: `maxDuration ends this session at ${isoAt(45)}; it cannot be extended past that.`,
    });
    expect(ending(limited)).toEqual(['completed', 30]);
  });
});
