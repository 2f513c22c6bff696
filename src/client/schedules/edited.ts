/** Whether Temporal's schedule still does what its document says. */
import { windowOfFiring } from '../../planning/occasion.ts';
import { occurrences, wholeMinutes } from '../../schedules/index.ts';
import type { Defined } from './definition.ts';
import { overlapOf } from './overlap.ts';

/** As a list has it, which tells no policies, or as describe has it. */
interface There {
  policies?: { overlap: string | undefined; pauseOnFailure: boolean; catchupWindow: number };
  info: { nextActionTimes: Date[] };
}

const SOON_MS = 60_000;
/**
 * Each coming window has its firing, and each firing is about a window or about nothing. What is compared is what it does,
 * since the server writes a calendar in its own words.
 */
export function isEdited(
  { schedule, coming, earlyMs, catchUpMs }: Defined,
  { policies, info }: There,
): boolean {
  if (policies && overlapOf(policies) !== schedule.overlap) return true;
  if (policies && policies.pauseOnFailure !== schedule.pauseOnFailure) return true;
  if (policies && policies.catchupWindow !== catchUpMs) return true;
  const early = wholeMinutes(earlyMs);
  const fires = info.nextActionTimes.map((at) => at.getTime());
  const now = Date.now();
  const last = fires.at(-1) ?? -Infinity;
  const due = occurrences(schedule.rule, { after: now + early + SOON_MS, limit: fires.length })
    .map(({ from }) => from - early)
    .filter((at) => at <= last);
  const missing = due.some((at) => !fires.some((one) => Math.abs(one - at) < SOON_MS));
  // What fires for no window of the rule would begin one at that moment.
  const odd = fires.some((at) => windowOfFiring(schedule, coming, { at, earlyMs })?.from === at);
  return missing || odd;
}
