/** Records that do not write now: their stream is gone, they failed, or they were forgotten. Pure, as `observe.ts`. */
import type { Edge } from '../../session/facts.ts';
import { between, exactly, EXACT_MS } from './counters.ts';
import type { Counters } from './counters.ts';
import { closedFiles, latest, openFile } from './files.ts';
import { endOfSegment, interruptionsBetween } from './interruptions.ts';
import { NOTHING_YET, remember } from './memory.ts';
import type { TakeMemory } from './memory.ts';
import type { Seen, Sight } from './sight.ts';

/** The stream has gone away and the task is armed: `stopped` does not mean done. */
export function stopped(counters: Counters, before: TakeMemory | null, sight: Sight): Seen {
  const ended = endWhenStopped(counters, before);
  const ran = before === null || counters.sequence > before.sequence;
  const interruptions =
    before?.phase === 'recording' ? interruptionsBetween(before, counters, sight.splits, ended) : [];
  const since = stretchBefore(counters, before, interruptions, ran, sight);
  const to = ended?.at ?? null;
  const goodAt = ended && ended.plusMinusMs <= EXACT_MS ? ended.at : (before?.lastAt ?? null);
  const files = closedFiles(sight.files, before?.sequence ?? 0, counters.sequence, {
    ...(counters.startedAt !== null && { from: counters.startedAt }),
    ...(to !== null && { to }),
  });
  return {
    observation: {
      take: sight.take,
      actual: 'armed',
      ...(since && { since }),
      ...(ended && { endedAt: ended }),
      ...(goodAt !== null && { lastGoodAt: goodAt }),
      ...(interruptions.length > 0 && { interruptions }),
      ...(to !== null && counters.sequence > 0 && { filedUntil: to }),
      ...(files.length > 0 && { files }),
      fileCount: counters.sequence,
      source: `records state "stopped": the stream is gone, the task is armed, sequence ${counters.sequence}`,
    },
    memory: remember(counters, before, sight.now, {
      phase: 'armed',
      lastAt: to,
      grew: ran,
      since: null,
      ended,
    }),
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

/** `finishTime` is when the vendor noticed; its counters tell when the last packet came, if that was earlier. */
function endWhenStopped(counters: Counters, before: TakeMemory | null): Edge | null {
  const { finishedAt, startedAt, sequence } = counters;
  if (before?.phase === 'stalled' && counters.bytes <= before.bytes) return before.ended;
  if (before?.phase === 'armed' && sequence <= before.sequence) return before.ended ?? orExactly(finishedAt);
  if (finishedAt === null) return null;
  if (before?.open && sequence === before.sequence + 1) {
    const end = endOfSegment(before, counters);
    return end && end.at < finishedAt - EXACT_MS ? end : end && exactly(finishedAt);
  }
  const end = sequence === 1 && startedAt !== null ? startedAt + counters.timeMs : finishedAt;
  return exactly(end < finishedAt - EXACT_MS ? end : finishedAt);
}

/** Armed. Any other start or stop in the application also turns `stopped` into this and hides the counters. */
export function ready(before: TakeMemory | null, sight: Sight): Seen {
  const ended = endUnseen(before, sight.now);
  const memory: TakeMemory = {
    ...(before ?? { ...NOTHING_YET, grewAt: sight.now }),
    at: sight.now,
    phase: 'armed',
    since: null,
    ended,
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
export function failed(counters: Counters, before: TakeMemory | null, sight: Sight): Seen {
  const wrote = counters.bytes > 0 || (before?.bytes ?? 0) > 0;
  const last = counters.lastAt ?? (wrote ? counters.finishedAt : null);
  const ended = last === null || before?.phase === 'stalled' ? endUnseen(before, sight.now) : exactly(last);
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

/** `[]` is definite: OvenMediaEngine persists nothing, so a record that is not listed has been forgotten. */
export function absent(before: TakeMemory | null, sight: Sight): Seen {
  const ended = endUnseen(before, sight.now);
  return {
    observation: {
      take: sight.take,
      actual: 'absent',
      ...(ended && { endedAt: ended }),
      ...(before?.lastAt && { lastGoodAt: before.lastAt }),
      // Those that were closed by the last look have their names.
      ...(before && before.sequence > 0 && { fileCount: before.sequence }),
      source: 'records lists no such id',
    },
    memory: null,
  };
}

/**
 * It ended between two looks and nothing tells when. Where this watch has not yet seen the bytes grow, the session
 * knows the last proof better, and no edge is given.
 */
function endUnseen(before: TakeMemory | null, now: number): Edge | null {
  if (!before || before.phase !== 'recording') return before?.ended ?? null;
  return before.lastAt === null ? null : between(before.lastAt, now);
}

function orExactly(at: number | null): Edge | null {
  return at === null ? null : exactly(at);
}
