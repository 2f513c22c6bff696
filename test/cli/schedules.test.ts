/** Schedules as a person reads them. */
import { expect, test } from 'vitest';
import type { ScheduleDetails } from '../../src/client/index.ts';
import { changedText, createdText, schedulesText, scheduleText } from '../../src/cli/render/schedules.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const run = {
  at: '2026-11-23T18:58:00Z',
  workflowId: 'launch/keeprolling/test01/news-2026-11-23T18:58:00Z',
  sessionId: '01JDG',
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
  fired
    2026-11-23 19:58:00  ended, completed, partial  news has ended: completed, partial`);
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
  const created = { name, id, key, rule, zone, hash, next, paused: false, joined: false, notes: [] };
  expect(createdText(created, NOW)).toBe(
    'news  made: Mon–Fri 20:00 – 22:00 Europe/Berlin; next 20:00 Europe/Berlin',
  );
  expect(createdText({ ...created, joined: true }, NOW)).toContain('its window of 20:00 is started now');
  const deleted = { name, id, text: 'deleted', goesOn: [{ ...run, state: 'running' }], cancelled: [] };
  expect(changedText({ ...deleted, triggered: false })).toBe(
    'news  deleted\n  01JDG  running  news has ended: completed, partial',
  );
});
