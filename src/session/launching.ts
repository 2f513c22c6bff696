/**
 * What the launcher of a window does next. It holds no lock: it waits, tells a session that runs on the target that its
 * window begins, and starts its own when the target is free. Pure, as `step` is; the workflow `launch` carries it out.
 */
import type { Neighbour, NeighbourWord } from './neighbours.ts';

/** When the session is to be started, and after when there is nothing left to start. Epoch milliseconds. */
export interface LaunchTimes {
  startAt: number;
  endAt: number;
  neighbour: Pick<Neighbour, 'fromMs' | 'untilMs'>;
}

export interface Launching {
  cancelledBy: string | null;
  /** Why, where that was said. */
  cancelledFor?: string;
  /** A session that runs on the target was told, or there was none. */
  announced: boolean;
  /** Who had the target then knows of this window, also while it is to be announced anew. */
  told?: true;
  /** The lock was found taken. */
  busy: boolean;
  word: NeighbourWord | null;
  /** Another recording has covered it, at least for a while. */
  covered?: true;
  /** Starts that found the lock taken since the last word. */
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
const HELD_AGAIN_MS = 60_000;
/** Every so many tries it is asked who has the target: one that has answered may be gone, and another one be there. */
const ASKED_AGAIN = 5;
/** A stop takes its time: who ends then says so within this. */
const FREED_WITHIN_MS = 5_000;

export function launching(): Launching {
  return { cancelledBy: null, announced: false, busy: false, word: null, tries: 0, notBefore: 0 };
}

export function nextMove(state: Launching, { startAt, endAt, neighbour }: LaunchTimes, now: number): Move {
  const { word, cancelledBy, cancelledFor } = state;
  const why = cancelledFor === undefined ? ' before it began' : `: ${cancelledFor}`;
  const end = (outcome: LaunchOutcome, text: string): Move => ({ kind: 'end', outcome, text });
  if (cancelledBy !== null) return end('cancelled', `cancelled by ${cancelledBy}${why}`);
  if (word?.word === 'own') return end('own', 'it is being recorded already');
  if (word?.word === 'skipped')
    return state.covered
      ? end('joined', word.text)
      : end('skipped', `left out: ${word.by.name} was recording`);
  // Held until then: should the other recording end too early, this one begins.
  if (word?.word === 'joined' && now >= (neighbour.untilMs ?? endAt))
    return end('joined', `${word.by.name} has recorded it too`);
  if (now >= endAt) return end(...over(state));
  if (!state.announced) {
    if (now >= startAt - ANNOUNCE_MS) return { kind: 'announce' };
    return { kind: 'wait', until: startAt - ANNOUNCE_MS };
  }
  const at = Math.max(startAt, state.notBefore);
  if (now >= at) return { kind: 'start' };
  // After the window's own end its padding is waited for.
  const { untilMs } = neighbour;
  const ends = untilMs !== null && untilMs > now ? untilMs : endAt;
  return { kind: 'wait', until: Math.min(at, endAt, ends) };
}

export function announced(state: Launching): void {
  state.announced = true;
  state.told = true;
}

/** There is another window now. Whether who has the target is to be told that the one before does not come. */
export function movedTo(state: Launching, { startAt, endAt, neighbour }: LaunchTimes, now: number): boolean {
  const { word, told, cancelledBy } = state;
  const due = now >= startAt - ANNOUNCE_MS && now < (neighbour.untilMs ?? endAt);
  if (due && word?.word === 'joined') {
    // The other recording goes on for this one: it is told of the new window, and answers anew.
    Object.assign(state, { announced: false, notBefore: now + FREED_WITHIN_MS });
    return false;
  }
  delete state.told;
  delete state.covered;
  Object.assign(state, launching(), { cancelledBy });
  return told === true;
}

/** What a running session has said, told from the side of this window. */
export function wordForWindow({ word, at, text, whyNot, by: { name } }: NeighbourWord): string {
  const end = at === null ? '' : ` at ${new Date(at).toISOString()}`;
  const why = whyNot === undefined ? '' : ` (${whyNot})`;
  if (word === 'yields') return `${name} records the target; it ends for this window${end}${why}`;
  if (word === 'queued') return `${name} records the target; this window waits for its end${end}${why}`;
  return word === 'joined' ? `${name} records this window too` : text;
}

function over({ busy }: Launching): [LaunchOutcome, string] {
  if (busy) return ['busy', 'the target was busy until the window had ended'];
  return ['missed', 'the window had ended before anything could be started'];
}

/** The lock is taken. */
export function foundBusy(state: Launching, now: number): void {
  state.busy = true;
  state.tries += 1;
  if (state.word?.word === 'freed') {
    const again = FREED_AGAIN_MS[state.tries - 1];
    if (again !== undefined) {
      state.notBefore = now + again;
      return;
    }
    // Somebody else was faster.
    state.word = null;
  }
  const { word } = state;
  // Who answered may be gone, or have been extended: whoever has the target now is told anew.
  const passed = word?.at != null && now >= word.at;
  if (word === null || passed || state.tries % ASKED_AGAIN === 0) state.announced = false;
  state.notBefore = now + (word === null ? BUSY_AGAIN_MS : pauseOf(word, now));
}

/** What the session that runs has answered; not about a window that was moved since. */
export function heardWord(
  state: Launching,
  { neighbour }: LaunchTimes,
  word: NeighbourWord,
  now: number,
): void {
  const { about, by } = word;
  if (about.fromMs !== neighbour.fromMs || about.untilMs !== neighbour.untilMs) return;
  const { word: last } = state;
  if (last?.word === 'freed' && last.by.sessionId === by.sessionId && word.word !== 'freed') return;
  state.word = word;
  if (word.word === 'joined') state.covered = true;
  if (word.word === 'queued') state.busy = true;
  state.tries = 0;
  state.notBefore = now + (word.word === 'freed' ? 0 : pauseOf(word, now));
}

/** Until the next try. It is known when the target is free; who holds it may be gone before, without a word. */
function pauseOf({ at }: NeighbourWord, now: number): number {
  if (at !== null && at <= now) return ANSWERED_AGAIN_MS;
  return Math.min(HELD_AGAIN_MS, (at ?? Infinity) + FREED_WITHIN_MS - now);
}
