/** What the watch is told to believe. A watch is started anew only when that changes. */
import { absenceEnd } from './conclude.ts';
import type { Watch, WatchedTake } from './events.ts';
import type { SessionState, Take } from './state.ts';
import { liveTakes, stopIsUnderWay } from './takes.ts';

export function watchWanted(state: SessionState): Omit<Watch, 'version' | 'memory'> | null {
  const open = liveTakes(state).filter((take) => take.status === 'open');
  if (state.released || open.length === 0 || state.plan.traits.proof === 'none') return null;
  const takes = open.map((take) => watchedTake(state, take));
  // Where no look can prove it, none comes sooner for that.
  const unproved = state.plan.traits.proof === 'look' && open.some((take) => take.provedAt === null);
  const unsure = unproved || takes.some((take) => !SETTLED.has(take.belief));
  const waitsUntil = unsure && !unproved ? waitingUntil(state, open) : null;
  const endless = unsure && waitsUntil === null;
  // It passes by itself: a watch that knows of it need not be told that it has passed.
  const doubtUntil = endless ? null : latest(waitsUntil, state.doubtUntil);
  const doubt = endless || doubtUntil !== null;
  // Also one that a callback has proved: the vendor may not be ready to be asked.
  const fresh = open.some((take) => take.suspectSince === null && (unproved || take.actual === null));
  const patient = state.troubles.worker !== undefined;
  return {
    takes,
    doubt,
    ...(doubtUntil !== null && { doubtUntil }),
    ...(!endless && state.callbacks.healthy && state.plan.traits.callbacks && { seldom: true as const }),
    patient,
    firstMs: fresh ? state.plan.traits.firstLookMs : null,
  };
}

const SETTLED: ReadonlySet<string> = new Set(['recording', 'presumed', 'paused']);

function latest(...instants: (number | null)[]): number | null {
  const known = instants.filter((at) => at !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** So long after its start an armed take is looked at often: its first media may take a while to show. */
const FIRST_MEDIA_MS = 120_000;

/**
 * A recorder that records by itself when the source comes, and tells afterwards since when, is in no hurry to be looked
 * at while nobody sends anything: half of a vendor's quota would go into empty channels.
 */
function waitingUntil(state: SessionState, open: Take[]): number | null {
  if (state.plan.traits.seesDrops || absenceEnd(state)) return null;
  const doubtful = open.filter((take) => take.actual !== 'recording' && take.actual !== 'paused');
  if (doubtful.some((take) => take.actual !== 'armed' || take.acceptedAt === null)) return null;
  return Math.max(...doubtful.map((take) => take.acceptedAt!)) + FIRST_MEDIA_MS;
}

export function watchedTake(state: SessionState, take: Take): WatchedTake {
  // Whatever the first look finds is news after nobody could look, or a look broke.
  const broke = state.troubles.look !== undefined && take.suspectSince === null;
  if (state.troubles.worker || broke)
    return { take: take.number, name: take.name, handle: take.handle, belief: 'unseen' };
  const unreachable = take.suspectSince !== null && state.troubles.look !== undefined;
  // Whatever the next look finds is to be told: a callback has asked for it.
  const asked = take.hint && (take.actual !== 'absent' || take.hint.final);
  if (asked && !unreachable && !stopIsUnderWay(state, take))
    return { take: take.number, name: take.name, handle: take.handle, belief: `told ${take.hint!.kind}` };
  const belief = unreachable ? `unreachable ${state.troubles.look!.code}` : (take.actual ?? 'accepted');
  return { take: take.number, name: take.name, handle: take.handle, belief };
}
