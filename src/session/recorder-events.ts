/**
 * What a vendor tells by itself, in whatever order it comes. It raises evidence, changes what is believed, and makes us
 * look; an end is never believed on its word alone. Neighbours and operators tell by the same way.
 */
import { askForLooks, heard } from './callbacks.ts';
import type { Effect, RecorderEvent } from './events.ts';
import type { FileSeen } from './facts.ts';
import { iso, note, noteTake, openSpan, raise } from './ledger.ts';
import { learnNeighbour } from './neighbours.ts';
import { fileTold } from './observe.ts';
import { maintenanceData } from './shared.ts';
import type { Hint, SessionState, Take } from './state.ts';
import { liveTakes, stopIsUnderWay } from './takes.ts';
import { hearOfMedia, hearOfSource, silencedSince } from './told-source.ts';

const IDS_KEPT = 200;
/** 1 January 2100. */
const LAST_INSTANT = 4_102_444_800_000;
/** Clocks differ, and calls take their time. */
const LATE_WORD_MS = 30_000;
/** A recorder that tells when it began to write knows it. */
const MEDIA_MS = 1_000;

export function learnFromRecorder(state: SessionState, told: RecorderEvent, effects: Effect[]): void {
  const event = inTime(told);
  if (state.heardIds.includes(event.id)) {
    state.callbacks.ignored += 1;
    return;
  }
  state.heardIds = [...state.heardIds, event.id].slice(-IDS_KEPT);
  const past = { ...event, at: Math.min(event.at, state.at) };
  switch (event.kind) {
    case 'boundary':
      if (event.neighbour) learnNeighbour(state, event.neighbour, effects);
      return;
    case 'maintenance':
      announce(state, event);
      return;
    default:
      if (!learn(state, past)) state.callbacks.ignored += 1;
  }
}

/** Anybody can send a signal: an instant that no calendar has would fail the workflow for ever. */
function inTime(event: RecorderEvent): RecorderEvent {
  const bounded = (at: number): number => Math.min(Math.max(at, 0), LAST_INSTANT);
  const { at, since, until } = event;
  return {
    ...event,
    at: bounded(at),
    ...(since !== undefined && { since: bounded(since) }),
    ...(until !== undefined && { until: bounded(until) }),
  };
}

/** @returns false when it is about another session, or about what is over */
function learn(state: SessionState, event: RecorderEvent): boolean {
  const known = takeOf(state, event);
  if (known === undefined) return false;
  if (known === null) return learnOfTarget(state, event);
  if (event.kind === 'file-ready') filesReady(state, known, event);
  else if (!goesOn(state, known, event)) return false;
  else learnOfTake(state, known, event);
  heard(state, known);
  return true;
}

/** null: about the target; undefined: about none of ours. */
function takeOf({ takes }: SessionState, { recording, mark }: RecorderEvent): Take | null | undefined {
  if (recording === undefined && mark === undefined) return null;
  return takes.findLast((take) => {
    const name = take.recording ?? take.named;
    if (recording !== undefined && name !== null) return name === recording;
    return mark !== undefined && (take.mark === mark || take.name.nonce === mark);
  });
}

/** Whether anything can still change for that take; one whose start nobody answered learns its name. */
function goesOn(state: SessionState, take: Take, { kind, recording, at }: RecorderEvent): boolean {
  const nameless = take.recording === null && take.named === null && take.attempts > 0;
  const named = nameless && recording !== undefined;
  if (take.status === 'written-off') {
    if (!named || kind === 'recorder-ended') return false;
    revive(state, take);
  }
  if (take.status === 'ended' || take.attempts === 0) return false;
  if (named) {
    take.named = recording;
    take.namedAt = Math.max(at, take.calledAt);
    delete state.retry.start;
  }
  return true;
}

/** It runs, and now it can be stopped: another one has taken its place. */
function revive(state: SessionState, take: Take): void {
  take.status = 'unanswered';
  take.ended = null;
  take.retire = 'handed-over';
  take.revivedAt = state.at;
  noteTake(state, take, 'is named by a late callback: it is stopped');
}

function learnOfTarget(state: SessionState, event: RecorderEvent): boolean {
  const live = liveTakes(state).filter((take) => !take.retire && take.attempts > 0);
  if (event.kind === 'source-up' || event.kind === 'source-down') {
    sourceWord(state, live, event);
    heard(state, null);
    return true;
  }
  if (event.kind === 'file-ready') return filesOfTarget(state, event);
  // Of several takes nobody can say which is meant, and what began long before it is no word of this one.
  const [only, another] = live;
  if (!only || another || (event.since ?? Infinity) < only.calledAt - LATE_WORD_MS) return false;
  learnOfTake(state, only, event);
  heard(state, only);
  return true;
}

/** A file belongs to the take that was under way when it began, also if that has ended meanwhile. */
function filesOfTarget(state: SessionState, event: RecorderEvent): boolean {
  const takes = state.takes.filter(({ attempts }) => attempts > 0);
  const takeOfFile = ({ from, to }: FileSeen): Take | undefined => {
    const at = from ?? to ?? event.at;
    return takes.findLast(({ calledAt }) => calledAt - LATE_WORD_MS <= at);
  };
  for (const take of takes) {
    const files = (event.files ?? []).filter((file) => takeOfFile(file) === take);
    if (files.length === 0) continue;
    filesReady(state, take, { ...event, files });
    heard(state, take);
  }
  return takes.length > 0;
}

function learnOfTake(state: SessionState, take: Take, event: RecorderEvent): void {
  switch (event.kind) {
    case 'source-up':
    case 'source-down':
      // A recorder that is made to leave tells of streams that it no longer gets.
      if (!take.retire && !stopIsUnderWay(state, take)) sourceWord(state, [take], event);
      break;
    case 'recorder-recording':
      writes(state, take, event);
      break;
    case 'recorder-moved':
      hinted(state, take, event, 'moved');
      break;
    case 'recorder-failed':
      hinted(state, take, event, 'failed');
      break;
    case 'recorder-ended':
      hinted(state, take, event, 'ended');
      break;
  }
}

function sourceWord(state: SessionState, takes: Take[], { at, kind, part = '' }: RecorderEvent): void {
  hearOfSource(state, takes, { at, part, up: kind === 'source-up' });
  // A start that was refused for want of it is worth another try.
  const { start } = state.troubles;
  if (kind === 'source-up' && (start?.who === 'source' || start?.code === 'E_NOT_IN_FORCE'))
    delete state.retry.start;
  if (state.plan.traits.seesDrops) askForLooks(state);
}

/** It writes media: the take is proved, and its span begun. */
function writes(state: SessionState, take: Take, event: RecorderEvent): void {
  const at = Math.min(Math.max(event.since ?? event.at, take.calledAt), state.at);
  if (take.provedAt === null) {
    take.provedAt = state.at;
    noteTake(state, take, `is proved: a callback tells of media since ${iso(at)}`);
  }
  if (take.retire || stopIsUnderWay(state, take)) return;
  raisePast(take, at);
  hearOfMedia(state, take, at);
  const span = openSpan(take);
  if (!span || span.from.at > at) return;
  if (span.from.at === at) span.from.plusMinusMs = Math.min(span.from.plusMinusMs, MEDIA_MS);
  raise(span, 'observed');
  span.provedTo = Math.max(span.provedTo, at);
  // Where looks see drops, the next one is to find what is believed now.
  if (state.plan.traits.seesDrops && take.actual !== 'absent') take.actual = 'recording';
}

/** Late news of a stretch that has ended since. */
function raisePast({ spans }: Take, at: number): void {
  const over = spans.find(({ from, to }) => to !== null && from.at <= at && at <= to.at);
  if (over) raise(over, 'observed');
}

/** Not believed alone: it may be our own stop, or a trouble that it survives. A look tells, at once. */
function hinted(state: SessionState, take: Take, event: RecorderEvent, kind: Hint['kind']): void {
  const { at, failure = null } = event;
  // That it is held, which we have asked for, is no trouble.
  if (kind === 'failed' && !failure && isHeld(state, take)) return;
  take.hint = merged(take.hint, { kind, at, failure, final: event.final === true });
  if (stopIsUnderWay(state, take)) return;
  take.suspectSince ??= state.at;
  askForLooks(state);
}

function isHeld({ lane }: SessionState, take: Take): boolean {
  const underWay = (lane?.op === 'pause' || lane?.op === 'resume') && lane.take === take.number;
  return take.actual === 'paused' || underWay;
}

/** The later word counts; of two ends the first is when media ended. */
function merged(known: Hint | null, told: Hint): Hint {
  if (!known) return told;
  const [earlier, later] = known.at <= told.at ? [known, told] : [told, known];
  const ended = earlier.kind === 'ended' && later.kind === 'ended';
  return {
    ...later,
    at: ended ? earlier.at : later.at,
    final: known.final || told.final,
    failure: earlier.failure ?? later.failure,
  };
}

function filesReady(state: SessionState, take: Take, { files = [] }: RecorderEvent): void {
  if (files.length === 0) return;
  for (const file of files) fileTold(state, take, file);
  const silenced = silencedSince(state, take);
  const later = files.flatMap(({ from }) => (silenced !== null && from !== undefined ? [from] : []));
  const since = Math.min(...later.filter((from) => from > silenced! && from <= state.at));
  if (take.status === 'open' && since < Infinity) hearOfMedia(state, take, since);
  const names = files.map(({ name }) => name);
  note(state, 'files', `take ${take.number}: ${names.length === 1 ? names[0] : `${names.length} files`}`, {
    take: take.number,
    files: names,
  });
}

function announce(state: SessionState, event: RecorderEvent): void {
  const { until, by = 'unnamed', reason = null } = event;
  if (until === undefined) {
    note(state, 'warning', `maintenance announced by ${by}, without an end: it changes nothing`);
    return;
  }
  if (until <= state.at) {
    endMaintenance(state, `${by} has ended it`);
    return;
  }
  state.maintenance = { from: state.maintenance?.from ?? state.at, until, by, reason };
  const why = reason === null ? '' : `: ${reason}`;
  note(state, 'warning', `maintenance until ${iso(until)}, by ${by}${why}`, maintenanceData(state));
}

export function endMaintenance(state: SessionState, why: string): void {
  if (!state.maintenance) return;
  state.maintenance = null;
  note(state, 'recovered', `maintenance is over: ${why}`, maintenanceData(state));
}
