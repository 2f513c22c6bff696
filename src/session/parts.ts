/**
 * What is settled leaves the state: each edge of a take makes an immutable part for the archive, and what the parts
 * hold is cut from the state once it grows, leaving exact sums. So the state has the same size after a month.
 */
import { addTotals, coverageOf } from './coverage.ts';
import type { Effect, EndedTake, Part } from './events.ts';
import { openSpan, takenSpans } from './ledger.ts';
import type { SessionState, Span, Take } from './state.ts';

/** Spans and marks kept in the state for status and coverage; older ones are in the archive. */
const SPANS_KEPT = 60;
const MARKS_KEPT = 80;
const LOG_KEPT = 60;
/** Of the files of a take, once they are archived. */
const FILES_KEPT = { live: 20, ended: 2 };
/** A part is also made when this much waits, although no take has begun or ended. */
const WAITING = { spans: 20, marks: 100, log: 50, commands: 20, files: 40 };

/** So long a take that was written off is remembered for a callback that names it. */
const NAMED_LATE_MS = 15 * 60_000;

const keyOf = (take: Take, span: Span): string => `${take.number}/${span.n}`;

/** A closed span is written once more when its evidence has risen since, or an edge was moved. */
const versionOf = (take: Take, span: Span): string =>
  `${keyOf(take, span)} ${span.evidence} ${span.from.at} ${span.to?.at ?? 'open'}`;

/** Effects for parts and files that are due; `last` at the end of the session. */
export function archiveEffects(
  state: SessionState,
  edge: boolean,
  last: boolean,
  takes: { ended: EndedTake[]; opened: EndedTake[] },
): Effect[] {
  const effects: Effect[] = [];
  const written = new Set(state.part.spans);
  if (!edge && !last && !muchWaits(state, written)) return effects;
  effects.push({ kind: 'archive', part: makePart(state, written), ...takes });
  cut(state);
  return effects;
}

function muchWaits(state: SessionState, written: Set<string>): boolean {
  const closed = state.takes.flatMap((take) =>
    take.spans.filter((span) => span.to && !written.has(versionOf(take, span))),
  );
  return (
    closed.length >= WAITING.spans ||
    state.marks.length >= WAITING.marks ||
    state.takes.some((take) => take.files.filter(({ fresh }) => fresh).length >= WAITING.files) ||
    state.log.filter((entry) => entry.sequence > state.part.logTo).length >= WAITING.log ||
    state.commands.filter((command) => command.revision > state.part.commandsTo).length >= WAITING.commands
  );
}

function makePart(state: SessionState, written: Set<string>): Part {
  const { part } = state;
  const takes = state.takes.map((take) => ({
    number: take.number,
    recording: take.recording,
    status: take.status,
    spans: take.spans.filter((span) => !written.has(versionOf(take, span))),
    files: take.files.flatMap(({ fresh, ...file }) => (fresh ? file : [])),
    fileCount: take.fileCount,
    ended: take.ended,
    boundAt: take.boundAt,
    requestIds: take.requestIds,
  }));
  const made: Part = {
    sessionId: state.plan.sessionId,
    number: part.next,
    at: state.at,
    takes,
    marks: state.marks.filter((mark) => mark.at >= part.marksTo),
    commands: state.commands.filter((command) => command.revision > part.commandsTo),
    log: state.log.filter((entry) => entry.sequence > part.logTo),
  };
  const firstOpen = Math.min(...state.takes.flatMap((take) => backTo(take) ?? []), state.at);
  state.part = {
    next: part.next + 1,
    spans: state.takes.flatMap((take) =>
      take.spans.filter((span) => span.to).map((span) => versionOf(take, span)),
    ),
    // Marks before this are final; the others may be set back, and are then written again.
    marksTo: firstOpen,
    logTo: state.log.at(-1)?.sequence ?? part.logTo,
    commandsTo: state.commands.at(-1)?.revision ?? part.commandsTo,
  };
  return made;
}

/** How far back the next word on a take can set a mark: into its open span, or to its start while nobody has looked. */
function backTo(take: Take): number | null {
  const span = openSpan(take);
  if (span) return span.from.at;
  return take.status === 'open' && take.actual === null && take.spans.length === 0 ? take.acceptedAt : null;
}

/** Drops what is archived and old, and adds it to the sums. */
function cut(state: SessionState): void {
  state.log = state.log.slice(-LOG_KEPT);
  for (const take of state.takes) {
    const kept = take.files.slice(-FILES_KEPT[take.ended ? 'ended' : 'live']);
    take.files = kept.map(({ fresh: _written, ...file }) => file);
  }
  const spans = state.takes.flatMap((take) => take.spans);
  const excess = spans.length - SPANS_KEPT;
  if (excess <= 0 && state.marks.length <= MARKS_KEPT) {
    dropEmptyTakes(state);
    return;
  }
  const kept = spans.toSorted((a, b) => a.from.at - b.from.at).slice(Math.max(0, excess));
  const oldestOpen = Math.min(...spans.filter((span) => !span.to).map((span) => span.from.at), state.at);
  const to = Math.min(kept[0]?.from.at ?? state.at, oldestOpen);
  settle(state, to);
}

function settle(state: SessionState, to: number): void {
  const { fromMs } = state.plan.specification.window;
  const from = Math.max(state.settledTo, fromMs);
  const until = Math.min(to, state.untilMs ?? to);
  if (until > from) {
    const { totals } = coverageOf(takenSpans(state), state.marks, from, until);
    state.settled = addTotals(state.settled, totals);
  }
  state.settledTo = Math.max(state.settledTo, to);
  for (const take of state.takes) {
    take.spans = take.spans.filter((span) => !span.to || span.to.at > to);
  }
  dropEmptyTakes(state);
  const before = state.marks.filter((mark) => mark.at <= to).at(-1);
  state.marks = [...(before ? [before] : []), ...state.marks.filter((mark) => mark.at > to)];
  const left = new Set(state.takes.flatMap((take) => take.spans.map((span) => versionOf(take, span))));
  state.part.spans = state.part.spans.filter((version) => left.has(version));
}

/** A late callback can still name one that was written off. */
function mayBeNamed({ plan, at }: SessionState, { status, named, ended }: Take): boolean {
  return plan.callbacks === true && status === 'written-off' && !named && at < ended!.at + NAMED_LATE_MS;
}

/** Ended takes without spans say nothing that the archive does not say. The last one stays for people. */
function dropEmptyTakes(state: SessionState): void {
  const last = state.takes.at(-1);
  state.takes = state.takes.filter(
    (take) => take === last || take.spans.length > 0 || take.ended === null || mayBeNamed(state, take),
  );
}
