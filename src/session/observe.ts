/** What a look, a callback or a reply shows changes what is believed of a take. */
import type { Edge, FileSeen, Look, Observation } from './facts.ts';
import {
  anySpanOpen,
  beginSpan,
  endSpan,
  lostEnd,
  mark,
  noteTake,
  openSpan,
  raise,
  reopenSpan,
  unseenEnd,
} from './ledger.ts';
import { surprised } from './callbacks.ts';
import { joinFile } from './filed.ts';
import { countRestart } from './retry.ts';
import { sourceDown, sourceUp } from './source.ts';
import type { SessionState, Take } from './state.ts';
import { endTake, liveTakes, stopIsUnderWay, takeByNumber } from './takes.ts';
import { hearOfMedia, silencedSince } from './told-source.ts';
import { cleared, trouble } from './troubles.ts';
import { nothingTold, turnsOf } from './words.ts';

const SOURCELESS: ReadonlySet<Take['actual']> = new Set(['armed', 'stalled', 'unsure']);

/** The first file of a recording may take so long to be named: 60 s at the slowest known. */
export const FIRST_FILE_MS = 90_000;
/** Files in the state per take: as many as one event can tell. The part that it makes takes them to the archive. */
const FILES_KEPT = 500;

/** What the watch remembers besides the look itself. */
interface Memory {
  lastGood: Record<string, number>;
  lastLookAt: number | null;
}

const NO_MEMORY: Memory = { lastGood: {}, lastLookAt: null };

export function learnFromLook(state: SessionState, look: Look, memory: Memory = NO_MEMORY): void {
  const { lastGood, lastLookAt } = memory;
  for (const take of state.takes) {
    const at = lastGood[take.number];
    if (at !== undefined) take.lastGoodAt = Math.max(take.lastGoodAt ?? 0, at);
  }
  if ('unreachable' in look) {
    nobodyAnswers(state, look);
    return;
  }
  cleared(state, 'look');
  cleared(state, 'worker');
  for (const observation of look.seen) {
    const take = takeByNumber(state, observation.take);
    // One reading may serve many looks, and be older than the answer that it is to be compared with.
    if (!take || take.status !== 'open' || look.at < take.touchedAt) continue;
    surprised(state, take, observation);
    observe(state, take, observation, look.at, lastLookAt);
  }
}

/** A vendor that does not answer proves nothing, unless the refusal itself says that the recorder is down. */
function nobodyAnswers(state: SessionState, look: Extract<Look, { unreachable: unknown }>): void {
  const { unreachable } = look;
  const down =
    state.plan.traits.refusedConnection === 'recorder-down' && unreachable.vendor?.code === 'ECONNREFUSED';
  for (const take of liveTakes(state)) {
    if (take.status !== 'open') continue;
    take.suspectSince ??= look.at;
    if (!down || !openSpan(take)) continue;
    endSpan(state, take, unseenEnd(take, look.at), 'vendor-fault', unreachable.message);
    take.cutByOutage = true;
  }
  trouble(state, 'look', unreachable);
}

/** `lastLookAt`: the look before, when all was still as believed. */
export function observe(
  state: SessionState,
  take: Take,
  seen: Observation,
  at: number,
  lastLookAt: number | null = null,
): void {
  if (seen.lastGoodAt !== undefined) take.lastGoodAt = Math.max(take.lastGoodAt ?? 0, seen.lastGoodAt);
  if (seen.requestId) take.requestIds = [...take.requestIds, seen.requestId].slice(-5);
  for (const file of seen.files ?? []) remember(state, take, file);
  take.fileCount = Math.max(take.fileCount, seen.fileCount ?? 0, take.files.length);
  interruptions(state, take, seen);
  if (seen.empty) withdraw(state, take);
  switch (seen.actual) {
    case 'starting':
      take.suspectSince = null;
      break;
    case 'recording':
      recording(state, take, seen, at, lastLookAt);
      break;
    case 'presumed':
      presumed(state, take, seen, at, lastLookAt);
      break;
    case 'unsure':
      // Our own stop is being sent: its answer tells what it ended.
      if (take.stopAskedAt !== null || stopIsUnderWay(state, take)) return;
      anew(state, take, seen, at);
      break;
    case 'armed':
    case 'stalled':
      sourceless(state, take, seen, at);
      break;
    case 'paused':
      endSpan(state, take, seen.endedAt ?? heldAt(take, at) ?? unseenEnd(take, at), 'paused');
      take.suspectSince = null;
      break;
    case 'failed':
      if (byOurStop(state, take, at)) return;
      endSpan(
        state,
        take,
        seen.endedAt ?? toldEnd(take, at) ?? lostEnd(take, at),
        seen.failure?.cause ?? 'vendor-fault',
        seen.source,
      );
      take.suspectSince = null;
      // What a callback told of the reason says more than that it is over.
      take.failure = take.hint?.failure ?? seen.failure ?? null;
      gaveOut(state, take, seen);
      if (take.failure) trouble(state, 'start', take.failure);
      break;
    case 'absent':
      absent(state, take, seen, at);
      return;
  }
  // What was proved once, by a callback, is not made less by a look that cannot prove it.
  const stillProved = seen.actual === 'presumed' && take.actual === 'recording';
  if (!stillProved) take.actual = seen.actual;
  if (seen.actual !== 'unsure') take.cameAt = null;
  take.absentSince = null;
  take.cutByOutage = false;
  take.hint = null;
  // Looks that see drops have the last word, until the next callback.
  if (state.plan.traits.seesDrops) {
    const settledTo = SOURCELESS.has(seen.actual) ? at : (seen.since?.at ?? 0);
    take.told = nothingTold(Math.max(take.told.before.at, settledTo));
  }
  fileEvidence(take, seen);
}

function recording(
  state: SessionState,
  take: Take,
  seen: Observation,
  at: number,
  lastLookAt: number | null,
): void {
  const span = openSpan(take);
  const last = take.spans.at(-1);
  const provedTo = Math.max(seen.lastGoodAt ?? at, seen.since?.at ?? 0);
  if (take.provedAt === null) {
    take.provedAt = at;
    noteTake(state, take, `is proved: ${seen.source}`);
  }
  const silenced = span ? null : silencedSince(state, take);
  if (silenced !== null && (seen.since?.at ?? 0) <= silenced) {
    // The recorder is well, and a callback has told that nobody sends anything.
    take.suspectSince = null;
    return;
  }
  if (!span && take.cutByOutage && last?.to && !seen.since) {
    // The recorder seemed to be down and had gone on all the while.
    reopenSpan(state, take);
    last.provedTo = provedTo;
  } else if (!span) {
    const from = sinceOf(seen, last) ?? unseenBegin(state, take, at, lastLookAt);
    beginSpan(state, take, from, 'observed', provedTo);
    if (seen.since && !state.plan.traits.seesDrops) hearOfMedia(state, take, seen.since.at);
  } else if (take.actual === 'absent' && take.suspectSince !== null) {
    // It was not found for a while: it has been moved, and what came meanwhile is lost.
    endSpan(state, take, unseenEnd(take, take.suspectSince), 'vendor-fault', 'not found for a while');
    beginSpan(state, take, { at, plusMinusMs: at - take.suspectSince }, 'observed', provedTo);
  } else {
    raise(span, 'observed');
    span.provedTo = Math.max(span.provedTo, provedTo);
  }
  take.suspectSince = null;
  sourceUp(state, openSpan(take)?.from.at ?? at);
}

/** By a pause of ours whose reply was lost, and not before that was sent. */
function heldAt({ holdUnknown }: Take, now: number): Edge | null {
  return holdUnknown?.op === 'pause' ? { at: holdUnknown.at, plusMinusMs: now - holdUnknown.at } : null;
}

/** Its source is there, and nobody says that it does not record: that is inferred, and raised when a callback or a file tells. */
function presumed(
  state: SessionState,
  take: Take,
  seen: Observation,
  at: number,
  lastLookAt: number | null,
): void {
  take.suspectSince = null;
  if (!openSpan(take)) {
    const from = seen.since ?? unseenBegin(state, take, at, lastLookAt);
    beginSpan(state, take, from, 'inferred', from.at);
  }
  sourceUp(state, openSpan(take)?.from.at ?? at);
}

/** It was gone and has come anew; whether the take goes on with it is to be asked. */
function anew(state: SessionState, take: Take, seen: Observation, at: number): void {
  const cameAt = seen.since?.at ?? at;
  take.cameAt ??= seen.since ?? { at, plusMinusMs: at - (take.spans.at(-1)?.to?.at ?? take.calledAt) };
  const edge = seen.endedAt ?? unseenEnd(take, cameAt);
  betterEnd(state, take, edge);
  const dropped = openSpan(take) !== undefined;
  endSpan(state, take, edge, 'source-absent', null);
  take.suspectSince = null;
  if (dropped && !anySpanOpen(state)) sourceDown(state, edge.at);
  state.stickyCause = { cause: 'source-absent', detail: null };
  sourceUp(state, cameAt);
}

/** Nobody saw it begin: some time after the look before, or after the start was first sent. */
function unseenBegin(state: SessionState, take: Take, at: number, lastLookAt: number | null): Edge {
  const notBefore = Math.max(lastLookAt ?? 0, take.calledAt, take.spans.at(-1)?.to?.at ?? 0);
  return toldBegin(state, notBefore, at) ?? { at, plusMinusMs: at - notBefore };
}

/** What began before a drop that was seen is not what began after it. */
function sinceOf({ since }: Observation, last: Take['spans'][number] | undefined): Edge | null {
  if (!since || (last?.to && since.at + since.plusMinusMs < last.to.at - last.to.plusMinusMs)) return null;
  return since;
}

/** A callback has told that the source is back: a look has confirmed it since, and media began in between. */
function toldBegin({ source }: SessionState, notBefore: number, at: number): Edge | null {
  const { announcedAt } = source;
  if (announcedAt === null || announcedAt <= notBefore || announcedAt > at) return null;
  return { at: announcedAt, plusMinusMs: at - announcedAt };
}

/** When a take that has ended wrote its last media, by the callback that told its end. */
export function toldEnd(take: Take, now: number): Edge | null {
  if (take.hint?.kind !== 'ended' || !openSpan(take)) return null;
  // Where nothing was heard of its source, that may have gone as long before as the recorder waits for it.
  const blindMs = take.told.words.length > 0 || take.told.before.at > 0 ? 0 : take.blindMs;
  return { at: Math.min(take.hint.at, now), plusMinusMs: Math.max(2_000, blindMs) };
}

function sourceless(state: SessionState, take: Take, seen: Observation, at: number): void {
  take.provedAt ??= seen.actual === 'armed' ? at : null;
  // A source that flows shows with its first file only: whether it is missing is told later.
  const early = take.acceptedAt !== null && at < take.acceptedAt + FIRST_FILE_MS;
  if (!state.plan.traits.seesDrops && take.spans.length === 0 && early) {
    take.suspectSince = null;
    return;
  }
  // The same of one whose return a callback has told.
  if (at < (firstMediaBy(state, take) ?? 0)) {
    take.suspectSince = null;
    return;
  }
  const edge = seen.endedAt ?? unseenEnd(take, at);
  betterEnd(state, take, edge);
  const hadSpan = openSpan(take) !== undefined;
  const why = seen.actual === 'stalled' ? 'connected, but no frames arrive' : null;
  endSpan(state, take, edge, 'source-absent', why);
  // The first word since it was accepted: nothing has come all the while.
  if (take.actual === null && take.spans.length === 0 && take.acceptedAt !== null)
    mark(state, take.acceptedAt, 'source-absent', why);
  take.suspectSince = null;
  // Of a source that another take records, that one tells.
  if (!anySpanOpen(state)) sourceDown(state, hadSpan ? edge.at : (take.acceptedAt ?? at));
}

/** A span that a callback began, and that no look can confirm yet: until when one must have. */
export function firstMediaBy({ plan }: SessionState, take: Take): number | null {
  const span = openSpan(take);
  if (plan.traits.seesDrops || !span || turnsOf(take.told).at(-1)?.up !== true) return null;
  return span.from.at + FIRST_FILE_MS;
}

/** A look tells more exactly when it ended what a callback has ended. */
function betterEnd(state: SessionState, take: Take, edge: Edge): void {
  const last = take.spans.at(-1);
  if (!last?.to || last.to.plusMinusMs <= edge.plusMinusMs) return;
  if (Math.abs(last.to.at - edge.at) > last.to.plusMinusMs || edge.at < last.from.at) return;
  if (edge.at < last.to.at) mark(state, edge.at, 'source-absent');
  last.to = edge;
}

/** It was lost, and not by the drop that a callback told of: nobody knows whether it still recorded until then. */
function doubtToldEnd({ plan }: SessionState, take: Take): void {
  const last = take.spans.at(-1);
  const told = turnsOf(take.told).at(-1);
  if (!plan.traits.seesDrops || !plan.traits.survivesDrop || !last?.to || told?.at !== last.to.at) return;
  const proved = Math.max(last.provedTo, Math.min(take.lastGoodAt ?? 0, last.to.at));
  last.to.plusMinusMs = Math.max(last.to.plusMinusMs, last.to.at - proved);
}

/** It will not record again: another one follows, at once for the first time and later each time. */
function gaveOut(state: SessionState, take: Take, seen: Observation): void {
  if (take.retire) return;
  take.retire = seen.failure?.cause ?? 'vendor-fault';
  state.stickyCause = { cause: take.retire, detail: seen.failure?.message ?? seen.source };
  countRestart(state);
}

/** Its end is our own stop's, which is under way, or whose reply was lost: no fault of the vendor's. */
function byOurStop(state: SessionState, take: Take, at: number): boolean {
  if (stopIsUnderWay(state, take)) return true;
  if (take.stopAskedAt === null) return false;
  stoppedAt(state, take, { at: take.stopAskedAt, plusMinusMs: at - take.stopAskedAt }, 'stopped');
  return true;
}

function absent(state: SessionState, take: Take, seen: Observation, at: number): void {
  if (stopIsUnderWay(state, take)) return;
  take.suspectSince ??= at;
  take.absentSince ??= at;
  take.actual = 'absent';
  // Also after a stop of unknown outcome: it may not have been applied, and this be a failover.
  const { hint } = take;
  if (at - take.absentSince < state.plan.traits.absence.proofMs && !hint?.final) return;
  if (byOurStop(state, take, at)) return;
  if (take.retire) return;
  const { cause = 'vendor-fault', message: why = 'the recorder no longer knows it' } = hint?.failure ?? {};
  endSpan(state, take, toldEnd(take, at) ?? lostEnd(take, at), cause, why);
  doubtToldEnd(state, take);
  state.stickyCause = { cause, detail: why };
  if (hint?.failure) trouble(state, 'start', hint.failure);
  noteTake(state, take, `is gone at the recorder: ${seen.source}`);
  // A stop by name confirms it before another take begins: were it still there, there would be two.
  take.retire = 'vendor-fault';
  delete state.retry.stop;
  countRestart(state);
}

function interruptions(state: SessionState, take: Take, seen: Observation): void {
  for (const { from, to } of seen.interruptions ?? []) {
    if (!openSpan(take)) continue;
    endSpan(state, take, from, 'source-absent', 'seen only afterwards');
    sourceDown(state, from.at);
    beginSpan(state, take, to, 'observed', to.at);
    sourceUp(state, to.at);
  }
}

/** What was believed to be recorded was not: the vendor itself says that there is nothing. */
function withdraw(state: SessionState, take: Take): void {
  for (const span of take.spans) {
    mark(state, span.from.at, 'source-absent', 'the recorder says that nothing was recorded');
    span.to = { at: span.from.at, plusMinusMs: span.to?.plusMinusMs ?? 0 };
    span.provedTo = span.from.at;
    // What the archive has of that time is written again.
    state.part.marksTo = Math.min(state.part.marksTo, span.from.at);
  }
}

function remember(state: SessionState, take: Take, told: FileSeen): FileSeen {
  // While the destination refuses our own writes nobody is believed that a file arrived there.
  const refused = state.troubles.refresh?.who === 'destination';
  const file = refused && told.state === 'stored' ? { ...told, state: 'named' as const } : told;
  const index = take.files.findIndex((known) => known.sequence === file.sequence && known.name === file.name);
  const known = take.files[index];
  if (!known) take.files = [...take.files, { ...file, fresh: true as const }].slice(-FILES_KEPT);
  else if (differs(known, file)) take.files[index] = { ...known, ...file, fresh: true };
  joinFile(take, file);
  return file;
}

function differs(known: FileSeen, file: FileSeen): boolean {
  return (Object.keys(file) as (keyof FileSeen)[]).some((field) => known[field] !== file[field]);
}

/** A file that a callback tells of raises the spans that lie within it. */
export function fileTold(state: SessionState, take: Take, told: FileSeen): void {
  const { state: is, from, to } = remember(state, take, told);
  take.fileCount = Math.max(take.fileCount, take.files.length);
  if (from === undefined || to === undefined || (is !== 'named' && is !== 'stored')) return;
  for (const span of take.spans) {
    if (!span.to || span.from.at < from - span.from.plusMinusMs) continue;
    if (span.to.at <= to + span.to.plusMinusMs) raise(span, is === 'stored' ? 'stored' : 'filed');
  }
}

/** A file that the vendor names raises what it covers. */
export function fileEvidence(take: Take, seen: Observation): void {
  if (seen.filedUntil === undefined) return;
  for (const span of take.spans) {
    if (span.to && span.to.at <= seen.filedUntil + span.to.plusMinusMs) raise(span, 'filed');
  }
}

/** Ends what is open when a stop was confirmed at `edge`. */
export function stoppedAt(state: SessionState, take: Take, edge: Edge, how: string): void {
  const paused = state.desired.state === 'paused';
  const retired = take.retire === 'handed-over' ? 'vendor-fault' : take.retire;
  const cause = retired ?? (paused ? 'paused' : 'late-start');
  const detail = paused ? [state.desired.by, state.desired.reason].filter(Boolean).join(', ') : null;
  // Until the next take records, the reason stays the same.
  state.stickyCause = { cause, detail };
  endSpan(state, take, edge, cause, detail);
  endTake(state, take, how);
}
