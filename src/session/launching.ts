/**
 * What the launcher of a window does next. It holds no lock: it waits, tells a session that runs on the target that its
 * window begins, and starts its own when the target is free. Pure, as `step` is; the workflow `launch` carries it out.
 */
import type { NeighbourWord } from './neighbours.ts';

/** When the session is to be started, and after when there is nothing left to start. Epoch milliseconds. */
export interface LaunchTimes {
  startAt: number;
  endAt: number;
}

export interface Launching {
  cancelledBy: string | null;
  /** A session that runs on the target was told, or there was none. */
  announced: boolean;
  /** The lock was found taken. */
  busy: boolean;
  word: NeighbourWord | null;
  /** Starts that found the lock taken since the target was said to be free. */
  tries: number;
  notBefore: number;
}

export type LaunchOutcome = 'joined' | 'skipped' | 'cancelled' | 'busy' | 'missed' | 'own';

export type Move =
  | { kind: 'wait'; until: number }
  | { kind: 'announce' }
  | { kind: 'start' }
  | { kind: 'end'; outcome: LaunchOutcome; text: string };

/** A running session is told so long before, for it to end in time. */
export const ANNOUNCE_MS = 60_000;
/** A session that has said that the target is free closes within moments. */
const FREED_AGAIN_MS = [200, 300, 500, 1_000, 2_000];
const BUSY_AGAIN_MS = 5_000;
/** Who has answered says when the target is free: this is for the case that it cannot. */
const ANSWERED_AGAIN_MS = 20_000;

export function launching(): Launching {
  return { cancelledBy: null, announced: false, busy: false, word: null, tries: 0, notBefore: 0 };
}

export function nextMove(state: Launching, { startAt, endAt }: LaunchTimes, now: number): Move {
  const { word } = state;
  if (state.cancelledBy !== null)
    return { kind: 'end', outcome: 'cancelled', text: `cancelled by ${state.cancelledBy} before it began` };
  if (word?.word === 'own') return { kind: 'end', outcome: 'own', text: 'it is being recorded already' };
  if (word?.word === 'skipped')
    return { kind: 'end', outcome: 'skipped', text: `left out: ${word.by.name} records the target` };
  if (now >= endAt) return over(state);
  // Held until then: should the other recording end too early, this one begins.
  if (word?.word === 'joined') return { kind: 'wait', until: endAt };
  if (!state.announced) {
    if (now >= startAt - ANNOUNCE_MS) return { kind: 'announce' };
    return { kind: 'wait', until: startAt - ANNOUNCE_MS };
  }
  const at = Math.max(startAt, state.notBefore);
  return now < at ? { kind: 'wait', until: Math.min(at, endAt) } : { kind: 'start' };
}

function over({ word, busy }: Launching): Move {
  if (word?.word === 'joined')
    return { kind: 'end', outcome: 'joined', text: `${word.by.name} has recorded it too` };
  if (busy) return { kind: 'end', outcome: 'busy', text: 'the target was busy until the window had ended' };
  return { kind: 'end', outcome: 'missed', text: 'the window had ended before anything could be started' };
}

/** The lock is taken. */
export function foundBusy(state: Launching, now: number): void {
  state.busy = true;
  if (state.word?.word === 'freed') {
    const again = FREED_AGAIN_MS[state.tries];
    state.tries += 1;
    if (again !== undefined) {
      state.notBefore = now + again;
      return;
    }
    // Somebody else was faster.
    state.word = null;
  }
  if (state.word === null) state.announced = false;
  const { at = null } = state.word ?? {};
  state.notBefore = state.word === null ? now + BUSY_AGAIN_MS : Math.max(now + ANSWERED_AGAIN_MS, at ?? now);
}

/** What the session that runs has answered. */
export function heardWord(state: Launching, word: NeighbourWord, now: number): void {
  state.word = word;
  state.tries = 0;
  if (word.word === 'freed') state.notBefore = now;
  else if (word.at !== null) state.notBefore = word.at;
}
