/** Two columns: what keeprolling says of a session, and what the emulated vendor's truth log says. */
import type { TargetCoverage } from '../../client/types.ts';
import type { TruthEntry } from '../../emulators/truth.ts';

/** A stretch of one column: a take's media, or nothing. */
export interface Stretch {
  from: number;
  to: number;
  /** The take, or null for a gap. */
  take: number | null;
  /** Why there is a gap, or how the media is known. */
  text: string;
  /** Its file is where it belongs. */
  kept: boolean;
  plusMinusMs: number;
}

export interface Row {
  ours: Stretch | null;
  truth: Stretch | null;
  agree: boolean;
}

/** Media written closer together than this is one stretch: a frame apart. */
const JOINED_MS = 250;

/** What the vendor really wrote under this session's names, with its gaps. `sessionId` is in each record's metadata. */
export function truthStretches(
  truth: readonly TruthEntry[],
  sessionId: string,
  from: number,
  to: number,
): Stretch[] {
  const takes = new Map<string, number>();
  for (const entry of truth) {
    if (entry.type !== 'recording' || entry.event !== 'began' || entry.metadata === undefined) continue;
    const { session, take } = JSON.parse(entry.metadata) as { session?: string; take?: number };
    if (session === sessionId && take !== undefined) takes.set(entry.recording, take);
  }
  const lost = new Set(
    truth.flatMap((entry) => (entry.type === 'file' && entry.event === 'lost' ? [entry.file] : [])),
  );
  const media: Stretch[] = [];
  for (const entry of truth.filter((one) => one.type === 'media').toSorted((a, b) => a.from - b.from)) {
    const take = takes.get(entry.recording);
    if (take === undefined || entry.to <= from || entry.from >= to) continue;
    const kept = !lost.has(entry.file);
    const last = media.at(-1);
    if (last && last.take === take && entry.from - last.to <= JOINED_MS) {
      last.to = Math.min(entry.to, to);
      continue;
    }
    const text = kept ? 'written' : 'written, file lost';
    media.push({
      from: Math.max(entry.from, from),
      to: Math.min(entry.to, to),
      take,
      text,
      kept,
      plusMinusMs: 0,
    });
  }
  return withGaps(media, from, to);
}

/** keeprolling's own account, from the public coverage alone. */
export function ourStretches(coverage: TargetCoverage): Stretch[] {
  const spans: Stretch[] = [];
  for (const span of coverage.spans) {
    const [from, to] = [Date.parse(span.from), Date.parse(span.to)];
    const last = spans.at(-1);
    const plusMinusMs = Math.max(span.fromPlusMinusMs, span.toPlusMinusMs);
    if (last && last.take === span.take && from - last.to <= 1) {
      last.to = to;
      last.plusMinusMs = Math.max(last.plusMinusMs, plusMinusMs);
      last.kept &&= span.evidence === 'stored';
    } else
      spans.push({
        from,
        to,
        take: span.take,
        text: span.evidence,
        kept: span.evidence === 'stored',
        plusMinusMs,
      });
  }
  const gaps = coverage.gaps.map((gap): Stretch => ({
    from: Date.parse(gap.from),
    to: Date.parse(gap.to),
    take: null,
    text: gap.cause,
    kept: false,
    plusMinusMs: Math.max(gap.fromPlusMinusMs, gap.toPlusMinusMs),
  }));
  return [...spans, ...gaps].toSorted((a, b) => a.from - b.from);
}

function withGaps(media: Stretch[], from: number, to: number): Stretch[] {
  const all: Stretch[] = [];
  let at = from;
  for (const one of media) {
    if (one.from - at > JOINED_MS)
      all.push({ from: at, to: one.from, take: null, text: 'nothing', kept: false, plusMinusMs: 0 });
    all.push(one);
    at = Math.max(at, one.to);
  }
  if (to - at > JOINED_MS)
    all.push({ from: at, to, take: null, text: 'nothing', kept: false, plusMinusMs: 0 });
  return all;
}

/** Row by row. Edges agree within what is declared for them, or within `edgeMs`; very short gaps are edges too. */
export function compare(ours: Stretch[], truth: Stretch[], edgeMs: number): Row[] {
  const real = (stretches: Stretch[]): Stretch[] =>
    stretches.filter((one) => one.take !== null || one.to - one.from > edgeMs);
  const left = real(ours);
  const right = real(truth);
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
    const [a, b] = [left[i] ?? null, right[i] ?? null];
    return { ours: a, truth: b, agree: a !== null && b !== null && same(a, b, edgeMs) };
  });
}

function same(a: Stretch, b: Stretch, edgeMs: number): boolean {
  const bound = Math.max(edgeMs, a.plusMinusMs + 1000);
  return (
    a.take === b.take &&
    a.kept === b.kept &&
    Math.abs(a.from - b.from) <= bound &&
    Math.abs(a.to - b.to) <= bound
  );
}
