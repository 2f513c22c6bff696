/** Windows whose firing has passed, and that are not over: who makes a schedule, resumes or changes it starts them itself. */
import { ScheduleOverlapPolicy, type Backfill } from '@temporalio/client';
import { longestMs, occurrences, wholeMinutes, type Occurrence } from '../../schedules/index.ts';
import type { Defined } from './definition.ts';

/** Until the server has heard of it; what fires meanwhile is fired twice by one id, which is once. */
const UNTIL_HEARD_MS = 5_000;
/** A firing near a clock change may be some seconds early, see `unexcepted`. */
const SECONDS_MS = 5_000;

type Fires = Pick<Defined, 'schedule' | 'earlyMs' | 'afterMs'>;

/** In their order. */
export function dueWindows({ schedule: { rule }, earlyMs, afterMs }: Fires, now: number): Occurrence[] {
  return near({ rule, earlyMs, afterMs }, now).filter(({ until }) => until + afterMs > now);
}

function near(
  { rule, earlyMs, afterMs }: Pick<Defined, 'earlyMs' | 'afterMs'> & Pick<Defined['schedule'], 'rule'>,
  now: number,
): Occurrence[] {
  const before = now + UNTIL_HEARD_MS + wholeMinutes(earlyMs) + 1;
  return occurrences(rule, { after: now - longestMs(rule) - afterMs, before, limit: Infinity });
}

/** Their firings, each for its own window, and of none that is over. */
export function backfillOf(
  { schedule: { rule }, earlyMs, afterMs }: Fires,
  [first]: Occurrence[],
  now: number,
): Backfill[] {
  if (!first) return [];
  const early = wholeMinutes(earlyMs);
  const earlier = near({ rule, earlyMs, afterMs }, now).findLast(({ from }) => from < first.from);
  const start = Math.max(first.from - early - SECONDS_MS, (earlier?.from ?? -Infinity) - early + 1);
  return [
    {
      start: new Date(start),
      end: new Date(now + UNTIL_HEARD_MS),
      overlap: ScheduleOverlapPolicy.ALLOW_ALL,
    },
  ];
}
