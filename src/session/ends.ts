/** When a session ends by itself: its window, its limit, or another window on the same target. */
import { anySpanOpen } from './ledger.ts';
import type { KnownNeighbour, Outcome, SessionState } from './state.ts';

/** What a take-over costs beside the vendor's own rule: a stop, and the next session's start. */
const TAKE_OVER_MS = 5_000;

/** When the session ends by itself at the latest, whatever the source does. */
export function latestEnd(state: SessionState): number | null {
  const { afterMs, overrunMs, limitMs } = state.plan.specification.window;
  const planned = state.untilMs === null ? null : state.untilMs + afterMs + overrunMs;
  return planned === null || limitMs === null ? (planned ?? limitMs) : Math.min(planned, limitMs);
}

/** When the session ends by itself, as far as is known now. */
export function endOf(state: SessionState): { at: number; outcome: Outcome } | null {
  const { afterMs, overrunMs, limitMs } = state.plan.specification.window;
  const planned = state.untilMs === null ? null : state.untilMs + afterMs;
  const source = planned !== null && overrunMs > 0 && anySpanOpen(state) ? planned + overrunMs : planned;
  const next = yieldsTo(state);
  const over = source !== null && next ? Math.min(source, next.at) : source;
  if (limitMs !== null && (over === null || limitMs < over)) return { at: limitMs, outcome: 'limit-reached' };
  return over === null ? null : { at: over, outcome: 'completed' };
}

/** End of its own window. */
export function ownEnd({ untilMs, plan }: SessionState): number {
  return untilMs ?? plan.specification.window.limitMs ?? Infinity;
}

/** So long before another window a session that is past its own ends, for the next one to record when that begins. */
export function takeOverMs({ plan }: SessionState): number {
  return plan.traits.restartGapMs + TAKE_OVER_MS;
}

/** When padding and overrun end for the next window, and whose that is; null where none comes. Its own window is never cut. */
export function yieldsTo(state: SessionState): { at: number; name: string } | null {
  const [next] = coming(state);
  if (!next) return null;
  return { at: Math.max(ownEnd(state), next.fromMs - takeOverMs(state)), name: next.name };
}

/** Windows that a session of their own is to record, soonest first. */
function coming(state: SessionState): KnownNeighbour[] {
  return notOver(state).filter(({ word }) => word !== 'joined');
}

/**
 * Who takes the target over when this session has ended. One that was to be covered by it too is among them: it did not
 * last as long as that one's window.
 */
export function heir(state: SessionState): KnownNeighbour | undefined {
  return notOver(state)[0];
}

/** Soonest first, without what was left out: nobody waits for the target there. */
export function notOver({ neighbours, at }: SessionState): KnownNeighbour[] {
  const left = neighbours.filter(
    ({ word, untilMs }) => word !== 'skipped' && (untilMs === null || untilMs > at),
  );
  return left.toSorted((a, b) => a.fromMs - b.fromMs);
}
