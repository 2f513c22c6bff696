/**
 * What happened between two looks when the sequence went up. OvenMediaEngine counts a segment for every split and
 * for every return of the source alike; only the recorded time tells them apart: over a split it keeps up with the
 * clock, over a drop it falls behind by just the length of the drop.
 */
import type { Edge } from '../../session/facts.ts';
import { between, clamp, exactly, EXACT_MS } from './counters.ts';
import type { Counters } from './counters.ts';
import type { TakeMemory } from './memory.ts';

/** What a split itself may cost: the way from the last packet of one file to the first of the next. */
const SPLIT_MS = 200;

export type Interruption = { from: Edge; to: Edge };

/**
 * When the segment ended that was being written at the former look, now that it is closed and the latest closed one:
 * its begin and its recorded time are known. If it gained no byte after that look, its media ended before it, though
 * `recordTime` may have gone on. null: the counters do not tell.
 */
export function endOfSegment(before: TakeMemory, counters: Counters): Edge | null {
  const lengthMs = counters.closedMs - before.closedMs;
  if (!before.open || before.startedAt === null || lengthMs < 0) return null;
  const end = before.startedAt + lengthMs;
  if (counters.closedBytes > before.bytes || end <= before.grewAt + EXACT_MS) return exactly(end);
  return before.beforeGrewAt === null ? null : between(before.beforeGrewAt, before.grewAt);
}

/**
 * @param before a look at which it recorded
 * @param counters of a record that records now, or whose stream is gone
 * @param ended in the latter case, when its last segment ended
 */
export function interruptionsBetween(
  before: TakeMemory,
  counters: Counters,
  splits: boolean,
  ended: Edge | null = null,
): Interruption[] {
  const { startedAt } = counters;
  // With the stream gone, the last step of the sequence is that end and no interruption.
  const steps = counters.sequence - before.sequence - (ended ? 1 : 0);
  if (steps <= 0 || startedAt === null || before.startedAt === null) return [];
  const lastAt = before.lastAt ?? before.at;
  const until = ended?.at ?? counters.lastAt ?? startedAt;
  const recordedMs = counters.timeMs - before.closedMs;
  const deadMs = until - before.startedAt - recordedMs;
  if (splits && deadMs <= EXACT_MS + steps * SPLIT_MS) return [];
  if (steps === 1) {
    // The running segment, or the one that just ended, is the stretch after the interruption.
    const afterMs = ended ? Math.max(0, until - startedAt) : counters.runMs;
    const exact = before.startedAt + recordedMs - afterMs;
    const from = (!ended && endOfSegment(before, counters)) || exactly(exact);
    return [{ from: { ...from, at: clamp(from.at, before.startedAt, startedAt) }, to: exactly(startedAt) }];
  }
  return [splits ? somewhere(lastAt, startedAt, deadMs) : severalUntil(lastAt, startedAt, deadMs)];
}

/** Several drops and returns: the last return is exact, and all media before it lies after the last proof. */
function severalUntil(lastAt: number, startedAt: number, deadMs: number): Interruption {
  const half = clamp(startedAt - lastAt - deadMs, 0, startedAt - lastAt) / 2;
  return {
    from: { at: Math.round(lastAt + half), plusMinusMs: Math.ceil(half) + EXACT_MS },
    to: exactly(startedAt),
  };
}

/** Splits and a drop between two looks: its length is known, its place only within limits. */
function somewhere(lastAt: number, startedAt: number, deadMs: number): Interruption {
  const half = Math.max(0, startedAt - deadMs - lastAt) / 2;
  const plusMinusMs = Math.ceil(half) + EXACT_MS;
  const from = Math.round(lastAt + half);
  return {
    from: { at: from, plusMinusMs },
    to: { at: Math.min(startedAt, from + deadMs), plusMinusMs },
  };
}
