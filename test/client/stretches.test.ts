import { expect, it } from 'vitest';
import { stretchOfLive, type LiveAnswers } from '../../src/client/stretches.ts';
import type { StatusView } from '../../src/session/views.ts';

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
