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

/** In order, from a day or two before the instant `after`. The year 2100 ends them where the rule does not. */
export function* days(rule: Rule, after: number): Generator<Day> {
  const near = floorDay(after + zoneOffsetMs(after, rule.zone)) - 2 * DAY_MS;
  const first = Math.max(near, wallOfDate(rule.starts, near));
  const last = Math.min(HORIZON, wallOfDate(rule.ends, HORIZON));
  for (let wall = first; wall <= last; wall += DAY_MS) {
    const times = rule.calendars.filter((one) => fits(one, wall)).flatMap((one) => one.times);
    if (times.length === 0) continue;
    const date = dateOfWall(wall);
    const excepted = rule.except.some((range) => range.first <= date && date <= range.last);
    yield { wall, date, times: ascending(times), excepted };
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

function wallOfDate(date: string | null, otherwise: number): number {
  return date === null ? otherwise : Date.parse(`${date}T00:00Z`);
}
