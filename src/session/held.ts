/** A vendor's own pause and its end: what their answers prove, and what is left open when one is lost. */
import type { Edge, Failure, Held } from './facts.ts';
import { beginSpan, endSpan, openSpan } from './ledger.ts';
import type { Lane, SessionState, Take } from './state.ts';
import { cleared, trouble } from './troubles.ts';

/** `by`: whose pause it is, and why. */
export function paused(state: SessionState, take: Take, lane: Lane, { at }: Held, by: string | null): void {
  const { holdUnknown } = take;
  answered(state, take);
  take.actual = 'paused';
  take.provedAt ??= at;
  if (openSpan(take)) endSpan(state, take, edgeOf(at, lane, holdUnknown?.at), 'paused', by);
  else if (holdUnknown?.op === 'resume') {
    // It may have recorded since then: nothing is claimed, and the doubt is told.
    const doubt = { at, plusMinusMs: at - holdUnknown.at };
    beginSpan(state, take, doubt, 'inferred', at);
    endSpan(state, take, doubt, 'paused', by);
  }
}

export function resumed(state: SessionState, take: Take, lane: Lane, held: Held, by: string | null): void {
  const { holdUnknown } = take;
  answered(state, take);
  take.actual = null;
  take.idleTo = state.at;
  take.touchedAt = held.at;
  take.handle = held.handle ?? take.handle;
  // It may have been held since then.
  if (openSpan(take) && holdUnknown?.op === 'pause')
    endSpan(state, take, { at: holdUnknown.at, plusMinusMs: held.at - holdUnknown.at }, 'paused', by);
  // Accepted, and nothing says otherwise until the next look.
  if (state.source.state !== 'down')
    beginSpan(state, take, edgeOf(held.at, lane, holdUnknown?.at), 'inferred', held.at);
}

/** It has answered: whatever made it suspect is past. */
function answered(state: SessionState, take: Take): void {
  cleared(state, 'hold');
  take.holdUnknown = null;
  take.hint = null;
  take.suspectSince = null;
  take.absentSince = null;
}

/** An earlier call of unknown outcome may have done it. */
function edgeOf(at: number, lane: Lane, unknownSince: number | undefined): Edge {
  return { at, plusMinusMs: at - Math.min(lane.since, unknownSince ?? lane.since) };
}

export function holdFailed(state: SessionState, take: Take, { op, since }: Lane, failure: Failure): void {
  trouble(state, 'hold', failure);
  if (failure.applied === 'no' || (op !== 'pause' && op !== 'resume')) return;
  take.holdUnknown = { op, at: take.holdUnknown?.at ?? since };
}
