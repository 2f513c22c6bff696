/** The arithmetic beneath coverage, status and refusals, without any server. */
import { describe, expect, it } from 'vitest';
import { addFiles, emptyRecord, type SessionRecord } from '../../src/archive/read.ts';
import { archivedTotals } from '../../src/client/archived.ts';
import { dayTime, differencesOf, differencesText } from '../../src/client/differences.ts';
import { merge } from '../../src/client/merge.ts';
import {
  stretchOfLive,
  type LiveAnswers,
  type Piece,
  type SessionStretch,
} from '../../src/client/stretches.ts';
import type { Gap } from '../../src/session/coverage.ts';
import type { NormalSpecification } from '../../src/session/plan.ts';
import type { CoverageView, StatusView } from '../../src/session/views.ts';

const span = (from: number, to: number, more: Partial<Piece> = {}): Piece => ({
  take: 1,
  from,
  to,
  evidence: 'observed',
  fromPlusMinusMs: 0,
  toPlusMinusMs: 0,
  open: false,
  files: [],
  place: null,
  recording: 'r',
  ...more,
});
const gap = (from: number, to: number, cause: Gap['cause']): Gap => ({
  from,
  to,
  cause,
  detail: null,
  fromPlusMinusMs: 0,
  toPlusMinusMs: 0,
});
const session = (
  sessionId: string,
  from: number,
  to: number,
  spans: Piece[],
  gaps: Gap[],
): SessionStretch => ({
  sessionId,
  name: sessionId,
  from,
  to,
  outcome: null,
  live: false,
  spans,
  gaps,
  writtenOff: [],
  filesAtRisk: [],
});

describe('several sessions of a target', () => {
  it('count time once, and not the time between them', () => {
    const merged = merge([
      session('a', 0, 100, [span(0, 60)], [gap(60, 100, 'paused')]),
      session('b', 200, 300, [span(250, 300)], [gap(200, 250, 'late-start')]),
    ]);
    expect(merged.totals).toMatchObject({ windowMs: 200, recordedMs: 110, percent: 55, verdict: 'partial' });
    expect(merged.gaps.map((one) => [one.sessionId, one.from, one.to])).toEqual([
      ['a', 60, 100],
      ['b', 200, 250],
    ]);
  });

  it('have no gap where one of them recorded, and the cause of the one that ran', () => {
    const merged = merge([
      session('a', 0, 100, [span(0, 50)], [gap(50, 100, 'source-absent')]),
      session('b', 40, 200, [span(120, 200, { evidence: 'stored' })], [gap(40, 120, 'late-start')]),
    ]);
    expect(merged.gaps.map((one) => [one.sessionId, one.from, one.to, one.cause])).toEqual([
      ['a', 50, 100, 'source-absent'],
      ['b', 100, 120, 'late-start'],
    ]);
    expect(merged.totals).toMatchObject({
      windowMs: 200,
      recordedMs: 130,
      byEvidence: { observed: 50, stored: 80 },
    });
  });
});

describe('a session that answers', () => {
  const at = (seconds: number): string => new Date(seconds * 1000).toISOString();
  const view = (
    spans: Partial<CoverageView['spans'][number]>[],
    gaps: CoverageView['gaps'],
  ): CoverageView => ({
    sessionId: 's',
    window: { from: at(0), to: at(60) },
    detailFrom: at(0),
    spans: spans.map((one) => ({
      take: 1,
      from: at(0),
      to: at(60),
      evidence: 'inferred',
      fromPlusMinusMs: 0,
      toPlusMinusMs: 0,
      open: true,
      ...one,
    })),
    gaps,
    totals: {
      windowMs: 0,
      recordedMs: 0,
      percent: 0,
      byEvidence: { inferred: 0, observed: 0, filed: 0, stored: 0 },
      gapMs: {},
      verdict: 'nothing',
    },
  });
  const status = (until: string | null, state = 'recording') =>
    ({
      troubles: [],
      takes: [],
      outcome: null,
      desired: { state },
      window: { until },
    }) as unknown as StatusView;
  const stretch = (more: Partial<LiveAnswers>) =>
    stretchOfLive(
      's',
      {
        coverage: view([{}], []),
        status: status(null),
        files: null,
        lastGood: {},
        open: true,
        now: 100_000,
        ...more,
      },
      undefined,
      -Infinity,
      Infinity,
    )!;

  it('goes on as it was told last, proved as far as the looks saw it', () => {
    const { spans, to } = stretch({ lastGood: { 1: 90_000 } });
    expect(to).toBe(100_000);
    expect(spans.map((one) => [one.from, one.to, one.evidence, one.open])).toEqual([
      [0, 90_000, 'observed', false],
      [90_000, 100_000, 'inferred', true],
    ]);
  });

  it('goes on with its gap', () => {
    const paused = { ...gap(0, 0, 'paused'), from: at(0), to: at(60) };
    const { gaps, spans } = stretch({ coverage: view([], [paused]) });
    expect(gaps).toMatchObject([{ from: 0, to: 100_000, cause: 'paused' }]);
    expect(spans).toEqual([]);
  });

  it('ends with its window, with its stop, and with its close', () => {
    expect(stretch({ status: status(at(80)) }).to).toBe(80_000);
    expect(stretch({ status: status(null, 'stopped') }).to).toBe(60_000);
    expect(stretch({ open: false }).to).toBe(60_000);
  });

  it('has its files stored when all of them are, and not while the take runs', () => {
    const files = [{ take: 1, fileCount: 1, files: [{ name: 'f', sequence: 0, state: 'stored' as const }] }];
    const closed = view([{ open: false, evidence: 'observed' }], []);
    expect(stretch({ coverage: closed, files, open: false }).spans).toMatchObject([
      { evidence: 'stored', files: ['f'] },
    ]);
    const running = { ...status(null), takes: [{ number: 1, status: 'open' }] } as unknown as StatusView;
    expect(stretch({ coverage: closed, files, status: running }).spans).toMatchObject([
      { evidence: 'observed' },
    ]);
  });
});

describe('a session that has ended', () => {
  const edge = (at: number) => ({ at, plusMinusMs: 0, source: 'test', requestId: null });
  const record = (): SessionRecord => ({
    ...emptyRecord({
      sessionId: 's',
      key: 'k',
      name: 'n',
      owner: null,
      account: 'a',
      vendor: 'v',
      window: { fromMs: 0, untilMs: 100_000, zone: 'UTC' },
    }),
    takes: [
      { number: 1, recording: 'r', status: 'ended', boundAt: null, ended: null, requestIds: [], files: null },
    ],
    spans: [
      {
        take: 1,
        span: { n: 1, from: edge(0), to: edge(90_000), evidence: 'filed', provedTo: 90_000 },
      },
    ] as unknown as SessionRecord['spans'],
    marks: [{ at: 90_000, cause: 'source-absent', detail: null }],
  });
  const result = {
    sessionId: 's',
    key: 'k',
    name: 'n',
    outcome: 'completed',
    verdict: 'complete',
    windowMs: 100_000,
    totals: {
      recordedMs: 90_000,
      byEvidence: { inferred: 0, observed: 0, filed: 90_000, stored: 0 },
      gapMs: { 'source-absent': 10_000 },
    },
    takes: 1,
    parts: 1,
  } as const;

  it('counts by the evidence that its files gave after the end, as coverage does', () => {
    const known = record();
    expect(archivedTotals(known)).toBeNull();
    known.result = result;
    const file = { name: 'f', sequence: 0, from: 0, to: 90_000, state: 'stored' as const };
    addFiles(known, [{ take: 1, fileCount: 1, files: [file] }]);
    expect(archivedTotals(known)).toEqual({
      windowMs: 100_000,
      recordedMs: 90_000,
      percent: 90,
      byEvidence: { inferred: 0, observed: 0, filed: 0, stored: 90_000 },
      gapMs: { 'source-absent': 10_000 },
      // Its own: the archive does not know which pauses were asked for.
      verdict: 'complete',
    });
  });
});

describe('what differs', () => {
  const specification = (until: string, more: Partial<NormalSpecification> = {}): NormalSpecification => ({
    name: 'n',
    owner: null,
    labels: {},
    account: 'a',
    vendor: 'v',
    target: { stream: 's' },
    window: {
      fromMs: Date.parse('2026-11-23T18:45:00Z'),
      untilMs: Date.parse(until),
      limitMs: null,
      beforeMs: 0,
      afterMs: 0,
      overrunMs: 0,
      zone: 'Europe/Berlin',
    },
    source: { late: { kind: 'wait' }, gone: { kind: 'end', afterMs: 1_800_000 } },
    pause: { warnAfterMs: 900_000, maxMs: null },
    storage: null,
    options: { interval: 1000, tracks: ['a', 'b'] },
    policy: { foreign: 'refuse', account: 'ensure', repush: 'never', made: 'keep' },
    written: { from: '2026-11-23T19:45', zone: 'Europe/Berlin' },
    ...more,
  });

  it('is told in the words of the specification, at the clock of its zone', () => {
    const yours = specification('2026-11-23T21:00:00Z', { options: { interval: 1000, tracks: ['a'] } });
    const theirs = specification('2026-11-23T21:15:00Z', {
      owner: 'x',
      source: { late: { kind: 'wait' }, gone: { kind: 'wait' } },
    });
    const differences = differencesOf(yours, theirs);
    expect(differences).toEqual([
      { field: 'options.tracks', yours: ['a'], theirs: ['a', 'b'] },
      { field: 'source.gone', yours: 'end after 30m', theirs: 'wait' },
      { field: 'window.until', yours: '2026-11-23T21:00:00.000Z', theirs: '2026-11-23T21:15:00.000Z' },
    ]);
    expect(differencesText(differences.slice(2), 'Europe/Berlin')).toBe(
      'your window ends 2026-11-23 22:00, theirs 2026-11-23 22:15; everything else is equal',
    );
    expect(differencesText([], 'UTC')).toBe('everything is equal');
  });

  it('names the day only where it is another one', () => {
    const now = Date.parse('2026-11-23T20:00:00Z');
    expect(dayTime(Date.parse('2026-11-23T21:15:00Z'), 'Europe/Berlin', now)).toBe('22:15');
    expect(dayTime(Date.parse('2026-11-23T23:15:07Z'), 'Europe/Berlin', now)).toBe('2026-11-24 00:15:07');
  });
});
