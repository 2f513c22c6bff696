import type { Archive } from '../archive/archive.ts';
import type { Settings } from '../config/settings.ts';
import { KeepRollingError } from '../contract/errors.ts';
import type { Registry } from '../recorders/registry.ts';
import type { Reach } from './reach.ts';

/** All that the functions of the client work with. */
export interface Context {
  settings: Settings;
  registry: Registry;
  /** null when the configuration names none. */
  archive: Archive | null;
  reach: Reach;
  /** Whether the namespace has our search attributes; asked once. */
  hasSearchAttributes(): Promise<boolean>;
}

/**
 * How long each part of an answer is waited for, milliseconds. What is asked one after another stays under 3 s
 * together: so soon every call answers, with no worker and with no server.
 */
export const DEADLINES = {
  describe: 1_500,
  query: 1_500,
  /** Asked after it was found. */
  launcher: 1_000,
  queue: 700,
  list: 1_500,
  /** Until a worker has taken a command; without one it goes as a signal. */
  accept: 2_000,
  signal: 800,
  start: 2_500,
} as const;

/** Reading the archive fails with a code, whatever the file system says. */
export function readableArchive(archive: Archive): Archive {
  const told = async <T>(read: Promise<T>): Promise<T> => {
    try {
      return await read;
    } catch (error) {
      if (error instanceof KeepRollingError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new KeepRollingError(
        'E_ARCHIVE_UNREADABLE',
        `The archive ${archive.place} cannot be read: ${why}`,
      );
    }
  };
  return {
    place: archive.place,
    put: async (name, text) => await archive.put(name, text),
    get: async (name) => await told(archive.get(name)),
    list: async (prefix) => await told(archive.list(prefix)),
  };
}
