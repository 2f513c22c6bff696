/** Two takes of one session at the same time: what a hand-over looks like. */
import type { Merged } from './merge.ts';

export interface Overlap {
  sessionId: string;
  /** The later of the two. */
  take: number;
  former: number;
  from: number;
  to: number;
}

/** @param spans sorted by their begin */
export function overlapsOf(spans: Merged['spans']): Overlap[] {
  const overlaps: Overlap[] = [];
  for (const [i, span] of spans.entries()) {
    for (let k = i + 1; k < spans.length && spans[k]!.from < span.to; k += 1) {
      const other = spans[k]!;
      if (other.sessionId !== span.sessionId || other.take === span.take) continue;
      const [former, take] = [span.take, other.take].toSorted((a, b) => a - b) as [number, number];
      const to = Math.min(span.to, other.to);
      add(overlaps, { sessionId: span.sessionId, take, former, from: other.from, to });
    }
  }
  return overlaps.toSorted((a, b) => a.from - b.from);
}

/** Spans come in pieces, as far as each was proved. */
function add(overlaps: Overlap[], one: Overlap): void {
  if (one.to <= one.from) return;
  const same = overlaps.find(
    (known) =>
      known.sessionId === one.sessionId &&
      known.take === one.take &&
      known.former === one.former &&
      known.from <= one.to &&
      one.from <= known.to,
  );
  if (!same) overlaps.push(one);
  else Object.assign(same, { from: Math.min(same.from, one.from), to: Math.max(same.to, one.to) });
}
