/**
 * Other windows on the same target. The vendors allow one recording of a target, so when another window begins the
 * session that is past its own ends there; one that is not decides what becomes of the other.
 */
import { toRemove } from './account.ts';
import { addClaim, changedKinds, withdrawClaim } from './claims.ts';
import { stopFor } from './commands.ts';
import { endOf, notOver, ownEnd, takeOverMs } from './ends.ts';
import type { Effect } from './events.ts';
import { iso, note } from './ledger.ts';
import type { Busy, Inherited } from './plan.ts';
import type { SessionState } from './state.ts';

/** Another window on the target, as its launcher tells of it. Instants are epoch milliseconds. */
export interface Neighbour {
  sessionId: string;
  name: string;
  owner: string | null;
  /** Begin and end of its window, without padding. */
  fromMs: number;
  untilMs: number | null;
  /** When it would begin to record: its window less padding. */
  recordingFromMs: number;
  busy: Busy;
  recordingHash: string;
  /** The workflow that holds it, which is answered. */
  launcher: string;
  /** It does not come. */
  withdrawn?: true;
}

/** What becomes of a neighbour. */
export interface NeighbourWord {
  /**
   * `yields`: the target is free for its window. `queued`: not before the running session's own window is over. `joined`:
   * the running session records it too. `skipped`: it is left out. `own`: it is this very session. `freed`: now.
   */
  word: 'yields' | 'queued' | 'joined' | 'skipped' | 'own' | 'freed';
  /** When the target is free, as far as is known. */
  at: number | null;
  text: string;
  /** Why one recording cannot cover both windows, where that was wished. */
  whyNot?: string;
  by: { sessionId: string; name: string };
  /** The window that it is about: it may have been moved meanwhile. */
  about: { fromMs: number; untilMs: number | null };
  /** Of `freed`: what the next session must know. */
  inherited?: Inherited;
}

const KEPT = 20;

export function learnNeighbour(state: SessionState, neighbour: Neighbour, effects: Effect[]): void {
  if (neighbour.withdrawn) return forgetNeighbour(state, neighbour);
  const { sessionId, name } = neighbour;
  const before = state.neighbours.find((one) => one.sessionId === sessionId);
  const { word, whyNot } = decideOn(state, neighbour);
  if (word === 'joined') {
    const { owner, untilMs: until } = neighbour;
    const claim = state.claims.find((one) => one.sessionId === sessionId);
    // It ends with its window, also where that is moved; but for one that was extended here.
    if (claim && claim.until === before?.untilMs) claim.until = until;
    addClaim(state, { owner: owner ?? name, until, since: state.at, name, sessionId });
  }
  const text =
    whyNot === undefined
      ? `${WORDS[word]} (the window of ${name} begins ${iso(neighbour.fromMs)})`
      : `${whyNot}; ${WORDS[word]}`;
  if (word !== 'own') {
    const others = state.neighbours.filter((one) => one !== before);
    state.neighbours = [...others, { ...neighbour, word }].slice(-KEPT);
    // It asks again whenever it has found the target taken.
    const { fromMs: from, untilMs: until } = neighbour;
    const moved = before?.fromMs !== from || before.untilMs !== until;
    // What was recorded in a window that has no session of its own is found by this line.
    if (before?.word !== word || moved)
      note(state, 'command', text, { neighbour: sessionId, word, name, from, until });
  }
  effects.push(tell(state, neighbour, { word, text, ...(whyNot !== undefined && { whyNot }) }));
}

function forgetNeighbour(state: SessionState, { sessionId, name, owner }: Neighbour): void {
  const others = state.neighbours.filter((one) => one.sessionId !== sessionId);
  if (others.length < state.neighbours.length)
    note(state, 'command', `the window of ${name} does not come`, {
      neighbour: sessionId,
      word: 'withdrawn',
    });
  state.neighbours = others;
  const covered = state.claims.some((claim) => claim.sessionId === sessionId);
  if (!covered || withdrawClaim(state, sessionId) || state.desired.state === 'stopped') return;
  const { lapsed } = state;
  const before = lapsed ? endOf({ ...state, untilMs: lapsed.until }) : null;
  if (lapsed && before && before.at > state.at) addClaim(state, lapsed);
  else stopFor(state, 'completed', owner ?? name, 'command', 'nobody else wants it');
}

/** A stop has ended claims of other windows: one that had begun is over with it, another gets a session of its own. */
export function endedClaims(state: SessionState): Effect[] {
  const ended = notOver(state).filter(
    ({ word, sessionId }) => word === 'joined' && !state.claims.some((one) => one.sessionId === sessionId),
  );
  return ended.map((one) => {
    if (one.fromMs > state.at) {
      one.word = 'queued';
      return tell(state, one, { word: 'queued', text: WORDS.queued });
    }
    state.neighbours = state.neighbours.filter((other) => other !== one);
    return tell(state, one, {
      word: 'skipped',
      text: `its claim on ${state.plan.specification.name} was ended`,
    });
  });
}

function tell(
  state: SessionState,
  { launcher, fromMs, untilMs }: Neighbour,
  said: Pick<NeighbourWord, 'word' | 'text' | 'whyNot'> & { at?: number },
): Effect {
  const at = said.word === 'skipped' || said.word === 'own' ? null : (endOf(state)?.at ?? null);
  const word: NeighbourWord = { at, ...said, by: byOf(state), about: { fromMs, untilMs } };
  return { kind: 'tell-neighbour', launcher, word };
}

const WORDS: Record<NeighbourWord['word'], string> = {
  yields: 'ends when the next window begins',
  queued: 'another window waits until this one is over',
  joined: 'another window is covered by this recording',
  skipped: 'another window is left out: the target is busy',
  own: 'it is this session',
  freed: 'the target is free',
};

type Decision = Pick<NeighbourWord, 'word' | 'whyNot'>;

function decideOn(state: SessionState, neighbour: Neighbour): Decision {
  if (neighbour.sessionId === state.plan.sessionId) return { word: 'own' };
  if (state.claims.some((claim) => claim.sessionId === neighbour.sessionId)) return { word: 'joined' };
  if (state.desired.state === 'stopped') return { word: 'queued' };
  const overlaps = ownEnd(state) > neighbour.fromMs;
  if (neighbour.busy === 'skip' && overlaps) return { word: 'skipped' };
  const word = overlaps ? 'queued' : 'yields';
  const touches = (endOf(state)?.at ?? Infinity) >= neighbour.recordingFromMs - takeOverMs(state);
  if (neighbour.busy !== 'extend' || !touches) return { word };
  const hindrance = whyNotBoth(state, neighbour);
  if (hindrance === null) return { word: 'joined' };
  return { word, whyNot: `${neighbour.name} is not covered too: ${hindrance}` };
}

/** Why one recording cannot cover both; null when it can. */
function whyNotBoth(state: SessionState, { recordingHash, untilMs }: Neighbour): string | null {
  const { plan } = state;
  if (recordingHash !== plan.recordingHash) return 'it records something else of the target, or elsewhere';
  const changed = changedKinds(state);
  if (changed.length > 0) return `this session was changed since it began (${changed.join(', ')})`;
  const { limitMs } = plan.specification.window;
  if (untilMs === null) return 'its window has no end of its own';
  if (limitMs !== null && untilMs > limitMs) return `maxDuration ends this session at ${iso(limitMs)}`;
  return null;
}

/**
 * The lock is about to be free: the next one begins at once, and knows what this one leaves behind. The others know that
 * nobody they were told of has the target from now on, and ask who has.
 */
export function freedWords(state: SessionState): Effect[] {
  const [next, ...others] = notOver(state);
  if (!next) return [];
  const { lastEndAt, at } = state;
  const inherited = { from: byOf(state), freedAt: at, lastEndAt, made: toRemove(state) };
  const { launcher, fromMs, untilMs } = next;
  const about = { fromMs, untilMs };
  const word: NeighbourWord = { word: 'freed', at, text: WORDS.freed, by: byOf(state), about, inherited };
  const asks = others.map((one) => tell(state, one, { word: 'queued', text: WORDS.queued, at }));
  return [{ kind: 'tell-neighbour', launcher, word }, ...asks];
}

function byOf({ plan }: SessionState): NeighbourWord['by'] {
  return { sessionId: plan.sessionId, name: plan.specification.name };
}
