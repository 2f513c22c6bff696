import { expect, it } from 'vitest';
import { brought } from '../../src/client/present.ts';
import { stretchOfLive, type LiveAnswers } from '../../src/client/stretches.ts';
import type { StatusView, TakeView } from '../../src/session/views.ts';

const BEGIN = Date.parse('2026-11-24T20:00:00.000Z');
const at = (seconds: number): string => new Date(BEGIN + seconds * 1000).toISOString();

const span = (from: number, to: number): LiveAnswers['coverage']['spans'][number] => ({
  take: 1,
  from: at(from),
  to: at(to),
  evidence: 'filed',
  fromPlusMinusMs: 0,
  toPlusMinusMs: 0,
  open: false,
});

const take = {
  number: 1,
  status: 'open',
  actual: 'recording',
  provedTo: null,
  suspectSince: null,
} as TakeView;
const trouble = { about: 'look', text: 'no answer' } as StatusView['troubles'][number];
const view = {
  phase: 'recording',
  outcome: null,
  desired: { state: 'recording' },
  window: { from: at(0), until: null },
  takes: [take],
  troubles: [],
  source: { state: 'up' },
  soFar: {
    windowMs: 60_000,
    recordedMs: 60_000,
    percent: 100,
    byEvidence: { inferred: 60_000, observed: 0, filed: 0, stored: 0 },
    gapMs: {},
    verdict: 'complete',
  },
} as unknown as StatusView;

it('a lost file takes the proof from the span that it holds, and from no other of its take', () => {
  const answers: LiveAnswers = {
    coverage: {
      sessionId: 's1',
      window: { from: at(0), to: at(120) },
      detailFrom: at(0),
      spans: [span(0, 60), span(60, 120)],
      gaps: [],
      totals: {} as StatusView['soFar'],
    },
    status: null,
    files: [
      {
        take: 1,
        fileCount: 2,
        files: [
          { name: 'a', sequence: 0, state: 'stored', from: BEGIN, to: BEGIN + 60_000 },
          { name: 'b', sequence: 1, state: 'missing', from: BEGIN + 60_000, to: BEGIN + 120_000 },
        ],
      },
    ],
    lastGood: {},
    open: false,
    now: BEGIN + 120_000,
  };
  const told = stretchOfLive('cam', answers, undefined, -Infinity, Infinity)!;
  expect(told.spans.map((one) => [one.evidence, one.files])).toEqual([
    ['stored', ['a']],
    ['filed', []],
  ]);
});

it.each<[string, Partial<StatusView>, number]>([
  ['believed', {}, 120],
  ['suspected', { takes: [{ ...take, suspectSince: at(70) }] }, 60],
  ['not looked at', { troubles: [{ ...trouble, about: 'look' }] }, 60],
])('a take that is %s counts alike in status and coverage', (_how, change, seconds) => {
  const status = { ...view, ...change };
  const now = BEGIN + 120_000;
  expect(brought(status, null, now).soFar.recordedMs).toBe(seconds * 1000);
  const answers: LiveAnswers = {
    coverage: {
      sessionId: 's1',
      window: { from: at(0), to: at(60) },
      detailFrom: at(0),
      spans: [{ ...span(0, 60), evidence: 'inferred', open: true }],
      gaps: [],
      totals: view.soFar,
    },
    status,
    files: null,
    lastGood: {},
    open: true,
    now,
  };
  const told = stretchOfLive('cam', answers, undefined, -Infinity, Infinity)!;
  expect(told.spans.reduce((sum, one) => sum + one.to - one.from, 0)).toBe(seconds * 1000);
});
