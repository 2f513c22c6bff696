/** A schedule's document: what is refused, what is filled in, and the recording that each window is. */
import { describe, expect, it } from 'vitest';
import { normalisingContext } from '../../src/config/normalising.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { normalise } from '../../src/contract/specification.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { normaliseSchedule, occurrenceAt, occurrences, recordingOf } from '../../src/schedules/index.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const templates = { evening: { window: { overrun: '15m' }, schedule: { until: '22:00', days: 'mon-fri' } } };
const account = { vendor: 'ome', url: 'http://127.0.0.1:1', accessToken: 'x' };
const context = normalisingContext(
  settingsOf({ installation: 'test01', accounts: { studio: account }, templates }, null, '/', VENDORS, {}),
  NOW,
);
const recording = { name: 'news', account: 'studio', target: { app: 'app', stream: 'news' } };

function problems(schedule: unknown, more: Record<string, unknown> = {}): string[] {
  const read = normaliseSchedule({ ...recording, ...more, schedule }, context);
  return read.problems.map(({ where, problem }) => `${where}: ${problem}`);
}

function scheduleOf(schedule: unknown, more: Record<string, unknown> = {}) {
  const read = normaliseSchedule({ ...recording, ...more, schedule }, context);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read;
}

const daily = { at: '20:00', until: '22:00', zone: 'Europe/Berlin' };

describe('a schedule is refused', () => {
  it('with all problems at once, also of its recording', () => {
    const wrong = { at: ['20:00', '25:00'], days: 'someday', zone: 'Berlin', dayz: 1 };
    expect(problems(wrong, { window: { from: 'now', overrun: 'long' } }).toSorted()).toEqual([
      'schedule.at[1]: not a local time of day',
      'schedule.days: not days of the week',
      'schedule.dayz: there is no such field here',
      'schedule.zone: not an IANA time zone',
      'schedule: it does not say when windows end',
      'window.from: the schedule says when windows begin and end',
      'window.overrun: not a duration',
    ]);
  });

  it.each([
    ['0 20 1 * mon', 'restricts the day of month and the day of week'],
    ['0 20 * *', 'five fields'],
    ['0 20 * * fri#2', 'W, #'],
    ['0 99 * * *', 'hour'],
  ])('with the cron line %s', (cron, why) => {
    expect(problems({ cron, length: '1h', zone: 'UTC' })).toEqual([
      expect.stringMatching(new RegExp(`^schedule.cron: .*${why}`)),
    ]);
  });

  it('where no window is to come, or its times have no zone', () => {
    expect(problems({ ...daily, ends: '2026-11-20' })).toEqual(['schedule: no window is to come']);
    expect(problems({ ...daily, months: 2, daysOfMonth: 30 })).toEqual(['schedule: no window is to come']);
    expect(problems({ at: '20:00', until: '22:00' })).toEqual([
      'schedule.zone: it is missing: local times need a zone',
    ]);
  });

  it('by start, which says what it is for', () => {
    const read = normalise({ ...recording, schedule: daily }, context);
    expect(read).toMatchObject({
      ok: false,
      problems: [{ where: 'schedule', try: 'keeprolling schedule create FILE' }],
    });
  });
});

describe('a schedule that is right', () => {
  it('takes parts from its template, and its zone from the window', () => {
    const window = { zone: 'Europe/Berlin', padding: { before: '2m' } };
    const { schedule, coming } = scheduleOf({ at: '20:00' }, { template: 'evening', window });
    expect(schedule).toMatchObject({ zone: 'Europe/Berlin', catchUpMs: 600_000, overlap: 'allow' });
    expect(schedule.rule.calendars[0]).toMatchObject({ weekdays: [1, 2, 3, 4, 5], times: [72_000] });
    // The 21st is a Saturday.
    expect(new Date(coming.occurrence.from).toISOString()).toBe('2026-11-23T19:00:00.000Z');
    expect(coming.specification.window).toMatchObject({ overrunMs: 900_000, beforeMs: 120_000 });
  });

  it('leaves the schedule of a template to documents that have one', () => {
    const window = { from: 'now', length: '1h' };
    expect(normalise({ ...recording, template: 'evening', window }, context)).toMatchObject({ ok: true });
  });

  it('is plain JSON, and has another hash when anything in it is another', () => {
    const { schedule } = scheduleOf(daily);
    expect(JSON.parse(JSON.stringify(schedule))).toEqual(schedule);
    expect(scheduleOf({ ...daily }).schedule.hash).toBe(schedule.hash);
    expect(scheduleOf({ ...daily, except: '2026-12-24' }).schedule.hash).not.toBe(schedule.hash);
    expect(scheduleOf(daily, { owner: 'team' }).schedule.hash).not.toBe(schedule.hash);
  });

  it('records in each window what its document says', () => {
    const { schedule } = scheduleOf({ ...daily, until: '04:00' }, { window: { overrun: '5m' } });
    const [one] = occurrences(schedule.rule, { after: NOW, limit: 1 });
    expect(recordingOf(schedule.recording, one!)).toEqual({
      ...recording,
      window: {
        overrun: '5m',
        zone: 'Europe/Berlin',
        from: '2026-11-21T20:00:00+01:00',
        until: '2026-11-22T04:00:00+01:00',
      },
    });
  });
});

describe('a firing', () => {
  const { rule } = scheduleOf({ ...daily, at: ['20:00', '20:30'], until: '21:00' }).schedule;
  const at = (time: string): number => Date.parse(`2026-11-23T${time}Z`);
  const about = (time: string, earlyMs: number): string | null => {
    const found = occurrenceAt(rule, { at: at(time), earlyMs });
    return found && new Date(found.from).toISOString().slice(11, 16);
  };

  it('is about the window that begins so much later', () => {
    expect(about('18:54:00', 6 * 60_000)).toBe('19:00');
    // With an hour between wake-up and window the nearer window is another firing's.
    expect(about('18:30:00', 60 * 60_000)).toBe('19:30');
    expect(about('18:53:30', 6 * 60_000)).toBe('19:00');
  });

  it('is about the window that is open, where none begins then', () => {
    expect(about('19:40:00', 6 * 60_000)).toBe('19:30');
  });

  it('is about nothing else', () => {
    expect(about('20:00:00', 6 * 60_000)).toBeNull();
    expect(about('18:40:00', 6 * 60_000)).toBeNull();
  });
});

it('a local time that a clock change leaves out or repeats is told', () => {
  const notes = (window: unknown): string[] => {
    const read = normalise({ ...recording, window }, context);
    return read.ok ? read.notes : [JSON.stringify(read.problems)];
  };
  const zone = 'Europe/Berlin';
  expect(notes({ from: '2027-03-28T02:30', length: '1h', zone })).toEqual([
    'window.from 02:30 does not exist on 2027-03-28 in Europe/Berlin; 03:30 is meant',
  ]);
  expect(notes({ from: '2027-10-30T20:00', until: '2027-10-31T02:30', zone })).toEqual([
    'window.until 02:30 comes twice on 2027-10-31 in Europe/Berlin; the first is meant',
  ]);
  expect(notes({ from: '2027-03-28T03:30', length: '1h', zone })).toEqual([]);
});
