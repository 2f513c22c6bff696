/**
 * From a channel and its recordings, and what the look before remembers, to what a take really is. Pure: readings are on
 * NAVER's clock, what comes out is on ours. The rule throughout: never claim media that the readings do not show.
 */
import type { Edge, Failure, Observation } from '../../session/facts.ts';
import type { NaverChannel } from './api.ts';
import type { NaverHandle } from './handle.ts';
import type { TakeMemory } from './memory.ts';
import { between, EXACT_MS, exactly, type Recording, type Stretch } from './recordings.ts';

export interface Sight {
  take: number;
  handle: NaverHandle;
  belief?: string;
  /** When the channel was read, on our clock. */
  at: number;
  skewMs: number;
  channel: NaverChannel;
  /** null: it was not necessary to ask. */
  recordings: readonly Recording[] | null;
  /** Pushes that began and ended, on NAVER's clock; asked for where a recording has ended, or lost or found its push. */
  pushes: readonly { at: number; up: boolean }[] | null;
}

export interface Seen {
  observation: Observation;
  memory: TakeMemory | null;
}

export function observe(sight: Sight, before: TakeMemory | null): Seen {
  const { recordings, take, handle, channel } = sight;
  if (recordings === null) return unchanged(sight, before);
  const own = recordings.find(({ recordSeq }) => recordSeq === handle.recordSeq);
  if (!own) {
    const source = `records of ${handle.channelId} list no recording ${handle.recordSeq}`;
    return { observation: { take, actual: 'absent', source }, memory: null };
  }
  if (goesOn(own, recordings, channel)) {
    return channel.channelStatus === 'PUBLISHING' ? recording(own, sight, before) : armed(own, sight, before);
  }
  return ended(own, recordings, sight, before);
}

/** Some file is written; or the channel records while no file is, as between two pushes, and this was the last one. */
export function goesOn(own: Recording, recordings: readonly Recording[], channel: NaverChannel): boolean {
  return own.open || (channel.isRecording === true && own === recordings.at(-1));
}

export function channelWord({ channelStatus, isRecording }: NaverChannel): string {
  return `${channelStatus} ${isRecording === undefined ? '?' : isRecording ? 'recording' : 'idle'}`;
}

function unchanged({ take, at, channel }: Sight, before: TakeMemory | null): Seen {
  const observation: Observation = {
    take,
    actual: before?.recording === false ? 'armed' : 'recording',
    ...(before?.recording !== false && { lastGoodAt: at }),
    source: `channel ${channelWord(channel)}, as before`,
  };
  const memory = before && { ...before, ...(before.recording && { lastGoodAt: at }) };
  return { observation, memory };
}

function recording(own: Recording, sight: Sight, before: TakeMemory | null): Seen {
  const { take, at, skewMs, belief } = sight;
  const latest = own.stretches.at(-1)!;
  const interruptions = interruptionsIn(own, sight, before);
  const begin = latest.begin - skewMs;
  // The same files may go on after a drop: then their begin says nothing of the present stretch.
  const sameFiles = before ? own.stretches.length === before.stretches : own.stretches.length === 1;
  const wasArmed = before ? !before.recording : belief === 'armed';
  const since = sameFiles && wasArmed ? lastPush(sight, true, before) : exactly(Math.min(begin, at));
  return {
    observation: {
      take,
      actual: 'recording',
      ...(since && { since }),
      lastGoodAt: at,
      ...(interruptions.length > 0 && { interruptions }),
      source: sourceOf(own, sight),
    },
    memory: remember(own, sight, true, at),
  };
}

/** New files of the same recording since the look before: between them and the former ones nothing was written. */
function interruptionsIn(
  { stretches }: Recording,
  { skewMs }: Sight,
  before: TakeMemory | null,
): NonNullable<Observation['interruptions']> {
  if (!before?.recording) return [];
  return stretches.slice(before.stretches).flatMap((next, index) => {
    const former = stretches[before.stretches + index - 1];
    if (former?.end === undefined) return [];
    const to = exactly(next.begin - skewMs);
    return [{ from: exactly(Math.min(former.end - skewMs, to.at)), to }];
  });
}

/** Its push has gone and Live Station keeps it open. */
function armed(own: Recording, sight: Sight, before: TakeMemory | null): Seen {
  const closed = own.open ? undefined : own.stretches.at(-1);
  const endedAt = closed ? endOfStretch(closed, sight, before) : lastPush(sight, false, before);
  const lastGoodAt = endedAt?.at ?? before?.lastGoodAt ?? null;
  return {
    observation: {
      take: sight.take,
      actual: 'armed',
      ...(endedAt && { endedAt }),
      ...(lastGoodAt !== null && { lastGoodAt }),
      source: sourceOf(own, sight),
    },
    memory: remember(own, sight, false, lastGoodAt),
  };
}

/** When its push last came or went, since it was last seen to record; null where the events tell nothing of that. */
function lastPush({ pushes, at, skewMs }: Sight, up: boolean, before: TakeMemory | null): Edge | null {
  const last = pushes?.findLast((push) => push.up === up);
  if (!last) return null;
  const told = Math.min(last.at - skewMs, at);
  return told >= (before?.lastGoodAt ?? 0) - EXACT_MS ? exactly(told) : null;
}

function ended(
  own: Recording,
  recordings: readonly Recording[],
  sight: Sight,
  before: TakeMemory | null,
): Seen {
  const last = own.stretches.at(-1)!;
  const endedAt = endOfStretch(last, sight, before);
  const failure = whyEnded(own, recordings, sight, endedAt);
  return {
    observation: {
      take: sight.take,
      actual: 'failed',
      ...(endedAt && { endedAt, lastGoodAt: endedAt.at - endedAt.plusMinusMs }),
      failure,
      source: sourceOf(own, sight),
    },
    memory: remember(own, sight, false, endedAt?.at ?? before?.lastGoodAt ?? null),
  };
}

/**
 * Begin and duration tell when media ended, unless the same files went on after a drop: then the duration is that of
 * several stretches, and comes out before what a look has seen.
 */
export function endOfStretch(
  { begin, end }: Stretch,
  { at, skewMs, handle }: Pick<Sight, 'at' | 'skewMs' | 'handle'>,
  before: Pick<TakeMemory, 'lastGoodAt'> | null,
): Edge | null {
  const lastGoodAt = before?.lastGoodAt ?? null;
  const told = end === undefined ? null : end - skewMs;
  if (told !== null && told >= (lastGoodAt ?? 0) - EXACT_MS) return exactly(Math.min(told, at));
  if (lastGoodAt !== null) return between(lastGoodAt, at);
  // Nobody has looked at it yet.
  return told === null ? between(Math.max(begin - skewMs, handle.startedAt), at) : null;
}

/** Whose doing the end was. A push that has come back hides that it was gone; the events tell. */
function whyEnded(
  own: Recording,
  recordings: readonly Recording[],
  { handle, channel, pushes, at, skewMs }: Sight,
  endedAt: Edge | null,
): Failure {
  const what = `Recording ${handle.recordSeq} of channel ${handle.channelId} has ended`;
  const rest = { applied: 'no', retry: 'later' } as const;
  const from = (endedAt ? endedAt.at - endedAt.plusMinusMs : own.stretches.at(-1)!.begin) + skewMs;
  const until = (endedAt ? endedAt.at + endedAt.plusMinusMs : at) + skewMs;
  const dropped = pushes?.some(
    (push) => !push.up && push.at >= from - EXACT_MS && push.at <= until + EXACT_MS,
  );
  if (dropped === true || channel.channelStatus !== 'PUBLISHING') {
    const message = `${what} with its push.`;
    return { code: 'E_RECORDING_FAILED', message, who: 'source', cause: 'source-absent', ...rest };
  }
  const next = recordings.find(({ recordSeq }) => recordSeq > own.recordSeq);
  const message = next
    ? `${what}, and recording ${next.recordSeq} has begun: somebody else controls this channel too.`
    : `${what} while its push goes on: somebody has stopped it, or Live Station has.`;
  return { code: 'E_RECORDING_FAILED', message, who: 'vendor', cause: 'vendor-fault', ...rest };
}

function remember(
  { stretches }: Recording,
  { at, channel }: Sight,
  recordingNow: boolean,
  lastGoodAt: number | null,
): TakeMemory {
  return {
    listedAt: at,
    channel: channelWord(channel),
    recording: recordingNow,
    lastGoodAt,
    stretches: stretches.length,
  };
}

function sourceOf({ recordSeq, files }: Recording, { channel }: Sight): string {
  const states = [...new Set(files.map(({ status }) => status))].join(', ');
  return `channel ${channelWord(channel)}, recording ${recordSeq} ${states}`;
}
