/** A record's counters and instants in our own terms and on our own clock. */
import type { Edge } from '../../session/facts.ts';
import type { OmeRecord } from './wire.ts';
import { omeInstant } from './wire.ts';

/** OvenMediaEngine's own instants are exact to the millisecond; this covers the way from packet to counter. */
export const EXACT_MS = 1_000;

export interface Counters {
  /** Finished segments; also the number of the running one. */
  sequence: number;
  /** Bytes and milliseconds of the running segment, and over all segments. */
  runBytes: number;
  runMs: number;
  bytes: number;
  timeMs: number;
  /** Of the segments that are closed. */
  closedBytes: number;
  closedMs: number;
  startedAt: number | null;
  finishedAt: number | null;
  /** Where the running segment's media ends, by its own counter; null before its first packet. */
  lastAt: number | null;
}

/** `skewMs`: how far the vendor's clock is ahead of ours. */
export function countersOf(record: OmeRecord, now: number, skewMs: number): Counters {
  const runBytes = record.recordBytes ?? 0;
  const runMs = record.recordTime ?? 0;
  const startedAt = onOurClock(record.startTime, now, skewMs);
  const bytes = record.totalRecordBytes ?? runBytes;
  const timeMs = record.totalRecordTime ?? runMs;
  return {
    sequence: record.sequence ?? 0,
    runBytes,
    runMs,
    bytes,
    timeMs,
    closedBytes: bytes - runBytes,
    closedMs: timeMs - runMs,
    startedAt,
    finishedAt: onOurClock(record.finishTime, now, skewMs),
    lastAt: startedAt !== null && runBytes > 0 ? Math.min(now, startedAt + runMs) : null,
  };
}

/** Nothing that has happened is later than now, whatever a clock that is a little ahead says. */
function onOurClock(text: string | undefined, now: number, skewMs: number): number | null {
  const at = omeInstant(text);
  return at === undefined ? null : Math.min(now, at - skewMs);
}

export function exactly(at: number): Edge {
  return { at, plusMinusMs: EXACT_MS };
}

/** Something happened between two instants, and no more is known. */
export function between(from: number, to: number): Edge {
  const half = Math.max(0, (to - from) / 2);
  return { at: Math.round(from + half), plusMinusMs: Math.ceil(half) };
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
