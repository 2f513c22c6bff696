/** Whom to look after first. */
import { URGENCY } from '../session/troubles.ts';
import type { SessionSummary } from './types.ts';

/** Those that you must act on first; of these the oldest trouble. Last those that nobody need act on for announced work. */
export function byUrgency(one: SessionSummary, other: SessionSummary): number {
  const [a, b] = [one.problem, other.problem];
  if (!a || !b) return 0;
  const expected = Number(one.maintenance !== null) - Number(other.maintenance !== null);
  if (expected !== 0) return expected;
  const rank = URGENCY.indexOf(a.who) - URGENCY.indexOf(b.who);
  return rank !== 0 ? rank : Date.parse(a.since ?? '') - Date.parse(b.since ?? '') || 0;
}
