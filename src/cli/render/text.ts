/** Small pieces that all outputs are made of. */
import { clockTime, formatDuration, zoneOffsetMs } from '../../contract/time.ts';

/** Rows as columns, two blanks apart; the last column is as long as it likes. */
export function columns(rows: string[][], indent = ''): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.slice(0, -1).entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  return rows.map((row) => {
    const cells = row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)));
    return `${indent}${cells.join('  ')}`.trimEnd();
  });
}

/** A text in lines of at most so many columns, broken at blanks. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Left and right on one line, where there is room for both; else one after the other. */
export function spread(left: string, right: string, width: number): string {
  const gap = Math.max(3, width - left.length - right.length);
  return right === '' ? left : `${left}${' '.repeat(gap)}${right}`;
}

/** Room for a line in a terminal of unknown width. */
export const WIDTH = 100;

/** `02:58:10` in a zone. */
export function clock(instant: string, zone: string): string {
  return clockTime(Date.parse(instant), zone);
}

/** `02:58`, or with seconds where they are not zero. */
export function shortClock(instant: string, zone: string): string {
  return clock(instant, zone).replace(/:00$/, '');
}

/** `2026-11-24` in a zone. */
export function day(instant: string, zone: string): string {
  const at = Date.parse(instant);
  return new Date(at + zoneOffsetMs(at, zone)).toISOString().slice(0, 10);
}

/** `2026-11-24 23:30 → 04:00`, the second day only where it is another one. */
export function period(from: string, to: string, zone: string): string {
  const end = day(to, zone) === day(from, zone) ? '' : `${day(to, zone)} `;
  return `${day(from, zone)} ${shortClock(from, zone)} → ${end}${shortClock(to, zone)}`;
}

/** A clock time, with its day where that is not the day of `now`. */
export function clockOfDay(instant: string, zone: string, now: number, seconds = true): string {
  const time = seconds ? clock(instant, zone) : shortClock(instant, zone);
  const on = day(instant, zone);
  return on === day(new Date(now).toISOString(), zone) ? time : `${on} ${time}`;
}

/** Whole seconds, and nothing below zero: clocks of several machines are never quite equal. */
export function lasting(ms: number): string {
  return formatDuration(Math.max(0, Math.round(ms / 1000) * 1000));
}

export function since(instant: string, now: number): string {
  return lasting(now - Date.parse(instant));
}

/** Instants inside sentences are UTC, for logs; people read them in their zone, with the day where it is not today. */
export function localised(text: string, zone: string, now: number): string {
  return text.replace(/\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/g, (instant) =>
    clockOfDay(instant, zone, now),
  );
}

/** gRPC ends its reasons with a remark on how it resolved the name, which helps nobody. */
export function withoutNote(text: string): string {
  return text.replace(/\.?\s*Resolution note:[^)\n]*/g, '');
}

export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}

export function percent(share: number): string {
  return `${share.toFixed(1).replace(/\.0$/, '')} %`;
}

export function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
