/** What the watch is told to believe. A watch is started anew only when that changes. */
import type { Watch, WatchedTake } from './events.ts';
import type { SessionState, Take } from './state.ts';
import { liveTakes } from './takes.ts';

export function watchWanted(state: SessionState): Omit<Watch, 'version' | 'memory'> | null {
  const open = liveTakes(state).filter((take) => take.status === 'open');
  if (state.released || open.length === 0 || state.plan.traits.proof === 'none') return null;
  const takes = open.map((take) => watchedTake(state, take));
  const unproved = open.some((take) => take.provedAt === null);
  const doubt = unproved || takes.some((take) => take.belief !== 'recording' && take.belief !== 'paused');
  const fresh = open.some((take) => take.provedAt === null && take.suspectSince === null);
  const patient = state.troubles.worker !== undefined;
  return { takes, doubt, patient, firstMs: fresh ? state.plan.traits.firstLookMs : null };
}

export function watchedTake(state: SessionState, take: Take): WatchedTake {
  // Whatever the first look finds is news after nobody could look.
  if (state.troubles.worker)
    return { take: take.number, name: take.name, handle: take.handle, belief: 'unseen' };
  const unreachable = take.suspectSince !== null && state.troubles.look !== undefined;
  const belief = unreachable ? `unreachable ${state.troubles.look!.code}` : (take.actual ?? 'accepted');
  return { take: take.number, name: take.name, handle: take.handle, belief };
}
