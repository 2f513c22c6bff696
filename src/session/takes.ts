/** Questions about takes that several rules ask. */
import type { SessionState, Take } from './state.ts';
import { nothingTold } from './words.ts';

/** Takes that may be recording at the vendor as far as we know. */
export function liveTakes(state: SessionState): Take[] {
  return state.takes.filter(
    (take) => take.status === 'starting' || take.status === 'unanswered' || take.status === 'open',
  );
}

export function takeByNumber(state: SessionState, number: number): Take | undefined {
  return state.takes.find((take) => take.number === number);
}

/** Somebody wants this take to end: the session as a whole, or because it failed or was handed over. */
export function unwanted(state: SessionState, take: Take): boolean {
  if (take.retire) return true;
  if (state.desired.state === 'stopped') return true;
  if (state.desired.state !== 'paused') return false;
  // What nobody has answered for cannot be held: it can only be stopped, by its name.
  return !state.plan.traits.nativePause || take.status === 'unanswered';
}

/** Nothing can name this recording, nor stop it: its callback is awaited, or its write-off. */
export function awaitsCallback(state: SessionState, take: Take): boolean {
  if (take.status !== 'unanswered' || take.named !== null) return false;
  const { unansweredStart } = state.plan.traits;
  if (unansweredStart === 'repeat-reserved') return take.unnamed || unwanted(state, take);
  return unansweredStart === 'await-callback';
}

/** A callback has told its name: a call that sends nothing makes a handle of it, and then it is like any other. */
export function isToBeNamed(take: Take): boolean {
  return take.status === 'unanswered' && take.named !== null;
}

/** The stop's answer will say how it ended. */
export function stopIsUnderWay({ lane }: SessionState, take: Take): boolean {
  return lane?.op === 'stop' && lane.take === take.number;
}

/** It records as soon as its source is there. */
export function canWrite(take: Take): boolean {
  const { status, retire, actual, cutByOutage } = take;
  return status === 'open' && !retire && !cutByOutage && !KEEPS_FROM_WRITING.has(actual);
}

const KEEPS_FROM_WRITING: ReadonlySet<Take['actual']> = new Set(['paused', 'absent', 'failed']);

export function endTake(state: SessionState, take: Take, how: string): void {
  take.status = 'ended';
  take.told = nothingTold();
  take.hint = null;
  take.boundAt = null;
  take.ended = { at: state.at, how };
  take.suspectSince = null;
  state.lastEndAt = state.at;
}
