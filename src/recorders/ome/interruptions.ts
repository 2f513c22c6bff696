/**
 * What happened between two looks when the sequence went up. OvenMediaEngine counts a segment for every split and
 * for every return of the source alike; only the recorded time tells them apart: over a split it keeps up with the
 * clock, over a drop it falls behind by just the length of the drop.
 */
import type { Edge } from '../../session/facts.ts';
import { clamp, exactly, EXACT_MS } from './counters.ts';
import type { Counters } from './counters.ts';
import type { TakeMemory } from './memory.ts';

/** What a split itself may cost: the way from the last packet of one file to the first of the next. */
const SPLIT_MS = 200;

export type Interruption = { from: Edge; to: Edge };

/**
 * When the segment of the former look ended: its last known packet, and what was recorded after that.
 * `closedMs`: recorded time of all closed segments, of which that one is the last.
 */
export function endOfSegment(before: TakeMemory, closedMs: number): number | null {
  const after = closedMs - before.timeMs;
  return before.lastAt === null || after < 0 ? null : before.lastAt + after;
}

/**
 * @param before a look at which it recorded
 * @param counters of a record that records now, or (with `runMs` 0) whose stream is gone
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
  if (steps <= 0 || startedAt === null || before.lastAt === null) return [];
  const until = ended?.at ?? counters.lastAt ?? startedAt;
  const recordedMs = counters.timeMs - before.timeMs;
  const deadMs = until - before.lastAt - recordedMs;
  if (splits && deadMs <= EXACT_MS + steps * SPLIT_MS) return [];
  // The newest segment began when the source was back, unless a split came after that.
  const lastStretchMs = until - startedAt;
  if (!splits || steps === 1) return [endingAt(startedAt, before.lastAt, recordedMs - lastStretchMs, steps)];
  return [somewhere(before.lastAt, startedAt, deadMs)];
}

/** The end is exact; so is the begin, if it was a single one. */
function endingAt(to: number, lastAt: number, recordedBeforeMs: number, steps: number): Interruption {
  const from = clamp(lastAt + Math.max(0, recordedBeforeMs), lastAt, to);
  if (steps === 1) return { from: exactly(from), to: exactly(to) };
  const half = (from - lastAt) / 2;
  return {
    from: { at: Math.round(lastAt + half), plusMinusMs: Math.ceil(half) + EXACT_MS },
    to: exactly(to),
  };
}

/** Splits and a drop between two looks: its length is known, its place only within limits. */
function somewhere(lastAt: number, startedAt: number, deadMs: number): Interruption {
  const latestFrom = Math.max(lastAt, startedAt - deadMs);
  const half = (latestFrom - lastAt) / 2;
  const plusMinusMs = Math.ceil(half) + EXACT_MS;
  const from = Math.round(lastAt + half);
  return { from: { at: from, plusMinusMs }, to: { at: Math.min(startedAt, from + deadMs), plusMinusMs } };
}
