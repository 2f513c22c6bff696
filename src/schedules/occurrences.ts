/** The windows of a rule, in order of time. All clock arithmetic is done on walls: local times as if their zone were UTC. */
import { localInstant } from '../contract/time.ts';
import { DAY_MS, days } from './days.ts';
import { occurrenceOn, type Occurrence } from './occurrence.ts';
import type { Rule } from './rule.ts';

/** How much earlier or later than promised a wake-up may come and still be about its window. */
const SLACK_MS = 60_000;

export interface Range {
  /** Windows that begin at or after it. Epoch milliseconds. */
  after: number;
  /** Windows that begin before it. */
  before?: number;
  limit: number;
}

export function occurrences(rule: Rule, { after, before = Infinity, limit }: Range): Occurrence[] {
  const found: Occurrence[] = [];
  for (const one of inOrder(rule, after, before)) {
    if (one.from >= before || found.length >= limit) break;
    if (one.from >= after) found.push(one);
  }
  return found;
}

/** Wake-ups come whole minutes before a window. */
export function wholeMinutes(earlyMs: number): number {
  return Math.ceil(earlyMs / 60_000) * 60_000;
}

/**
 * The window that a firing at `at` is about: the one that begins about `earlyMs` later; else the one that is open; else
 * null, where the firing was for nothing.
 */
export function occurrenceAt(
  rule: Rule,
  { at, earlyMs }: { at: number; earlyMs: number },
): Occurrence | null {
  const wanted = at + wholeMinutes(earlyMs);
  const near = occurrences(rule, { after: at, before: wanted + SLACK_MS + 1, limit: Infinity });
  const apart = (one: Occurrence): number => Math.abs(one.from - wanted);
  const [nearest] = near.toSorted((a, b) => apart(a) - apart(b));
  return nearest ?? openAt(rule, at);
}

/** The window that is open at `at` or begins in that moment, else the next one; null where none is to come. */
export function coming(rule: Rule, at: number): Occurrence | null {
  return occurrenceAt(rule, { at, earlyMs: 0 }) ?? occurrences(rule, { after: at, limit: 1 })[0] ?? null;
}

/** The window that is open at `at`, else the first that begins within `withinMs`. */
export function openOrNext(
  rule: Rule,
  { at, withinMs }: { at: number; withinMs: number },
): Occurrence | null {
  return openAt(rule, at) ?? occurrences(rule, { after: at, before: at + withinMs + 1, limit: 1 })[0] ?? null;
}

function openAt(rule: Rule, at: number): Occurrence | null {
  const begun = occurrences(rule, { after: at - longestMs(rule), before: at + 1, limit: Infinity });
  return begun.findLast((one) => one.until > at) ?? null;
}

/** No window lasts longer. */
export function longestMs({ end }: Rule): number {
  return 'lengthMs' in end ? end.lengthMs : 2 * DAY_MS;
}

/** Local dates on which windows would begin, were they not excepted; `2026-12-24`. */
export function exceptedDates(rule: Rule, after: number, before: number): string[] {
  const dates: string[] = [];
  for (const { wall, date, excepted } of days(rule, after, before)) {
    const { at } = localInstant(wall, rule.zone);
    if (at >= before) break;
    if (excepted && at + DAY_MS > after) dates.push(date);
  }
  return dates;
}

/** A clock change may bring the windows of a day out of order, or two of them together, which are one. */
function* inOrder(rule: Rule, after: number, before: number): Generator<Occurrence> {
  let held: Occurrence[] = [];
  let last = -Infinity;
  for (const { wall, times, excepted } of days(rule, after, before)) {
    const begin = localInstant(wall, rule.zone).at;
    for (const one of held.filter(({ from }) => from < begin)) {
      if (one.from > last) yield one;
      last = one.from;
    }
    const own = excepted ? [] : times.map((seconds) => occurrenceOn(rule, wall, seconds));
    held = [...held.filter(({ from }) => from >= begin), ...own].toSorted((a, b) => a.from - b.from);
  }
  for (const one of held) {
    if (one.from > last) yield one;
    last = one.from;
  }
}
