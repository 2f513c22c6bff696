/**
 * From one record as `:records` shows it, and what the former look remembers, to what the take really is. Pure: all
 * instants are on our clock. The rule throughout: never claim media that the counters do not show.
 */
import type { Edge, Observation } from '../../session/facts.ts';
import { between, clamp, countersOf, exactly, EXACT_MS } from './counters.ts';
import type { Counters } from './counters.ts';
import { closedFiles, latest, openFile } from './files.ts';
import { endOfSegment, interruptionsBetween } from './interruptions.ts';
import { failed, ready, stopped } from './observe-ended.ts';
import { remember } from './memory.ts';
import type { TakeMemory } from './memory.ts';
import type { Seen, Sight } from './sight.ts';
import type { OmeRecord } from './wire.ts';

/** Byte counts that stand still for less than this may be a hiccup between two packets. */
const FROZEN_MS = 2_000;
/** A segment so young that its bytes can only have come since the take was last thought of. */
const YOUNG_MS = 120_000;

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
  const lastAt = grew ? (counters.lastAt ?? sight.now) : (before?.lastAt ?? null);
  const lastGoodAt = lastAt ?? counters.startedAt;
  const observation: Observation = {
    take: sight.take,
    actual: 'recording',
    ...(since && { since }),
    ...(ended && { endedAt: ended }),
    ...(lastGoodAt !== null && { lastGoodAt }),
    ...(interruptions.length > 0 && { interruptions }),
    ...filesWhileOpen(counters, before, interruptions, sight),
    source: `records state "${record.state}", sequence ${counters.sequence}, ${counters.bytes} bytes`,
  };
  const memory = remember(counters, before, sight.now, {
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
  const lastAt = ended ? Math.min(before?.lastAt ?? ended.at, ended.at) : (before?.lastAt ?? null);
  return {
    observation: {
      take: sight.take,
      actual: 'stalled',
      ...(ended && { endedAt: ended }),
      ...(lastAt !== null && { lastGoodAt: lastAt }),
      ...filesWhileOpen(counters, before, [], sight),
      source: `records state "recording", bytes stand at ${counters.bytes}`,
    },
    memory: remember(counters, before, sight.now, {
      phase: 'stalled',
      lastAt,
      grew: false,
      since: null,
      ended,
    }),
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
  if (!before) return null;
  if (before.open || before.phase !== 'armed') return exactly(startedAt);
  // It came back and was split since: all that was recorded since then lies before the last packet.
  const recordedMs = counters.timeMs - before.closedMs;
  return exactly(clamp((counters.lastAt ?? startedAt) - recordedMs, before.at, startedAt));
}

/** Counters that are visible again can tell the former end more exactly than the looks could. */
function formerEnd(counters: Counters, before: TakeMemory | null): Edge | null {
  if (!before || before.phase === 'recording') return null;
  if (before.phase === 'stalled' || !before.ended || before.ended.plusMinusMs <= EXACT_MS)
    return before.ended;
  if (counters.sequence !== before.sequence + 1) return before.ended;
  return endOfSegment(before, counters) ?? before.ended;
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
