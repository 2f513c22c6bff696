/** What a sweep has stopped, beside the ledger of its session: there is nobody else to tell it. */
import type { Archive } from './archive.ts';
import { parsePiece } from './pieces.ts';

export interface Swept {
  take: number;
  recording: string;
  /** When it was stopped, epoch milliseconds. */
  at: number;
  /** `over`: it had just ended. `absent`: it was not there any more. */
  how: 'stopped' | 'over' | 'absent';
}

const FORMAT = 'keeprolling/swept/1';

export async function writeSwept(archive: Archive, folder: string, swept: Swept): Promise<void> {
  const instant = new Date(swept.at).toISOString().replaceAll(':', '-');
  const name = `swept-${String(swept.take).padStart(4, '0')}-${instant}.json`;
  await archive.put(`${folder}/${name}`, `${JSON.stringify({ format: FORMAT, ...swept }, null, 1)}\n`);
}

/** @param names of all pieces in the folder. @throws KeepRollingError E_ARCHIVE_UNREADABLE */
export async function readSwept(archive: Archive, folder: string, names: string[]): Promise<Swept[]> {
  const pieces = names.filter((name) => /^swept-.+\.json$/.test(name)).map((name) => `${folder}/${name}`);
  return await Promise.all(
    pieces.map(async (name) => parsePiece((await archive.get(name)) ?? '', name, FORMAT) as Swept),
  );
}
