/** Several sessions of one target as one account: time that two of them hold counts once. */
import { noTotals, stronger, verdictOf, type Gap } from '../session/coverage.ts';
import type { Evidence } from '../session/facts.ts';
import { viewOfTotals, type TotalsView } from '../session/views.ts';
import type { Piece, SessionStretch } from './stretches.ts';

export interface Merged {
  spans: (Piece & { sessionId: string })[];
  gaps: (Gap & { sessionId: string })[];
  totals: TotalsView;
}

interface Slice {
  from: number;
  to: number;
  evidence: Evidence | null;
  gap: (Gap & { sessionId: string }) | null;
}

/**
 * A gap of one session in which another one recorded is none. Where two sessions have a gap, the cause of the one that
 * was running is told, not the lateness of the one that waited for it. Time outside of all sessions does not count.
 */
export function merge(sessions: SessionStretch[]): Merged {
  const spans = sessions
    .flatMap((session) => session.spans.map((span) => ({ ...span, sessionId: session.sessionId })))
    .toSorted((a, b) => a.from - b.from || a.to - b.to || a.take - b.take);
  const slices = slicesOf(sessions, spans);
  const totals = noTotals();
  const gaps: Merged['gaps'] = [];
  let windowMs = 0;
  for (const { from, to, evidence, gap } of slices) {
    const ms = to - from;
    if (evidence) {
      totals.recordedMs += ms;
      totals.byEvidence[evidence] += ms;
    } else if (gap) {
      totals.gapMs[gap.cause] = (totals.gapMs[gap.cause] ?? 0) + ms;
      addGap(gaps, { ...gap, from, to });
    } else continue;
    windowMs += ms;
  }
  return { spans, gaps, totals: viewOfTotals(totals, verdictOf(totals, windowMs), windowMs) };
}

function addGap(gaps: Merged['gaps'], gap: Merged['gaps'][number]): void {
  const last = gaps.at(-1);
  const same =
    last?.to === gap.from &&
    last.sessionId === gap.sessionId &&
    last.cause === gap.cause &&
    last.detail === gap.detail;
  if (same) last.to = gap.to;
  else gaps.push(gap);
}

/** The time of all sessions, cut wherever something begins or ends. */
function slicesOf(sessions: SessionStretch[], spans: Merged['spans']): Slice[] {
  const gaps = sessions
    .flatMap((session) => session.gaps.map((gap) => ({ ...gap, sessionId: session.sessionId })))
    .toSorted((a, b) => a.from - b.from);
  const instants = [...spans, ...gaps].flatMap((one) => [one.from, one.to]);
  const edges = [...new Set(instants)].toSorted((a, b) => a - b);
  const slices: Slice[] = [];
  let firstSpan = 0;
  let firstGap = 0;
  for (let i = 0; i + 1 < edges.length; i += 1) {
    const from = edges[i]!;
    const to = edges[i + 1]!;
    while (firstSpan < spans.length && spans[firstSpan]!.to <= from) firstSpan += 1;
    while (firstGap < gaps.length && gaps[firstGap]!.to <= from) firstGap += 1;
    let evidence: Evidence | null = null;
    for (const span of over(spans, firstSpan, from, to)) {
      evidence = evidence ? stronger(evidence, span.evidence) : span.evidence;
    }
    const open = evidence ? [] : over(gaps, firstGap, from, to);
    const gap = open.find((one) => one.cause !== 'late-start') ?? open[0] ?? null;
    slices.push({ from, to, evidence, gap });
  }
  return slices;
}

function over<T extends { from: number; to: number }>(
  sorted: T[],
  first: number,
  from: number,
  to: number,
): T[] {
  const found: T[] = [];
  for (let k = first; k < sorted.length && sorted[k]!.from <= from; k += 1) {
    if (sorted[k]!.to >= to) found.push(sorted[k]!);
  }
  return found;
}
