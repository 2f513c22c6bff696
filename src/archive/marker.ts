/** A mark in the archive's folder: worker and client see the same archive where they read the same mark. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A mount that hangs answers never. */
const MARK_MS = 3_000;
export const MARKER = '.keeprolling-archive';

/** Whoever comes first writes it. @throws where the folder can be neither made nor written */
export async function markerOf(directory: string): Promise<string> {
  const path = join(directory, MARKER);
  const known = await markIn(path);
  if (known !== null) return known;
  await mkdir(directory, { recursive: true });
  const own = `${path}.${randomUUID()}.tmp`;
  await writeFile(own, `${randomUUID().slice(0, 8)}\n`);
  try {
    // Fails where there is one already, so that two who come at the same time read the same.
    await link(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(own, { force: true });
  }
  return (await readFile(path, 'utf8')).trim();
}

/** null where there is none yet. */
async function markIn(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** What a worker says instead of a mark. Marks are hexadecimal, so that none looks like these. */
export const NO_ARCHIVE = 'none';
export const UNREADABLE = 'unreadable';

/** `<pid>@<host> archive:<mark>`, as the server lists it among the pollers of a queue. */
export async function workerIdentity(directory: string | null): Promise<string> {
  // An outage of the archive keeps no worker from its sessions.
  const late = sleep(MARK_MS, UNREADABLE, { ref: false });
  const mark =
    directory === null ? NO_ARCHIVE : await Promise.race([markerOf(directory).catch(() => UNREADABLE), late]);
  return `${process.pid}@${hostname()} archive:${mark}`;
}

/** The two halves of a worker's identity; the mark is null for one that does not tell it. */
export function archiveIn(identity: string): { worker: string; mark: string | null } {
  const [worker = identity, mark = null] = identity.split(' archive:', 2);
  return { worker, mark };
}
