/**
 * Coverage: what was recorded of a stretch of time, and why the rest was not. Pure arithmetic over spans and cause
 * marks, used alike by the running session, by the archive's reader and by the referee of the tests.
 */
import type { Evidence, GapCause } from './facts.ts';
import type { CauseMark, Span, Totals, Verdict } from './state.ts';

export interface TakenSpan {
  take: number;
  span: Span;
}

export interface CoveredSpan {
  take: number;
  from: number;
  to: number;
  evidence: Evidence;
  fromPlusMinusMs: number;
  toPlusMinusMs: number;
  open: boolean;
}

export interface Gap {
  from: number;
  to: number;
  cause: GapCause;
  detail: string | null;
  fromPlusMinusMs: number;
  toPlusMinusMs: number;
}

export interface Coverage {
  from: number;
  to: number;
  spans: CoveredSpan[];
  gaps: Gap[];
  totals: Totals;
}

const RANK: Record<Evidence, number> = { inferred: 0, observed: 1, filed: 2, stored: 3 };

/** The stronger of two. */
export function stronger(a: Evidence, b: Evidence): Evidence {
  return RANK[a] >= RANK[b] ? a : b;
}

export function noTotals(): Totals {
  return { recordedMs: 0, byEvidence: { inferred: 0, observed: 0, filed: 0, stored: 0 }, gapMs: {} };
}

export function addTotals(a: Totals, b: Totals): Totals {
  const sum: Totals = {
    recordedMs: a.recordedMs + b.recordedMs,
    byEvidence: {
      inferred: a.byEvidence.inferred + b.byEvidence.inferred,
      observed: a.byEvidence.observed + b.byEvidence.observed,
      filed: a.byEvidence.filed + b.byEvidence.filed,
      stored: a.byEvidence.stored + b.byEvidence.stored,
    },
    gapMs: { ...a.gapMs },
  };
  for (const [cause, ms] of Object.entries(b.gapMs) as [GapCause, number][]) {
    sum.gapMs[cause] = (sum.gapMs[cause] ?? 0) + ms;
  }
  return sum;
}

/** A span that goes on is only inferred beyond what the last look proved. */
function pieces(taken: TakenSpan, now: number): CoveredSpan[] {
  const { take, span } = taken;
  const from = span.from.at;
  const to = span.to?.at ?? now;
  const whole: CoveredSpan = {
    take,
    from,
    to,
    evidence: span.evidence,
    fromPlusMinusMs: span.from.plusMinusMs,
    toPlusMinusMs: span.to?.plusMinusMs ?? 0,
    open: span.to === null,
  };
  const tailFrom = Math.max(from, span.provedTo);
  if (span.to !== null || span.evidence === 'inferred' || tailFrom >= to) return [whole];
  if (tailFrom === from) return [{ ...whole, evidence: 'inferred' }];
  return [
    { ...whole, to: tailFrom, toPlusMinusMs: 0, open: false },
    { ...whole, from: tailFrom, fromPlusMinusMs: 0, evidence: 'inferred' },
  ];
}

function clip<T extends { from: number; to: number }>(stretch: T, from: number, to: number): T {
  return { ...stretch, from: Math.max(stretch.from, from), to: Math.min(stretch.to, to) };
}

/** The cause in force over `from`–`to`, cut where it changes. */
function causesBetween(marks: CauseMark[], from: number, to: number): Gap[] {
  const gaps: Gap[] = [];
  let start = from;
  let current: CauseMark | undefined;
  for (const mark of marks) {
    if (mark.at <= from) {
      current = mark;
      continue;
    }
    if (mark.at >= to) break;
    gaps.push(gapOf(current, start, mark.at));
    start = mark.at;
    current = mark;
  }
  gaps.push(gapOf(current, start, to));
  return gaps;
}

function gapOf(mark: CauseMark | undefined, from: number, to: number): Gap {
  return {
    from,
    to,
    cause: mark?.cause ?? 'unknown',
    detail: mark?.detail ?? null,
    fromPlusMinusMs: 0,
    toPlusMinusMs: 0,
  };
}

function mergeGaps(gaps: Gap[]): Gap[] {
  const merged: Gap[] = [];
  for (const gap of gaps) {
    const last = merged.at(-1);
    if (last && last.to === gap.from && last.cause === gap.cause && last.detail === gap.detail) {
      last.to = gap.to;
      last.toPlusMinusMs = gap.toPlusMinusMs;
    } else merged.push(gap);
  }
  return merged;
}

/**
 * Coverage of `from`–`to` (epoch milliseconds). `marks` are sorted by instant. Spans may overlap (a hand-over); time
 * that two spans hold counts once, with the stronger evidence.
 */
export function coverageOf(taken: TakenSpan[], marks: CauseMark[], from: number, to: number): Coverage {
  const spans = taken
    .flatMap((one) => pieces(one, to))
    .map((piece) => clip(piece, from, to))
    .filter((piece) => piece.to > piece.from)
    .toSorted((a, b) => a.from - b.from || a.to - b.to);

  const totals = noTotals();
  const gaps: Gap[] = [];
  let covered = from;
  let before: CoveredSpan | undefined;
  const fillGap = (until: number, after?: CoveredSpan): void => {
    if (until <= covered) return;
    const found = causesBetween(marks, covered, until);
    const first = found[0];
    const last = found.at(-1);
    if (first) first.fromPlusMinusMs = before?.toPlusMinusMs ?? 0;
    if (last) last.toPlusMinusMs = after?.fromPlusMinusMs ?? 0;
    gaps.push(...found);
  };
  for (const span of spans) {
    fillGap(span.from, span);
    if (!before || span.to > covered) before = span;
    covered = Math.max(covered, span.to);
  }
  fillGap(to);

  const merged = mergeGaps(gaps);
  for (const gap of merged) totals.gapMs[gap.cause] = (totals.gapMs[gap.cause] ?? 0) + gap.to - gap.from;
  for (const { evidence, ms } of weighed(spans)) {
    totals.byEvidence[evidence] += ms;
    totals.recordedMs += ms;
  }
  return { from, to, spans, gaps: merged, totals };
}

/** Milliseconds of the union of the spans, each counted once under the strongest evidence there. */
function weighed(spans: CoveredSpan[]): { evidence: Evidence; ms: number }[] {
  const weights: { evidence: Evidence; ms: number }[] = [];
  const edges = [...new Set(spans.flatMap((span) => [span.from, span.to]))].toSorted((a, b) => a - b);
  let first = 0;
  for (let i = 0; i + 1 < edges.length; i += 1) {
    const from = edges[i]!;
    const to = edges[i + 1]!;
    while (first < spans.length && spans[first]!.to <= from) first += 1;
    let best: Evidence | null = null;
    for (let k = first; k < spans.length && spans[k]!.from <= from; k += 1) {
      const span = spans[k]!;
      if (span.to >= to) best = best ? stronger(best, span.evidence) : span.evidence;
    }
    if (best) weights.push({ evidence: best, ms: to - from });
  }
  return weights;
}

/** From 99 % of what was asked for on, a window is complete. A pause that somebody asked for was not asked for as media. */
export function verdictOf(totals: Totals, windowMs: number): Verdict {
  if (totals.recordedMs <= 0) return 'nothing';
  const asked = windowMs - (totals.gapMs.paused ?? 0);
  return totals.recordedMs >= 0.99 * asked ? 'complete' : 'partial';
}
