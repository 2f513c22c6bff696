/** A rule for people: `Mon–Fri 20:00 – 22:00 Europe/Berlin, not on 2026-12-24`. */
import { formatDuration } from '../contract/time.ts';
import { ALL_MONTHS, runs, type Calendar, type Rule } from './rule.ts';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** More are told by their number: a line must stay one. */
const MOST_TIMES = 4;
const MOST_EXCEPTED = 3;

export function ruleWords(rule: Rule): string {
  const { calendars, end, except, starts, ends, zone } = rule;
  const when = calendars.map((one) => `${daysWords(one)} ${timesWords(one.times)}`).join(' and ');
  const until =
    'lengthMs' in end ? ` for ${formatDuration(end.lengthMs)}` : ` – ${time(end.untilSeconds || 86_400)}`;
  const dates = except.map(({ first, last }) => (first === last ? first : `${first} – ${last}`));
  const shown = dates.slice(0, MOST_EXCEPTED).join(', ');
  const more = dates.length > MOST_EXCEPTED ? ` and ${dates.length - MOST_EXCEPTED} more` : '';
  return [
    `${when}${until} ${zone}`,
    ...(starts === null ? [] : [`from ${starts}`]),
    ...(ends === null ? [] : [`to ${ends}`]),
    ...(dates.length === 0 ? [] : [`not on ${shown}${more}`]),
  ].join(', ');
}

function daysWords({ weekdays, daysOfMonth, lastDay, months }: Calendar): string {
  const days =
    weekdays.length === 7
      ? ''
      : ranges(
          // Sunday ends a week that people read.
          weekdays.map((day) => (day === 0 ? 7 : day)),
          (day) => WEEKDAYS[day % 7]!,
        );
  const dates = daysOfMonth.length === 31 ? [] : [ranges(daysOfMonth, String), lastDay ? 'the last day' : ''];
  const words = dates.filter((word) => word !== '').join(' and ');
  const inMonths =
    months.length === ALL_MONTHS.length ? '' : `in ${ranges(months, (month) => MONTHS[month - 1]!)}`;
  const parts = [days, words === '' ? '' : `on ${words}`, inMonths].filter((part) => part !== '');
  return parts.length === 0 ? 'daily' : parts.join(' ');
}

function timesWords(times: number[]): string {
  if (times.length <= MOST_TIMES) return times.map(time).join(', ');
  return `${times.length} times from ${time(times[0]!)} to ${time(times.at(-1)!)}`;
}

function time(seconds: number): string {
  if (seconds === 86_400) return '24:00';
  return new Date(seconds * 1000).toISOString().slice(11, seconds % 60 === 0 ? 16 : 19);
}

/** `Mon–Fri, Sun` */
function ranges(values: number[], name: (value: number) => string): string {
  return runs(values)
    .map(({ first, last }) => (first === last ? name(first) : `${name(first)}–${name(last)}`))
    .join(', ');
}
