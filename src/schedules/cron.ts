/** Cron lines of five fields as calendars. */
import { CronPattern } from 'croner';
import type { Calendar } from './rule.ts';

/** Why a line is refused, and what would be right; undefined where it is right. */
export function cronProblem(line: string): { problem: string; try: string } | undefined {
  if (line.trim().split(/\s+/).length !== 5)
    return {
      problem: 'a cron line has five fields: minute, hour, day of month, month, day of week',
      try: '"0 20 * * mon-fri"',
    };
  const pattern = parsed(line);
  if (typeof pattern === 'string') return { problem: pattern, try: '"0 20 * * mon-fri"' };
  if (pattern.nearestWeekdays.some(Boolean) || pattern.lastWeekday || !pattern.dayOfWeek.every(isPlain))
    return {
      problem: 'W, # and the last of a weekday are not taken',
      try: 'the second Friday: at, with days: fri and daysOfMonth: "8-14"',
    };
  const { daysOfMonth, lastDay, weekdays } = calendarOfCron(line);
  // POSIX takes the day of month OR the day of week, Temporal AND: service/worker/scheduler/calendar.go.
  if ((daysOfMonth.length < 31 || lastDay) && weekdays.length < 7)
    return {
      problem:
        'it restricts the day of month and the day of week: some crons take both together, others either',
      try: 'at, with days and daysOfMonth for dates that fit both; two lines for either',
    };
  return undefined;
}

/** @throws TypeError for a line that `cronProblem` refuses */
export function calendarOfCron(line: string): Calendar {
  const pattern = parsed(line);
  if (typeof pattern === 'string') throw new TypeError(pattern);
  const minutes = set(pattern.minute);
  return {
    times: set(pattern.hour).flatMap((hour) => minutes.map((minute) => hour * 3600 + minute * 60)),
    weekdays: set(pattern.dayOfWeek),
    daysOfMonth: set(pattern.day, 1),
    lastDay: pattern.lastDayOfMonth,
    months: set(pattern.month, 1),
  };
}

function parsed(line: string): CronPattern | string {
  try {
    return new CronPattern(line.trim(), undefined, { mode: '5-part' });
  } catch (error) {
    return (error as Error).message.replace(/^CronPattern: /, '');
  }
}

/** croner keeps which of the month's five a weekday is as bits. */
const EVERY_ONE = 63;

function isPlain(bits: number): boolean {
  return bits === 0 || bits === EVERY_ONE;
}

function set(flags: readonly number[], first = 0): number[] {
  return flags.flatMap((flag, i) => (flag ? [i + first] : []));
}
