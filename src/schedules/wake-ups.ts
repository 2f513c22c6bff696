/**
 * When the server wakes the launcher: some minutes before each window, as calendars of a Temporal Schedule in the rule's zone.
 * A wake-up is only that: which window it is about is asked of the rule, see `occurrenceAt`. So one too many is harmless, and
 * one too few is what must not be.
 */
import { localInstant } from '../contract/time.ts';
import { clockWakeUps } from './clock-changes.ts';
import { DAY_MS, wallOfDate } from './days.ts';
import { wholeMinutes } from './occurrences.ts';
import { datesShifted, grouped, monthsShifted } from './shifted.ts';
import { runs, type Calendar, type Rule } from './rule.ts';

/** Of numbers, or of names such as `MONDAY`; both ends belong to it. */
export interface SpecRange<Unit> {
  start: Unit;
  end: Unit;
}

/** A field that is left out takes every value. */
export interface SpecCalendar {
  second: SpecRange<number>[];
  minute: SpecRange<number>[];
  hour: SpecRange<number>[];
  dayOfMonth?: SpecRange<number>[];
  month?: SpecRange<Month>[];
  dayOfWeek?: SpecRange<Weekday>[];
  year?: SpecRange<number>[];
}

/** Plain data for a `ScheduleSpec` of `@temporalio/client`; instants are epoch milliseconds. */
export interface WakeUps {
  timezone: string;
  calendars: SpecCalendar[];
  /**
   * Single wake-ups around clock changes. An interval counts from 1970, and as long as from there to an instant it is an alarm
   * for that instant: it comes again after as much time as has passed since. An offset would not do: the server takes the first
   * firing for the one after (service/worker/scheduler/spec.go, nextIntervalTime).
   */
  intervals: { every: number }[];
  skip: SpecCalendar[];
  startAt: number | null;
  endAt: number | null;
}

export const MONTHS = [
  ...(['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE'] as const),
  ...(['JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'] as const),
];
export const WEEKDAYS = [
  ...(['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const),
];
export type Month = (typeof MONTHS)[number];
export type Weekday = (typeof WEEKDAYS)[number];

/**
 * @param earlyMs how long before a window it is woken; whole minutes, rounded up
 * @param now clock changes of the ten years after it are seen to
 */
export function wakeUps(rule: Rule, { earlyMs, now }: { earlyMs: number; now: number }): WakeUps {
  const early = wholeMinutes(earlyMs);
  const groups = rule.calendars.flatMap((calendar) => timeGroups(calendar, early));
  const skip = groups.flatMap(({ daysBefore, clock }) =>
    rule.except.flatMap((range) =>
      datesShifted(range, daysBefore).map(({ year, month, days }) => ({
        ...clock,
        year: ranges([year]),
        month: ranges([month], monthName),
        dayOfMonth: ranges(days),
      })),
    ),
  );
  const midnight = (date: string, shift: number): number =>
    localInstant(wallOfDate(date) + shift, rule.zone).at - early;
  return {
    timezone: rule.zone,
    calendars: groups.flatMap(({ calendar, daysBefore, clock }) => calendarsOf(calendar, daysBefore, clock)),
    intervals: clockWakeUps(rule, early, now).map((at) => ({ every: at })),
    skip,
    startAt: rule.starts === null ? null : midnight(rule.starts, 0),
    endAt: rule.ends === null ? null : midnight(rule.ends, DAY_MS) - 1000,
  };
}

type Clock = Pick<SpecCalendar, 'hour' | 'minute' | 'second'>;

interface TimeGroup {
  calendar: Calendar;
  /** So many dates before the window's. */
  daysBefore: number;
  clock: Clock;
}

/** Times whose wake-ups are on the same date, and share their minutes and hours. */
function timeGroups(calendar: Calendar, early: number): TimeGroup[] {
  const wakes = calendar.times.map((time) => wakeOf(time - early / 1000));
  const byMinute = grouped(wakes, (one) => [one.daysBefore, one.second, one.minute].join(' ')).map((all) => ({
    ...all[0]!,
    hours: all.map((one) => one.hour),
  }));
  return grouped(byMinute, (one) => [one.daysBefore, one.second, ...one.hours].join(' ')).map((all) => {
    const { daysBefore, second, hours } = all[0]!;
    const minutes = all.map((one) => one.minute);
    return {
      calendar,
      daysBefore,
      clock: { second: ranges([second]), minute: ranges(minutes), hour: ranges(hours) },
    };
  });
}

/** @param seconds from midnight of the window's date; negative on a date before it */
function wakeOf(seconds: number): { daysBefore: number; hour: number; minute: number; second: number } {
  const daysBefore = -Math.floor(seconds / 86_400);
  const ofDay = seconds + daysBefore * 86_400;
  return {
    daysBefore,
    hour: Math.floor(ofDay / 3600),
    minute: Math.floor(ofDay / 60) % 60,
    second: ofDay % 60,
  };
}

function calendarsOf(calendar: Calendar, daysBefore: number, clock: Clock): SpecCalendar[] {
  const shifted = calendar.weekdays.map((day) => (((day - daysBefore) % 7) + 7) % 7);
  const dayOfWeek = shifted.length < 7 && { dayOfWeek: ranges(shifted, (day) => WEEKDAYS[day]!) };
  return monthsShifted(calendar, daysBefore).map(({ months, days }) => ({
    ...clock,
    ...(days.length < 31 && { dayOfMonth: ranges(days) }),
    ...(months.length < 12 && { month: ranges(months, monthName) }),
    ...dayOfWeek,
  }));
}

function monthName(month: number): Month {
  return MONTHS[month - 1]!;
}

function ranges(values: number[]): SpecRange<number>[];
function ranges<Unit>(values: number[], name: (value: number) => Unit): SpecRange<Unit>[];
function ranges(values: number[], name: (value: number) => unknown = (value) => value): SpecRange<unknown>[] {
  return runs(values).map(({ first, last }) => ({ start: name(first), end: name(last) }));
}
