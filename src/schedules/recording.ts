/** The document that is recorded in one window of a schedule. */
import { isoIn } from '../contract/time.ts';

/**
 * A schedule's `recording` with the window's instants, as `start` takes it. Padding, overrun, maxDuration and zone stay.
 * `from` and `until`: epoch milliseconds.
 */
export function recordingOf(
  document: Readonly<Record<string, unknown>>,
  { from, until }: { from: number; until: number },
): Record<string, unknown> {
  const { schedule: _schedule, ...recording } = document;
  const window = (recording.window ?? {}) as Record<string, unknown>;
  const zone = typeof window.zone === 'string' ? window.zone : 'UTC';
  return { ...recording, window: { ...window, from: isoIn(from, zone), until: isoIn(until, zone) } };
}
