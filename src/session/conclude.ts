/** What time alone decides: ends of windows, pauses and patience. */
import { notProved } from './answers.ts';
import { lapseClaims } from './claims.ts';
import { stopFor, wantRecording } from './commands.ts';
import { distrustSilence } from './callbacks.ts';
import { endOf, yieldsTo } from './ends.ts';
import { anySpanOpen, endSpan, iso, mark, note, openSpan, unseenEnd } from './ledger.ts';
import { FIRST_FILE_MS, firstMediaBy } from './observe.ts';
import { endMaintenance } from './recorder-events.ts';
import { sourceDown } from './source.ts';
import { awaitsCallback, endTake, liveTakes } from './takes.ts';
import { RESTART_RESET_MS } from './retry.ts';
import type { Outcome, SessionState, Take } from './state.ts';
import { raiseTrouble } from './troubles.ts';

/** For so long one that had been written off is tried to be stopped. */
const REVIVED_MS = 5 * 60_000;
/** Storage credentials are given up this long before they end, so that no upload meets their end. */
const CREDENTIALS_MARGIN_MS = 60_000;

export function conclude(state: SessionState): void {
  if (state.maintenance && state.at >= state.maintenance.until) endMaintenance(state, 'its time has come');
  lapseClaims(state);
  windowEnd(state);
  unheard(state);
  absence(state);
  pauses(state);
  for (const take of liveTakes(state)) overdue(state, take);
  distrustSilence(state);
  restartCalm(state);
}

function windowEnd(state: SessionState): void {
  if (state.desired.state === 'stopped') return;
  const end = endOf(state);
  if (!end || state.at < end.at) return;
  const next = yieldsTo(state);
  const ends = next && next.at <= end.at ? `the window of ${next.name} begins` : 'the window ends';
  const reason = end.outcome === 'limit-reached' ? 'maxDuration is reached' : ends;
  stopFor(state, end.outcome, 'window', 'plan', reason);
}

/** When patience with a missing source ends, and how; null while there is a source or no such limit. */
export function absenceEnd(state: SessionState): { at: number; outcome: Outcome; what: string } | null {
  if (state.desired.state !== 'recording' || state.source.state !== 'down' || state.source.since === null)
    return null;
  const { source, window } = state.plan.specification;
  const policy = state.everRecorded ? source.gone : source.late;
  if (policy.kind === 'wait') return null;
  // The word of its return may be lost, and no look shows it: the vendor's own patience tells with certainty.
  if (!state.plan.traits.seesDrops && state.source.toldBy === 'callback') return null;
  const reference = Math.max(state.source.since, window.fromMs, state.desired.since);
  return {
    at: reference + policy.afterMs,
    outcome: policy.kind === 'end' ? 'completed' : 'failed',
    what: state.everRecorded ? 'source.gone' : 'source.late',
  };
}

function absence(state: SessionState): void {
  const end = absenceEnd(state);
  if (!end || state.at < end.at) return;
  stopFor(
    state,
    end.outcome,
    end.what,
    'absence',
    `the source is missing since ${iso(state.source.since ?? state.at)}`,
  );
}

function pauses(state: SessionState): void {
  const { desired } = state;
  if (desired.state !== 'paused') return;
  if (desired.until !== null && state.at >= desired.until) {
    wantRecording(state, 'pause', 'plan', 'its end has come');
    note(state, 'command', 'resume by the end of the pause');
    return;
  }
  const warnAt = pauseWarning(state);
  if (warnAt === null || state.at < warnAt) return;
  state.pauseWarned = true;
  raiseTrouble(state, 'pause', {
    who: 'you',
    code: 'E_PAUSED_LONG',
    text: `paused by ${desired.by} since ${iso(desired.since)}${desired.reason ? `, "${desired.reason}"` : ''}, with no end given`,
    cause: 'paused',
  });
}

/** A pause without an end warns after a while; one with an end keeps quiet. */
export function pauseWarning(state: SessionState): number | null {
  if (state.desired.state !== 'paused' || state.pauseWarned || state.desired.until !== null) return null;
  return state.desired.since + state.plan.specification.pause.warnAfterMs;
}

function overdue(state: SessionState, take: Take): void {
  const deadline = proofDeadline(state, take);
  if (deadline !== null && state.at >= deadline) notProved(state, take);
  const writeOff = writeOffAt(state, take);
  if (writeOff !== null && state.at >= writeOff && state.lane?.take !== take.number) {
    writtenOff(state, take, 'its start was never answered');
    return;
  }
  const expiry = credentialsEnd(take);
  if (expiry !== null && state.at >= expiry && !take.retire) {
    take.retire = 'credentials';
    raiseTrouble(state, 'refresh', {
      who: 'destination',
      code: 'E_CREDENTIALS_EXPIRED',
      text: `take ${take.number} closes: its storage credentials end at ${iso(take.credentials!.expiresAt)}`,
      cause: 'credentials',
    });
  }
  const leftAgain = leftAgainAt(take);
  if (leftAgain !== null && state.at >= leftAgain && state.lane?.take !== take.number) {
    writtenOff(state, take, 'it could not be stopped');
    return;
  }
  const giveUp = stopGiveUpAt(state, take);
  if (giveUp !== null && state.at >= giveUp && state.lane === null) {
    writtenOff(state, take, 'it could not be stopped');
    state.outcome = 'failed-to-stop';
  }
}

export function writtenOff(state: SessionState, take: Take, why: string): void {
  const { orphanBoundMs } = state.plan.traits;
  const span = openSpan(take);
  if (span)
    endSpan(state, take, { at: span.provedTo, plusMinusMs: state.at - span.provedTo }, 'vendor-fault', why);
  endTake(state, take, why);
  take.boundAt = take.orphanUntil ?? (orphanBoundMs === null ? null : take.calledAt + orphanBoundMs);
  take.status = 'written-off';
  const bound =
    take.boundAt === null
      ? 'nothing known ends it at the vendor'
      : `the vendor ends it by ${iso(take.boundAt)}`;
  note(state, 'warning', `take ${take.number} is written off: ${why}; ${bound}`);
}

export function proofDeadline(state: SessionState, take: Take): number | null {
  if (take.status !== 'open' || take.provedAt !== null || take.acceptedAt === null || take.retire)
    return null;
  if (state.plan.traits.proof !== 'look' || take.suspectSince !== null) return null;
  return take.acceptedAt + state.plan.traits.proofDeadlineMs;
}

export function writeOffAt(state: SessionState, take: Take): number | null {
  if (!awaitsCallback(state, take)) return null;
  const { unansweredStart, unansweredMs } = state.plan.traits;
  // Nothing will name it where nobody calls back.
  const waits = unansweredStart === 'await-callback' || state.plan.callbacks === true;
  return take.calledAt + (waits ? unansweredMs : 0);
}

/** One that was taken up again, since a late callback named it, must not keep others waiting for long. */
export function leftAgainAt(take: Take): number | null {
  return take.revivedAt === null ? null : take.revivedAt + REVIVED_MS;
}

export function credentialsEnd(take: Take): number | null {
  if (take.status !== 'open' || !take.credentials) return null;
  return take.credentials.expiresAt - CREDENTIALS_MARGIN_MS;
}

/** From the first wish to stop it on, a stop is tried for the vendor's own bound. */
export function stopGiveUpAt(state: SessionState, take: Take): number | null {
  if (state.desired.state !== 'stopped' || take.status === 'starting') return null;
  return state.desired.since + state.plan.traits.stopGiveUpMs;
}

/** No file has come in the time in which a live source would have made one: there is none. */
function unheard(state: SessionState): void {
  for (const take of liveTakes(state)) {
    const at = firstFileBy(state, take);
    if (at === null || state.at < at) continue;
    if (openSpan(take)) {
      endSpan(state, take, unseenEnd(take, state.at), 'source-absent', 'announced, and no file came of it');
      sourceDown(state, take.spans.at(-1)!.to!.at);
    }
    if (anySpanOpen(state)) continue;
    if (state.source.state !== 'down') mark(state, take.acceptedAt!, 'source-absent');
    sourceDown(state, take.acceptedAt!);
  }
}

/** Until then nobody can tell a source that is not there from one whose first file is not there yet. */
export function firstFileBy(state: SessionState, take: Take): number | null {
  if (state.plan.traits.seesDrops || take.status !== 'open') return null;
  if (take.actual !== 'armed' || take.acceptedAt === null) return null;
  return take.spans.length === 0 ? take.acceptedAt + FIRST_FILE_MS : firstMediaBy(state, take);
}

/** Two minutes of media without a break make the next restart the first again. */
function restartCalm(state: SessionState): void {
  if (state.restart.count === 0) return;
  const calm = liveTakes(state).some((take) => {
    const span = openSpan(take);
    return span && state.at - span.from.at >= RESTART_RESET_MS;
  });
  if (calm) state.restart = { count: 0, notBefore: 0 };
}
