/** The `schedule` section of a document: when a recording comes round again. Cron lines are read in `src/schedules`. */
import { z } from 'zod';
import { always, given, valueOf } from './told.ts';
import { isZone, parseDuration, wallOf } from './time.ts';

/** Days of the week as `Date` counts them, Sunday first. */
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Seconds of the day; `24:00` is only an end. */
function timeOfDay(value: unknown): number | undefined {
  const match = typeof value === 'string' ? /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(value) : null;
  if (!match) return undefined;
  const [hour = 0, minute = 0, second = 0] = match.slice(1).map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return hour * 3600 + minute * 60 + second;
}

/** `sun` … of names, or a range of them, which may go over the end of the list: `fri-mon`. */
function named(value: unknown, names: string[]): number[] | undefined {
  if (typeof value !== 'string') return undefined;
  const [first = -1, last = first, ...more] = value
    .split('-')
    .map((name) => names.indexOf(name.toLowerCase()));
  if (first < 0 || last < 0 || more.length > 0) return undefined;
  const count = ((last - first + names.length) % names.length) + 1;
  return Array.from({ length: count }, (_, i) => (first + i) % names.length);
}

function weekdays(value: unknown): number[] | undefined {
  if (value === 'weekdays') return [1, 2, 3, 4, 5];
  if (value === 'weekends') return [6, 0];
  return named(value, WEEKDAYS);
}

function months(value: unknown): number[] | undefined {
  return numbers(value, 12) ?? named(value, MONTHS)?.map((month) => month + 1);
}

function daysOfMonth(value: unknown): (number | 'last')[] | undefined {
  return value === 'last' ? ['last'] : numbers(value, 31);
}

/** `3`, or `"1-7"`. */
function numbers(value: unknown, most: number): number[] | undefined {
  const match = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(String(value));
  if (!match) return undefined;
  const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
  if (first < 1 || last < first || last > most) return undefined;
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Local dates, both inclusive, as `2026-12-24`. */
export interface DateRange {
  first: string;
  last: string;
}

function isDate(value: unknown): value is string {
  return typeof value === 'string' && wallOf(`${value}T00:00`) !== undefined;
}

function dateRange(value: unknown): DateRange[] | undefined {
  const [first, last = first, ...more] = typeof value === 'string' ? value.split('..') : [];
  if (!isDate(first) || !isDate(last) || more.length > 0 || last < first) return undefined;
  return [{ first, last }];
}

/** One, or a list of such; each wrong entry is told by its place. */
function several<T>(reading: (value: unknown) => T[] | undefined, wrong: string, example: string) {
  return z
    .unknown()
    .superRefine((value, context) => {
      const refuse = (message: string, path: PropertyKey[] = []): void =>
        context.addIssue({ code: 'custom', message, path, params: { try: example } });
      if (!Array.isArray(value)) {
        if (reading(value) === undefined) refuse(wrong);
        return;
      }
      if (value.length === 0) refuse('the list is empty');
      for (const [i, one] of value.entries()) if (reading(one) === undefined) refuse(wrong, [i]);
    })
    .transform((value): T[] => {
      const all = (Array.isArray(value) ? value : [value]).flatMap((one) => reading(one) ?? []);
      return [...new Set(all)];
    });
}

/** One text that is read into something else. */
function read<T>(reading: (text: string) => T | undefined, wrong: string, example: string) {
  return z
    .string()
    .refine((text) => reading(text) !== undefined, { message: wrong, params: { try: example } })
    .transform((text) => reading(text)!);
}

const DURATION = '90s, 5m, 2h30m, 14d or ISO 8601 such as PT2H30M';

/** Temporal's own least, see CatchupWindow of its SchedulePolicies. */
const LEAST_CATCH_UP_MS = 10_000;

export const scheduleSchema = z
  .strictObject({
    at: several(
      (value) => {
        const time = timeOfDay(value);
        return time === undefined ? undefined : [time];
      },
      'not a local time of day',
      '20:00, or several: ["08:00", "20:00"]',
    ).optional(),
    until: read(
      (text) => (text === '24:00' ? 0 : timeOfDay(text)),
      'not a local time of day',
      '22:00; a time that is not after "at" is on the next day',
    ).optional(),
    length: read(
      (text) => parseDuration(text) || undefined,
      'not a duration, or one of nothing',
      DURATION,
    ).optional(),
    days: several(
      weekdays,
      'not days of the week',
      'mon, mon-fri, weekdays, weekends, or a list of such',
    ).optional(),
    daysOfMonth: several(
      daysOfMonth,
      'not days of a month',
      '1 to 31, "1-7", last, or a list of such',
    ).optional(),
    months: several(months, 'not months', '1 to 12, "6-8", jan, jun-aug, or a list of such').optional(),
    cron: several(
      (value) => (typeof value === 'string' ? [value] : undefined),
      'not a cron line',
      '"0 20 * * mon-fri"',
    ).optional(),
    except: several(
      dateRange,
      'not a local date, or not a range of them',
      '2026-12-24, 2026-12-24..2026-12-26, or a list of such',
    ).optional(),
    starts: read((text) => (isDate(text) ? text : undefined), 'not a local date', '2026-11-24').optional(),
    ends: read((text) => (isDate(text) ? text : undefined), 'not a local date', '2026-11-24').optional(),
    zone: z
      .string()
      .refine(isZone, { message: 'not an IANA time zone', params: { try: 'Europe/Berlin' } })
      .optional(),
    catchUp: read(
      (text) => {
        const ms = parseDuration(text);
        return ms !== undefined && ms >= LEAST_CATCH_UP_MS ? ms : undefined;
      },
      'not a duration of 10 s or more',
      DURATION,
    ).default(10 * 60_000),
    overlap: z.enum(['allow', 'skip', 'buffer-one', 'buffer-all']).default('allow'),
    pauseOnFailure: z.boolean().default(false),
    paused: z.boolean().default(false),
    note: z.string().min(1).max(500).optional(),
  })
  .superRefine((section, context) => {
    const refuse = (path: string[], message: string, example: string): void =>
      context.addIssue({ code: 'custom', path, message, params: { try: example } });
    // Told also when one of the fields is wrong by itself: then it stands there as it was written.
    const has = (name: string): boolean => given(section, name);
    if (!has('at') && !has('cron')) refuse([], 'it does not say when windows begin', 'at, or cron');
    if (has('cron')) {
      for (const name of ['at', 'days', 'daysOfMonth', 'months'].filter(has))
        refuse([name], 'cron says this already', 'one of them');
    }
    if (has('cron') && has('until'))
      refuse(['until'], 'a window of cron has a length', 'length: 2h instead of until');
    else if (!has('until') && !has('length'))
      refuse([], 'it does not say when windows end', has('cron') ? 'length' : 'until or length');
    else if (has('until') && has('length'))
      refuse(['length'], 'until and length both say when the window ends', 'one of them');
    const [starts, ends] = [valueOf(section, 'starts'), valueOf(section, 'ends')];
    if (isDate(starts) && isDate(ends) && ends < starts)
      refuse(['ends'], 'it ends before it starts', 'a date that is not before starts');
  }, always);

/** The section as a user writes it. */
export type ScheduleSection = z.input<typeof scheduleSchema>;
/** Times of day are seconds, durations milliseconds, Sunday is 0 and January 1. */
export type ParsedSchedule = z.output<typeof scheduleSchema>;

/** A document with a `schedule` section is a schedule; without one it is a session. */
export function isScheduleDocument(
  document: unknown,
): document is Record<string, unknown> & { schedule: unknown } {
  return typeof document === 'object' && document !== null && Object.hasOwn(document, 'schedule');
}
