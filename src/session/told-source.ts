/**
 * What callbacks tell of the source, in the ledger. Where looks see drops, a callback is a hint that looks confirm within
 * seconds; where they do not, it is the only witness, and what it says stands until another callback, or media that is
 * known to be later, says otherwise.
 */
import type { Edge } from './facts.ts';
import { cutOut, fillIn, mark } from './ledger.ts';
import { sourceDown, sourceUp } from './source.ts';
import type { SessionState, Take } from './state.ts';
import { canWrite, liveTakes } from './takes.ts';
import { toldAt, turnsOf, withWord, type Turn, type Word } from './words.ts';

/** A callback tells its instant well enough: packets, clocks and media differ by so much. */
const TOLD_MS = 2_000;
const TOLD = 'a callback tells it, and no look can';

const RECORDS: ReadonlySet<Take['actual']> = new Set(['recording', 'presumed']);

const told = (at: number): Edge => ({ at, plusMinusMs: TOLD_MS });

export function hearOfSource(state: SessionState, takes: Take[], word: Word): void {
  if (state.plan.traits.seesDrops) {
    hint(state, takes, word);
    return;
  }
  const learned = takes.filter((take) => learnWord(state, take, word));
  if (learned.length > 0) sourceOf(state);
  else if (takes.length === 0 && word.at >= (state.source.since ?? 0)) setSource(state, word.up, word.at);
}

/** Media is written from `at` on: no look need confirm that. */
export function hearOfMedia(state: SessionState, take: Take, at: number): void {
  learnWord(state, take, { at, part: '', up: true });
  sourceOf(state);
}

/** What was told of a take before its start was answered. */
export function toldBeforehand(state: SessionState, take: Take): void {
  amend(state, take, [], turnsOf(take.told));
}

/** The last word on its source, where no look sees a drop: it has gone, and nothing later is known. */
export function silencedSince({ plan }: SessionState, take: Take): number | null {
  if (plan.traits.seesDrops) return null;
  const last = turnsOf(take.told).at(-1);
  return last && !last.up ? last.at : null;
}

/** A look is at once to confirm or to correct it; what it has seen since counts more. */
function hint(state: SessionState, takes: Take[], word: Word): void {
  // Of one stream of several nothing is concluded.
  if (word.part !== '') return;
  const { source } = state;
  const current = word.at >= (source.since ?? 0);
  if (word.up) {
    source.announcedAt = Math.max(source.announcedAt ?? 0, word.at);
    if (current) setSource(state, true, word.at);
    return;
  }
  for (const take of takes) {
    if (lookedSince(state, take, word.at)) over(state, take, word.at);
    else if (learnWord(state, take, word) && canWrite(take)) {
      if (take.actual === null || RECORDS.has(take.actual)) take.actual = 'armed';
    }
  }
  const past = (source.announcedAt ?? 0) > word.at || takes.some((take) => lookedSince(state, take, word.at));
  if (current && !past) setSource(state, false, word.at);
}

/** A look after that found media, and would have told if not: the source was back, or had never gone. */
function lookedSince(state: SessionState, take: Take, at: number): boolean {
  if ((take.lastGoodAt ?? 0) > at) return true;
  const { plan, callbacks, troubles } = state;
  const { everyMs, withCallbacksMs } = plan.looks;
  const pace = callbacks.healthy ? Math.max(everyMs, withCallbacksMs) : everyMs;
  const undisturbed = take.suspectSince === null && !troubles.look && !troubles.worker;
  return take.actual === 'recording' && undisturbed && at < state.at - pace * 1.2 - TOLD_MS;
}

/** A drop that is past: it comes into the ledger where its end is told too, and it fits between two looks. */
function over(state: SessionState, take: Take, at: number): void {
  const { announcedAt } = state.source;
  if (announcedAt === null || announcedAt <= at || announcedAt - at > state.plan.looks.everyMs) return;
  const { lastGoodAt } = take;
  if (lastGoodAt !== null && lastGoodAt > at && lastGoodAt < announcedAt) return;
  const known = take.spans.some(({ to }) => to && Math.abs(to.at - at) <= to.plusMinusMs + TOLD_MS);
  if (!known) cut(state, take, told(at), told(announcedAt));
}

function learnWord(state: SessionState, take: Take, word: Word): boolean {
  const before = turnsOf(take.told);
  const learned = withWord(take.told, word, state.at);
  if (learned === null) return false;
  take.told = learned;
  if (take.status === 'open' && !take.retire) amend(state, take, before, turnsOf(learned));
  return true;
}

/** Brings the spans of a take from what was told before to what is told now. */
function amend(state: SessionState, take: Take, before: Turn[], after: Turn[]): void {
  const from = Math.max(take.calledAt, take.idleTo, state.settledTo);
  const turns = [...before, ...after].map(({ at }) => at).filter((at) => at > from);
  const instants = [...new Set([from, ...turns])].toSorted((a, b) => a - b);
  for (const [index, at] of instants.entries()) {
    const was = toldAt(before, at);
    const is = toldAt(after, at);
    const next = instants[index + 1];
    const to = next === undefined ? null : told(next);
    if (is === was || is === null) continue;
    if (!is) cut(state, take, told(at), to);
    else if (to !== null || canWrite(take)) fillIn(state, take, told(at), to);
  }
}

function cut(state: SessionState, take: Take, from: Edge, to: Edge | null): void {
  const why = state.plan.traits.seesDrops ? null : TOLD;
  if (!isCovered(state, from.at)) mark(state, from.at, 'source-absent', why);
  cutOut(state, take, from, to, why);
  if (to === null) return;
  state.source.drops += 1;
  state.source.longestMs = Math.max(state.source.longestMs, to.at - from.at);
}

function isCovered({ takes }: SessionState, at: number): boolean {
  return takes.some(({ spans }) =>
    spans.some(({ from, to }) => from.at <= at && (to === null || to.at > at)),
  );
}

/** It is there while any recorder of ours gets it. */
function sourceOf(state: SessionState): void {
  const last = liveTakes(state).flatMap((take) => turnsOf(take.told).slice(-1));
  const up = last.filter((turn) => turn.up).map(({ at }) => at);
  if (up.length > 0) setSource(state, true, Math.min(...up));
  else if (last.length > 0) setSource(state, false, Math.max(...last.map(({ at }) => at)));
}

function setSource(state: SessionState, up: boolean, at: number): void {
  if (up) sourceUp(state, at, 'callback');
  else sourceDown(state, at, 'callback');
}
