/** Reads the sessions of a target back from the archive, checks that no part was changed, and computes coverage. */
import { KeepRollingError } from '../contract/errors.ts';
import type { LedgerHeader, TakeFiles } from './shapes.ts';
import type { TakenSpan } from '../session/coverage.ts';
import { TOUCH_MS, withFiles, type TakeSums } from '../session/filed.ts';
import { stronger } from '../session/coverage.ts';
import type { SessionResult } from '../session/events.ts';
import type { CauseMark, CommandRecord, LogEntry } from '../session/state.ts';
import { hashOf, type Archive } from './archive.ts';
import { readFiles } from './files.ts';
import { readSessionFile, type PartFile } from './ledger.ts';
import { parsePiece } from './pieces.ts';
import { readSwept, type Swept } from './swept.ts';

export interface TakeRecord {
  number: number;
  recording: string | null;
  status: string;
  boundAt: number | null;
  ended: { at: number; how: string } | null;
  requestIds: string[];
  files: TakeFiles | null;
}

/** All that is known of one session, from its parts. */
export interface SessionRecord {
  header: LedgerHeader;
  result: SessionResult | null;
  takes: TakeRecord[];
  spans: TakenSpan[];
  marks: CauseMark[];
  commands: CommandRecord[];
  log: LogEntry[];
  parts: number;
  /** Instant of the last part: what came later is not in the archive. */
  at: number;
  /** What a sweep has stopped, since nobody else did. */
  swept: Swept[];
}

/** Folders of all sessions of a target, oldest window first. */
export async function sessionFolders(archive: Archive, key: string): Promise<string[]> {
  const folders: string[] = [];
  for (const date of await archive.list(key)) {
    if (!/^\d{4}-\d{2}-\d{2}\/$/.test(date)) continue;
    for (const session of await archive.list(`${key}/${date.slice(0, -1)}`)) {
      if (session.endsWith('/')) folders.push(`${key}/${date}${session.slice(0, -1)}`);
    }
  }
  return folders;
}

/** What lies beside the ledgers. */
const BESIDE = ['requests/', 'sweeps/'];

/** Keys of all targets that have ledgers in the archive. */
export async function archivedKeys(archive: Archive, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for (const entry of await archive.list(prefix)) {
    if (!entry.endsWith('/') || (prefix === '' && BESIDE.includes(entry))) continue;
    if (/^\d{4}-\d{2}-\d{2}\/$/.test(entry)) return [prefix];
    keys.push(
      ...(await archivedKeys(
        archive,
        prefix === '' ? entry.slice(0, -1) : `${prefix}/${entry.slice(0, -1)}`,
      )),
    );
  }
  return keys;
}

/** undefined where the folder holds no part yet. @throws KeepRollingError E_ARCHIVE_UNREADABLE */
export async function readSession(archive: Archive, folder: string): Promise<SessionRecord | undefined> {
  const all = await archive.list(folder);
  const names = all
    .filter((name) => /^part-\d+\.json$/.test(name))
    // By number: part-10000 comes after part-9999.
    .toSorted((a, b) => Number(a.slice(5, -5)) - Number(b.slice(5, -5)));
  let record: SessionRecord | undefined;
  let previousHash: string | null = null;
  for (const name of names) {
    const text = (await archive.get(`${folder}/${name}`)) ?? '';
    const file = parsePiece(text, `${folder}/${name}`, 'keeprolling/part/1') as PartFile;
    if (file.previousHash !== previousHash) {
      throw new KeepRollingError(
        'E_ARCHIVE_UNREADABLE',
        `${folder}/${name} does not follow the part before it: one of them was changed or lost.`,
      );
    }
    previousHash = hashOf(text);
    record ??= emptyRecord(file.session);
    addPart(record, file);
  }
  if (!record) return undefined;
  record.result = (await readSessionFile(archive, folder))?.result ?? null;
  const files = await readFiles(archive, folder);
  if (files) addFiles(record, files.takes);
  record.swept = await readSwept(archive, folder, all);
  return record;
}

export function emptyRecord(header: LedgerHeader): SessionRecord {
  return {
    header,
    result: null,
    takes: [],
    spans: [],
    marks: [],
    commands: [],
    log: [],
    parts: 0,
    at: 0,
    swept: [],
  };
}

/** Later words on the same span, mark, take or entry replace earlier ones. */
export function addPart(record: SessionRecord, { part }: Pick<PartFile, 'part'>): void {
  record.parts += 1;
  record.at = Math.max(record.at, part.at);
  for (const take of part.takes) {
    const { spans, files, fileCount, number, ...rest } = take;
    // A part has the latest files alone.
    const known = record.takes.find((one) => one.number === number)?.files?.files ?? [];
    replace(
      record.takes,
      { number, ...rest, files: { take: number, files: withFiles(known, files), fileCount } },
      (one) => one.number === number,
    );
    for (const span of spans) {
      replace(record.spans, { take: number, span }, (one) => one.take === number && one.span.n === span.n);
    }
  }
  const firstMark = part.marks[0]?.at;
  if (firstMark !== undefined) record.marks = record.marks.filter((mark) => mark.at < firstMark);
  record.marks.push(...part.marks);
  for (const command of part.commands)
    replace(record.commands, command, (one) => one.revision === command.revision);
  for (const entry of part.log) replace(record.log, entry, (one) => one.sequence === entry.sequence);
}

function replace<T>(list: T[], item: T, same: (one: T) => boolean): void {
  const index = list.findIndex(same);
  if (index < 0) list.push(item);
  else list[index] = item;
}

/** What became of the files raises the evidence of the spans that they hold. */
export function addFiles(record: SessionRecord, takes: TakeFiles[]): void {
  for (const known of takes) {
    const take = record.takes.find((one) => one.number === known.take);
    const all = { ...known, files: withFiles(take?.files?.files ?? [], known.files) };
    if (take) take.files = all;
    for (const one of record.spans) {
      if (one.take !== known.take || !one.span.to) continue;
      if (!isStored(one.span.from.at, one.span.to.at, all)) continue;
      one.span.evidence = stronger(one.span.evidence, 'stored');
    }
  }
}

/**
 * Every file that holds a piece of `spanFrom`–`spanTo` is where it belongs; where files have no times, every file of
 * the take.
 */
export function isStored(spanFrom: number, spanTo: number, { files, fileCount, sums }: TakeFiles): boolean {
  if (sums) return isStoredBy(sums, spanFrom, spanTo, fileCount);
  if (files.length === 0 || files.length < fileCount) return false;
  const sorted = files.toSorted((a, b) => a.sequence - b.sequence);
  if (sorted.some((file) => file.from === undefined)) return sorted.every((file) => file.state === 'stored');
  const from = spanFrom + TOUCH_MS;
  const to = Math.max(from, spanTo - TOUCH_MS);
  const holding = sorted.filter((file, i) => {
    const end = file.to ?? sorted[i + 1]?.from ?? Infinity;
    return (file.from ?? 0) <= to && end >= from;
  });
  return holding.length > 0 && holding.every((file) => file.state === 'stored');
}

/** The same by the sums of all files. */
function isStoredBy(sums: TakeSums, spanFrom: number, spanTo: number, fileCount: number): boolean {
  if (sums.files === 0 || sums.files < fileCount) return false;
  if (sums.stored === sums.files)
    return !sums.timed || holds(sums.kept, spanFrom, spanTo) || sums.cut === true;
  // What is cut off might hold a file that is not stored.
  if (!sums.timed || sums.cut) return false;
  return holds(sums.kept, spanFrom, spanTo) && !holds(sums.lacking, spanFrom, spanTo);
}

function holds(stretches: [number, number][], spanFrom: number, spanTo: number): boolean {
  const from = spanFrom + TOUCH_MS;
  const to = Math.max(from, spanTo - TOUCH_MS);
  return stretches.some(([begin, end]) => begin <= to && end >= from);
}
