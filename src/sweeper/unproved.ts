/** Sessions that may have left a recording where nobody can look: told from our own ledgers, with what bounds each. */
import type { Archive } from '../archive/archive.ts';
import type { SessionFile } from '../archive/ledger.ts';
import {
  archivedKeys,
  readSession,
  sessionFolders,
  type SessionRecord,
  type TakeRecord,
} from '../archive/read.ts';
import { targetKey } from '../contract/keys.ts';
import { several } from '../contract/several.ts';
import { AT_ONCE } from './find.ts';
import type { Surroundings, SweptAccount, SweptAccountView, Unproved } from './types.ts';

/** Ledgers of windows that began earlier are left alone, but for the latest of each target: that may be a long session. */
const LOOK_BACK_MS = 90 * 24 * 3_600_000;
/** A take that was written off is bounded by 720 hours at most ("start", maxRecordingHour), and an hour to start it. */
const LONGEST_BOUND_MS = 31 * 24 * 3_600_000;

/** Of the accounts that cannot be listed, or could not be reached now. @throws KeepRollingError E_ARCHIVE_UNREADABLE */
export async function unprovedSessions(world: Surroundings, views: SweptAccountView[]): Promise<Unproved[]> {
  const { archive, accounts } = world;
  if (archive === null) return [];
  const found: Unproved[] = [];
  for (const account of accounts) {
    const view = views.find((one) => one.account === account.name);
    if (view?.lists !== 'none' && view?.problem === null) continue;
    const prefix = targetKey(account.vendor.contract.vendor, account.name, []);
    for (const key of await archivedKeys(archive, prefix))
      found.push(...(await ofTarget(world, account, key)));
  }
  return found;
}

async function ofTarget(world: Surroundings, account: SweptAccount, key: string): Promise<Unproved[]> {
  const archive = world.archive!;
  const earliest = new Date(world.now() - LOOK_BACK_MS).toISOString().slice(0, 10);
  const folders = await sessionFolders(archive, key);
  const recent = folders.filter(
    (folder, i) => i === folders.length - 1 || folder.slice(key.length + 1).slice(0, 10) >= earliest,
  );
  const found = await several(
    recent,
    AT_ONCE,
    async (folder) => await ofSession(world, account, archive, folder),
  );
  return found.filter((one) => one !== null);
}

async function ofSession(
  { sessions, now }: Surroundings,
  { name: account, vendor }: SweptAccount,
  archive: Archive,
  folder: string,
): Promise<Unproved | null> {
  if (await isLongOver(archive, folder, now())) return null;
  const record = await readSession(archive, folder);
  if (!record) return null;
  const { sessionId, key, name } = record.header;
  const lock = await sessions.lockOf(key);
  const own = lock?.sessionId === sessionId ? lock : null;
  // It looks after its takes itself.
  if (own?.open) return null;
  const outcome = own?.outcome ?? outcomeIn(record);
  const takes = record.takes.filter((take) => mayGoOn(take, now()));
  if (outcome !== null && takes.length === 0) return null;
  const boundAt = Math.max(...takes.map((take) => take.boundAt ?? Infinity));
  return {
    account,
    key,
    sessionId,
    name,
    takes: takes.map(({ number }) => number),
    asOf: new Date(record.at).toISOString(),
    why: outcome === null ? 'no-end' : outcome === 'failed-to-stop' ? outcome : 'written-off',
    boundAt: outcome !== null && Number.isFinite(boundAt) ? new Date(boundAt).toISOString() : null,
    bound: vendor.recorder.unattended,
  };
}

/** Its last word is there, and so old that nothing of it can go on; told without reading all of its parts. */
async function isLongOver(archive: Archive, folder: string, now: number): Promise<boolean> {
  const text = await archive.get(`${folder}/session.json`);
  if (text === undefined) return false;
  const { session, result } = JSON.parse(text) as SessionFile;
  const endedAt = session.window.fromMs + result.windowMs;
  return result.outcome !== 'failed-to-stop' && endedAt + LONGEST_BOUND_MS < now;
}

/** Its last part is written before its last word, which may wait for its files for days. */
function outcomeIn({ result, log }: SessionRecord): string | null {
  if (result) return result.outcome;
  const released = log.findLast(({ kind, text }) => kind === 'phase' && text.startsWith('released: '));
  return released ? released.text.slice('released: '.length) : null;
}

function mayGoOn({ status, boundAt }: TakeRecord, now: number): boolean {
  if (status === 'ended') return false;
  return boundAt === null || boundAt > now;
}
