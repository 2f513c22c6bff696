/** Where ledgers go that must outlive Temporal: a directory here, a bucket in bucket.ts. Pieces are immutable. */
import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KeepRollingError } from '../contract/errors.ts';

export interface Archive {
  /** For people: where it is. */
  readonly place: string;
  /** Writes a piece once. The same content again is no error; other content under the same name is. */
  put(name: string, text: string): Promise<void>;
  /** undefined when there is no such piece. */
  get(name: string): Promise<string | undefined>;
  /** Names directly below a prefix, folders with a trailing `/`. */
  list(prefix: string): Promise<string[]>;
}

/** One that was opened, and must be closed. */
export interface OpenArchive extends Archive {
  /** Proves that it can be written now. @throws whatever keeps it from that */
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** What is there under a name is not what was to be written. */
export function changed(name: string): KeepRollingError {
  return new KeepRollingError(
    'E_ARCHIVE_UNREADABLE',
    `${name} is in the archive already with other content; nothing was overwritten.`,
  );
}

export function directoryArchive(directory: string): OpenArchive {
  const pathOf = (name: string): string => join(directory, ...name.split('/'));
  return {
    place: directory,
    async put(name, text) {
      const path = pathOf(name);
      await mkdir(dirname(path), { recursive: true });
      // Linking a whole temporary file is atomic and fails where the piece exists, unlike a rename.
      const temporary = `${path}.${randomUUID()}.tmp`;
      await writeFile(temporary, text, { flush: true });
      try {
        await link(temporary, path);
      } catch (error) {
        if (!hasCode(error, 'EEXIST')) throw error;
        if ((await readFile(path, 'utf8')) === text) return;
        throw changed(name);
      } finally {
        await rm(temporary, { force: true });
      }
    },
    async get(name) {
      return await readFile(pathOf(name), 'utf8').catch((error: unknown) => {
        if (hasCode(error, 'ENOENT')) return undefined;
        throw error;
      });
    },
    async list(prefix) {
      const entries = await readdir(pathOf(prefix), { withFileTypes: true }).catch((error: unknown) => {
        if (hasCode(error, 'ENOENT')) return [];
        throw error;
      });
      return entries
        .filter((entry) => !entry.name.endsWith('.tmp'))
        .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
        .toSorted();
    },
    async probe() {
      const path = join(directory, `.probe-${randomUUID()}.tmp`);
      await mkdir(directory, { recursive: true });
      await writeFile(path, '');
      await rm(path);
    },
    close: () => Promise.resolve(),
  };
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
