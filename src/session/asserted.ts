/**
 * A vendor that tells by its answer to another start whether a take goes on after a drop: what that answer means, and what
 * is left open when it is lost.
 */
import type { Asserted, Edge, Failure } from './facts.ts';
import { accountLost } from './account.ts';
import { anySpanOpen, noteTake, openSpan, reopenSpan } from './ledger.ts';
import { observe } from './observe.ts';
import { sourceDown } from './source.ts';
import type { SessionState, Take } from './state.ts';
import { endTake } from './takes.ts';
import { cleared, trouble } from './troubles.ts';

/**
 * `sentAt`: when that start was sent.
 * @returns what begins with it, where the take does not go on; null where it does
 */
export function asserted(state: SessionState, take: Take, told: Asserted, sentAt: number): Asserted | null {
  cleared(state, 'start');
  const { assertedAt } = take;
  take.assertedAt = null;
  if (told.requestId) take.requestIds = [...take.requestIds, told.requestId].slice(-5);
  if (!told.goesOn) {
    const proved = takenFrom(state, take, sentAt);
    endedWithSource(state, take);
    return proved ? { ...told, observation: { ...told.observation, actual: 'recording' } } : told;
  }
  take.handle = told.handle;
  take.touchedAt = told.at;
  take.recording = told.recording;
  if (told.observation.since === undefined && assertedAt === null) reopen(state, take);
  else noteTake(state, take, 'goes on with the new push of its source');
  const since = assertedAt === null ? null : sinceUnknown(assertedAt, told);
  observe(state, take, since ? { ...told.observation, since } : told.observation, told.at);
  return null;
}

/** It was the same push all the while: what was told of an end was not so. */
function reopen(state: SessionState, take: Take): void {
  noteTake(state, take, 'goes on: its source had never gone');
  reopenSpan(state, take);
}

/** A callback about the next recording came before the answer that began it. @returns whether one has told of its media */
function takenFrom(state: SessionState, take: Take, sentAt: number): boolean {
  const span = openSpan(take);
  if (!span) return false;
  state.marks = state.marks.filter(({ cause, at }) => cause !== null || at < span.from.at);
  span.to = { at: span.from.at, plusMinusMs: span.from.plusMinusMs };
  span.provedTo = span.from.at;
  return span.from.at >= sentAt && span.evidence !== 'inferred';
}

/** An earlier start may have begun it anew, and its reply was lost: media is certain from then on only. */
function sinceUnknown(askedAt: number, { at, observation }: Asserted): Edge {
  const came = observation.since?.at ?? askedAt;
  return { at: askedAt, plusMinusMs: Math.max(askedAt - came, at - askedAt) };
}

/** No stop was sent, so that the vendor's rule about the next start has nothing to count from. */
function endedWithSource(state: SessionState, take: Take): void {
  const { lastEndAt } = state;
  endTake(state, take, 'ended with its source');
  state.lastEndAt = lastEndAt;
}

export function assertFailed(state: SessionState, take: Take, sentAt: number, failure: Failure): void {
  if (failure.applied !== 'no') take.assertedAt ??= sentAt;
  trouble(state, 'start', failure);
  state.stickyCause = { cause: failure.cause, detail: failure.message };
  if (failure.who === 'source') {
    take.actual = 'armed';
    if (!anySpanOpen(state)) sourceDown(state, state.at);
    return;
  }
  retireUnready(state, take, failure);
}

/** Without what it needs a take should not go on with a new push; it is stopped all the same, since nobody knows. */
export function retireUnready(state: SessionState, take: Take, { code, cause }: Failure): void {
  if (code !== 'E_NOT_IN_FORCE' && code !== 'E_ACCOUNT_UNREADY') return;
  if (code === 'E_ACCOUNT_UNREADY') accountLost(state);
  take.retire = cause;
}
