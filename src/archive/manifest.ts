/**
 * The manifest of a session's files: for each take, pieces of at most 1,000 files in their order, below the session's folder.
 * A piece that changes is written anew as its next version; whoever reads takes the highest version of each.
 */
import { addCounts, noFiles, TOUCH_MS, withFiles, type TakeSums } from '../session/filed.ts';
import type { FileSeen } from '../session/facts.ts';
import { hashOf, type Archive } from './archive.ts';
import { parsePiece } from './pieces.ts';
import type { AskedTake } from './shapes.ts';

export interface FilesPiece {
  format: 'keeprolling/take-files/1';
  sessionId: string;
  /** What the vendor is asked with for them. */
  take: AskedTake;
  files: FileSeen[];
}

/** The files of one take as the archive has them. */
export interface ManifestTake {
  /** null where nothing was written yet. */
  asked: AskedTake | null;
  files: FileSeen[];
  /** The pieces that hold them, in their order. One that could not be written is left out, and its number with it. */
  pieces: { name: string; number: number; version: number; hash: string }[];
}

const PIECE_FILES = 1_000;
const PIECE = /^take-(\d+)-(\d+)-v(\d+)\.json$/;
const padded = (number: number): string => String(number).padStart(4, '0');

const pieceName = (take: number, piece: number, version: number): string =>
  `files/take-${padded(take)}-${padded(piece)}-v${version}.json`;

/** The newest pieces of each take, by name alone. */
export async function listManifest(archive: Archive, folder: string): Promise<Map<number, string[]>> {
  const newest = new Map<number, { version: number; name: string }[]>();
  for (const entry of await archive.list(`${folder}/files`)) {
    const [take, piece, version] = (PIECE.exec(entry) ?? []).slice(1).map(Number);
    if (take === undefined || piece === undefined || version === undefined) continue;
    const pieces = newest.get(take) ?? [];
    if ((pieces[piece - 1]?.version ?? 0) < version) pieces[piece - 1] = { version, name: `files/${entry}` };
    newest.set(take, pieces);
  }
  const sorted = [...newest].toSorted(([a], [b]) => a - b);
  return new Map(sorted.map(([take, pieces]) => [take, pieces.flatMap(({ name }) => name)]));
}

/** @throws KeepRollingError E_ARCHIVE_UNREADABLE */
export async function readTakeFiles(
  archive: Archive,
  folder: string,
  names: string[],
): Promise<ManifestTake> {
  const read: ManifestTake = { asked: null, files: [], pieces: [] };
  for (const name of names) {
    const text = (await archive.get(`${folder}/${name}`)) ?? '';
    const piece = parsePiece(text, `${folder}/${name}`, 'keeprolling/take-files/1') as FilesPiece;
    read.asked ??= piece.take;
    read.files.push(...piece.files);
    const [number = 0, version = 0] = (PIECE.exec(name.slice(6)) ?? []).slice(2).map(Number);
    read.pieces.push({ name, number, version, hash: hashOf(text) });
  }
  // One that is in two pieces moved while its writer was interrupted.
  return new Set(read.files.map(({ name }) => name)).size < read.files.length
    ? { ...read, files: inOrder(withFiles([], read.files)) }
    : read;
}

/**
 * Writes what differs from `before`, from the last piece to the first: a file that moves between two of them is never in none.
 * @returns the names of the pieces
 */
export async function writeTakeFiles(
  archive: Archive,
  place: { folder: string; sessionId: string },
  before: ManifestTake,
  asked: AskedTake,
  files: FileSeen[],
): Promise<string[]> {
  const last = before.pieces.at(-1)?.number ?? 1;
  const count = Math.max(last, Math.ceil(files.length / PIECE_FILES));
  const names: string[] = [];
  for (let index = count - 1; index >= 0; index -= 1) {
    const held = files.slice(index * PIECE_FILES, (index + 1) * PIECE_FILES);
    const piece: FilesPiece = {
      format: 'keeprolling/take-files/1',
      sessionId: place.sessionId,
      take: asked,
      files: held,
    };
    const text = `${JSON.stringify(piece, null, 1)}\n`;
    const known = before.pieces.find(({ number }) => number === index + 1);
    const isSame = known?.hash === hashOf(text);
    const name = isSame ? known.name : pieceName(asked.take, index + 1, (known?.version ?? 0) + 1);
    if (!isSame) await archive.put(`${place.folder}/${name}`, text);
    names.unshift(name);
  }
  return names;
}

/** As they were recorded; those without times by their number. Each gets its place as its number where the vendor gives none. */
export function inOrder(files: FileSeen[]): FileSeen[] {
  const timed = files.every(({ from }) => from !== undefined);
  const sorted = files.toSorted((a, b) =>
    timed ? a.from! - b.from! || a.sequence - b.sequence : a.sequence - b.sequence,
  );
  const numbered = new Set(sorted.map(({ sequence }) => sequence)).size === sorted.length;
  return numbered ? sorted : sorted.map((file, sequence) => ({ ...file, sequence }));
}

export function sumsOf(files: FileSeen[]): TakeSums {
  const counts = files.reduce(
    (sum, { state, bytes = 0 }) => addCounts(sum, { ...noFiles(), files: 1, bytes, [state]: 1 }),
    noFiles(),
  );
  const sorted = files.filter(({ from }) => from !== undefined).toSorted((a, b) => a.from! - b.from!);
  const stretches = sorted.map((file, i) => ({
    stored: file.state === 'stored',
    from: file.from!,
    // What is not told ends where the next begins; the last one has no end that we know of.
    to: file.to ?? sorted[i + 1]?.from ?? Number.MAX_SAFE_INTEGER,
  }));
  return {
    ...counts,
    timed: sorted.length === files.length,
    kept: joined(stretches.filter(({ stored }) => stored)),
    lacking: joined(stretches.filter(({ stored }) => !stored)),
  };
}

function joined(stretches: { from: number; to: number }[]): [number, number][] {
  const whole: [number, number][] = [];
  for (const { from, to } of stretches) {
    const last = whole.at(-1);
    if (last && from <= last[1] + TOUCH_MS) last[1] = Math.max(last[1], to);
    else whole.push([from, to]);
  }
  return whole;
}

/** As many stretches as a workflow carries; the rest is in the archive. */
const STRETCHES = 20;

export function shortSums(sums: TakeSums): TakeSums {
  const { kept, lacking } = sums;
  if (kept.length <= STRETCHES && lacking.length <= STRETCHES) return sums;
  return { ...sums, kept: kept.slice(-STRETCHES), lacking: lacking.slice(-STRETCHES), cut: true };
}

/** Files that somebody may have to look at, the most urgent first; all where they are few. */
export function mostUrgent(files: FileSeen[], most: number): FileSeen[] {
  if (files.length <= most) return files;
  return files
    .filter(({ state, trouble }) => state !== 'stored' || trouble !== undefined)
    .toSorted((a, b) => urgency(a) - urgency(b) || a.sequence - b.sequence)
    .slice(0, most);
}

/** First what the vendor will delete, then what is lost. */
function urgency({ state, expiresAt, trouble }: FileSeen): number {
  if (state !== 'stored' && expiresAt !== undefined) return expiresAt;
  if (state === 'missing') return Number.MAX_SAFE_INTEGER - 2;
  return trouble === undefined ? Number.MAX_SAFE_INTEGER : Number.MAX_SAFE_INTEGER - 1;
}
