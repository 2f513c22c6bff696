/** Whether callbacks can be relied upon, so that looks may come seldom, and when one of them asks for a look. */
import type { Observation } from './facts.ts';
import { note } from './ledger.ts';
import type { SessionState, Take } from './state.ts';
import { liveTakes, stopIsUnderWay } from './takes.ts';

/** A recorder that tells of itself has done so by then. */
const FIRST_WORD_MS = 120_000;
/** So long after a callback that asks for it looks come often. */
const DOUBT_MS = 60_000;
/** What asks again within so long is answered by the looks that come often already. */
const SAME_DOUBT_MS = 15_000;

/** A genuine callback has come; `take`: about this one. */
export function heard(state: SessionState, take: Take | null): void {
  if (take) take.heardAt = state.at;
  const { callbacks, plan } = state;
  const missing = liveTakes(state).some((one) => isMissing(state, one));
  state.callbacks = {
    ...callbacks,
    healthy: callbacks.healthy || (plan.callbacks === true && !missing),
    lastAt: state.at,
    heard: callbacks.heard + 1,
  };
}

/** A look is to come at once, and others often for a while. */
export function askForLooks(state: SessionState): void {
  const until = state.at + DOUBT_MS;
  if ((state.doubtUntil ?? 0) < until - SAME_DOUBT_MS) state.doubtUntil = until;
}

/** A look finds what a callback should have told: they get lost, and looks are needed again. */
export function surprised(state: SessionState, take: Take, seen: Observation): void {
  const { callbacks, seesDrops } = state.plan.traits;
  if (!state.callbacks.healthy || !callbacks || take.provedAt === null || take.actual === null) return;
  const { actual: found } = seen;
  const { state: source, toldBy, since, announcedAt } = state.source;
  const toldUp = (source === 'up' && toldBy === 'callback') || (announcedAt ?? 0) >= (since ?? 1);
  const dropped = found === 'armed' || found === 'unsure' || (seen.interruptions?.length ?? 0) > 0;
  const recorded = take.actual === 'recording' || take.actual === 'presumed';
  const records = found === 'recording' || found === 'presumed';
  const untold =
    (callbacks.recorder && isGone(found) && !isGone(take.actual) && !take.hint && !endsByUs(state, take)) ||
    (callbacks.source && seesDrops && recorded && dropped && source !== 'down' && !toldUp) ||
    (callbacks.source && records && take.actual === 'armed' && !toldUp);
  if (untold) distrust(state, `a look found take ${take.number} ${found}, which no callback had told`);
}

/** From when on the silence about a take means that callbacks are missing. */
export function missingAt({ plan, callbacks }: SessionState, take: Take): number | null {
  if (!callbacks.healthy || !plan.traits.callbacks?.recorder) return null;
  return firstWordBy(take);
}

/** Silence about a take, while all others are heard of. */
export function distrustSilence(state: SessionState): void {
  if (!state.callbacks.healthy) return;
  const silent = liveTakes(state).find((take) => isMissing(state, take));
  if (silent) distrust(state, `no callback has told of take ${silent.number}`);
}

function isMissing({ plan, at }: SessionState, take: Take): boolean {
  const by = plan.traits.callbacks?.recorder ? firstWordBy(take) : null;
  return by !== null && at >= by;
}

function firstWordBy({ status, provedAt, heardAt, acceptedAt }: Take): number | null {
  if (status !== 'open' || provedAt === null || heardAt !== null || acceptedAt === null) return null;
  return acceptedAt + FIRST_WORD_MS;
}

function isGone(actual: Take['actual']): boolean {
  return actual === 'absent' || actual === 'failed';
}

function endsByUs(state: SessionState, take: Take): boolean {
  return take.retire !== null || take.stopAskedAt !== null || stopIsUnderWay(state, take);
}

function distrust(state: SessionState, why: string): void {
  state.callbacks.healthy = false;
  note(state, 'warning', `callbacks are missing: ${why}; looks come as without them`);
}
