/** What Temporal holds of a document, without a server. */
import { expect, it } from 'vitest';
import { readSchedule, type Defined } from '../../../src/client/schedules/definition.ts';
import { isEdited } from '../../../src/client/schedules/edited.ts';
import { settingsOf } from '../../../src/config/settings.ts';
import { VENDORS } from '../../../src/recorders/registry.ts';
import { OVERLAP } from '../../../src/client/schedules/overlap.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const settings = settingsOf(
  {
    installation: 'test01',
    accounts: { account: { vendor: 'ome', url: 'http://127.0.0.1:8081', accessToken: 'CANARY' } },
  },
  null,
  '/',
  VENDORS,
  {},
);

function defined(schedule: Record<string, unknown>, at: string): Defined {
  const document = {
    name: 'news',
    account: 'account',
    target: { app: 'app', stream: 'news' },
    schedule: { catchUp: '10m', ...schedule },
  };
  const read = readSchedule({ settings, registry: VENDORS }, document, Date.parse(at));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.defined;
}

/** How long after the begin of a window it may fire. */
function lateMs(schedule: Record<string, unknown>, at: string): number {
  const { catchUpMs, earlyMs } = defined(schedule, at);
  return catchUpMs - earlyMs;
}

it('may fire until the longest of its windows would be over, whichever comes next', () => {
  const rule = { at: ['08:00', '20:00'], until: '22:00', zone: 'UTC' };
  for (const at of ['2026-11-20T20:30:00Z', '2026-11-20T10:00:00Z']) expect(lateMs(rule, at)).toBe(14 * HOUR);
  expect(lateMs({ at: '20:00', length: '2h', zone: 'Europe/Berlin' }, '2026-11-20T10:00:00Z')).toBe(2 * HOUR);
  expect(lateMs({ at: '20:00', length: '5m', zone: 'UTC' }, '2026-11-20T10:00:00Z')).toBe(10 * MINUTE);
});

it('may fire later by the hour that a night has twice, made in whichever season or on the night that lacks one', () => {
  const nights = { at: '22:00', until: '06:00', zone: 'Europe/Berlin' };
  for (const at of ['2026-11-20T10:00:00Z', '2027-03-27T22:00:00Z', '2027-07-01T10:00:00Z'])
    expect(lateMs(nights, at)).toBe(9 * HOUR);
});

it('was edited where its catch-up window is another', () => {
  const one = defined({ at: '20:00', length: '2h', zone: 'UTC' }, new Date().toISOString());
  const policies = { overlap: OVERLAP.allow, pauseOnFailure: false, catchupWindow: one.catchUpMs };
  const info = { nextActionTimes: [] };
  expect(isEdited(one, { policies, info })).toBe(false);
  expect(isEdited(one, { policies: { ...policies, catchupWindow: MINUTE }, info })).toBe(true);
});
