/** One window of a rule, and what a clock change does to it. */
import { clockSentence, formatDuration, localInstant, wallTime, zoneOffsetMs } from '../contract/time.ts';
import { DAY_MS, dateOfWall } from './days.ts';
import type { Rule } from './rule.ts';

export interface Occurrence {
  /** Epoch milliseconds. */
  from: number;
  until: number;
  /** The local date on which it begins by the rule, which `except` is about. */
  date: string;
  /** What a clock change makes of it, as sentences for people; mostly empty. */
  dst: DstNote[];
}

export interface DstNote {
  edge: 'from' | 'until';
  /** The clock never shows that time, or shows it twice, or the window has another length or end than on other days. */
  kind: 'skipped' | 'twice' | 'changed';
  text: string;
}

/** @param day midnight of the local date as if the zone were UTC */
export function occurrenceOn(rule: Rule, day: number, seconds: number): Occurrence {
  const { zone, end } = rule;
  const wall = day + seconds * 1000;
  const begin = localInstant(wall, zone);
  const dst = edgeNotes('from', wall, zone);
  const about = { from: begin.at, date: dateOfWall(day), dst };
  if ('lengthMs' in end) {
    const until = begin.at + end.lengthMs;
    const shown = until + zoneOffsetMs(until, zone);
    const usual = wall + end.lengthMs;
    if (shown !== usual)
      dst.push(
        changed(
          `it ends at ${wallTime(shown)} by the clock, and not at ${wallTime(usual)}: its length is fixed`,
        ),
      );
    return { ...about, until };
  }
  const untilWall = day + end.untilSeconds * 1000 + (end.untilSeconds <= seconds ? DAY_MS : 0);
  const usual = untilWall - wall;
  const local = localInstant(untilWall, zone);
  if (local.at <= begin.at) {
    // Its begin was moved past its end.
    dst.push(
      changed(
        `${wallTime(untilWall)} would be before its begin; it lasts ${formatDuration(usual)} as always`,
      ),
    );
    return { ...about, until: begin.at + usual };
  }
  dst.push(...edgeNotes('until', untilWall, zone));
  const length = local.at - begin.at;
  if (length !== usual)
    dst.push(
      changed(`the clock is changed: it lasts ${formatDuration(length)}, and not ${formatDuration(usual)}`),
    );
  return { ...about, until: local.at };
}

function edgeNotes(edge: DstNote['edge'], wall: number, zone: string): DstNote[] {
  const local = localInstant(wall, zone);
  if (local.kind === 'plain') return [];
  return [{ edge, kind: local.kind, text: clockSentence(wall, local, zone) }];
}

function changed(text: string): DstNote {
  return { edge: 'until', kind: 'changed', text };
}
