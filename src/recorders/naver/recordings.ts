/**
 * Recordings as the list of files shows them: all files of one `recordSeq` together. Pure; all instants are the vendor's.
 */
import type { Edge } from '../../session/facts.ts';
import type { NaverRecord } from './wire.ts';

/** Times are told in milliseconds and may be whole seconds; durations are whole seconds. */
export const EXACT_MS = 1_000;

/** Files that were opened together: one stretch of a recording. There are several where a push that came back opens new ones. */
export interface Stretch {
  begin: number;
  /** Absent while it is written, and where no duration is told. */
  end?: number;
  streamSeq: number;
  open: boolean;
}

export interface Recording {
  recordSeq: number;
  files: NaverRecord[];
  /** In the order in which they began. */
  stretches: Stretch[];
  /** Some file of it is being written. */
  open: boolean;
}

export function recordingsIn(records: readonly NaverRecord[]): Recording[] {
  const bySeq = groupedBy(records, ({ recordSeq }) => recordSeq);
  return [...bySeq]
    .map(([recordSeq, files]): Recording => {
      const stretches = stretchesOf(files);
      return { recordSeq, files, stretches, open: stretches.some(({ open }) => open) };
    })
    .toSorted((a, b) => a.recordSeq - b.recordSeq);
}

function stretchesOf(files: NaverRecord[]): Stretch[] {
  const byBegin = groupedBy(files, ({ recordBeginTime, createdTime }) => recordBeginTime ?? createdTime ?? 0);
  return [...byBegin]
    .map(([begin, together]): Stretch => {
      const open = together.some(({ status }) => status === 'RECORDING');
      const seconds = Math.max(...together.map(({ duration }) => duration ?? -1));
      return {
        begin,
        ...(!open && seconds >= 0 && { end: begin + seconds * 1000 }),
        streamSeq: Math.max(...together.map(({ streamSeq = 0 }) => streamSeq)),
        open,
      };
    })
    .toSorted((a, b) => a.begin - b.begin);
}

export function beginOf({ stretches }: Recording): number {
  return stretches[0]?.begin ?? 0;
}

export function streamOf({ stretches }: Recording): number {
  return stretches.at(-1)?.streamSeq ?? 0;
}

/** When its last media was written, as far as durations tell; null while it is open, or without a duration. */
export function endOf({ stretches, open }: Recording): number | null {
  return open ? null : (stretches.at(-1)?.end ?? null);
}

export function exactly(at: number): Edge {
  return { at, plusMinusMs: EXACT_MS };
}

export function between(earlier: number, later: number): Edge {
  const half = Math.max(0, later - earlier) / 2;
  return { at: Math.round(earlier + half), plusMinusMs: Math.max(EXACT_MS, Math.ceil(half)) };
}

function groupedBy<T>(all: readonly T[], keyOf: (one: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}
