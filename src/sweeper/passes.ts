/** What a former pass saw without an open session, kept in the archive between two invocations. Pieces are immutable there. */
import { z } from 'zod';
import type { Archive } from '../archive/archive.ts';
import { KeepRollingError } from '../contract/errors.ts';

/** What had no open session in two passes so far apart is stopped: a session that is just being started is seen by then. */
export const APART_MS = 10 * 60_000;

const passSchema = z.object({
  format: z.literal('keeprolling/sweep/1'),
  installation: z.string(),
  /** Epoch milliseconds, as all instants here. */
  at: z.number(),
  /** Since which pass the recordings of that installation count as ours. */
  adopted: z.object({ installation: z.string(), since: z.number() }).nullable(),
  unowned: z.array(z.object({ account: z.string(), recording: z.string(), since: z.number() })),
});

export type Pass = z.output<typeof passSchema>;

const folderOf = (installation: string): string => `sweeps/${installation}`;

/** The latest one; null before the first. @throws KeepRollingError E_ARCHIVE_UNREADABLE */
export async function latestPass(archive: Archive, installation: string): Promise<Pass | null> {
  const folder = folderOf(installation);
  // Their names sort by time.
  const name = (await archive.list(folder)).filter((one) => one.endsWith('.json')).at(-1);
  if (name === undefined) return null;
  const text = (await archive.get(`${folder}/${name}`)) ?? '';
  const read = passSchema.safeParse(parsed(text));
  if (read.success) return read.data;
  throw new KeepRollingError('E_ARCHIVE_UNREADABLE', `${folder}/${name} is no pass of a sweep.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Only where it says something else than the one before it: a sweep that finds nothing writes nothing. */
export async function rememberPass(archive: Archive, pass: Pass, before: Pass | null): Promise<void> {
  if (gist(pass) === gist(before)) return;
  const name = new Date(pass.at).toISOString().replaceAll(':', '-');
  try {
    await archive.put(`${folderOf(pass.installation)}/${name}.json`, `${JSON.stringify(pass, null, 1)}\n`);
  } catch (error) {
    if (error instanceof KeepRollingError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new KeepRollingError(
      'E_ARCHIVE_UNWRITABLE',
      `Nothing was stopped: the archive ${archive.place} does not keep what this pass saw: ${why}`,
    );
  }
}

function gist(pass: Pass | null): string {
  const unowned = (pass?.unowned ?? []).map((one) => `${one.account} ${one.recording} ${one.since}`);
  return JSON.stringify([pass?.adopted ?? null, unowned.toSorted()]);
}

/** Since which pass this recording has been seen without an open session; undefined for the first time. */
export function unownedSince(
  before: Pass | null,
  { account, recording }: { account: string; recording: string },
): number | undefined {
  return before?.unowned.find((one) => one.account === account && one.recording === recording)?.since;
}
