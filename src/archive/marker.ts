/** A mark in the archive: worker and client see the same archive where they read the same mark. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { KeepRollingError } from '../contract/errors.ts';
import type { Archive } from './archive.ts';

/** A mount that hangs answers never. */
const MARK_MS = 3_000;
export const MARKER = '.keeprolling-archive';

/** Whoever comes first writes it. @throws where the archive can be neither read nor written */
export async function markerOf(archive: Archive): Promise<string> {
  const known = await archive.get(MARKER);
  if (known !== undefined) return known.trim();
  const own = randomUUID().slice(0, 8);
  try {
    // Fails where there is another one already, so that two who come at the same time read the same.
    await archive.put(MARKER, `${own}\n`);
  } catch (error) {
    if (!(error instanceof KeepRollingError)) throw error;
  }
  // Read in any case: a store that does not know "only if there is none" keeps the last one.
  return (await archive.get(MARKER))?.trim() ?? own;
}

/** What a worker says instead of a mark. Marks are hexadecimal, so that none looks like these. */
export const NO_ARCHIVE = 'none';
export const UNREADABLE = 'unreadable';

/**
 * `<pid>@<host> <mark> <installation>`, as the server lists it among the pollers of a queue. Without the last one where the
 * worker's configuration names no installation, which only clients need.
 */
export async function workerIdentity(archive: Archive | null, installation: string | null): Promise<string> {
  // An outage of the archive keeps no worker from its sessions.
  const late = sleep(MARK_MS, UNREADABLE, { ref: false });
  const mark =
    archive === null ? NO_ARCHIVE : await Promise.race([markerOf(archive).catch(() => UNREADABLE), late]);
  return `${process.pid}@${hostname()} ${mark}${installation === null ? '' : ` ${installation}`}`;
}

export interface ToldByWorker {
  worker: string;
  /** null for one that does not tell it. */
  mark: string | null;
  installation: string | null;
}

/** The parts of a worker's identity. */
export function toldIn(identity: string): ToldByWorker {
  const [worker = identity, mark = null, installation = null] = identity.split(' ');
  return { worker, mark, installation };
}
