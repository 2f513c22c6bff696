/** A rule of recurring windows: plain data, made once of what a user writes. */
import type { DateRange, ParsedSchedule } from '../contract/schedule.ts';
import { calendarOfCron } from './cron.ts';

/** Windows begin at each of the times on each local date that fits all of the rest. */
export interface Calendar {
  /** Local times of day in seconds, ascending. */
  times: number[];
  /** Sunday is 0. */
  weekdays: number[];
  daysOfMonth: number[];
  /** The last day of each month, too. */
  lastDay: boolean;
  /** January is 1. */
  months: number[];
}

export interface Rule {
  /** IANA zone of all times and dates. */
  zone: string;
  calendars: Calendar[];
  /** A local time of day in seconds, on the next day where it is not after the begin; or a length in absolute time. */
  end: { untilSeconds: number } | { lengthMs: number };
  /** Dates on which no window begins. */
  except: DateRange[];
  /** First and last date on which windows begin, `2026-11-24`; null without a bound. */
  starts: string | null;
  ends: string | null;
}

export const ALL_DAYS = from1To(31);
export const ALL_MONTHS = from1To(12);
export const ALL_WEEKDAYS = [0, 1, 2, 3, 4, 5, 6];

/** Cron lines must have been judged, see `cronProblem`. */
export function ruleOf(schedule: ParsedSchedule, zone: string): Rule {
  const { cron, at = [], days, daysOfMonth, months, until, length = 0 } = schedule;
  const dates = daysOfMonth?.filter((day) => day !== 'last');
  const written: Calendar = {
    times: ascending(at),
    weekdays: ascending(days ?? ALL_WEEKDAYS),
    daysOfMonth: ascending(dates ?? ALL_DAYS),
    lastDay: daysOfMonth?.includes('last') ?? false,
    months: ascending(months ?? ALL_MONTHS),
  };
  return {
    zone,
    calendars: cron ? cron.map(calendarOfCron) : [written],
    end: until === undefined ? { lengthMs: length } : { untilSeconds: until },
    except: schedule.except ?? [],
    starts: schedule.starts ?? null,
    ends: schedule.ends ?? null,
  };
}

/** `[1, 2, 3, 5]` → 1 to 3, and 5. */
export function runs(values: readonly number[]): { first: number; last: number }[] {
  const all = ascending(values);
  const ends = all.filter((value) => !all.includes(value + 1));
  return all.filter((value) => !all.includes(value - 1)).map((first, i) => ({ first, last: ends[i]! }));
}

export function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].toSorted((a, b) => a - b);
}

function from1To(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}
