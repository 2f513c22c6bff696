/** Activity rounds of a history up to the call that starts the recording, that one included. */
import type { History } from '../history-size.ts';

const STARTS = ['startTake', 'startLike'];

export function roundsUntilAccepted({ events }: History): number {
  const names = (events ?? []).flatMap(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? [],
  );
  return names.findIndex((name) => STARTS.includes(name)) + 1;
}
