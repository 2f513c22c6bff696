/**
 * What a take needs in the vendor's account, such as a rule: it is made or checked before the first start, the source is
 * made to connect anew where that is wished for, and what was made is taken away again where that is.
 */
import type { AccountChange, Done, Failure, Prepared } from './facts.ts';
import { iso, note } from './ledger.ts';
import type { SessionState } from './state.ts';
import { heir } from './ends.ts';
import { liveTakes } from './takes.ts';
import { cleared, trouble } from './troubles.ts';

/** What cannot be taken away after so many attempts stays there: the lock is not held for it. */
const RELEASE_TRIES = 5;

export function isToPrepare({ plan, desired, account }: SessionState): boolean {
  return plan.traits.prepares && desired.state === 'recording' && account.preparedAt === null;
}

/** The source was there before what a take needs, and whoever started the session wants it cut off for that. */
export function isToRepush({ plan, desired, account, troubles }: SessionState): boolean {
  if (plan.specification.policy.repush !== 'force' || account.repushedAt !== null) return false;
  return desired.state === 'recording' && troubles.start?.code === 'E_NOT_IN_FORCE';
}

/** What is to go in the end: what it has made, where that is wished for, and what others left to it with that wish. */
export function toRemove({ plan, account: { made, released } }: SessionState): AccountChange[] {
  if (released) return [];
  // What was inherited comes first.
  return plan.specification.policy.made === 'remove' ? made : made.slice(0, plan.inherited?.made.length ?? 0);
}

/** Nothing records any more, and what was made for it is to go. */
export function isToRelease(state: SessionState): boolean {
  if (toRemove(state).length === 0) return false;
  return state.desired.state === 'stopped' && liveTakes(state).length === 0 && !heir(state);
}

/** Nothing can be recorded until somebody acts at the vendor, or the encoder connects anew. */
export function waitsForAccount({ troubles }: SessionState): boolean {
  return troubles.prepare !== undefined || troubles.start?.code === 'E_NOT_IN_FORCE';
}

export function prepared(state: SessionState, { at, made, found }: Prepared): void {
  const { account } = state;
  state.account = { ...account, preparedAt: at, unknownSince: null, made: [...account.made, ...made] };
  cleared(state, 'prepare');
  for (const { action, what, where, overrides } of made) {
    const others = overrides.length === 0 ? '' : `; ${overrides.join('; ')}`;
    note(state, 'warning', `the vendor's account was changed: ${action} ${what} of ${where}${others}`);
  }
  if (made.length === 0) note(state, 'phase', `what it needs in the vendor's account is there: ${found}`);
}

export function prepareFailed(state: SessionState, sentAt: number, failure: Failure): void {
  if (failure.applied !== 'no') state.account.unknownSince ??= sentAt;
  trouble(state, 'prepare', failure);
  state.stickyCause = { cause: failure.cause, detail: failure.message };
}

/** It was there, and is not any more. */
export function accountLost(state: SessionState): void {
  state.account.preparedAt = null;
}

export function repushed(state: SessionState, { at }: Done): void {
  state.account.repushedAt = at;
  note(state, 'warning', `the source was cut off at ${iso(at)}, so that it connects anew`);
  delete state.retry.start;
}

/** Also when nobody knows whether it was: an encoder is cut off once, and never again and again. */
export function repushFailed(state: SessionState, sentAt: number, failure: Failure): void {
  if (failure.applied !== 'no') state.account.repushedAt = sentAt;
  note(state, 'warning', `the source could not be cut off: ${failure.message}`);
}

export function accountReleased(state: SessionState): void {
  const what = toRemove(state).map(({ what: one, where }) => `${one} of ${where}`);
  state.account.released = true;
  cleared(state, 'release');
  note(state, 'warning', `the vendor's account was changed back: ${what.join(', ')}`);
}

export function releaseFailed(state: SessionState, failure: Failure): void {
  const tries = state.retry.release?.failures ?? 0;
  trouble(state, 'release', failure);
  if (tries < RELEASE_TRIES && failure.retry !== 'never') return;
  state.account.released = true;
  note(state, 'warning', `what was made in the vendor's account stays there: ${failure.message}`);
}
