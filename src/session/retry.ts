/** Waiting times between attempts, in one place. The first attempt is always at once. */
import type { Failure } from './facts.ts';
import type { Operation, SessionState } from './state.ts';

const SECONDS: Record<Operation, number[]> = {
  prepare: [1, 5, 10, 20, 40, 60],
  reserve: [1, 5, 10, 20, 40, 60],
  start: [1, 5, 10, 20, 40, 60],
  assert: [1, 2, 5, 10, 20, 40, 60],
  repush: [1, 5, 10, 20, 40, 60],
  release: [1, 2, 5, 10, 20],
  stop: [1, 2, 5, 10, 20, 30, 60],
  pause: [1, 2, 5, 10, 20, 30, 60],
  resume: [1, 2, 5, 10, 20, 30, 60],
  change: [1, 2, 5, 10, 20, 30, 60],
  refresh: [15, 30, 60, 120, 240, 300],
  look: [5, 10],
};
/** A call that may have been applied is cleared up sooner: until then we do not know what runs. */
const UNKNOWN_SECONDS = [1, 2, 5, 10];
/** A source may come at any moment, and what is lost until the next attempt is media: so for some ten minutes. */
const SOURCE_MS = 20_000;
const SOURCE_TRIES = 30;
/** A call that can only fail again still gets a try a minute while the session lasts: somebody may mend the cause. */
const HOPELESS_MS = 60_000;

export function backOff(state: SessionState, op: Operation, failure: Failure): void {
  const failures = (state.retry[op]?.failures ?? 0) + 1;
  const ladder =
    failure.applied === 'unknown' && (op === 'start' || op === 'prepare') ? UNKNOWN_SECONDS : SECONDS[op];
  let waitMs = (ladder[Math.min(failures, ladder.length) - 1] ?? 60) * 1000;
  if (typeof failure.retry === 'number') waitMs = Math.max(waitMs, failure.retry);
  if (failure.who === 'source' && failures <= SOURCE_TRIES) waitMs = Math.min(waitMs, SOURCE_MS);
  // Whether a take goes on is never hopeless to ask.
  if (failure.retry === 'never' && op !== 'assert') waitMs = Math.max(waitMs, HOPELESS_MS);
  state.retry[op] = { failures, notBefore: state.at + waitMs };
}

export function mayTry(state: SessionState, op: Operation): boolean {
  return state.at >= (state.retry[op]?.notBefore ?? 0);
}

export function succeeded(state: SessionState, op: Operation): void {
  delete state.retry[op];
}

/** Unplanned ends: the first restart is at once, the next ones 10 to 60 s apart. */
export function countRestart(state: SessionState): void {
  const waitMs = state.restart.count === 0 ? 0 : Math.min(60_000, 10_000 * 2 ** (state.restart.count - 1));
  state.restart = { count: state.restart.count + 1, notBefore: state.at + waitMs };
}

/** A take that has been up for two minutes makes the next restart the first again. */
export const RESTART_RESET_MS = 120_000;
