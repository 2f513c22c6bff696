/** Schedules as a person reads them. */
import { expect, test } from 'vitest';
import type { ScheduleDetails } from '../../src/client/index.ts';
import { changedText, createdText, schedulesText, scheduleText } from '../../src/cli/render/schedules.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const run = {
  at: '2026-11-23T18:58:00Z',
  workflowId: 'launch/keeprolling/test01/news-2026-11-23T18:58:00Z',
  sessionId: '01JDG',
  window: { from: '2026-11-23T19:00:00.000Z', until: '2026-11-23T21:00:00.000Z' },
  state: 'ended',
  text: 'news has ended: completed, partial',
  outcome: 'completed',
  verdict: 'partial',
};
const shown: ScheduleDetails = {
  name: 'news',
  id: 'keeprolling/test01/news',
  key: 'ome/studio/default/app/news',
  account: 'studio',
  owner: 'team-news',
  labels: { tier: 'gold' },
  rule: 'Mon–Fri 20:00 – 22:00 Europe/Berlin',
  zone: 'Europe/Berlin',
  paused: false,
  note: null,
  nextFrom: '2026-11-24T19:00:00.000Z',
  last: run,
  applied: true,
  hash: 'abc',
  next: [
    { from: '2026-11-24T20:00:00+01:00', until: '2026-11-24T22:00:00+01:00', dst: [] },
    { from: '2026-11-25T20:00:00+01:00', until: '2026-11-25T22:00:00+01:00', dst: ['the clock is changed'] },
  ],
  runs: [run],
  catchUpMs: 7_320_000,
  overlap: 'allow',
  pauseOnFailure: true,
  missedFirings: 1,
  skippedFirings: 0,
  warnings: ['it was edited by hand'],
  document: {},
};

test('one schedule tells rule, coming windows, what became of the last ones, and what is wrong with it', () => {
  expect(scheduleText(shown, NOW)).toBe(`news
  target      ome/studio/default/app/news
  rule        Mon–Fri 20:00 – 22:00 Europe/Berlin
  state       active
  owner       team-news
  labels      tier=gold
  overlap     allow
  on failure  it is paused
  catch-up    it may fire up to 2h2m late
  left out    1 firing came too late
  ! it was edited by hand
  next Europe/Berlin
    2026-11-24 20:00 → 22:00
    2026-11-25 20:00 → 22:00
        ! the clock is changed
  started
    2026-11-23 20:00 → 22:00  ended, completed, partial`);
});

test('what became of a window is said once, and what was noted only where something was', () => {
  const held = { ...run, state: 'held', text: 'held until 2026-11-24T19:00:00.000Z', outcome: null };
  const skipped = { ...run, window: null, state: 'skipped', text: 'sport was recording', outcome: null };
  const lines = scheduleText({ ...shown, note: '', runs: [held, skipped] }, NOW).split('\n');
  expect(lines).toContain('  state       active');
  expect(lines.slice(-2)).toEqual([
    '    2026-11-23 20:00 → 22:00   held until 20:00:00',
    '    fired 2026-11-23 19:58:00  skipped: sport was recording',
  ]);
});

test('a paused one says why', () => {
  const paused = scheduleText({ ...shown, paused: true, note: 'paused by me (no show)' }, NOW);
  expect(paused).toContain('  state       PAUSED: paused by me (no show)');
});

test('several have a line each', () => {
  const sport = { ...shown, name: 'sport', paused: true, last: null, nextFrom: null };
  expect(schedulesText([shown, sport], NOW).split('\n')).toEqual([
    'SCHEDULE  STATE   NEXT          LAST                       RULE',
    'news      active  20:00         ended, completed, partial  Mon–Fri 20:00 – 22:00 Europe/Berlin',
    'sport     paused  none to come  -                          Mon–Fri 20:00 – 22:00 Europe/Berlin',
  ]);
  expect(schedulesText([], NOW)).toContain('no schedules');
});

test('what was made says when its next window comes, and what was changed what goes on', () => {
  const { name, id, key, rule, zone, hash } = shown;
  const next = { from: '2026-11-24T19:00:00.000Z', until: '2026-11-24T21:00:00.000Z' };
  const created = {
    name,
    id,
    key,
    rule,
    zone,
    hash,
    next,
    paused: false,
    joined: false,
    startedNow: [],
    notes: [],
  };
  expect(createdText(created, NOW)).toBe(
    'news  made: Mon–Fri 20:00 – 22:00 Europe/Berlin; next 20:00 Europe/Berlin',
  );
  expect(createdText({ ...created, startedNow: [next] }, NOW)).toContain(
    'its window of 20:00 Europe/Berlin is started now',
  );
  const later = { ...next, from: '2026-11-24T19:30:00.000Z' };
  expect(createdText({ ...created, startedNow: [next, later] }, NOW)).toContain(
    'its windows of 20:00 and 20:30 Europe/Berlin are started now',
  );
  const held = { ...run, state: 'held', text: 'held until 2026-11-24T19:00:00.000Z', outcome: null };
  const deleted = { name, id, zone, text: 'deleted', goesOn: [held], cancelled: [] };
  expect(changedText({ ...deleted, triggered: false }, NOW)).toBe(
    'news  deleted\n  01JDG  held until 20:00:00',
  );
});
