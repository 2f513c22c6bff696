/**
 * A vendor that tells by its answer to another start whether a take goes on after a drop: what that answer means, and what
 * is left open when it is lost.
 */
import type { Asserted, Edge, Failure } from './facts.ts';
import { anySpanOpen, noteTake } from './ledger.ts';
import { observe } from './observe.ts';
import { sourceDown } from './source.ts';
import type { SessionState, Take } from './state.ts';
import { endTake } from './takes.ts';
import { cleared, trouble } from './troubles.ts';

/** @returns whether the take goes on; else the next one has begun, and this one has ended with its source */
export function asserted(state: SessionState, take: Take, told: Asserted): boolean {
  cleared(state, 'start');
  const { assertedAt } = take;
  take.assertedAt = null;
  if (told.requestId) take.requestIds = [...take.requestIds, told.requestId].slice(-5);
  if (!told.goesOn) {
    endedWithSource(state, take);
    return false;
  }
  take.handle = told.handle;
  take.recording = told.recording;
  noteTake(state, take, 'goes on with the new push of its source');
  const since = assertedAt === null ? null : sinceUnknown(assertedAt, told);
  observe(state, take, since ? { ...told.observation, since } : told.observation, told.at);
  return true;
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
  // Without what it needs nothing of it can go on with the new push.
  if (failure.code === 'E_NOT_IN_FORCE' || failure.code === 'E_ACCOUNT_UNREADY') endedWithSource(state, take);
}
