/**
 * From one record as `:records` shows it, and what the former look remembers, to what the take really is. Pure: all
 * instants are on our clock. The rule throughout: never claim media that the counters do not show.
 */
import type { Edge, Observation } from '../../session/facts.ts';
import { between, clamp, countersOf, exactly, EXACT_MS } from './counters.ts';
import type { Counters } from './counters.ts';
import { closedFiles, latest, openFile } from './files.ts';
import type { TakeFiles } from './files.ts';
import { endOfSegment, interruptionsBetween } from './interruptions.ts';
import type { TakeMemory } from './memory.ts';
import type { OmeRecord } from './wire.ts';

/** Byte counts that stand still for less than this may be a hiccup between two packets. */
const FROZEN_MS = 2_000;
/** A segment so young that its bytes can only have come since the take was last thought of. */
const YOUNG_MS = 120_000;

export interface Sight {
  take: number;
  now: number;
  /** How far the vendor's clock is ahead of ours. */
  skewMs: number;
  /** Whether `interval` or `schedule` is set: only then can a higher sequence be something else than a return. */
  splits: boolean;
  files: TakeFiles;
  /** What the session believes of the take; it stands in for a memory that a report has ended. */
  belief?: string;
}

export interface Seen {
  observation: Observation;
  memory: TakeMemory | null;
}

export function observe(record: OmeRecord, before: TakeMemory | null, sight: Sight): Seen {
  const counters = countersOf(record, sight.now, sight.skewMs);
  // A sequence that went back is another task under our name: nothing that we remember is true of it.
  const known = before && record.state !== 'ready' && counters.sequence < before.sequence ? null : before;
  if (record.state === 'recording' || record.state === 'stopping')
    return recording(record, counters, known, sight);
  if (record.state === 'stopped') return stopped(counters, known, sight);
  if (record.state === 'error') return failed(counters, known, sight);
  return ready(known, sight);
}

/** `[]` is definite: OvenMediaEngine persists nothing, so a record that is not listed has been forgotten. */
export function absent(before: TakeMemory | null, sight: Sight): Seen {
  const ended =
    before?.phase === 'recording' ? between(before.lastAt ?? before.at, sight.now) : before?.ended;
  return {
    observation: {
      take: sight.take,
      actual: 'absent',
      ...(ended && { endedAt: ended }),
      ...(before?.lastAt && { lastGoodAt: before.lastAt }),
      source: 'records lists no such id',
    },
    memory: null,
  };
}

function recording(record: OmeRecord, counters: Counters, before: TakeMemory | null, sight: Sight): Seen {
  // One look cannot tell that frames arrive again: what was stalled stays so until the bytes have moved.
  if (!before && sight.belief === 'stalled') return stalled(counters, null, null, sight);
  const grew = hasGrown(counters, before, sight.now);
  const stall = grew || !before ? null : stallOf(counters, before, sight.now);
  if (before && stall) return stalled(counters, before, stall.ended, sight);

  const interruptions =
    before?.phase === 'recording' ? interruptionsBetween(before, counters, sight.splits) : [];
  const since = beginOfStretch(counters, before, interruptions, grew, sight);
  const ended = interruptions.at(-1)?.from ?? formerEnd(counters, before);
  const lastAt = grew ? (counters.lastAt ?? sight.now) : (before?.lastAt ?? counters.startedAt);
  const observation: Observation = {
    take: sight.take,
    actual: 'recording',
    ...(since && { since }),
    ...(ended && { endedAt: ended }),
    ...(lastAt !== null && { lastGoodAt: lastAt }),
    ...(interruptions.length > 0 && { interruptions }),
    ...filesWhileOpen(counters, before, interruptions, sight),
    source: `records state "${record.state}", sequence ${counters.sequence}, ${counters.bytes} bytes`,
  };
  const memory = remember(counters, before, sight, {
    phase: 'recording',
    lastAt,
    grew,
    since,
    ended: ended ?? null,
  });
  return { observation, memory };
}

/** Bytes are the only sign of life: state and `recordTime` may go on while nothing arrives (tried). */
function hasGrown(counters: Counters, before: TakeMemory | null, now: number): boolean {
  if (before) {
    if (counters.sequence > before.sequence) return counters.runBytes > 0 || counters.bytes > before.bytes;
    return counters.bytes > before.bytes;
  }
  return counters.runBytes > 0 && counters.startedAt !== null && now - counters.startedAt <= YOUNG_MS;
}

/** Whether the counters have stood still for long enough, and since when, where they tell more than the looks. */
function stallOf(counters: Counters, before: TakeMemory, now: number): { ended: Edge | null } | null {
  if (before.phase === 'stalled') return { ended: before.ended };
  const { runBytes, startedAt, lastAt } = counters;
  if (runBytes === 0 && startedAt !== null && startedAt > before.grewAt - EXACT_MS) {
    // The stream is there, and not one packet of it was written yet.
    return now - startedAt >= FROZEN_MS + EXACT_MS ? { ended: exactly(startedAt) } : null;
  }
  if (before.phase !== 'recording' || now - before.grewAt < FROZEN_MS) return null;
  // Versions whose `recordTime` stands still with the packets tell the very instant.
  if (lastAt !== null && lastAt <= before.grewAt + EXACT_MS && lastAt < now - FROZEN_MS) {
    return { ended: exactly(lastAt) };
  }
  return { ended: before.beforeGrewAt === null ? null : between(before.beforeGrewAt, before.grewAt) };
}

function stalled(counters: Counters, before: TakeMemory | null, ended: Edge | null, sight: Sight): Seen {
  const lastAt = ended
    ? Math.min(before?.lastAt ?? ended.at, ended.at)
    : (before?.lastAt ?? counters.startedAt);
  return {
    observation: {
      take: sight.take,
      actual: 'stalled',
      ...(ended && { endedAt: ended }),
      ...(lastAt !== null && { lastGoodAt: lastAt }),
      ...filesWhileOpen(counters, before, [], sight),
      source: `records state "recording", bytes stand at ${counters.bytes}`,
    },
    memory: remember(counters, before, sight, { phase: 'stalled', lastAt, grew: false, since: null, ended }),
  };
}

function beginOfStretch(
  counters: Counters,
  before: TakeMemory | null,
  interruptions: { to: Edge }[],
  grew: boolean,
  sight: Sight,
): Edge | null {
  const { startedAt } = counters;
  const returned = interruptions.at(-1);
  if (returned) return returned.to;
  if (before?.phase === 'recording') return before.since;
  const newSegment = before !== null && counters.sequence > before.sequence;
  // Armed when last thought of: whatever was split since, this segment at least is new.
  if (!before && sight.belief === 'armed' && startedAt !== null) return exactly(startedAt);
  if (before?.phase === 'stalled' && !(newSegment && !sight.splits)) {
    return grew ? between(before.at, Math.max(before.at, counters.lastAt ?? sight.now)) : null;
  }
  if (startedAt === null) return null;
  if (!sight.splits || counters.sequence === (before?.sequence ?? 0)) return exactly(startedAt);
  // It came back and was split since: all that was recorded since then lies before the last packet.
  const recorded = before ? counters.timeMs - before.timeMs : 0;
  if (!before || before.lastAt === null) return before ? exactly(startedAt) : null;
  return exactly(clamp((counters.lastAt ?? startedAt) - recorded, before.at, startedAt));
}

/** Counters that are visible again can tell the former end more exactly than the looks could. */
function formerEnd(counters: Counters, before: TakeMemory | null): Edge | null {
  if (!before || before.phase === 'recording') return null;
  if (before.phase === 'stalled' || !before.ended || before.ended.plusMinusMs <= EXACT_MS)
    return before.ended;
  if (counters.sequence !== before.sequence + 1) return before.ended;
  const exact = endOfSegment(before, counters.timeMs - counters.runMs);
  return exact === null ? before.ended : exactly(Math.min(exact, counters.startedAt ?? exact));
}

/** The stream has gone away and the task is armed: `stopped` does not mean done. */
function stopped(counters: Counters, before: TakeMemory | null, sight: Sight): Seen {
  const ended = endWhenStopped(counters, before);
  const ran = before === null || counters.sequence > before.sequence;
  const interruptions =
    before?.phase === 'recording'
      ? interruptionsBetween(before, { ...counters, runMs: 0 }, sight.splits, ended)
      : [];
  const since = stretchBefore(counters, before, interruptions, ran, sight);
  const to = ended?.at ?? null;
  const files = closedFiles(sight.files, before?.sequence ?? 0, counters.sequence, {
    ...(counters.startedAt !== null && { from: counters.startedAt }),
    ...(to !== null && { to }),
  });
  return {
    observation: {
      take: sight.take,
      actual: 'armed',
      ...(since && { since }),
      ...(ended && { endedAt: ended, lastGoodAt: ended.at }),
      ...(interruptions.length > 0 && { interruptions }),
      ...(to !== null && counters.sequence > 0 && { filedUntil: to }),
      ...(files.length > 0 && { files }),
      fileCount: counters.sequence,
      source: `records state "stopped": the stream is gone, the task is armed, sequence ${counters.sequence}`,
    },
    memory: remember(counters, before, sight, { phase: 'armed', lastAt: to, grew: ran, since: null, ended }),
  };
}

/** Begin of a stretch that began and ended since the former look; only then is it news. */
function stretchBefore(
  counters: Counters,
  before: TakeMemory | null,
  interruptions: { to: Edge }[],
  ran: boolean,
  sight: Sight,
): Edge | null {
  const returned = interruptions.at(-1);
  if (returned) return returned.to;
  if (!ran || counters.startedAt === null || before?.phase === 'recording') return null;
  if (before?.phase === 'stalled' && counters.sequence === before.sequence + 1) return null;
  if (sight.splits && counters.sequence > (before?.sequence ?? 0) + 1) return null;
  return exactly(counters.startedAt);
}

/** `finishTime` is when the vendor noticed; the recorded time tells when the last packet came, if that was earlier. */
function endWhenStopped(counters: Counters, before: TakeMemory | null): Edge | null {
  const { finishedAt } = counters;
  if (before?.phase === 'stalled' && counters.bytes <= before.bytes) return before.ended;
  if (before?.phase === 'armed' && counters.sequence <= before.sequence)
    return before.ended ?? orExactly(finishedAt);
  if (finishedAt === null) return before ? between(before.lastAt ?? before.at, before.at) : null;
  const byTime =
    before && counters.sequence === before.sequence + 1
      ? endOfSegment(before, counters.timeMs)
      : counters.sequence === 1 && counters.startedAt !== null
        ? counters.startedAt + counters.timeMs
        : null;
  return exactly(byTime !== null && byTime < finishedAt - EXACT_MS ? byTime : finishedAt);
}

function orExactly(at: number | null): Edge | null {
  return at === null ? null : exactly(at);
}

/** Armed. Any other start or stop in the application also turns `stopped` into this and hides the counters. */
function ready(before: TakeMemory | null, sight: Sight): Seen {
  const ended =
    before?.phase === 'recording' ? between(before.lastAt ?? before.at, sight.now) : (before?.ended ?? null);
  const memory: TakeMemory = before
    ? { ...before, at: sight.now, phase: 'armed', since: null, ended }
    : {
        at: sight.now,
        phase: 'armed',
        sequence: 0,
        bytes: 0,
        timeMs: 0,
        startedAt: null,
        lastAt: null,
        grewAt: sight.now,
        beforeGrewAt: null,
        since: null,
        ended: null,
      };
  return {
    observation: {
      take: sight.take,
      actual: 'armed',
      ...(ended && { endedAt: ended }),
      ...(before?.lastAt && { lastGoodAt: before.lastAt }),
      source: 'records state "ready": armed, no stream',
    },
    memory,
  };
}

/** It will not write again. `finishTime` is then that of an earlier segment; the counters tell the last good packet. */
function failed(counters: Counters, before: TakeMemory | null, sight: Sight): Seen {
  const wrote = counters.bytes > 0 || (before?.bytes ?? 0) > 0;
  const last = counters.lastAt ?? (wrote ? counters.finishedAt : null);
  const ended =
    before?.phase === 'recording' && last === null
      ? between(before.lastAt ?? before.at, sight.now)
      : (before?.phase === 'stalled' && before.ended) || orExactly(last);
  const files = closedFiles(sight.files, before?.sequence ?? 0, counters.sequence);
  if (counters.runBytes > 0) {
    files.push({ ...openFile(sight.files, counters.sequence, counters.startedAt, 0), state: 'missing' });
  }
  return {
    observation: {
      take: sight.take,
      actual: 'failed',
      ...(ended && { endedAt: ended, lastGoodAt: Math.min(ended.at, sight.now) }),
      ...(files.length > 0 && { files: latest(files) }),
      fileCount: counters.sequence,
      source: 'records state "error"',
    },
    memory: null,
  };
}

function filesWhileOpen(
  counters: Counters,
  before: TakeMemory | null,
  interruptions: { from: Edge }[],
  sight: Sight,
): Pick<Observation, 'files' | 'fileCount' | 'filedUntil'> {
  const from = before?.sequence ?? 0;
  const endOfLast = interruptions.at(-1)?.from.at ?? counters.startedAt;
  const oneNew = before !== null && counters.sequence === before.sequence + 1;
  const closed = closedFiles(sight.files, from, counters.sequence, {
    ...(oneNew && before.startedAt !== null && { from: before.startedAt }),
    ...(oneNew && endOfLast !== null && { to: endOfLast }),
  });
  const open = openFile(sight.files, counters.sequence, counters.startedAt, counters.runBytes);
  return {
    files: latest([...closed, open]),
    fileCount: counters.sequence + 1,
    // Everything before the running segment is in files that are closed and have their final names.
    ...(counters.sequence > 0 && counters.startedAt !== null && { filedUntil: counters.startedAt }),
  };
}

function remember(
  counters: Counters,
  before: TakeMemory | null,
  sight: Sight,
  now: Pick<TakeMemory, 'phase' | 'lastAt' | 'since' | 'ended'> & { grew: boolean },
): TakeMemory {
  const { grew, ...state } = now;
  return {
    at: sight.now,
    ...state,
    sequence: counters.sequence,
    bytes: counters.bytes,
    timeMs: counters.timeMs,
    startedAt: counters.startedAt,
    grewAt: grew || !before ? sight.now : before.grewAt,
    beforeGrewAt: grew || !before ? (before?.at ?? null) : before.beforeGrewAt,
  };
}
