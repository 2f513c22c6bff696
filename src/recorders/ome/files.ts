/**
 * Files of a take. Their names are our own template, so they are known in advance; that a segment is closed shows
 * in the sequence; that a file is really there shows only where a worker sees the vendor's folder.
 */
import { readdir, stat } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import type { FileSeen } from '../../session/facts.ts';
import { VendorFailure } from '../recorder.ts';
import { fileName } from './names.ts';

/** An observation carries at most so many, the latest. */
const MOST = 20;

export interface TakeFiles {
  id: string;
  /** Path template as given to `startRecord`. */
  template: string;
}

/** Segments `from` to `until` (excluded) as closed files; `last` adds what is known of the newest. */
export function closedFiles(
  of: TakeFiles,
  from: number,
  until: number,
  last: Partial<FileSeen> = {},
): FileSeen[] {
  const files: FileSeen[] = [];
  for (let sequence = Math.max(0, from, until - MOST); sequence < until; sequence += 1) {
    const name = fileName(of.template, of.id, sequence);
    files.push({ name, sequence, state: 'named', ...(sequence === until - 1 && last) });
  }
  return files;
}

export function openFile(of: TakeFiles, sequence: number, from: number | null, bytes: number): FileSeen {
  const name = fileName(of.template, of.id, sequence);
  return { name, sequence, state: 'open', ...(from !== null && { from }), ...(bytes > 0 && { bytes }) };
}

export function latest(files: FileSeen[]): FileSeen[] {
  return files.slice(-MOST);
}

/** Names are our own template: how many segments are closed says what all of them are called. */
export function allFiles(of: TakeFiles, closed: number, known: FileSeen[]): FileSeen[] {
  const bySequence = new Map(known.map((file) => [file.sequence, file]));
  const files: FileSeen[] = [];
  for (let sequence = 0; sequence < closed; sequence += 1) {
    const { state = 'named', ...file } = bySequence.get(sequence) ?? {
      name: fileName(of.template, of.id, sequence),
      sequence,
    };
    files.push({ ...file, state: state === 'open' ? 'named' : state });
    bySequence.delete(sequence);
  }
  return [...files, ...[...bySequence.values()].toSorted((a, b) => a.sequence - b.sequence)];
}

/** Known files and those of this take that nobody told us of (a stop whose reply was lost), as the folder has them. */
export async function filesInFolder(
  recordsDir: string,
  of: TakeFiles,
  known: FileSeen[],
  runs = false,
): Promise<FileSeen[]> {
  await requireFolder(recordsDir);
  const bySequence = new Map(known.map((file) => [file.sequence, file]));
  const unknown = (await findOurs(recordsDir, of)).filter(({ sequence }) => !bySequence.has(sequence));
  for (const found of unknown) bySequence.set(found.sequence, found);
  const sorted = [...bySequence.values()].toSorted((a, b) => a.sequence - b.sequence);
  const files: FileSeen[] = [];
  // Some at once, since a month has tens of thousands.
  for (let i = 0; i < sorted.length; i += AT_ONCE) {
    const some = sorted.slice(i, i + AT_ONCE);
    files.push(...(await Promise.all(some.map((file) => seen(recordsDir, of, file, runs)))));
  }
  return files;
}

const AT_ONCE = 100;

async function seen(recordsDir: string, of: TakeFiles, file: FileSeen, runs: boolean): Promise<FileSeen> {
  // Seen once is enough, and one that is being written has another name.
  if (file.state === 'stored' || (runs && file.state === 'open')) return file;
  // A name may have travelled far: only the one that our own template gives is ever opened.
  const path = inside(recordsDir, fileName(of.template, of.id, file.sequence));
  const found = path === null ? null : await statOrNull(path);
  if (!found?.isFile()) return { ...file, state: 'missing' };
  return { ...file, state: 'stored', bytes: found.size };
}

async function findOurs(recordsDir: string, of: TakeFiles): Promise<FileSeen[]> {
  const [before = '', after = ''] = of.template.replaceAll('${Id}', of.id).split('${Sequence}');
  const folder = inside(recordsDir, dirname(before));
  if (folder === null || after === '') return [];
  const start = before.slice(before.lastIndexOf('/') + 1);
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name) => {
    const number =
      name.startsWith(start) && name.endsWith(after) ? name.slice(start.length, -after.length) : '';
    if (!/^(0|[1-9]\d{0,8})$/.test(number)) return [];
    const sequence = Number(number);
    return [{ name: fileName(of.template, of.id, sequence), sequence, state: 'named' as const }];
  });
}

/** The absolute path, or null when the name leads out of the folder. */
export function inside(folder: string, name: string): string | null {
  const root = resolve(folder);
  const path = resolve(root, name.replace(/^\/+/, ''));
  return path.startsWith(root.endsWith(sep) ? root : root + sep) ? path : null;
}

/** A folder that is not mounted would make every file look lost. */
async function requireFolder(recordsDir: string): Promise<void> {
  if ((await statOrNull(recordsDir))?.isDirectory()) return;
  throw new VendorFailure({
    code: 'E_DESTINATION',
    message: `The worker does not see the folder ${recordsDir} (recordsDir of the account), so nothing can be said of the files.`,
    who: 'you',
    applied: 'no',
    retry: 'later',
    cause: 'destination',
    vendor: { operation: 'files' },
  });
}

async function statOrNull(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new VendorFailure({
      code: 'E_DESTINATION',
      message: `The worker cannot read ${path} (${typeof code === 'string' ? code : 'unknown error'}).`,
      who: 'you',
      applied: 'no',
      retry: 'later',
      cause: 'destination',
      vendor: { operation: 'files' },
    });
  }
}
