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
  fromPlusMinusMs: number;
  toPlusMinusMs: number;
}

export interface Row {
  ours: Stretch | null;
  truth: Stretch | null;
  agree: boolean;
}

/** Names of files that are stored: by both accounts, by ours alone, and in truth alone. */
export interface Files {
  both: string[];
  oursAlone: string[];
  truthAlone: string[];
}

/** Media written closer together than this is one stretch: a frame apart. */
const JOINED_MS = 250;

/**
 * Recordings of this session, by the vendor's own identity, with their takes: the session is in each one's metadata. A
 * vendor that takes no names recorded nothing else, and its recordings are the takes with which they have most in common.
 */
export function takesOf(
  truth: readonly TruthEntry[],
  sessionId: string,
  unnamed: readonly Stretch[] | null = null,
): Takes {
  const takes = new Map<string, number>();
  for (const entry of truth) {
    if (entry.type !== 'recording' || entry.event !== 'began') continue;
    const { session, take } = JSON.parse(entry.metadata ?? '{}') as { session?: string; take?: number };
    if (session === sessionId && take !== undefined) takes.set(entry.recording, take);
    else if (unnamed !== null) takes.set(entry.recording, mostIn(truth, entry.recording, unnamed));
  }
  return takes;
}

export type Takes = ReadonlyMap<string, number>;

function mostIn(truth: readonly TruthEntry[], recording: string, ours: readonly Stretch[]): number {
  const media = truth.flatMap((one) => (one.type === 'media' && one.recording === recording ? [one] : []));
  const common = (one: Stretch): number =>
    media.reduce(
      (sum, { from, to }) => sum + Math.max(0, Math.min(to, one.to) - Math.max(from, one.from)),
      0,
    );
  const best = ours.filter(({ take }) => take !== null).toSorted((a, b) => common(b) - common(a))[0];
  return best?.take ?? 0;
}

/** Whether a file of the vendor's is now where it puts its files. */
export type Holds = (file: string) => boolean;

/** What the vendor really wrote under this session's names, with its gaps. */
export function truthStretches(
  truth: readonly TruthEntry[],
  takes: Takes,
  [from, to]: [number, number],
  holds: Holds,
): Stretch[] {
  const written = truth.filter((entry) => entry.type === 'media');
  const files = new Set(written.map((entry) => entry.file));
  const lost = truth.filter((entry) => entry.type === 'file').filter(({ event }) => event === 'lost');
  const lostFiles = new Set(lost.map((entry) => entry.file));
  const pieces = [
    ...written.map((entry) => ({ ...entry, kept: !lostFiles.has(entry.file) && holds(entry.file) })),
    // What was lost before it was a file is told by its loss alone.
    ...lost.flatMap(({ recording, file, from: begin, to: end }) =>
      begin === undefined || end === undefined || files.has(file)
        ? []
        : [{ recording, from: begin, to: end, kept: false }],
    ),
  ];
  const media: Stretch[] = [];
  for (const piece of pieces.toSorted((a, b) => a.from - b.from)) {
    const take = takes.get(piece.recording);
    if (take === undefined || piece.to <= from || piece.from >= to) continue;
    const { kept } = piece;
    const last = media.at(-1);
    if (last && last.take === take && last.kept === kept && piece.from - last.to <= JOINED_MS) {
      last.to = Math.min(piece.to, to);
      continue;
    }
    media.push({
      ...EXACT,
      from: Math.max(piece.from, from),
      to: Math.min(piece.to, to),
      take,
      text: kept ? 'written' : 'written, file lost',
      kept,
    });
  }
  return withGaps(media, from, to);
}

const EXACT = { fromPlusMinusMs: 0, toPlusMinusMs: 0 };

function withGaps(media: Stretch[], from: number, to: number): Stretch[] {
  const all: Stretch[] = [];
  let at = from;
  const gapUntil = (end: number): void => {
    if (end - at > JOINED_MS)
      all.push({ ...EXACT, from: at, to: end, take: null, text: 'nothing', kept: false });
  };
  for (const one of media) {
    gapUntil(one.from);
    all.push(one);
    at = Math.max(at, one.to);
  }
  gapUntil(to);
  return all;
}

/** keeprolling's own account, from the public coverage alone: pieces of a take that are known alike, and gaps, as one. */
export function ourStretches(coverage: TargetCoverage): Stretch[] {
  const spans = coverage.spans.map((span): Stretch => ({
    ...edges(span),
    take: span.take,
    text: span.evidence,
    kept: span.evidence === 'stored',
  }));
  const gaps = coverage.gaps.map((gap): Stretch => ({
    ...edges(gap),
    take: null,
    text: gap.cause,
    kept: false,
  }));
  const joined: Stretch[] = [];
  for (const one of [...spans, ...gaps].toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    const same = last && last.take === one.take && last.kept === one.kept && one.from - last.to <= 1;
    if (!same) joined.push(one);
    else {
      const text = last.text.endsWith(one.text) ? last.text : `${last.text}, ${one.text}`;
      Object.assign(last, { to: one.to, toPlusMinusMs: one.toPlusMinusMs, text });
    }
  }
  return joined;
}

function edges(one: TargetCoverage['gaps'][number] | TargetCoverage['spans'][number]) {
  const { fromPlusMinusMs, toPlusMinusMs } = one;
  return { from: Date.parse(one.from), to: Date.parse(one.to), fromPlusMinusMs, toPlusMinusMs };
}

/**
 * Row by row. Edges agree within what is declared for them, or within `edgeMs`; a gap of one column alone that is no
 * longer than that is an edge, too.
 */
export function compare(ours: readonly Stretch[], truth: readonly Stretch[], edgeMs: number): Row[] {
  const [left, right] = [[...ours], [...truth]];
  const rows: Row[] = [];
  const isEdge = (one: Stretch | null): boolean => one !== null && one.to - one.from <= edgeOf(one, edgeMs);
  while (left.length > 0 || right.length > 0) {
    const [a, b] = [left[0] ?? null, right[0] ?? null];
    const agree = a !== null && b !== null && isSame(a, b, edgeMs);
    if (!agree && isEdge(a)) left.shift();
    else if (!agree && isEdge(b)) right.shift();
    else {
      left.shift();
      right.shift();
      rows.push({ ours: a, truth: b, agree });
    }
  }
  return rows;
}

/** Media that is no longer than the uncertainty of its own edges is an edge of what is beside it, as a short gap is. */
function edgeOf({ take, fromPlusMinusMs, toPlusMinusMs }: Stretch, edgeMs: number): number {
  return take === null ? edgeMs : Math.max(fromPlusMinusMs, toPlusMinusMs);
}

function isSame(a: Stretch, b: Stretch, edgeMs: number): boolean {
  const near = (x: number, y: number, plusMinusMs: number): boolean =>
    Math.abs(x - y) <= Math.max(edgeMs, plusMinusMs + 1000);
  return (
    a.take === b.take &&
    a.kept === b.kept &&
    near(a.from, b.from, a.fromPlusMinusMs) &&
    near(a.to, b.to, a.toPlusMinusMs)
  );
}

/** Files that keeprolling tells to be stored, and files that the vendor really finished and that are there now. */
export function compareFiles(
  coverage: TargetCoverage,
  truth: readonly TruthEntry[],
  takes: Takes,
  holds: Holds,
): Files {
  const stored = coverage.spans.filter((span) => span.evidence === 'stored').flatMap((span) => span.files);
  const ours = [...new Set(stored)];
  const finished = truth
    .filter((entry) => entry.type === 'file')
    .flatMap(({ recording, file, event }) => (event === 'finalised' && takes.has(recording) ? [file] : []));
  const there = [...new Set(finished)].filter((file) => holds(file));
  return {
    both: ours.filter((file) => there.includes(file)),
    oursAlone: ours.filter((file) => !there.includes(file)),
    truthAlone: there.filter((file) => !ours.includes(file)),
  };
}

export interface Verdict {
  rows: Row[];
  files: Files;
  agree: boolean;
}

/** Whether both accounts of a session are the same. One that recorded nothing proves nothing. */
export function judge(rows: Row[], files: Files): Verdict {
  const sameTimes = rows.length > 0 && rows.every((row) => row.agree);
  const sameFiles = files.both.length > 0 && files.oursAlone.length + files.truthAlone.length === 0;
  return { rows, files, agree: sameTimes && sameFiles };
}
