/** Firings of a schedule that are for nothing, and those that somebody asked for. */
import { describe, expect, it } from 'vitest';
import { normalisingContext } from '../../src/config/normalising.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { windowOfFiring } from '../../src/planning/occasion.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { normaliseSchedule, wakeUps } from '../../src/schedules/index.ts';
import { firings } from '../schedules/temporal-calendar.ts';

const DAY = 24 * 3_600_000;
const NOW = Date.UTC(2026, 10, 21);
const EARLY = 6 * 60_000;

const settings = settingsOf(
  { accounts: { studio: { vendor: 'ome', url: 'http://127.0.0.1:1', accessToken: 'unused' } } },
  null,
  '/',
  VENDORS,
  {},
);

function scheduleOf(schedule: Record<string, unknown>) {
  const document = {
    name: 'news',
    account: 'studio',
    target: { vhost: 'default', app: 'app', stream: 'cam1' },
    schedule,
  };
  const read = normaliseSchedule(document, normalisingContext(settings, NOW));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return { schedule: read.schedule, usual: read.coming.occurrence };
}

describe('a firing of the server', () => {
  it.each([
    { zone: 'Europe/Berlin', at: ['00:02', '02:30', '03:06'] },
    { zone: 'Australia/Lord_Howe', at: ['01:45', '02:15'] },
    { zone: 'America/New_York', at: ['01:30', '02:04'] },
    { zone: 'Asia/Kathmandu', at: ['00:00'], daysOfMonth: [1, 'last'] },
  ])('is never taken for a wish of somebody: $zone $at', (when) => {
    const { schedule, usual } = scheduleOf({ length: '5m', except: ['2026-12-24'], ...when });
    const fired = firings(wakeUps(schedule.rule, { earlyMs: EARLY, now: NOW }), NOW, NOW + 400 * DAY);
    expect(fired.length).toBeGreaterThan(10);
    const wished = fired.filter((at) => windowOfFiring(schedule, usual, { at, earlyMs: EARLY })?.from === at);
    expect(wished.map((at) => new Date(at).toISOString())).toEqual([]);
  });
});

describe('a firing that somebody asks for', () => {
  const { schedule, usual } = scheduleOf({
    zone: 'Europe/Berlin',
    at: '20:00',
    length: '45m',
    days: 'weekdays',
  });
  const at = (text: string): number => Date.parse(text);

  it('is a window from then on, as long as usual', () => {
    const now = at('2026-11-24T10:12:13Z');
    expect(windowOfFiring(schedule, usual, { at: now, earlyMs: EARLY })).toEqual({
      from: now,
      until: now + 45 * 60_000,
      asked: true,
    });
  });

  it('is the first of several that have fired, and not the one that fires at that moment', () => {
    const dense = scheduleOf({ zone: 'UTC', cron: '* * * * *', length: '30s' });
    const now = at('2026-11-22T23:49:49Z');
    const begins = (asked: number) =>
      windowOfFiring(dense.schedule, dense.usual, { at: asked, earlyMs: 120_000 })?.from;
    expect(begins(now)).toBe(at('2026-11-22T23:50:00Z'));
    expect(begins(at('2026-11-22T23:50:10Z'))).toBe(at('2026-11-22T23:50:00Z'));
    // The calendar's own are each about the window that they are early for.
    expect(begins(at('2026-11-22T23:50:00Z'))).toBe(at('2026-11-22T23:52:00Z'));
  });

  it('is the window that is open, or about to be', () => {
    const window = { from: at('2026-11-24T19:00:00Z'), until: at('2026-11-24T19:45:00Z') };
    for (const now of ['2026-11-24T18:58:00Z', '2026-11-24T19:30:00Z'])
      expect(windowOfFiring(schedule, usual, { at: at(now), earlyMs: EARLY })).toMatchObject(window);
  });
});
