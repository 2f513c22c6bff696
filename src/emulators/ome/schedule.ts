/** `schedule`: three fields "second minute hour" in the server's local time. */
import { localDate } from './local-time.ts';

const SIXTY = '(\\*|[0-9]|[1-5][0-9]|\\*/([0-9]|[1-5][0-9]))';
const HOURS = '(\\*|[0-9]|1[0-9]|2[0-3]|\\*/([0-9]|1[0-9]|2[0-3]))';
const ACCEPTED = new RegExp(`^${SIXTY} ${SIXTY} ${HOURS}$`);

/** Each field is `*`, `N` or `*\/N`, no lists or ranges (OvenMediaEngine v0.20.0, file_application.cpp). */
export function isSchedule(text: string): boolean {
  return ACCEPTED.test(text);
}

/** The first matching second after the one of `at`; infinity when the vendor's cron throws (a step of 0). */
export function nextTick(schedule: string, at: number, offsetMinutes: number): number {
  const [seconds, minutes, hours] = matchers(schedule);
  if (!seconds || !minutes || !hours || [seconds, minutes, hours].some((field) => field.length === 0))
    return Infinity;
  const local = localDate(at, offsetMinutes);
  const dayStart = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate());
  const second = Math.floor((local.getTime() - dayStart) / 1000) + 1;
  const offsetMs = offsetMinutes * 60_000;
  for (const day of [0, 1]) {
    const from = day === 0 ? second : 0;
    const found = firstFrom(from, seconds, minutes, hours);
    if (found !== undefined) return dayStart + day * 86_400_000 + found * 1000 - offsetMs;
  }
  return Infinity;
}

const MATCHERS = new Map<string, number[][]>();

function matchers(schedule: string): number[][] {
  const known = MATCHERS.get(schedule);
  if (known) return known;
  const made = schedule.split(' ').map((field, i) => matching(field, i === 2 ? 24 : 60));
  MATCHERS.set(schedule, made);
  return made;
}

function matching(field: string, size: number): number[] {
  const all = Array.from({ length: size }, (_, value) => value);
  if (field === '*') return all;
  if (!field.startsWith('*/')) return [Number(field)];
  const step = Number(field.slice(2));
  return step === 0 ? [] : all.filter((value) => value % step === 0);
}

/** The first matching second of the day that is not before `from`. */
function firstFrom(from: number, seconds: number[], minutes: number[], hours: number[]): number | undefined {
  for (const hour of hours) {
    if (hour * 3600 + 3599 < from) continue;
    for (const minute of minutes) {
      const base = hour * 3600 + minute * 60;
      if (base + 59 < from) continue;
      const second = seconds.find((value) => base + value >= from);
      if (second !== undefined) return base + second;
    }
  }
  return undefined;
}
