/** The coming windows of schedules. */
import { DAY_MS } from '../../schedules/days.ts';
import { ruleWords, wholeMinutes, type Occurrence } from '../../schedules/index.ts';
import type { CheckedSchedule } from '../schedules.ts';
import { columns, count, day, lasting, shortClock } from './text.ts';

export interface Preview extends CheckedSchedule {
  windows: Occurrence[];
  /** Dates on which there would be windows before the last of these. */
  excepted: string[];
}

export function comingText(file: string, previews: Preview[]): string {
  const name = file === '-' ? 'standard input' : file;
  const head = `${name}: ${count(previews.length, 'schedule')}; nothing was created`;
  return [head, ...previews.map((one) => previewLines(one).join('\n'))].join('\n\n');
}

function previewLines({ schedule, earlyMs, windows, excepted }: Preview): string[] {
  const { name, key, rule, zone } = schedule;
  const early = wholeMinutes(earlyMs);
  const about = [
    ['target', key],
    ['rule', ruleWords(rule)],
    ['woken', `${lasting(early)} before each window`],
  ];
  const rows = windows.map((one) => [
    dayName(one.from, zone),
    windowText(one, zone),
    lasting(one.until - one.from),
    `${shortClock(iso(one.from), 'UTC')} → ${shortClock(iso(one.until), 'UTC')}`,
    shortClock(iso(one.from - early), zone),
  ]);
  const lines = columns([['', zone, 'length', 'UTC', 'woken'], ...rows], '    ');
  const table = windows.flatMap((one, i) => [
    ...exceptedLines(excepted, windows[i - 1]?.date ?? '', one.date),
    lines[i + 1]!,
    ...one.dst.map(({ text }) => `        ! ${text}`),
  ]);
  return [`  ${name}`, ...columns(about, '    '), '', lines[0]!, ...table];
}

/** Those between two windows, with neighbouring dates on one line. */
function exceptedLines(dates: string[], after: string, before: string): string[] {
  const between = dates.filter((date) => after < date && date < before);
  if (between.length === 0) return [];
  const [first = '', last = ''] = [between[0], between.at(-1)];
  const midnight = (date: string): number => Date.parse(`${date}T00:00Z`);
  const shown = (date: string): string => `${dayName(midnight(date), 'UTC')}  ${date}`;
  if (first === last) return [`    ${shown(first)}  no window: it is under except`];
  const days = between.length === (midnight(last) - midnight(first)) / DAY_MS + 1 ? 'days' : 'of its days';
  return [`    ${shown(first)} to ${last}  no windows: ${between.length} ${days} are under except`];
}

/** `2026-11-24 23:30 → 04:00`, the second day only where it is not the first or the next one. */
function windowText({ from, until }: Occurrence, zone: string): string {
  const [first, last] = [day(iso(from), zone), day(iso(until), zone)];
  const apart = Date.parse(last) - Date.parse(first);
  const end = apart > DAY_MS ? `${last} ` : '';
  return `${first} ${shortClock(iso(from), zone)} → ${end}${shortClock(iso(until), zone)}`;
}

function dayName(at: number, zone: string): string {
  return new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: zone }).format(at);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
