/**
 * Other windows on the same target. The vendors allow one recording of a target, so when another window begins the
 * session that is past its own ends there; one that is not decides what becomes of the other.
 */
import { addClaim } from './claims.ts';
import { coming, endOf, ownEnd, takeOverMs } from './ends.ts';
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
  by: { sessionId: string; name: string };
  /** Of `freed`: what the next session must know. */
  inherited?: Inherited;
}

const KEPT = 20;

export function learnNeighbour(state: SessionState, neighbour: Neighbour, effects: Effect[]): void {
  const { sessionId, launcher, name } = neighbour;
  const others = state.neighbours.filter((one) => one.sessionId !== sessionId);
  if (neighbour.withdrawn) {
    if (others.length < state.neighbours.length)
      note(state, 'command', `the window of ${name} does not come`);
    state.neighbours = others;
    return;
  }
  const [word, why] = decideOn(state, neighbour);
  if (word === 'joined') {
    const { owner, untilMs: until } = neighbour;
    addClaim(state, { owner: owner ?? name, until, since: state.at, name, sessionId });
  }
  const known = { ...neighbour, word };
  if (word !== 'own') state.neighbours = [...others, known].slice(-KEPT);
  const text = why ?? `${WORDS[word]} (the window of ${name} begins ${iso(neighbour.fromMs)})`;
  if (word !== 'own') note(state, 'command', text, { neighbour: sessionId, word });
  const at = word === 'yields' || word === 'queued' ? (endOf(state)?.at ?? null) : null;
  effects.push({ kind: 'tell-neighbour', launcher, word: { word, at, text, by: byOf(state) } });
}

const WORDS: Record<NeighbourWord['word'], string> = {
  yields: 'ends when the next window begins',
  queued: 'another window waits until this one is over',
  joined: 'another window is covered by this recording',
  skipped: 'another window is left out: the target is busy',
  own: 'it is this session',
  freed: 'the target is free',
};

function decideOn(state: SessionState, neighbour: Neighbour): [NeighbourWord['word'], string?] {
  if (neighbour.sessionId === state.plan.sessionId) return ['own'];
  if (state.claims.some((claim) => claim.sessionId === neighbour.sessionId)) return ['joined'];
  if (state.desired.state === 'stopped') return ['queued'];
  const overlaps = ownEnd(state) > neighbour.fromMs;
  if (neighbour.busy === 'skip' && overlaps) return ['skipped'];
  const touches = (endOf(state)?.at ?? Infinity) >= neighbour.recordingFromMs - takeOverMs(state);
  if (neighbour.busy === 'extend' && touches) {
    const hindrance = whyNotBoth(state, neighbour);
    if (hindrance === null) return ['joined'];
    const what = overlaps ? WORDS.queued : WORDS.yields;
    return [overlaps ? 'queued' : 'yields', `${neighbour.name} is not covered too: ${hindrance}; ${what}`];
  }
  return [overlaps ? 'queued' : 'yields'];
}

/** Why one recording cannot cover both; null when it can. */
function whyNotBoth({ plan }: SessionState, { recordingHash, untilMs }: Neighbour): string | null {
  if (recordingHash !== plan.recordingHash) return 'it records something else of the target, or elsewhere';
  const { limitMs } = plan.specification.window;
  if (untilMs === null) return 'its window has no end of its own';
  if (limitMs !== null && untilMs > limitMs) return `maxDuration ends this session at ${iso(limitMs)}`;
  return null;
}

/** The lock is about to be free: the next one begins at once, and knows what this one leaves behind. */
export function freedWords(state: SessionState): Effect[] {
  const [next] = coming(state);
  if (!next) return [];
  const by = byOf(state);
  const made = state.account.released ? [] : state.account.made;
  const inherited: Inherited = { from: by, lastEndAt: state.lastEndAt, made };
  const word: NeighbourWord = { word: 'freed', at: state.at, text: WORDS.freed, by, inherited };
  return [{ kind: 'tell-neighbour', launcher: next.launcher, word }];
}

function byOf({ plan }: SessionState): NeighbourWord['by'] {
  return { sessionId: plan.sessionId, name: plan.specification.name };
}
