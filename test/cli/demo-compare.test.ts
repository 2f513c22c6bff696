/** What the demo ends with: both accounts of a session, set side by side. */
import { describe, expect, test } from 'vitest';
import {
  compare,
  compareFiles,
  judge,
  ourStretches,
  takesOf,
  truthStretches,
  type Stretch,
} from '../../src/cli/demo/compare.ts';
import { comparisonText } from '../../src/cli/render/demo.ts';
import type { TargetCoverage } from '../../src/client/types.ts';
import type { TruthEntry } from '../../src/emulators/truth.ts';

const T0 = Date.parse('2026-11-24T12:00:00Z');
const S = 1000;
const SESSION = '01M7Z1MXZQ8TMXJMNG9ZEZFFF8';
const OTHER = '01M7Z1MXZQ8TMXJMNG9ZEZFFF9';
const iso = (second: number): string => new Date(T0 + second * S).toISOString();
const always = (): boolean => true;

const began = (recording: string, take: number, session = SESSION): TruthEntry => ({
  type: 'recording',
  at: T0,
  recording,
  event: 'began',
  metadata: JSON.stringify({ session, take }),
});
const media = (recording: string, from: number, to: number, file: string): TruthEntry => ({
  type: 'media',
  recording,
  from: T0 + from * S,
  to: T0 + to * S,
  file,
  bytes: 1,
});
const file = (recording: string, name: string, event: 'finalised' | 'lost', more = {}): TruthEntry => ({
  type: 'file',
  at: T0,
  recording,
  file: name,
  event,
  ...more,
});

type Span = TargetCoverage['spans'][number];
const span = (take: number, from: number, to: number, more: Partial<Span> = {}): Span => ({
  sessionId: SESSION,
  take,
  from: iso(from),
  to: iso(to),
  evidence: 'stored',
  fromPlusMinusMs: 0,
  toPlusMinusMs: 0,
  open: false,
  files: [],
  place: null,
  recording: null,
  ...more,
});
const gap = (from: number, to: number, cause: TargetCoverage['gaps'][number]['cause'], plusMinusMs = 0) => ({
  sessionId: SESSION,
  from: iso(from),
  to: iso(to),
  cause,
  detail: null,
  fromPlusMinusMs: plusMinusMs,
  toPlusMinusMs: plusMinusMs,
});
const coverage = (spans: Span[], gaps: TargetCoverage['gaps'] = []): TargetCoverage => ({
  key: 'key',
  from: iso(0),
  to: iso(60),
  sessions: [],
  spans,
  gaps,
  writtenOff: [],
  filesAtRisk: [],
  overlaps: [],
  totals: {} as TargetCoverage['totals'],
  missing: [],
  unreachable: null,
});
const really = (truth: TruthEntry[], holds = always): Stretch[] =>
  truthStretches(truth, takesOf(truth, SESSION), [T0, T0 + 60 * S], holds);
const stretches = (found: Stretch[]) =>
  found.map(({ from, to, take, kept }) => [(from - T0) / S, (to - T0) / S, take, kept]);

describe('a vendor that takes no names', () => {
  const unnamed = (recording: string): TruthEntry => ({
    type: 'recording',
    at: T0,
    recording,
    event: 'began',
    metadata: '{"stream":"cam1"}',
  });
  const truth = [unnamed('a'), unnamed('b'), media('a', 0, 20, 'a0'), media('b', 30, 60, 'b0')];
  const ours = ourStretches(coverage([span(1, 0, 19), span(2, 31, 60)], [gap(19, 31, 'source-absent')]));

  test('recorded what our takes have most in common with', () => {
    expect([...takesOf(truth, SESSION, ours)]).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    expect([...takesOf(truth, SESSION)]).toEqual([]);
  });

  test('is judged by its times all the same', () => {
    const late = ourStretches(coverage([span(1, 0, 10), span(2, 31, 60)], [gap(10, 31, 'source-absent')]));
    const written = (one: Stretch[]) =>
      truthStretches(truth, takesOf(truth, SESSION, one), [T0, T0 + 60 * S], always);
    expect(compare(ours, written(ours), 2000).every(({ agree }) => agree)).toBe(true);
    expect(compare(late, written(late), 2000).every(({ agree }) => agree)).toBe(false);
  });
});

describe('the truth', () => {
  test('is what was written under the names of this session, with its gaps', () => {
    const truth = [
      began('a', 1),
      began('b', 2),
      began('c', 1, OTHER),
      media('a', -5, 10, 'a0'),
      media('a', 10.1, 20, 'a1'),
      media('c', 0, 60, 'c0'),
      media('b', 30, 70, 'b0'),
    ];
    expect(stretches(really(truth))).toEqual([
      [0, 20, 1, true],
      [20, 30, null, false],
      [30, 60, 2, true],
    ]);
  });

  test('parts what was lost from what was kept, though the recording went on', () => {
    const truth = [
      began('a', 1),
      media('a', 0, 15, 'a0'),
      media('a', 15, 30, 'a1'),
      file('a', 'a1', 'lost', { from: T0 + 15 * S, to: T0 + 30 * S }),
      // Lost before it was a file: no media tells of it.
      file('a', 'a2', 'lost', { from: T0 + 30 * S, to: T0 + 60 * S }),
    ];
    expect(stretches(really(truth))).toEqual([
      [0, 15, 1, true],
      [15, 60, 1, false],
    ]);
  });

  test('does not believe the recorder that a file is there', () => {
    const truth = [began('a', 1), media('a', 0, 60, 'a0')];
    expect(stretches(really(truth, () => false))).toEqual([[0, 60, 1, false]]);
  });
});

describe('the comparison', () => {
  const truth = [began('a', 1), media('a', 3, 60, 'a0')];

  test('takes gaps that follow each other for one, whatever their causes', () => {
    const ours = ourStretches(
      coverage([span(1, 3, 60)], [gap(0, 1, 'late-start'), gap(1, 3, 'source-absent')]),
    );
    expect(ours[0]).toMatchObject({ text: 'late-start, source-absent', to: T0 + 3 * S });
    expect(compare(ours, really(truth), 2000).map((row) => row.agree)).toEqual([true, true]);
  });

  test('takes a short gap of one side for the edge of its neighbours', () => {
    const ours = ourStretches(coverage([span(1, 1.5, 60)], [gap(0, 1.5, 'late-start')]));
    const at0 = really([began('a', 1), media('a', 0, 60, 'a0')]);
    for (const rows of [compare(ours, at0, 2000), compare(at0, ours, 2000)])
      expect(rows.map((row) => row.agree)).toEqual([true]);
  });

  test('sees a gap at both sides of the bound as the same one', () => {
    const ours = ourStretches(coverage([span(1, 1.9, 60)], [gap(0, 1.9, 'late-start')]));
    const rows = compare(ours, really([began('a', 1), media('a', 2.1, 60, 'a0')]), 2000);
    expect(rows.map((row) => row.agree)).toEqual([true, true]);
  });

  test.each([
    ['media that was not recorded', [span(1, 0, 60)], []],
    ['another take', [span(2, 3, 60)], [gap(0, 3, 'late-start')]],
    ['a file that is told to be stored and is not', [span(1, 3, 60)], [gap(0, 3, 'late-start')]],
    ['an edge further away than declared', [span(1, 7, 60)], [gap(0, 7, 'late-start')]],
    ['media that is not told', [], [gap(0, 60, 'unknown')]],
    ['nothing at all', [], []],
  ] as const)('differs for %s', (what, spans, gaps) => {
    const holds = (): boolean => !what.includes('stored');
    const rows = compare(ourStretches(coverage([...spans], [...gaps])), really(truth, holds), 2000);
    expect(rows.some((row) => !row.agree)).toBe(true);
  });

  test('lets an edge be as far away as declared', () => {
    const ours = ourStretches(
      coverage([span(1, 7, 60, { fromPlusMinusMs: 3000 })], [gap(0, 7, 'late-start', 3000)]),
    );
    expect(compare(ours, really(truth), 2000).every((row) => row.agree)).toBe(true);
  });
});

describe('files', () => {
  const truth = [
    began('a', 1),
    began('c', 1, OTHER),
    media('a', 0, 60, 'a0'),
    file('a', 'a0', 'finalised'),
    file('c', 'c0', 'finalised'),
  ];
  const told = (...files: string[]) => coverage([span(1, 0, 60, { files })]);
  const rows = compare(ourStretches(told('a0')), really(truth), 2000);

  test('agree where both name the same ones', () => {
    const files = compareFiles(told('a0'), truth, takesOf(truth, SESSION), always);
    expect(files).toEqual({ both: ['a0'], oursAlone: [], truthAlone: [] });
    expect(judge(rows, files).agree).toBe(true);
  });

  test.each([
    ['one is told and never finished', told('a0', 'a1'), always, { both: ['a0'], oursAlone: ['a1'] }],
    ['one is finished and not told', told(), always, { truthAlone: ['a0'] }],
    ['one is told and is not there', told('a0'), () => false, { oursAlone: ['a0'], both: [] }],
    ['nobody knows one', told(), () => false, { both: [] }],
  ])('differ where %s, whatever the times say', (_what, covered, holds, expected) => {
    const files = compareFiles(covered, truth, takesOf(truth, SESSION), holds);
    expect(files).toMatchObject(expected);
    expect(judge(rows, files).agree).toBe(false);
  });

  test('of another evidence are not told to be stored', () => {
    const covered = coverage([span(1, 0, 60, { evidence: 'observed', files: ['a0'] })]);
    expect(compareFiles(covered, truth, takesOf(truth, SESSION), always)).toMatchObject({
      both: [],
      truthAlone: ['a0'],
    });
  });

  test('are counted below the table, and named where they differ', () => {
    const files = compareFiles(told('a0', 'a1'), truth, takesOf(truth, SESSION), always);
    const text = comparisonText(judge(rows, files), T0, 'bucket');
    expect(text).toContain('take 1  stored');
    expect(text).toMatch(/\n {5}2 files told to be stored, of which 1 is in the bucket\n {2}≠ {2}.*: a1$/);
  });
});
