/**
 * Wake-ups around clock changes, which a calendar of the server would lose or give late. Temporal does not fire at a local time
 * that does not exist; one that exists twice it fires at both times west of Greenwich and at the second alone east of it; and
 * after a firing in a repeated hour it may leave out an hour (read in service/worker/scheduler/calendar.go, `next`).
 */
import { zoneOffsetMs } from '../contract/time.ts';
import { DAY_MS, dateOfWall, floorDay, isExcepted } from './days.ts';
import { occurrences } from './occurrences.ts';
import type { Rule } from './rule.ts';

const YEARS = 10;
const HOUR_MS = 3_600_000;
/** Firings so near to a clock change are given singly: more than the change and the hour that may be left out. */
const NEAR_MS = 3 * HOUR_MS;
/** Of a rule with windows all day and night; the nearest are seen to. */
const MOST = 500;

/** Epoch milliseconds, ascending. `early`: whole minutes before a window. */
export function clockWakeUps(rule: Rule, early: number, now: number): number[] {
  const found = new Set<number>();
  for (const change of clockChanges(rule.zone, now - DAY_MS, now + YEARS * 365.25 * DAY_MS)) {
    const range = { after: change - NEAR_MS, before: change + early + NEAR_MS, limit: MOST };
    for (const { from } of occurrences(rule, range)) {
      const wake = from - early;
      if (wake > now && !isSure(rule.zone, from, early, change)) found.add(unexcepted(rule, wake, early));
    }
    if (found.size >= MOST) break;
  }
  return [...found].toSorted((a, b) => a - b).slice(0, MOST);
}

/** The server's calendar fires then: the clock shows it as so long before the window, and no change is near. */
function isSure(zone: string, from: number, early: number, change: number): boolean {
  const wake = from - early;
  return Math.abs(wake - change) > NEAR_MS && zoneOffsetMs(wake, zone) === zoneOffsetMs(from, zone);
}

/** What is skipped would be skipped here, too; a few seconds earlier it is not. */
function unexcepted(rule: Rule, wake: number, early: number): number {
  const wall = wake + zoneOffsetMs(wake, rule.zone) + early;
  const seconds = (wall - floorDay(wall)) / 1000;
  const isSkipped =
    isExcepted(rule, dateOfWall(wall)) && rule.calendars.some(({ times }) => times.includes(seconds));
  return isSkipped ? unexcepted(rule, wake - 1000, early) : wake;
}

/** Instants from which on a clock of the zone is another; ascending. */
export function clockChanges(zone: string, after: number, before: number): number[] {
  const changes: number[] = [];
  for (let at = after; at < before; at += DAY_MS) {
    const offset = zoneOffsetMs(at, zone);
    if (zoneOffsetMs(at + DAY_MS, zone) !== offset) changes.push(firstOther(zone, offset, at, at + DAY_MS));
  }
  return changes;
}

/** To the second, between an instant with that offset and a later one with another. */
function firstOther(zone: string, offset: number, same: number, other: number): number {
  if (other - same <= 1000) return Math.ceil(other / 1000) * 1000;
  const middle = Math.floor((same + other) / 2);
  return zoneOffsetMs(middle, zone) === offset
    ? firstOther(zone, offset, middle, other)
    : firstOther(zone, offset, same, middle);
}
