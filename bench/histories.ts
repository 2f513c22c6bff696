/** What stands in histories: activities with what they returned, and the events from one of them to the next. */
import { sizeOf, type History, type HistorySize } from './history-size.ts';

type HistoryEvent = NonNullable<History['events']>[number];

const eventsOf = ({ events }: History): HistoryEvent[] => events ?? [];

const scheduledAs = (event: HistoryEvent): string | undefined =>
  event.activityTaskScheduledEventAttributes?.activityType?.name ?? undefined;

/** What each completed activity of one of these names returned, in the order of completion. */
export function resultsOf<T>(history: History, names: readonly string[]): T[] {
  const events = eventsOf(history);
  const asked = new Set(
    events.filter((event) => names.includes(scheduledAs(event) ?? '')).map(({ eventId }) => String(eventId)),
  );
  return events.flatMap(({ activityTaskCompletedEventAttributes: completed }) => {
    if (!completed || !asked.has(String(completed.scheduledEventId))) return [];
    const data = completed.result?.payloads?.[0]?.data;
    return data ? [JSON.parse(Buffer.from(data).toString('utf8')) as T] : [];
  });
}

/**
 * The stretches from one scheduled activity of this name to the next, without those in which another activity of
 * `except` was answered.
 */
export function stretchesBetween(history: History, name: string, except: readonly string[]): HistorySize[] {
  const events = eventsOf(history);
  const starts = events.flatMap((event, index) => (scheduledAs(event) === name ? [index] : []));
  const names = new Map(events.map((event) => [String(event.eventId), scheduledAs(event)]));
  const answered = ({ activityTaskCompletedEventAttributes: completed }: HistoryEvent): string | undefined =>
    completed ? names.get(String(completed.scheduledEventId)) : undefined;
  return starts.slice(1).flatMap((end, number) => {
    const stretch = events.slice(starts[number], end);
    const spoiled = stretch.some((event) => except.includes(answered(event) ?? ''));
    return spoiled ? [] : [sizeOf({ events: stretch })];
  });
}
