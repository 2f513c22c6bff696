import { describe, expect, it } from 'vitest';
import { stretchOfRecord } from '../../src/client/stretches.ts';
import { missingLines, timelineOf, wholeLog } from '../../src/client/timeline.ts';
import type { Explanation } from '../../src/client/types.ts';
import type { SessionRecord } from '../../src/archive/read.ts';
import { MINUTE, runSynthetic, SECOND, START } from '../driver/world.ts';

const at = (ms: number): string => new Date(START + ms).toISOString();

function explained(record: SessionRecord): Explanation['timeline'] {
  const { gaps } = stretchOfRecord(record, false, -Infinity, Infinity)!;
  const told = gaps.map((gap) => ({
    ...gap,
    sessionId: null,
    from: at(gap.from - START),
    to: at(gap.to - START),
  }));
  return timelineOf(wholeLog(record.log, []), told, null);
}

describe('the timeline of a session with gaps', () => {
  const run = runSynthetic(
    {},
    {
      script: [
        { at: 0, do: (_d, vendor) => vendor.source('news', true, START) },
        { at: 10 * MINUTE, do: (d, vendor) => vendor.source('news', false, d.now()) },
        { at: 13 * MINUTE, do: (d, vendor) => vendor.source('news', true, d.now()) },
        { at: 30 * MINUTE, do: (d) => d.command('pause', { by: 'director', reason: 'sponsor' }) },
        { at: 35 * MINUTE, do: (d) => d.command('resume', { by: 'director' }) },
      ],
    },
  );

  it('has every line of the log, in order, and each gap once', async () => {
    const { record, faults } = await run;
    expect(faults).toEqual([]);
    const timeline = explained(record);
    const sequences = timeline.flatMap(({ sequence }) => sequence ?? []);
    expect(sequences).toEqual(record.log.map(({ sequence }) => sequence));
    expect(sequences[0]).toBe(1);
    const instants = timeline.map((one) => Date.parse(one.at));
    expect(instants).toEqual(instants.toSorted((a, b) => a - b));
    const { gaps } = stretchOfRecord(record, false, -Infinity, Infinity)!;
    const told = timeline.flatMap(({ gap }) => gap ?? []);
    expect(told.map((one) => one.from).toSorted()).toEqual(
      gaps.map((one) => at(one.from - START)).toSorted(),
    );
    const sum = gaps.reduce((total, one) => total + one.to - one.from, 0);
    expect(told.reduce((total, one) => total + one.lengthMs, 0)).toBe(sum);
  });

  it('tells who did what and why, and what is missing for which cause and how long', async () => {
    const { record } = await run;
    const timeline = explained(record);
    const texts = timeline.map(({ text }) => text);
    expect(texts[0]).toBe('The session begins.');
    expect(texts).toContain('Command: pause by director: sponsor.');
    expect(texts).toContain('Command: resume by director.');
    expect(texts.at(-1)).toMatch(/^It is over: completed\.$/);
    const absent = timeline.find(({ gap }) => gap?.cause === 'source-absent')!;
    // Looks come every minute: the edges are known as well as that.
    expect(absent.gap!.lengthMs).toBeGreaterThan(2 * MINUTE);
    expect(absent.gap!.lengthMs).toBeLessThan(5 * MINUTE);
    expect(absent.text).toMatch(/^Nothing is recorded for \dm\d*s?.* from \S+Z to \S+Z: source-absent.*\.$/);
    const paused = timeline.find(({ gap }) => gap?.cause === 'paused')!;
    expect(paused.text).toContain('paused, director, sponsor.');
    expect(paused.gap!.lengthMs).toBeGreaterThan(4 * MINUTE);
    expect(texts.filter((text) => !text.endsWith('.'))).toEqual([]);
  });
});

it('a gap at the beginning is told once, where the log tells of it', () => {
  const line = `gap from ${at(0)} to ${at(30 * SECOND)}: source-absent`;
  const log = [{ sequence: 1, at: at(30 * SECOND), kind: 'gap' as const, text: line }];
  const gap = {
    sessionId: null,
    cause: 'source-absent' as const,
    detail: null,
    from: at(0),
    to: at(30 * SECOND),
    fromPlusMinusMs: 0,
    toPlusMinusMs: 0,
  };
  expect(timelineOf(log, [gap], null).map(({ text }) => text)).toEqual([
    `Nothing is recorded for 30s, from ${at(0)} to ${at(30 * SECOND)}: source-absent.`,
  ]);
});

describe('a log from several places', () => {
  const entry = (sequence: number, text: string) => ({
    sequence,
    at: START + sequence * SECOND,
    kind: 'take' as const,
    text,
  });
  const live = (sequence: number, text: string) => ({ ...entry(sequence, text), at: at(sequence * SECOND) });

  it('has each line once, in its order', () => {
    const log = wholeLog([entry(1, 'a'), entry(2, 'b')], [live(2, 'b'), live(3, 'c')]);
    expect(log.map((one) => [one.sequence, one.text])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ]);
    expect(missingLines(log)).toEqual([]);
  });

  it('says which lines nobody could tell', () => {
    const log = wholeLog([entry(2, 'b')], [live(5, 'e')]);
    expect(missingLines(log)).toEqual([
      `A line of its log before ${at(2 * SECOND)} cannot be had.`,
      `2 lines of its log before ${at(5 * SECOND)} cannot be had.`,
    ]);
  });

  it('tells a gap that the log does not announce at its begin, and one of which nothing came as it was told', () => {
    const log = [
      { ...live(1, 'the session begins'), kind: 'phase' as const },
      { ...live(60, `gap since ${at(30 * SECOND)}: vendor-fault`), kind: 'gap' as const },
    ];
    const edges = { fromPlusMinusMs: 400, toPlusMinusMs: 2_000 };
    const gap = {
      sessionId: null,
      cause: 'late-start' as const,
      detail: null,
      from: at(0),
      to: at(3_200),
      ...edges,
    };
    expect(timelineOf(log, [gap], null).map(({ at: when, text }) => [when, text])).toEqual([
      [at(SECOND), 'The session begins.'],
      [at(SECOND), `Nothing is recorded for 3s (±2s), from ${at(0)} to ${at(3_200)}: late-start.`],
      [at(60 * SECOND), `Gap since ${at(30 * SECOND)}: vendor-fault.`],
    ]);
    const [open] = timelineOf([], [gap], gap.to);
    expect(open?.text).toBe(`Nothing is recorded since ${at(0)}, for 3s (±2s) so far: late-start.`);
  });
});

describe('a sentence', () => {
  const line = { sequence: 1, at: at(0), kind: 'warning' as const };
  const gap = (detail: string) => ({
    sessionId: null,
    from: at(0),
    to: at(MINUTE),
    cause: 'vendor-fault' as const,
    detail,
    fromPlusMinusMs: 0,
    toPlusMinusMs: 0,
  });

  it('ends with one full stop, and is one line', () => {
    const many = 'look: keeprolling.yaml: 1 problem, nothing was called\n\n  accounts.studio';
    const texts = timelineOf([{ ...line, text: many }], [gap('The vendor does not answer.')], null).map(
      ({ text }) => text,
    );
    expect(texts[0]).toBe('Warning: look: keeprolling.yaml: 1 problem, nothing was called.');
    expect(texts[1]).toMatch(/: vendor-fault, The vendor does not answer\.$/);
    const [only] = timelineOf([], [gap('It is refused\n\n  accounts.studio')], null);
    expect(only!.text).toMatch(/, It is refused\.$/);
  });
});

it('ends only where the session was released, whatever else its phases tell', () => {
  const begin = '2026-11-24T22:30:00.000Z';
  const log = [
    {
      sequence: 1,
      at: begin,
      kind: 'phase' as const,
      text: "what it needs in the vendor's account is there: a rule",
    },
    { sequence: 2, at: begin, kind: 'phase' as const, text: 'released: completed' },
  ];
  expect(timelineOf(log, [], null).map(({ text }) => text)).toEqual([
    "What it needs in the vendor's account is there: a rule.",
    'It is over: completed.',
  ]);
});
