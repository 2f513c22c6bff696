/** Recurring windows: pure, no clock, no I/O. */
export { normaliseSchedule, type Coming, type NormalisedSchedule, type NormalSchedule } from './normalise.ts';
export {
  coming,
  exceptedDates,
  longestMs,
  occurrenceAt,
  occurrences,
  openOrNext,
  wholeMinutes,
  type Range,
} from './occurrences.ts';
export type { DstNote, Occurrence } from './occurrence.ts';
export { recordingOf } from './recording.ts';
export type { Calendar, Rule } from './rule.ts';
export { wakeUps, type SpecCalendar, type WakeUps } from './wake-ups.ts';
export { ruleWords } from './words.ts';
