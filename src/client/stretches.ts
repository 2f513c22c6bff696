/** What is known of one session over a stretch of time, in one form, whether it comes from the archive or from itself. */
import type { TakeFiles } from '../activities/wire.ts';
import { isStored, type SessionRecord, type TakeRecord } from '../archive/read.ts';
import { coverageOf, stronger, type CoveredSpan, type Gap } from '../session/coverage.ts';
import type { FileSeen } from '../session/facts.ts';
import { withFiles } from '../session/filed.ts';
import type { CoverageView, StatusView } from '../session/views.ts';
import { recordWindow } from './archived.ts';
import { inDoubt } from './present.ts';

export interface Piece extends CoveredSpan {
  files: string[];
  /** Where the last of them is, as the vendor writes it; null where it says nothing of it. */
  place: string | null;
  recording: string | null;
}

/** A file that is not where it belongs: the vendor deletes it at `expiresAt`, or says what stands in its way. */
export interface FileAtRisk {
  take: number;
  name: string;
  state: FileSeen['state'];
  place: string | null;
  expiresAt: number | null;
  trouble: string | null;
}

/** Instants are epoch milliseconds. Spans and gaps together fill `from`–`to`. */
export interface SessionStretch {
  sessionId: string;
  name: string;
  from: number;
  to: number;
  outcome: string | null;
  live: boolean;
  spans: Piece[];
  gaps: Gap[];
  writtenOff: { take: number; recording: string | null; boundAt: number | null }[];
  filesAtRisk: FileAtRisk[];
}

/** null where the session has nothing in `from`–`to`. */
export function stretchOfRecord(
  record: SessionRecord,
  live: boolean,
  from: number,
  to: number,
): SessionStretch | null {
  const window = recordWindow(record);
  const begin = Math.max(from, window.from);
  const end = Math.min(to, window.to);
  if (end <= begin) return null;
  const { spans, gaps } = coverageOf(record.spans, record.marks, begin, end);
  return {
    sessionId: record.header.sessionId,
    name: record.header.name,
    from: begin,
    to: end,
    outcome: record.result?.outcome ?? null,
    live,
    spans: spans.map((span) => pieceOf(record, live ? span : closed(span))),
    gaps,
    writtenOff: writtenOffIn(record.takes),
    filesAtRisk: atRisk(record.takes.map((take) => take.files)),
  };
}

/** What a session says of itself: `coverage`, with `status` beside it for what coverage does not tell. */
export interface LiveAnswers {
  coverage: CoverageView;
  status: StatusView | null;
  /** From the keeper of its files; null when that did not answer. */
  files: TakeFiles[] | null;
  /** By take, from the pending look. */
  lastGood: Record<string, number>;
  open: boolean;
  now: number;
}

/** @param record what the archive has of it: what the session has settled is only there */
export function stretchOfLive(
  name: string,
  answers: LiveAnswers,
  record: SessionRecord | undefined,
  from: number,
  to: number,
): SessionStretch | null {
  const { coverage, status } = answers;
  const detailFrom = Date.parse(coverage.detailFrom);
  const windowFrom = Date.parse(coverage.window.from);
  const extended = extendedToNow(answers);
  const begin = Math.max(from, windowFrom);
  const end = Math.min(to, extended.to);
  if (end <= begin) return null;

  const settled =
    record && windowFrom < detailFrom
      ? coverageOf(record.spans, record.marks, windowFrom, detailFrom)
      : { spans: [], gaps: [] };
  const spans = [
    ...settled.spans.map((span) => pieceOf(record!, span)),
    ...extended.spans.map((span) => livePiece(span, answers, record)),
  ];
  const liveTakes = (status?.takes ?? [])
    .filter((take) => take.status === 'written-off')
    .map(({ number, recording, boundAt }) => ({
      take: number,
      recording,
      boundAt: boundAt === null ? null : Date.parse(boundAt),
    }));
  const told = new Set(liveTakes.map((one) => one.take));
  const earlier = writtenOffIn(record?.takes ?? []).filter((one) => !told.has(one.take));
  return {
    sessionId: coverage.sessionId,
    name,
    from: begin,
    to: end,
    outcome: status?.outcome ?? null,
    live: answers.open,
    spans: clipped(spans, begin, end),
    gaps: clipped([...settled.gaps, ...extended.gaps], begin, end),
    writtenOff: [...earlier, ...liveTakes],
    filesAtRisk: atRisk(answers.files ?? (record?.takes ?? []).map((take) => take.files)),
  };
}

interface Extended {
  to: number;
  spans: CoveredSpan[];
  gaps: Gap[];
}

/**
 * A session learns nothing of looks that find all as believed, so what it says ends with its last event. What was so
 * then is so now: its last stretch goes on to this moment, and a span that goes on is proved as far as the looks saw it.
 */
function extendedToNow({ coverage, status, lastGood, open, now }: LiveAnswers): Extended {
  const spans = coverage.spans.map(inMs);
  const gaps = coverage.gaps.map(inMs);
  const told = Date.parse(coverage.window.to);
  const over = status === null || status.outcome !== null || status.desired.state === 'stopped';
  if (over) return { to: told, spans: open ? spans : spans.map(closed), gaps };
  const { until } = status.window;
  const end = until === null ? Infinity : Date.parse(until);
  if (!open) {
    // Its workflow was ended from outside: what its looks have seen until then is the last that is known.
    const seen = spans.map((span) => (span.open ? (lastGood[String(span.take)] ?? told) : told));
    const to = Math.max(told, Math.min(end, Math.max(...seen)));
    const known = spans.flatMap((span) => proved(span, to, lastGood[String(span.take)]));
    return { to, spans: known.map(closed), gaps };
  }
  const to = Math.max(told, Math.min(now, end));

  const lastGap = gaps.at(-1);
  if (lastGap?.to === told) return { to, spans, gaps: [...gaps.slice(0, -1), { ...lastGap, to }] };
  if (inDoubt(status)) return { to: told, spans, gaps };
  return { to, spans: spans.flatMap((span) => proved(span, to, lastGood[String(span.take)])), gaps };
}

/** Nobody says that it goes on. */
function closed(span: CoveredSpan): CoveredSpan {
  return { ...span, open: false };
}

function proved(span: CoveredSpan, to: number, good: number | undefined): CoveredSpan[] {
  if (!span.open) return [span];
  const whole = { ...span, to: Math.max(span.to, to) };
  if (span.evidence !== 'inferred' || good === undefined || good <= span.from) return [whole];
  if (good >= whole.to) return [{ ...whole, evidence: 'observed' }];
  return [
    { ...whole, to: good, toPlusMinusMs: 0, open: false, evidence: 'observed' },
    { ...whole, from: good, fromPlusMinusMs: 0 },
  ];
}

function inMs<T extends { from: string; to: string }>(
  one: T,
): Omit<T, 'from' | 'to'> & { from: number; to: number } {
  return { ...one, from: Date.parse(one.from), to: Date.parse(one.to) };
}

function clipped<T extends { from: number; to: number }>(stretches: T[], from: number, to: number): T[] {
  return stretches
    .map((one) => ({ ...one, from: Math.max(one.from, from), to: Math.min(one.to, to) }))
    .filter((one) => one.to > one.from)
    .toSorted((a, b) => a.from - b.from || a.to - b.to);
}

function pieceOf(record: SessionRecord, span: CoveredSpan): Piece {
  const take = record.takes.find((one) => one.number === span.take);
  const held = record.spans.filter(
    (one) =>
      one.take === span.take && one.span.from.at < span.to && (one.span.to?.at ?? Infinity) > span.from,
  );
  const ranges = held.flatMap((one) => one.span.files ?? []);
  return {
    ...span,
    recording: take?.recording ?? null,
    ...named(filesIn(take?.files?.files ?? [], span, ranges)),
  };
}

function livePiece(span: CoveredSpan, answers: LiveAnswers, record: SessionRecord | undefined): Piece {
  const known = record?.takes.find((one) => one.number === span.take);
  const viewed = answers.status?.takes.find((one) => one.number === span.take);
  const kept = answers.files?.find((one) => one.take === span.take) ?? known?.files;
  const running = viewed !== undefined && !['ended', 'written-off'].includes(viewed.status);
  const stored = !running && !span.open && kept != null && isStored(span.from, span.to, kept);
  return {
    ...span,
    evidence: stored ? stronger(span.evidence, 'stored') : span.evidence,
    recording: viewed?.recording ?? known?.recording ?? null,
    // Of many files the keeper tells the urgent ones alone.
    ...named(filesIn(withFiles(known?.files?.files ?? [], kept?.files ?? []), span, [])),
  };
}

/** The files that hold a piece: by their sequences where the span names them, else by their times, else all. */
function filesIn(
  files: FileSeen[],
  piece: { from: number; to: number },
  ranges: { first: number; last: number }[],
): FileSeen[] {
  const holds = (file: FileSeen): boolean => {
    if (ranges.length > 0)
      return ranges.some((range) => file.sequence >= range.first && file.sequence <= range.last);
    if (file.from === undefined) return true;
    return file.from < piece.to && (file.to ?? Infinity) > piece.from;
  };
  return files
    .filter((file) => file.state !== 'missing' && holds(file))
    .toSorted((a, b) => a.sequence - b.sequence);
}

function named(files: FileSeen[]): Pick<Piece, 'files' | 'place'> {
  return { files: files.map(({ name }) => name), place: files.at(-1)?.place ?? null };
}

/** The earliest deadline first. */
function atRisk(takes: (TakeFiles | null)[]): FileAtRisk[] {
  return takes
    .flatMap((one) => (one?.files ?? []).map((file) => ({ take: one!.take, file })))
    .filter(
      ({ file }) => file.trouble !== undefined || (file.expiresAt !== undefined && file.state !== 'stored'),
    )
    .map(({ take, file: { name, state, place = null, expiresAt = null, trouble = null } }) => ({
      take,
      name,
      state,
      place,
      expiresAt,
      trouble,
    }))
    .toSorted((a, b) => (a.expiresAt ?? Infinity) - (b.expiresAt ?? Infinity) || a.take - b.take);
}

function writtenOffIn(takes: TakeRecord[]): SessionStretch['writtenOff'] {
  return takes
    .filter((take) => take.status === 'written-off')
    .map(({ number, recording, boundAt }) => ({ take: number, recording, boundAt }));
}
