/** The local dates on which a rule has windows. */
import { zoneOffsetMs } from '../contract/time.ts';
import { ascending, type Calendar, type Rule } from './rule.ts';

export const DAY_MS = 86_400_000;
/** Temporal has no calendar beyond: service/worker/scheduler/calendar.go, maxCalendarYear. */
const HORIZON = Date.UTC(2100, 0, 1);

export interface Day {
  /** Its midnight as if the zone were UTC. */
  wall: number;
  /** `2026-11-24` */
  date: string;
  /** Local times of day in seconds, ascending. */
  times: number[];
  excepted: boolean;
}

/** In order, from a day or two before the instant `after` to as much after `before`. The year 2100 ends them in any case. */
export function* days(rule: Rule, after: number, before: number): Generator<Day> {
  const near = floorDay(after + zoneOffsetMs(after, rule.zone)) - 2 * DAY_MS;
  const first = rule.starts === null ? near : Math.max(near, wallOfDate(rule.starts));
  const end = Math.min(HORIZON, before + 2 * DAY_MS);
  const last = rule.ends === null ? end : Math.min(end, wallOfDate(rule.ends));
  for (let wall = first; wall <= last; wall += DAY_MS) {
    const times = rule.calendars.filter((one) => fits(one, wall)).flatMap((one) => one.times);
    if (times.length === 0) continue;
    const date = dateOfWall(wall);
    yield { wall, date, times: ascending(times), excepted: isExcepted(rule, date) };
  }
}

export function fits({ weekdays, daysOfMonth, lastDay, months }: Calendar, wall: number): boolean {
  const day = new Date(wall);
  const date = day.getUTCDate();
  const isLast = new Date(wall + DAY_MS).getUTCDate() === 1;
  return (
    weekdays.includes(day.getUTCDay()) &&
    months.includes(day.getUTCMonth() + 1) &&
    (daysOfMonth.includes(date) || (lastDay && isLast))
  );
}

export function floorDay(wall: number): number {
  return Math.floor(wall / DAY_MS) * DAY_MS;
}

export function dateOfWall(wall: number): string {
  return new Date(wall).toISOString().slice(0, 10);
}

/** Midnight of a date as if the zone were UTC. */
export function wallOfDate(date: string): number {
  return Date.parse(`${date}T00:00Z`);
}

export function isExcepted(rule: Rule, date: string): boolean {
  return rule.except.some(({ first, last }) => first <= date && date <= last);
}
