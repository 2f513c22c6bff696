/** What a look, a callback or a reply shows changes what is believed of a take. */
import type { Edge, Look, Observation } from './facts.ts';
import {
  anySpanOpen,
  beginSpan,
  endSpan,
  iso,
  lostEnd,
  mark,
  note,
  noteTake,
  openSpan,
  raise,
  unseenEnd,
} from './ledger.ts';
import { countRestart } from './retry.ts';
import type { SessionState, Take } from './state.ts';
import { endTake, liveTakes, takeByNumber } from './takes.ts';
import { cleared, trouble } from './troubles.ts';

/** The first file of a recording may take so long to be named: 60 s at the slowest known. */
export const FIRST_FILE_MS = 90_000;
/** Files kept in the state per take; the files workflow knows them all. */
const FILES_KEPT = 20;

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
    if (take && take.status === 'open') observe(state, take, observation, look.at, lastLookAt);
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
  rememberFiles(state, take, seen);
  interruptions(state, take, seen);
  if (seen.empty) withdraw(state, take);
  switch (seen.actual) {
    case 'starting':
      take.suspectSince = null;
      break;
    case 'recording':
      recording(state, take, seen, at, lastLookAt);
      break;
    case 'armed':
    case 'stalled':
      sourceless(state, take, seen, at);
      break;
    case 'paused':
      endSpan(state, take, seen.endedAt ?? unseenEnd(take, at), 'paused');
      take.suspectSince = null;
      break;
    case 'failed':
      if (byOurStop(state, take, at)) return;
      endSpan(
        state,
        take,
        seen.endedAt ?? lostEnd(take, at),
        seen.failure?.cause ?? 'vendor-fault',
        seen.source,
      );
      take.suspectSince = null;
      take.failure = seen.failure ?? null;
      gaveOut(state, take, seen);
      if (seen.failure) trouble(state, 'start', seen.failure);
      break;
    case 'absent':
      absent(state, take, seen, at);
      return;
  }
  take.actual = seen.actual;
  take.absentSince = null;
  take.cutByOutage = false;
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
  if (!span && take.cutByOutage && last?.to && !seen.since) {
    // The recorder seemed to be down and had gone on all the while: the gap was none.
    state.marks = state.marks.filter((one) => one.at < last.to!.at);
    last.to = null;
    last.provedTo = provedTo;
    mark(state, last.from.at, null);
  } else if (!span) {
    // Nobody saw it begin: some time after the look before, or after the start was first sent.
    const notBefore = Math.max(lastLookAt ?? 0, take.calledAt, last?.to?.at ?? 0);
    const from = seen.since ?? { at, plusMinusMs: at - notBefore };
    beginSpan(state, take, from, 'observed', provedTo);
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

function sourceless(state: SessionState, take: Take, seen: Observation, at: number): void {
  take.provedAt ??= seen.actual === 'armed' ? at : null;
  // A source that flows shows with its first file only: whether it is missing is told later.
  const early = take.acceptedAt !== null && at < take.acceptedAt + FIRST_FILE_MS;
  if (!state.plan.traits.seesDrops && take.spans.length === 0 && early) {
    take.suspectSince = null;
    return;
  }
  const edge = seen.endedAt ?? unseenEnd(take, at);
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

/** It will not record again: another one follows, at once for the first time and later each time. */
function gaveOut(state: SessionState, take: Take, seen: Observation): void {
  if (take.retire) return;
  take.retire = seen.failure?.cause ?? 'vendor-fault';
  state.stickyCause = { cause: take.retire, detail: seen.failure?.message ?? seen.source };
  countRestart(state);
}

/** The stop's answer will say how it ended. */
function stopIsUnderWay({ lane }: SessionState, take: Take): boolean {
  return lane?.op === 'stop' && lane.take === take.number;
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
  if (at - take.absentSince < state.plan.traits.absence.proofMs) return;
  if (byOurStop(state, take, at)) return;
  if (take.retire) return;
  const why = 'the recorder no longer knows it';
  endSpan(state, take, lostEnd(take, at), 'vendor-fault', why);
  state.stickyCause = { cause: 'vendor-fault', detail: why };
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

export function sourceUp(state: SessionState, at: number): void {
  const { source } = state;
  if (source.state === 'up') return;
  if (source.state === 'down' && source.since !== null && state.everRecorded) {
    source.longestMs = Math.max(source.longestMs, at - source.since);
  }
  state.source = { ...source, state: 'up', since: at };
}

export function sourceDown(state: SessionState, at: number): void {
  const { source } = state;
  if (source.state === 'down') return;
  const drops = source.state === 'up' ? source.drops + 1 : source.drops;
  state.source = { ...source, state: 'down', since: at, drops };
  if (source.state !== 'up') return;
  note(state, 'gap', `the source is gone since ${iso(at)}`, { cause: 'source-absent', from: iso(at) });
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

function rememberFiles(state: SessionState, take: Take, seen: Observation): void {
  // While the destination refuses our own writes nobody is believed that a file arrived there.
  const refused = state.troubles.refresh?.who === 'destination';
  for (const told of seen.files ?? []) {
    const file = refused && told.state === 'stored' ? { ...told, state: 'named' as const } : told;
    const index = take.files.findIndex(
      (known) => known.sequence === file.sequence && known.name === file.name,
    );
    if (index < 0) take.files.push(file);
    else take.files[index] = { ...take.files[index]!, ...file };
  }
  take.files = take.files.slice(-FILES_KEPT);
  take.fileCount = Math.max(take.fileCount, seen.fileCount ?? 0, take.files.length);
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
