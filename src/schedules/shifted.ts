/** Dates moved by days, as months and days of a calendar. */
import type { DateRange } from '../contract/schedule.ts';
import { DAY_MS, fits, wallOfDate } from './days.ts';
import { ALL_DAYS, ALL_WEEKDAYS, type Calendar } from './rule.ts';

export interface MonthDays {
  months: number[];
  /** All 31 where nothing is left out. */
  days: number[];
}

/** A year with a 29 February and one without have every date that there is. */
const YEARS = [2027, 2028];

/** Days of the months on which a wake-up is that comes so many dates before its window. */
export function monthsShifted(calendar: Calendar, daysBefore: number): MonthDays[] {
  const everyWeekday = { ...calendar, weekdays: ALL_WEEKDAYS };
  const dates = YEARS.flatMap((year) => datesOfYear(year).filter((wall) => fits(everyWeekday, wall)));
  const days = new Map<number, Set<number>>();
  for (const wall of dates) {
    const moved = new Date(wall - daysBefore * DAY_MS);
    const month = moved.getUTCMonth() + 1;
    days.set(month, (days.get(month) ?? new Set()).add(moved.getUTCDate()));
  }
  const months = [...days].map(([month, set]) => ({
    month,
    days: set.size === daysIn(month) ? ALL_DAYS : [...set].toSorted((a, b) => a - b),
  }));
  return grouped(months, (one) => one.days.join(' ')).map((all) => ({
    months: all.map((one) => one.month),
    days: all[0]!.days,
  }));
}

/** Every date of a range, moved, by month. */
export function datesShifted(
  { first, last }: DateRange,
  daysBefore: number,
): { year: number; month: number; days: number[] }[] {
  const dates: Date[] = [];
  for (let wall = wallOfDate(first); wall <= wallOfDate(last); wall += DAY_MS)
    dates.push(new Date(wall - daysBefore * DAY_MS));
  return grouped(dates, (date) => date.toISOString().slice(0, 7)).map((all) => ({
    year: all[0]!.getUTCFullYear(),
    month: all[0]!.getUTCMonth() + 1,
    days: all.map((date) => date.getUTCDate()),
  }));
}

/** In the order of their first. */
export function grouped<T>(values: readonly T[], key: (value: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group) group.push(value);
    else groups.set(key(value), [value]);
  }
  return [...groups.values()];
}

function datesOfYear(year: number): number[] {
  const first = Date.UTC(year, 0, 1);
  const days = (Date.UTC(year + 1, 0, 1) - first) / DAY_MS;
  return Array.from({ length: days }, (_, i) => first + i * DAY_MS);
}

/** 29 in February. */
function daysIn(month: number): number {
  return new Date(Date.UTC(2028, month, 0)).getUTCDate();
}
