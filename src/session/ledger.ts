/** Spans open and close here, and nowhere else, so that every missing second has a cause. */
import { stronger, type TakenSpan } from './coverage.ts';
import type { Edge, Evidence, GapCause } from './facts.ts';
import type { CauseMark, LogEntry, SessionState, Span, Take } from './state.ts';

export function openSpan(take: Take): Span | undefined {
  const last = take.spans.at(-1);
  return last && last.to === null ? last : undefined;
}

export function anySpanOpen(state: SessionState): boolean {
  return state.takes.some((take) => openSpan(take) !== undefined);
}

export function takenSpans(state: SessionState): TakenSpan[] {
  return state.takes.flatMap((take) => take.spans.map((span) => ({ take: take.number, span })));
}

/** From `at` on, missing media is missing for this reason. Marks stay sorted; a later word on the same instant wins. */
export function mark(
  state: SessionState,
  instant: number,
  why: GapCause | null,
  more: string | null = null,
  plusMinusMs = 0,
): void {
  const marks = state.marks;
  // What was settled before is in the sums.
  const at = Math.max(instant, state.settledTo);
  const { cause, detail } = announced(state, { at, plusMinusMs }, { cause: why, detail: more });
  state.part.marksTo = Math.min(state.part.marksTo, at);
  let index = marks.length;
  while (index > 0 && marks[index - 1]!.at > at) index -= 1;
  const before = marks[index - 1];
  if (before && before.cause === cause && before.detail === detail) return;
  if (before && before.at === at) marks[index - 1] = { at, cause, detail };
  else marks.splice(index, 0, { at, cause, detail });
}

/** What is missing while work at the recorder is announced is missing for that, unless somebody wanted it so. */
function announced(
  { maintenance, plan }: SessionState,
  { at, plusMinusMs }: Edge,
  gap: Omit<CauseMark, 'at'>,
): Omit<CauseMark, 'at'> {
  if (!maintenance || gap.cause === null || !EXCUSED.has(gap.cause)) return gap;
  // Nobody saw it begin: as far as anybody can know, it began with the work.
  const unseenMs = Math.min(plusMinusMs, Math.max(plan.looks.everyMs, plan.looks.withCallbacksMs) * 1.2);
  if (at + unseenMs < maintenance.from || at >= maintenance.until) return gap;
  return { cause: 'maintenance', detail: maintenance.reason };
}

const EXCUSED: ReadonlySet<GapCause> = new Set(['vendor-fault', 'credentials', 'destination', 'late-start']);

export function beginSpan(
  state: SessionState,
  take: Take,
  from: Edge,
  evidence: Evidence,
  provedTo: number,
): void {
  const last = take.spans.at(-1);
  const at = Math.max(from.at, last?.to?.at ?? from.at);
  take.spans.push({
    n: take.nextSpan,
    from: { at, plusMinusMs: from.plusMinusMs },
    to: null,
    evidence,
    provedTo: Math.max(at, provedTo),
    files: null,
  });
  take.nextSpan += 1;
  noteBegin(state, take, { at, plusMinusMs: from.plusMinusMs });
  mark(state, at, null);
  state.stickyCause = { cause: 'late-start', detail: null };
  state.everRecorded = true;
}

/** What is missing at the beginning, before anything was recorded, is a gap like any other. */
function noteBegin(state: SessionState, take: Take, { at, plusMinusMs }: Edge): void {
  const { fromMs } = state.plan.specification.window;
  if (state.everRecorded || at - plusMinusMs - fromMs <= PROMPT_MS) return;
  const causes = state.marks.flatMap((one) => (one.cause === null || one.at > at ? [] : [one.cause]));
  note(state, 'gap', `gap from ${iso(fromMs)} to ${iso(at)}: ${[...new Set(causes)].join(', ')}`, {
    cause: causes.at(-1) ?? 'late-start',
    from: iso(fromMs),
    to: iso(at),
    take: take.number,
  });
}

/** A start that is sent in time is accepted by then. */
const PROMPT_MS = 3_000;

/** Ends the span of a take; what follows is a gap with this cause, where no other take records. */
export function endSpan(
  state: SessionState,
  take: Take,
  edge: Edge,
  why: GapCause,
  more: string | null = null,
): void {
  const span = openSpan(take);
  if (!span) return;
  const at = Math.max(edge.at, span.from.at);
  span.to = { at, plusMinusMs: edge.plusMinusMs };
  // What the watch saw since holds as well as what began it.
  const seenTo = span.evidence === 'inferred' ? 0 : (take.lastGoodAt ?? 0);
  span.provedTo = Math.min(Math.max(span.provedTo, seenTo, span.from.at), at);
  // Marked even while another take records: that one may turn out to have ended earlier.
  mark(state, at, why, more, edge.plusMinusMs);
  // What follows the wished for end is missed by nobody.
  const over = state.desired.state === 'stopped' && at >= state.desired.since;
  if (anySpanOpen(state) || over) return;
  const { cause, detail } = announced(state, span.to, { cause: why, detail: more });
  note(state, 'gap', `gap since ${iso(at)}: ${cause}${detail ? `, ${detail}` : ''}`, {
    cause,
    from: iso(at),
    take: take.number,
  });
}

/** It turns out that a take wrote nothing from `from` on, up to `to` or to this day: the source was not there. */
export function cutOut(
  state: SessionState,
  take: Take,
  from: Edge,
  to: Edge | null,
  detail: string | null,
): void {
  const until = to?.at ?? Infinity;
  for (const span of take.spans.filter((one) => one.from.at < until && (one.to?.at ?? Infinity) > from.at)) {
    const after = to !== null && (span.to?.at ?? Infinity) > to.at ? { ...span, from: to } : null;
    const end = span.from.at < from.at ? from : { ...from, at: span.from.at };
    // Media up to now was believed: from there on it is missing, and no longer there.
    state.marks = state.marks.filter(
      (one) => one.cause !== null || one.at <= end.at || one.at >= (to?.at ?? span.to?.at ?? Infinity),
    );
    if (openSpan(take) === span) endSpan(state, take, end, 'source-absent', detail);
    else {
      span.to = end;
      mark(state, end.at, 'source-absent', detail);
    }
    span.provedTo = Math.min(span.provedTo, end.at);
    if (after) addSpan(take, { ...after, n: take.nextSpan, provedTo: Math.max(after.provedTo, to!.at) });
  }
}

/** It turns out that a take wrote from `from` on, up to `to` or to this day. */
export function fillIn(state: SessionState, take: Take, from: Edge, to: Edge | null): void {
  let free = from;
  for (const span of take.spans) {
    if (span.to && span.to.at <= free.at) continue;
    if (span.from.at > (to?.at ?? Infinity)) break;
    if (span.from.at > free.at) span.from = free;
    if (!span.to) return;
    free = span.to;
  }
  if (to === null) beginSpan(state, take, free, 'observed', free.at);
  else if (to.at > free.at)
    addSpan(take, { n: take.nextSpan, from: free, to, evidence: 'observed', provedTo: to.at, files: null });
}

/** Spans of a take stand in the order of their beginnings. */
function addSpan(take: Take, span: Span): void {
  take.spans = [...take.spans, span].toSorted((a, b) => a.from.at - b.from.at || a.n - b.n);
  take.nextSpan += 1;
}

/** Its last span had not ended: the gap was none. */
export function reopenSpan(state: SessionState, take: Take): void {
  const last = take.spans.at(-1);
  if (!last?.to) return;
  const endedAt = last.to.at;
  state.marks = state.marks.filter(({ at }) => at < endedAt);
  last.to = null;
  mark(state, last.from.at, null);
}

/** The end of a span that nobody saw: media is certain up to the last proof, and may have gone on until now. */
export function unseenEnd(take: Take, now: number): Edge {
  const span = openSpan(take);
  const lastGood = Math.max(take.lastGoodAt ?? 0, span?.provedTo ?? 0);
  const at = Math.min(lastGood || now, now);
  return { at, plusMinusMs: now - at };
}

/**
 * The end of a span of a take that the vendor ended by itself: where nothing tells of a source that goes, media may
 * have ended as long before the last proof as the vendor waits for a source.
 */
export function lostEnd(take: Take, now: number): Edge {
  const { at, plusMinusMs } = unseenEnd(take, now);
  return { at, plusMinusMs: Math.max(plusMinusMs, take.blindMs) };
}

export function raise(span: Span, evidence: Evidence): void {
  span.evidence = stronger(span.evidence, evidence);
}

/** One numbered line in the session's own log. `data` is kept where receivers are told of it. */
export function note(
  state: SessionState,
  kind: LogEntry['kind'],
  text: string,
  data?: LogEntry['data'],
): void {
  // For receivers, and for whoever asks what became of another window.
  const told = data?.neighbour !== undefined || state.plan.specification.notify !== undefined;
  state.log.push({ sequence: state.nextLog, at: state.at, kind, text, ...(told && data && { data }) });
  state.nextLog += 1;
}

export function noteTake(state: SessionState, take: Take, text: string): void {
  note(state, 'take', `take ${take.number} ${text}`, { take: take.number, recording: take.recording });
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}
