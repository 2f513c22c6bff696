/** Which recording of a channel is a take's own, when nothing has named it yet. Pure. */
import type { NaverHandle } from './handle.ts';
import { beginOf, endOf, streamOf, type Recording } from './recordings.ts';

/** The clocks of a service differ by less than this, and its times may be whole seconds. */
const TOLERANCE_MS = 2_000;
/** A platform that goes on with a recording by itself does so at once. */
const AT_ONCE_MS = 15_000;

/**
 * What a start of ours has made whose reply was lost: a recording with a new number that began after the start was first
 * sent. It may have ended since. `sentAt`: on NAVER's clock.
 */
export function madeSince(
  recordings: readonly Recording[],
  sentAt: number,
  former: NaverHandle | null,
): Recording | undefined {
  return recordings.findLast(
    (one) => beginOf(one) >= sentAt - TOLERANCE_MS && one.recordSeq > (former?.recordSeq ?? 0),
  );
}

/**
 * Whether the platform has gone on by itself, when the push came back, with the recording that a take of ours was: the
 * very next number, in a newer push, and begun with that push or right after our own end. Somebody else would need some
 * seconds for that.
 */
export function wentOn(
  running: Recording,
  recordings: readonly Recording[],
  former: NaverHandle | null,
  pushes: readonly { at: number; up: boolean }[] | null,
): boolean {
  if (former === null || running.recordSeq <= former.recordSeq || streamOf(running) <= former.streamSeq)
    return false;
  const between = recordings.some(
    ({ recordSeq }) => recordSeq > former.recordSeq && recordSeq < running.recordSeq,
  );
  if (between) return false;
  const begin = beginOf(running);
  const own = recordings.find(({ recordSeq }) => recordSeq === former.recordSeq);
  const ended = own ? endOf(own) : null;
  const moments = [
    ...(pushes ?? []).filter(({ up }) => up).map(({ at }) => at),
    ...(ended === null ? [] : [ended]),
  ];
  return moments.some((at) => begin >= at - TOLERANCE_MS && begin <= at + AT_ONCE_MS);
}

/** The one that is being written now; of several, which should not be, the newest. */
export function runningOf(recordings: readonly Recording[]): Recording | undefined {
  return recordings.findLast(({ open }) => open);
}
