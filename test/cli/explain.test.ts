import { expect, test } from 'vitest';
import type { Explanation } from '../../src/client/types.ts';
import { explanationText } from '../../src/cli/render/explain.ts';
import { ended, lastKnown, reader, status, trouble, view } from './sessions.ts';

type Entry = Explanation['timeline'][number];

const entry = (at: string, text: string, change: Partial<Entry> = {}): Entry => ({
  at,
  kind: 'phase',
  sequence: 1,
  text,
  gap: null,
  ...change,
});

const timeline = [
  entry('2026-11-24T22:30:00.000Z', 'The session begins.'),
  entry('2026-11-24T22:30:01.000Z', 'It records.'),
  entry(
    '2026-11-24T23:40:12.000Z',
    'Nothing is recorded for 52s (±2s), from 2026-11-24T23:40:00.000Z to 2026-11-24T23:40:52.000Z: source-absent.',
  ),
];

function explanation(change: Partial<Explanation> = {}): Explanation {
  const one = status();
  return {
    sessionId: one.sessionId,
    name: one.name,
    key: one.key,
    status: one,
    timeline,
    needs: [],
    totals: view().soFar,
    missing: [],
    unreachable: null,
    ...change,
  };
}

const lines = (change: Partial<Explanation> = {}): string[] =>
  explanationText(explanation(change), reader).split('\n');

test('an explanation is the timeline by days of the window, and what is the case now', () => {
  expect(lines()).toEqual([
    'ch-news@2026-11-24T23:30   ome/studio/default/app/news1   owner team-news',
    'times are those of Europe/Berlin',
    '',
    '2026-11-24',
    '  23:30:00  The session begins.',
    '  23:30:01  It records.',
    '',
    '2026-11-25',
    '  00:40:12  Nothing is recorded for 52s (±2s), from 00:40:00 to 00:40:52: source-absent.',
    '',
    'Now it is recording, since 2026-11-24 23:30:00 (3h42m41s). Recorded so far: 3h40m20s of 3h42m41s, 98.9 %;',
    '2m21s in gaps (source-absent 2m11s, paused 10s). Nothing for you to do.',
  ]);
});

test('it ends with who must act, since when and how, the most urgent first', () => {
  const { code, text, since } = trouble();
  const needs: Explanation['needs'] = [
    {
      who: 'you',
      code: 'E_PAUSED_LONG',
      text: 'paused by director since 2026-11-25T01:25:41.000Z, "sponsor"',
      since: '2026-11-25T01:25:41Z',
    },
    { who: 'vendor', code, text, since },
  ];
  const told = lines({ needs });
  expect(told.join(' ')).toContain('YOU must act.');
  expect(told.slice(-3)).toEqual([
    '  you: paused by director since 02:25:41, "sponsor"   E_PAUSED_LONG, since 02:25:41 (47m)',
    '      → keeprolling resume 01JDG',
    '  vendor: 503   E_VENDOR_FAULT, since 03:10:00 (2m41s)',
  ]);
});

test('what many lines say is told by its first', () => {
  const text =
    'keeprolling.yaml: 1 problem, nothing was called\n\n  accounts.studio\n    problem  it is none';
  const told = lines({ needs: [{ who: 'you', code: 'E_CONFIG_INVALID', text, since: null }] });
  expect(told.at(-1)).toBe('  you: keeprolling.yaml: 1 problem, nothing was called   E_CONFIG_INVALID');
});

test('it asks nobody to act while work is announced', () => {
  const { who, code, text, since } = { ...trouble(), who: 'you' as const };
  const maintenance = { until: '2026-11-25T02:30:00Z', by: 'ann', reason: null };
  const told = lines({
    needs: [{ who, code, text, since }],
    status: status({ view: view({ maintenance }) }),
  });
  expect(told.join(' ')).toContain('Announced work until 03:30:00; nothing for you to do meanwhile.');
  expect(told.join(' ')).not.toContain('YOU must act');
});

test('a session that is over tells its outcome and its losses', () => {
  const one = ended('completed');
  const text = lines({ status: one, totals: one.totals! }).join(' ');
  expect(text).toContain('It is over: completed, partial. Recorded: 58m46s of 1h, 97.9 %; 1m14s in gaps');
  expect(text).toContain('Nothing for you to do.');
});

test('what is known without a worker, or without the whole log, says so', () => {
  const told = lines({
    status: status({ source: 'last-known', view: null, lastKnown: lastKnown() }),
    missing: ['ch-news (01JDG) does not answer: what came after 2026-11-25T01:40:12.000Z is not known.'],
    unreachable: 'worker',
  }).join(' ');
  expect(told).toContain('When it was last heard of, at 02:40:12 (32m29s ago), it was recording.');
  expect(told).toContain('  ! ch-news (01JDG) does not answer: what came after 02:40:12 is not known.');
});

test('a scheduled session has nothing to tell but its begin', () => {
  const scheduled = status({ source: 'scheduled', view: null, startAt: '2026-11-25T09:00:00Z' });
  const totals = { ...view().soFar, windowMs: 0 };
  expect(lines({ status: scheduled, timeline: [], totals }).slice(-2)).toEqual([
    'It is scheduled and starts at 10:00:00; until then nothing is called, and its target is free. Nothing for you',
    'to do.',
  ]);
});

test('no line is longer than a terminal is wide, and what goes on is below its sentence', () => {
  const text = `Warning: look: ${'the vendor says again that it knows nothing of it '.repeat(6)}.`;
  const told = lines({ timeline: [entry('2026-11-24T22:30:00.000Z', text)] });
  expect(told.filter((line) => line.length > 110)).toEqual([]);
  expect(told.filter((line) => line.startsWith('            ')).length).toBeGreaterThan(1);
});
