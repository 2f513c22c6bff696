/**
 * The referee: compares what keeprolling says of a session with the vendor's truth log, and never with itself. Each
 * checker returns sentences; an empty list is a pass.
 */
import type { TruthEntry } from '../../src/emulators/truth.ts';
import type { SessionRecord } from '../../src/archive/read.ts';
import { coverageOf } from '../../src/session/coverage.ts';

export interface Case {
  sessionId: string;
  truth: readonly TruthEntry[];
  record: SessionRecord;
  /** When the session's workflow closed; null while it runs. */
  closedAt: number | null;
  /** Now, for what is still open. */
  now: number;
  /** The longest distance of two looks, milliseconds. */
  lookMs: number;
  /** Two recordings at once are declared (a hand-over). */
  handOver?: boolean;
  /** The most uncertainty that an edge may declare. */
  maxDoubtMs?: number;
  /** Nothing tells of a source that goes: what is claimed must lie within the life of a recording, not within media. */
  blind?: boolean;
  /** Callbacks alone tell of the source, and some get lost: what they did not take back is told as `source-absent`. */
  lossy?: boolean;
  /** Names of files are the same in ledger and truth, so that what is stored can be looked up. */
  filesByName?: boolean;
  /** The vendor takes no names of ours: everything that it recorded is this session's, but what `others` names. */
  ownsAll?: { others: readonly string[] };
  /** Where the comparison of coverage ends; the window's end or the close by default. */
  until?: number;
}

interface Live {
  recording: string;
  name: string;
  session: string;
  take: number;
  from: number;
  to: number;
  /** Ended by a restart of the vendor. */
  forgotten: boolean;
}

export function judge(one: Case): string[] {
  return [
    ...neverTwo(one),
    ...noneOutlives(one),
    ...namesOnce(one),
    ...coverageIsTrue(one),
    ...noUnknownGap(one),
    ...storedIsThere(one),
  ];
}

/** Recordings of this session as the vendor really had them. */
function recordingsOf({ truth, sessionId, now, ownsAll }: Case): Live[] {
  const live = new Map<string, Live>();
  for (const entry of truth) {
    if (entry.type !== 'recording') continue;
    if (entry.event === 'began') {
      const meta = parseMetadata(entry.metadata);
      live.set(entry.recording, {
        recording: entry.recording,
        name: entry.recording.replace(/#\d+$/, ''),
        session: meta?.session ?? (ownsAll && !ownsAll.others.includes(entry.recording) ? sessionId : ''),
        take: meta?.take ?? 0,
        from: entry.at,
        to: now,
        forgotten: false,
      });
    } else {
      const known = live.get(entry.recording);
      if (!known) continue;
      known.to = entry.at;
      known.forgotten = entry.reason?.startsWith('process') ?? false;
    }
  }
  return [...live.values()].filter((one) => one.session === sessionId);
}

function parseMetadata(text: string | undefined): { session: string; take: number } | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as { session: string; take: number };
  } catch {
    return undefined;
  }
}

/** Also those that a late callback named, and that were then stopped. */
function writtenOff({ record }: Case): Set<number> {
  const told = record.log.flatMap(({ text }) => /^take (\d+) is written off/.exec(text)?.slice(1) ?? []);
  return new Set(told.map(Number));
}

/** At most one live recording, but for a declared hand-over or a take that was written off. */
export function neverTwo(one: Case): string[] {
  const off = writtenOff(one);
  const live = recordingsOf(one)
    .filter((recording) => !off.has(recording.take))
    .toSorted((a, b) => a.from - b.from);
  const faults: string[] = [];
  for (const begun of live) {
    const others = live.filter((b) => b !== begun && b.from <= begun.from && begun.from < b.to);
    const handedOver = one.handOver && others.length === 1 && overlap(others[0]!, begun) <= HANDOVER_MS;
    if (others.length > 0 && !handedOver) {
      faults.push(`${begun.recording} began while ${others.map((b) => b.recording).join(', ')} recorded`);
    }
  }
  return faults;
}

/** A next take is proved, and then the former stopped: minutes, even where both calls fail a few times. */
const HANDOVER_MS = 10 * 60_000;

function overlap(former: Live, next: Live): number {
  return Math.min(former.to, next.to) - next.from;
}

export function noneOutlives(one: Case): string[] {
  if (one.closedAt === null) return [];
  const off = new Set(
    one.record.takes.filter((take) => take.status === 'written-off').map((take) => take.number),
  );
  const closedAt = one.closedAt;
  return recordingsOf(one)
    .filter((recording) => recording.to > closedAt && !off.has(recording.take))
    .map((recording) => `${recording.recording} outlived its session by ${recording.to - closedAt} ms`);
}

/**
 * No name is given twice, and no file of ours is overwritten. Only a start that is sent again since its reply was lost
 * may meet its own name, when the vendor itself has forgotten the first one; its files have names of their own.
 */
export function namesOnce(one: Case): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  // Where the vendor takes no names of ours they are the target's, and files are kept apart by time and sequence.
  const named = one.ownsAll ? [] : recordingsOf(one);
  for (const { name, forgotten } of named) {
    if (seen.has(name)) faults.push(`the name ${name} was used twice`);
    if (!forgotten) seen.add(name);
  }
  const ours = new Set(recordingsOf(one).map((recording) => recording.recording));
  for (const entry of one.truth) {
    if (entry.type === 'file' && entry.event === 'overwritten' && ours.has(entry.recording)) {
      faults.push(`${entry.file} was overwritten`);
    }
  }
  return faults;
}

type Interval = [number, number];

function union(intervals: Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const [from, to] of intervals.filter(([a, b]) => b > a).toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** What is in `a` and not in `b`. */
function minus(a: Interval[], b: Interval[]): Interval[] {
  let rest = a;
  for (const [from, to] of b) {
    rest = rest.flatMap(([x, y]): Interval[] => {
      if (to <= x || from >= y) return [[x, y]];
      return [[x, Math.min(y, from)] as Interval, [Math.max(x, to), y] as Interval].filter(([p, q]) => q > p);
    });
  }
  return rest;
}

export function truthIntervals(one: Case): Interval[] {
  const off = writtenOff(one);
  return union(
    mediaOf(
      one,
      recordingsOf(one).filter((recording) => !off.has(recording.take)),
    ),
  );
}

function mediaOf({ truth }: Case, recordings: Live[]): Interval[] {
  const ours = new Set(recordings.map((recording) => recording.recording));
  return truth.flatMap((entry): Interval[] =>
    entry.type === 'media' && ours.has(entry.recording) ? [[entry.from, entry.to]] : [],
  );
}

/**
 * Each stretch where the ledger and the truth differ is at most one look plus a second long, or lies within the
 * uncertainty that the ledger itself declares for that edge.
 */
export function coverageIsTrue(one: Case): string[] {
  const { record } = one;
  const { from, to } = judgedWindow(one);
  if (to <= from) return [];
  const clip = ([a, b]: Interval): Interval => [Math.max(a, from), Math.min(b, to)];
  const said = union(record.spans.map(({ span }): Interval => clip([span.from.at, span.to?.at ?? one.now])));
  const was = union(truthIntervals(one).map(clip));
  const all = union(mediaOf(one, recordingsOf(one)).map(clip));
  const alive = one.blind ? union(recordingsOf(one).map((r): Interval => clip([r.from, r.to]))) : all;
  const doubtful = union(
    record.spans.flatMap(({ span }) =>
      [span.from, ...(span.to ? [span.to] : [])].map(({ at, plusMinusMs }): Interval => [
        at - plusMinusMs - 1000,
        at + plusMinusMs + 1000,
      ]),
    ),
  );
  const bound = one.lookMs * 1.1 + 1000;
  const far = ([a, b]: Interval): boolean => b - a > bound;
  const time = (at: number): string => new Date(at).toISOString();
  const sentences = (what: string, found: Interval[]): string[] =>
    found.filter(far).flatMap((interval) =>
      minus([interval], doubtful)
        .filter(far)
        .map(([a, b]) => `${what}: ${time(a)} to ${time(b)}, ${b - a} ms`),
    );
  return [
    ...sentences('claimed and not recorded', minus(said, alive)),
    ...sentences('recorded and not claimed', minus(minus(was, said), one.lossy ? silences(one) : [])),
    ...(one.maxDoubtMs === undefined ? [] : tooDoubtful(one, one.maxDoubtMs)),
  ];
}

/** What the ledger names as the source's absence. */
function silences(one: Case): Interval[] {
  const { from, to } = judgedWindow(one);
  const { gaps } = coverageOf(one.record.spans, one.record.marks, from, to);
  return gaps.filter((gap) => gap.cause === 'source-absent').map((gap): Interval => [gap.from, gap.to]);
}

/** Declared uncertainty is no way out where nothing went wrong with the looks. */
function tooDoubtful({ record }: Case, maxMs: number): string[] {
  return record.spans.flatMap(({ take, span }) =>
    [span.from, ...(span.to ? [span.to] : [])]
      .filter((edge) => edge.plusMinusMs > maxMs)
      .map((edge) => `take ${take} has an edge of ±${edge.plusMinusMs} ms, more than ${maxMs} ms`),
  );
}

function judgedWindow({ record, until, now, closedAt }: Case): { from: number; to: number } {
  const from = record.header.window.fromMs;
  return { from, to: until ?? Math.min(record.header.window.untilMs ?? now, closedAt ?? now) };
}

/** What is told to be stored is there, under that very name: only where the vendor puts our names on its files. */
export function storedIsThere(one: Case): string[] {
  if (!one.filesByName) return [];
  const there = new Map<string, boolean>();
  for (const entry of one.truth) {
    if (entry.type === 'file') there.set(entry.file, entry.event === 'finalised');
  }
  const files = one.record.takes.flatMap((take) => take.files?.files ?? []);
  return files
    .filter((file) => file.state === 'stored' && there.get(file.name) !== true)
    .map((file) => `${file.name} is told to be stored and is not`);
}

export function noUnknownGap(one: Case): string[] {
  const { record } = one;
  const { from, to } = judgedWindow(one);
  const { gaps } = coverageOf(record.spans, record.marks, from, to);
  return gaps
    .filter((gap) => gap.cause === 'unknown')
    .map((gap) => `a gap without a cause: ${new Date(gap.from).toISOString()}, ${gap.to - gap.from} ms`);
}
