/** What Temporal would fire, by a model of its calendars, against the windows that there are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { occurrenceAt, occurrences, wakeUps, wholeMinutes, type Rule } from '../../src/schedules/index.ts';
import { clockChanges } from '../../src/schedules/clock-changes.ts';
import { ALL_DAYS, ALL_MONTHS, ALL_WEEKDAYS } from '../../src/schedules/rule.ts';
import { firings } from './temporal-calendar.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SLACK = 60_000;

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Asia/Seoul',
  'UTC',
  'America/St_Johns',
  'America/Santiago',
  'Africa/Casablanca',
  'Europe/Lisbon',
  'Pacific/Chatham',
  'Asia/Beirut',
];

/** Hours around midnight and the clock changes turn up as often as all others together. */
const time = fc.oneof(
  fc.integer({ min: 0, max: 1439 }).map((minute) => minute * 60),
  fc
    .constantFrom(0, 1, 15, 30, 45)
    .chain((minute) => fc.integer({ min: 0, max: 4 }).map((hour) => hour * 3600 + minute * 60)),
  fc.integer({ min: 0, max: 86_399 }),
);

const some = (all: readonly number[]): fc.Arbitrary<number[]> =>
  fc.oneof(fc.constant<number[]>([...all]), fc.subarray([...all], { minLength: 1 }));

const sorted = (values: readonly number[]): number[] => [...new Set(values)].toSorted((a, b) => a - b);

const calendar = fc.record({
  times: fc.oneof(
    { weight: 4, arbitrary: fc.array(time, { minLength: 1, maxLength: 4 }).map(sorted) },
    // As of cron lines: each so many minutes of some hours.
    fc.constantFrom(5, 20, 60).map((step) => Array.from({ length: 1440 / step }, (_, i) => i * step * 60)),
  ),
  weekdays: some(ALL_WEEKDAYS),
  daysOfMonth: fc.oneof(some(ALL_DAYS), fc.constantFrom<number[][]>([1], [])),
  lastDay: fc.boolean(),
  months: some(ALL_MONTHS),
});

const START = Date.UTC(2026, 10, 21);

const date = (from: number, to: number) =>
  fc.integer({ min: from, max: to }).map((day) => new Date(START + day * DAY).toISOString().slice(0, 10));

const rule: fc.Arbitrary<Rule> = fc.record({
  zone: fc.constantFrom(...ZONES),
  calendars: fc.array(calendar, { minLength: 1, maxLength: 2 }),
  end: fc.oneof(
    time.map((untilSeconds) => ({ untilSeconds })),
    fc.integer({ min: 1, max: 2000 }).map((minutes) => ({ lengthMs: minutes * 60_000 })),
  ),
  except: fc.array(
    fc
      .record({ from: fc.integer({ min: 0, max: 1100 }), days: fc.integer({ min: 0, max: 40 }) })
      .map(({ from, days }) => ({
        first: new Date(START + from * DAY).toISOString().slice(0, 10),
        last: new Date(START + (from + days) * DAY).toISOString().slice(0, 10),
      })),
    { maxLength: 3 },
  ),
  starts: fc.option(date(0, 400)),
  ends: fc.option(date(500, 1200)),
});

const early = fc.oneof(
  fc.integer({ min: 0, max: 20 * 60 }).map((seconds) => seconds * 1000),
  fc.integer({ min: 0, max: 60 }).map((minutes) => minutes * 60_000 * 60),
);

/** Three years; of rules with many windows a day, some days around the clock changes of these years. */
function stretches({ zone, calendars }: Rule): [number, number][] {
  const many = calendars.some(({ times }) => times.length > 8);
  if (!many) return [[START, START + 3 * 365.25 * DAY]];
  const changes = clockChanges(zone, START, START + 3 * 365.25 * DAY);
  return [START + 40 * DAY, ...changes.slice(0, 4)].map((at) => [at - 2 * DAY, at + 2 * DAY]);
}

describe('what wakes the launcher', () => {
  it('wakes it once for each window at least, in time, and for nothing else but what it finds already done', () => {
    fc.assert(
      fc.property(rule, early, (one, earlyMs) => {
        for (const [from, to] of stretches(one)) expect(unwoken(one, earlyMs, from, to)).toEqual([]);
      }),
      { numRuns: Number(process.env.RUNS ?? 10) },
    );
  }, 120_000);
});

/** Windows for which no firing comes in time, or at whose firing another window is found. */
function unwoken(one: Rule, earlyMs: number, from: number, to: number): string[] {
  const fired = firings(wakeUps(one, { earlyMs, now: from }), from, to);
  const times = new Set(fired);
  const found = new Set(fired.map((at) => occurrenceAt(one, { at, earlyMs })?.from));
  const windows = occurrences(one, {
    after: from + wholeMinutes(earlyMs) + SLACK,
    before: to,
    limit: Infinity,
  });
  const inTime = (window: number): boolean => {
    const wake = window - wholeMinutes(earlyMs);
    return Array.from({ length: 60 }, (_, second) => wake - second * 1000).some((at) => times.has(at));
  };
  return windows
    .filter((window) => !inTime(window.from) || !found.has(window.from))
    .map((window) => new Date(window.from).toISOString());
}
