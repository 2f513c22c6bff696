/** Is the archive there, can it be written, and is it the one that the others write? */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check } from '../../recorders/recorder.ts';
import { bad, good } from './checks.ts';

/** Whoever comes first writes it; who reads another mark on another machine looks at another folder. */
export const MARKER = '.keeprolling-archive';

export async function archiveCheck(directory: string | null): Promise<Check> {
  if (directory === null) {
    return bad(
      'archive',
      'none is configured: what was recorded is forgotten with the namespace',
      'add archive: { directory: … } to keeprolling.yaml',
    );
  }
  try {
    const marker = await markerOf(directory);
    await probe(directory);
    return good(
      'archive',
      `${directory} can be written; its mark is ${marker}, and must be the same on the machines of the workers`,
    );
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return bad(
      'archive',
      `${directory} cannot be written (${code})`,
      'mend the folder, or name another one in keeprolling.yaml',
    );
  }
}

async function probe(directory: string): Promise<void> {
  const path = join(directory, `.probe-${randomUUID()}.tmp`);
  await writeFile(path, '');
  await rm(path);
}

export async function markerOf(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, MARKER);
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
