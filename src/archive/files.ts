/** `files.json`, the head of the manifest: sums, order, and where the rest is. Read alone it answers all but single names. */
import { addCounts, noFiles, withFiles, type FileCounts } from '../session/filed.ts';
import type { FileSeen } from '../session/facts.ts';
import type { Archive } from './archive.ts';
import { listManifest, mostUrgent, readTakeFiles, sumsOf } from './manifest.ts';
import { parsePiece } from './pieces.ts';
import { playlistOf } from './playlist.ts';
import type { AskedTake, CloseLedgerInput, Collection, TakeFiles } from './shapes.ts';

export interface FilesFile {
  format: 'keeprolling/files/1';
  sessionId: string;
  counts: FileCounts;
  takes: FilesTake[];
  /** Names of the first 1,000 that are missing. */
  missing: string[];
  /** The piece that is a playlist over all parts, or why there is none. */
  playlist: { name: string } | { why: string };
  /** With what they can be looked after once more. */
  collection: Collection;
}

export interface FilesTake extends TakeFiles {
  /** null where the manifest has nothing of it. */
  asked: AskedTake | null;
  /** Pieces with all files, in their order. */
  pieces: string[];
}

/** Takes of at most so many files stand in `files.json` whole. */
const INLINE = 1_000;
const URGENT = 100;
const MISSING = 1_000;

export async function writeFiles(archive: Archive, folder: string, input: CloseLedgerInput): Promise<void> {
  const { header, collection } = input;
  const manifest = await listManifest(archive, folder);
  const all: FileSeen[][] = [];
  const takes: FilesTake[] = [];
  for (const take of takesIn(manifest, input.files)) {
    const pieces = manifest.get(take) ?? [];
    const { asked, files } = await readTakeFiles(archive, folder, pieces);
    const known = input.files.find((one) => one.take === take);
    const whole = pieces.length > 0 ? files : withFiles([], known?.files ?? []);
    const sums = sumsOf(whole);
    all.push(whole);
    takes.push({
      take,
      files: mostUrgent(whole, whole.length <= INLINE ? INLINE : URGENT),
      fileCount: Math.max(whole.length, known?.fileCount ?? 0),
      sums,
      asked,
      pieces,
    });
  }
  const list = playlistOf(all.map((files) => ({ files })));
  const playlist = 'why' in list ? list : { name: await writeNewest(archive, folder, PLAYLIST, list.text) };
  const missing = all.flat().filter(({ state }) => state === 'missing');
  const file: FilesFile = {
    format: 'keeprolling/files/1',
    sessionId: header.sessionId,
    counts: takes.reduce((sum, { sums }) => addCounts(sum, sums!), noFiles()),
    takes,
    missing: missing.slice(0, MISSING).map(({ name }) => name),
    playlist,
    collection,
  };
  await writeNewest(archive, folder, FILES, `${JSON.stringify(file, null, 1)}\n`);
}

function takesIn(manifest: Map<number, string[]>, known: TakeFiles[]): number[] {
  const takes = new Set([...manifest.keys(), ...known.map(({ take }) => take)]);
  return [...takes].toSorted((a, b) => a - b);
}

/** undefined before the session's end. @throws KeepRollingError E_ARCHIVE_UNREADABLE */
export async function readFiles(archive: Archive, folder: string): Promise<FilesFile | undefined> {
  const name = newest(await archive.list(folder), FILES)?.name;
  if (name === undefined) return undefined;
  const text = (await archive.get(`${folder}/${name}`)) ?? '';
  return parsePiece(text, `${folder}/${name}`, 'keeprolling/files/1') as FilesFile;
}

/** Pieces are immutable: what is said anew, after `files retry`, is `files-2.json`. */
const FILES = { base: 'files', ending: 'json' };
const PLAYLIST = { base: 'playlist', ending: 'm3u8' };
type Versioned = typeof FILES;

function newest(
  entries: string[],
  { base, ending }: Versioned,
): { name: string; version: number } | undefined {
  const form = new RegExp(`^${base}(?:-(\\d+))?\\.${ending}$`);
  return entries
    .flatMap((name) => {
      const found = form.exec(name);
      return found ? [{ name, version: Number(found[1] ?? 1) }] : [];
    })
    .toSorted((a, b) => b.version - a.version)[0];
}

/** Nothing where the newest says the same. @returns its name */
async function writeNewest(archive: Archive, folder: string, what: Versioned, text: string): Promise<string> {
  const last = newest(await archive.list(folder), what);
  if (last && (await archive.get(`${folder}/${last.name}`)) === text) return last.name;
  const { base, ending } = what;
  const name = last ? `${base}-${last.version + 1}.${ending}` : `${base}.${ending}`;
  await archive.put(`${folder}/${name}`, text);
  return name;
}
