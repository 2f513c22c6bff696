/** One look of the watch, without Temporal: the activity and the driver of the tests both call it. */
import { formatDuration } from '../contract/time.ts';
import type { WatchedTake } from '../session/events.ts';
import type { Json, Look } from '../session/facts.ts';
import type { LookPace } from '../session/plan.ts';
import type { Report, WatchInput, WatchMemory } from './wire.ts';

/** One look at the recorder, with what the look before remembered. */
export type Looking = (takes: WatchedTake[], memory: Json) => Promise<{ look: Look; memory: Json }>;

export type WatchTurn =
  /** Something differs from what is believed. */
  | { report: Report }
  /** All is as believed, or the first look is still to come: look again after `waitMs`. */
  | { waitMs: number; memory: WatchMemory | null; sentence: string };

/** However often somebody asks for a look at once. */
const AT_MOST_EVERY_MS = 1_000;

/** `first`: nobody asked for it yet. `random`: 0 to 1. Delays vary by 10 %, the first over the whole interval, so that a fleet's looks spread. */
export async function watchOnce(
  looking: Looking,
  now: () => number,
  input: WatchInput,
  pace: LookPace,
  memory: WatchMemory | null,
  first: boolean,
  random: () => number,
): Promise<WatchTurn> {
  const { watch } = input;
  const inDoubt = watch.doubt && (watch.doubtUntil === undefined || now() < watch.doubtUntil);
  const usualMs = watch.seldom ? pace.withCallbacksMs : pace.everyMs;
  const everyMs = inDoubt ? pace.doubtMs : usualMs;
  if (first && memory === null) {
    const waitMs = Math.max(1, Math.round(watch.firstMs ?? everyMs * random()));
    return { waitMs, memory: null, sentence: `first look in ${formatDuration(waitMs)}` };
  }
  const agoMs = memory === null ? AT_MOST_EVERY_MS : Math.max(0, now() - memory.at);
  if (agoMs < AT_MOST_EVERY_MS) {
    return { waitMs: AT_MOST_EVERY_MS - agoMs, memory, sentence: 'looked just now' };
  }
  const { look, memory: remembered } = await looking(watch.takes, memory?.recorder ?? watch.memory);
  const lastGood = { ...memory?.lastGood, ...goodIn(look) };
  if (differs(look, watch.takes))
    return { report: { look, lastGood, lastLookAt: memory?.at ?? null, memory: remembered } };
  const waitMs = Math.round(everyMs * (0.9 + 0.2 * random()));
  const nextAt = look.at + waitMs;
  return {
    waitMs,
    memory: { at: look.at, recorder: remembered, lastGood, nextAt },
    sentence: `${look.sentence}, next look ${new Date(nextAt).toISOString().slice(11, 19)} UTC`,
  };
}

function goodIn(look: Look): Record<string, number> {
  if ('unreachable' in look) return {};
  const good: Record<string, number> = {};
  for (const seen of look.seen) {
    const there = seen.actual === 'recording' || seen.actual === 'presumed';
    const at = seen.lastGoodAt ?? (there ? look.at : undefined);
    if (at !== undefined) good[seen.take] = at;
  }
  return good;
}

/** Level-triggered: any difference from the belief is reported, however it came about. */
function differs(look: Look, takes: WatchedTake[]): boolean {
  // Another reason is news too: a recorder that was down and now refuses our token.
  if ('unreachable' in look) {
    return takes.some((take) => take.belief !== `unreachable ${look.unreachable.code}`);
  }
  return takes.some((take) => {
    const seen = look.seen.find((one) => one.take === take.take);
    if (!seen || (seen.interruptions?.length ?? 0) > 0) return true;
    // What a callback has proved no look of such a vendor can see: it has nothing to say against it.
    if (seen.actual === 'presumed' && take.belief === 'recording') return false;
    return seen.actual !== take.belief;
  });
}
