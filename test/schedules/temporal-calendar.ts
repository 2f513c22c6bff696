/**
 * When Temporal fires a schedule: a model of temporalio/temporal service/worker/scheduler/calendar.go (`next`, `matches`) and
 * spec.go (`GetNextTime`), and of Go's `time.Date`, written from reading them. It shares no code with src/schedules, and its
 * zones come from node's ICU by themselves.
 */
import type { SpecCalendar, WakeUps } from '../../src/schedules/index.ts';

interface Wall {
  y: number;
  mo: number;
  d: number;
  h: number;
  m: number;
  s: number;
  weekday: number;
}

/** Offsets of a zone in seconds, with the instants at which they change; as Go's `time.Location`. */
export class GoZone {
  readonly #changes: { at: number; offset: number }[] = [];

  constructor(zone: string, from: number, to: number) {
    const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
    const offsetAt = (at: number): number => {
      const name = format.formatToParts(at * 1000).find((part) => part.type === 'timeZoneName')!.value;
      const [, sign, hours = '0', minutes = '0'] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(name)!;
      return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
    };
    let last = offsetAt(from);
    this.#changes.push({ at: -Infinity, offset: last });
    for (let at = from; at < to; at += 43_200) {
      const offset = offsetAt(at + 43_200);
      if (offset === last) continue;
      let [low, high] = [at, at + 43_200];
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (offsetAt(middle) === last) low = middle;
        else high = middle;
      }
      this.#changes.push({ at: high, offset });
      last = offset;
    }
  }

  lookup(at: number): { offset: number; start: number; end: number } {
    const i = this.#changes.findLastIndex((one) => one.at <= at);
    return {
      offset: this.#changes[i]!.offset,
      start: this.#changes[i]!.at,
      end: this.#changes[i + 1]?.at ?? Infinity,
    };
  }

  wall(at: number): Wall {
    const date = new Date((at + this.lookup(at).offset) * 1000);
    return {
      y: date.getUTCFullYear(),
      mo: date.getUTCMonth() + 1,
      d: date.getUTCDate(),
      h: date.getUTCHours(),
      m: date.getUTCMinutes(),
      s: date.getUTCSeconds(),
      weekday: date.getUTCDay(),
    };
  }

  /** Go's `time.Date`, src/time/time.go: the offset is looked up at the wall time taken as UTC, and once more where that is not valid. */
  date(y: number, mo: number, d: number, h: number, m: number, s: number): number {
    const unix = Date.UTC(y, mo - 1, d, h, m, s) / 1000;
    const { offset, start, end } = this.lookup(unix);
    const utc = unix - offset;
    return utc < start || utc >= end ? unix - this.lookup(utc).offset : utc;
  }
}

type Field = (value: number) => boolean;

interface Compiled {
  year: Field;
  month: Field;
  dayOfMonth: Field;
  dayOfWeek: Field;
  hour: Field;
  minute: Field;
  second: Field;
}

const MONTHS = 'JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER'.split(
  ' ',
);
const DAYS = 'SUNDAY MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY'.split(' ');

function compiled(spec: SpecCalendar): Compiled {
  const field = (
    ranges: { start: unknown; end: unknown }[] | undefined,
    names: string[],
    first: number,
  ): Field => {
    if (ranges === undefined) return () => true;
    const value = (one: unknown): number =>
      typeof one === 'number' ? one : names.indexOf(String(one)) + first;
    const all = ranges.flatMap(({ start, end }) => {
      const [low, high] = [value(start), value(end)];
      if (high < low || low < 0) throw new RangeError(`the server refuses ${JSON.stringify(ranges)}`);
      return Array.from({ length: high - low + 1 }, (_, i) => low + i);
    });
    const set = new Set(all);
    return (one) => set.has(one);
  };
  return {
    year: field(spec.year, [], 0),
    month: field(spec.month, MONTHS, 1),
    dayOfMonth: field(spec.dayOfMonth, [], 0),
    dayOfWeek: field(spec.dayOfWeek, DAYS, 0),
    hour: field(spec.hour, [], 0),
    minute: field(spec.minute, [], 0),
    second: field(spec.second, [], 0),
  };
}

function matches(cc: Compiled, zone: GoZone, at: number): boolean {
  const { y, mo, d, h, m, s, weekday } = zone.wall(at);
  return (
    cc.year(y) &&
    cc.month(mo) &&
    cc.dayOfMonth(d) &&
    cc.dayOfWeek(weekday) &&
    cc.hour(h) &&
    cc.minute(m) &&
    cc.second(s)
  );
}

function daysInMonth(mo: number, y: number): number {
  return new Date(Date.UTC(y, mo, 0)).getUTCDate();
}

/** `next` of calendar.go, statement by statement; `continue Outer` where it is. Null: no more until 2100. */
function next(cc: Compiled, zone: GoZone, after: number): number | null {
  let { y, mo, d, h, m, s } = zone.wall(after);
  let dstOffset = 0;
  if (zone.wall(after - 3600).h === h) dstOffset = 3600;
  s += 1;
  outer: for (;;) {
    if (s >= 60) [m, s] = [m + 1, 0];
    if (m >= 60) {
      const before = zone.date(y, mo, d, h, 0, 0);
      [h, m] = [h + 1, 0];
      const then = zone.date(y, mo, d, h, 0, 0);
      if (dstOffset === 0 && then - before > 3600) {
        h -= 1;
        dstOffset = 3600;
      } else dstOffset = 0;
    }
    if (h >= 24) [d, h] = [d + 1, 0];
    if (d > daysInMonth(mo, y)) [mo, d] = [mo + 1, 1];
    if (mo > 12) [y, mo] = [y + 1, 1];
    if (y > 2100) return null;
    if (!cc.year(y)) {
      [y, mo, d, h, m, s] = [y + 1, 1, 1, 0, 0, 0];
      dstOffset = 0;
      continue;
    }
    while (!cc.month(mo)) {
      [mo, d, h, m, s] = [mo + 1, 1, 0, 0, 0];
      dstOffset = 0;
      if (mo > 12) continue outer;
    }
    while (!cc.dayOfMonth(d) || !cc.dayOfWeek(zone.wall(zone.date(y, mo, d, h, m, s)).weekday)) {
      [d, h, m, s] = [d + 1, 0, 0, 0];
      dstOffset = 0;
      if (d > daysInMonth(mo, y)) continue outer;
    }
    while (!cc.hour(h)) {
      [h, m, s] = [h + 1, 0, 0];
      dstOffset = 0;
      if (h >= 24) continue outer;
    }
    while (!cc.minute(m)) {
      [m, s] = [m + 1, 0];
      if (m >= 60) continue outer;
    }
    while (!cc.second(s)) {
      s += 1;
      if (s >= 60) continue outer;
    }
    const found = zone.date(y, mo, d, h, m, s);
    if (zone.wall(found).h !== h) {
      [h, m, s] = [h + 1, 0, 0];
      continue;
    }
    return found + dstOffset;
  }
}

/** Every firing after `from` and up to `to`, epoch milliseconds. */
export function firings(spec: WakeUps, from: number, to: number): number[] {
  const zone = new GoZone(
    spec.timezone,
    Math.floor(from / 1000) - 5 * 86_400,
    Math.floor(to / 1000) + 5 * 86_400,
  );
  const calendars = spec.calendars.map(compiled);
  const excluded = spec.skip.map(compiled);
  const nextRaw = (after: number): number => {
    const times = calendars.map((one) => next(one, zone, after)).filter((one) => one !== null);
    // With an offset it is (trunc((ts - phase) / interval) + 1) * interval + phase.
    for (const { every } of spec.intervals)
      times.push((Math.trunc(after / (every / 1000)) + 1) * (every / 1000));
    return Math.min(...times);
  };
  const found: number[] = [];
  let at = Math.floor(from / 1000);
  if (spec.startAt !== null) at = Math.max(at, spec.startAt / 1000 - 1);
  const last = Math.min(to, spec.endAt ?? Infinity) / 1000;
  for (;;) {
    at = nextRaw(at);
    if (at > last) return found;
    if (!excluded.some((one) => matches(one, zone, at))) found.push(at * 1000);
  }
}
