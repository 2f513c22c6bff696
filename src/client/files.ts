/** What became of a session's files: from the keeper of its files while that is open, else from the archive. */
import type { Archive } from '../archive/archive.ts';
import { readFiles, type FilesFile } from '../archive/files.ts';
import { listManifest, readTakeFiles, sumsOf } from '../archive/manifest.ts';
import type { TakeFiles } from '../activities/wire.ts';
import { KeepRollingError } from '../contract/errors.ts';
import { addCounts, noFiles, type FileCounts } from '../session/filed.ts';
import type { FileSeen } from '../session/facts.ts';
import { filesWorkflowId, sessionWorkflowId } from '../session/names.ts';
import type { FilesView } from '../workflows/definitions.ts';
import { archivedSessions } from './archived.ts';
import { DEADLINES, type Context } from './context.ts';
import { coverageOfSession } from './coverage.ts';
import { isBroken, locate, type SessionName } from './find.ts';
import { joinedWindow } from './joined.ts';
import { askStatus } from './status.ts';
import type { FilesOptions, ManifestFile, SessionFiles } from './types.ts';

/** Names of files that somebody may have to do something about. */
const NAMED = 100;

/** @throws KeepRollingError E_ARCHIVE_UNREADABLE, E_SESSION_UNKNOWN where neither keeper nor archive knows of files */
export async function filesOf(
  context: Context,
  session: SessionName & { name: string },
  options: FilesOptions = {},
): Promise<SessionFiles> {
  const own = await filesOfSession(context, session, options, null);
  const found = own ?? (await filesOfJoined(context, session, options));
  if (found) return found;
  throw new KeepRollingError('E_SESSION_UNKNOWN', `Nothing is known of files of ${session.name} yet.`);
}

/** A window that another session has covered too: of that one's files those that reach into it. */
async function filesOfJoined(
  context: Context,
  session: SessionName & { name: string },
  options: FilesOptions,
): Promise<SessionFiles | null> {
  const window = await joinedWindow(context, session);
  if (!window) return null;
  const { sessions } = await coverageOfSession(context, session);
  const lengthOf = (one: { from: string; to: string }): number => Date.parse(one.to) - Date.parse(one.from);
  const [covering, ...others] = sessions.toSorted((a, b) => lengthOf(b) - lengthOf(a));
  if (!covering) return null;
  const { sessionId, name } = covering;
  const found = await filesOfSession(context, { key: session.key, sessionId, name }, options, window);
  const parts = others.map(
    (one) => `${one.name} (${one.sessionId}) has recorded a part of it, in files of its own`,
  );
  const own = { sessionId: session.sessionId, name: session.name, recordedBy: { sessionId, name } };
  return found && { ...found, ...own, troubles: [...found.troubles, ...parts] };
}

/** @param window of its files only those that reach into this */
async function filesOfSession(
  context: Context,
  session: SessionName & { name: string },
  { take }: FilesOptions,
  window: Stretch | null,
): Promise<SessionFiles | null> {
  const { archive } = context;
  const [view, folder, broken, told] = await Promise.all([
    keeperView(context, session.sessionId),
    archive && folderOf(archive, session),
    brokenEnd(context, session),
    window ? null : toldOf(context, session),
  ]);
  const closed = archive && folder != null ? await readFiles(archive, folder) : undefined;
  // The last word is in the archive, unless somebody has asked the keeper to look once more.
  const live = view && (!closed || view.open.length > 0) ? view : null;
  const wanted = window !== null || !(live ?? closed);
  const pieces = wanted && archive && folder != null ? await fromPieces(archive, folder) : null;
  const whole = live ?? closed ?? pieces;
  if (!whole) return null;
  const known = window ? { takes: within(window, pieces ?? whole) } : whole;
  const { sessionId, key, name } = session;
  const urgent = known.takes.flatMap(({ take: of, files }) => files.map((file) => shown(of, file)));
  const at = (one: ManifestFile): number => (one.expiresAt === null ? Infinity : Date.parse(one.expiresAt));
  const names = urgent.filter(({ state }) => state === 'missing');
  const place = (piece: string): string | null =>
    archive && folder != null ? `${archive.place}/${folder}/${piece}` : null;
  return {
    sessionId,
    key,
    name,
    from: live ? 'keeper' : 'archive',
    settled: live ? live.open.length === 0 && live.waitingParts === 0 : closed !== undefined,
    counts: countsOf(known.takes, window ? undefined : live?.earlier),
    takes: withUnseen(known.takes, window ? null : live).map((one) => {
      const open = live?.open.find((other) => other.take === one.take);
      const counts = countsOf([one]);
      const named = told?.get(one.take) ?? 0;
      return {
        take: one.take,
        running: open?.running === true && broken === null,
        nextLookAt: open ? new Date(open.nextAt).toISOString() : null,
        counts,
        ...(live && named > counts.files && { told: named }),
      };
    }),
    atRisk: urgent
      .filter(
        ({ state, expiresAt, trouble }) => (expiresAt !== null && state !== 'stored') || trouble !== null,
      )
      .toSorted((a, b) => at(a) - at(b) || a.take - b.take || a.sequence - b.sequence)
      .slice(0, NAMED),
    missing: (live || window ? undefined : closed?.missing) ?? names.map((one) => one.name).slice(0, NAMED),
    manifest: place(closed ? 'files.json' : 'files'),
    playlist: playlistOf(closed, place),
    troubles: [
      ...(live && broken !== null ? [broken] : []),
      ...(live?.unreached != null ? [`the vendor could not be asked: ${live.unreached}`] : []),
      ...(live?.unconfirmed != null ? [`the bucket could not be asked: ${live.unconfirmed}`] : []),
      ...(live?.unarchived != null ? [`the manifest is not written: ${live.unarchived}`] : []),
    ],
    files:
      take === undefined || !archive || folder == null ? null : await ofTake(archive, folder, take, window),
  };
}

interface Stretch {
  from: number;
  to: number;
}

function within(window: Stretch, { takes }: { takes: TakeFiles[] }): TakeFiles[] {
  return takes.flatMap((one) => {
    const files = one.files.filter((file) => reachesInto(window, file));
    return files.length === 0
      ? []
      : [{ take: one.take, files, fileCount: files.length, sums: sumsOf(files) }];
  });
}

/** What does not say when its media is may do so. */
function reachesInto(window: Stretch, { from, to }: FileSeen): boolean {
  return from === undefined || to === undefined || (from < window.to && to > window.from);
}

/** How many files of each take the session itself was told of, which its keeper may not have seen yet. */
async function toldOf(context: Context, session: SessionName): Promise<Map<number, number> | null> {
  const said = await askStatus(context, sessionWorkflowId(session.key));
  if (said === null || said === 'nothing-yet' || said.sessionId !== session.sessionId) return null;
  return new Map(said.takes.map(({ number, files }) => [number, files]));
}

/** Nobody tells the keeper of a session that was ended from outside; null where it was not, or that is not known. */
async function brokenEnd(context: Context, session: SessionName): Promise<string | null> {
  const found = await locate(context, session).catch(() => null);
  if (!found || found.kind !== 'recording' || !isBroken(found)) return null;
  const at = found.closedAt === null ? '' : ` at ${new Date(found.closedAt).toISOString()}`;
  return `the workflow of the session ended as ${found.status}${at}, without a last word: its files are looked after further, and what the vendor records since is not known`;
}

async function keeperView({ reach }: Context, sessionId: string): Promise<FilesView | null> {
  return await reach
    .within(
      DEADLINES.query,
      async ({ workflow }) => await workflow.getHandle(filesWorkflowId(sessionId)).query<FilesView>('files'),
      'needs-worker',
    )
    .catch(() => null);
}

export async function folderOf(archive: Archive, { key, sessionId }: SessionName): Promise<string | null> {
  const found = (await archivedSessions(archive, key)).find((one) => one.sessionId === sessionId);
  return found?.folder ?? null;
}

/** Before the last word, and with nobody to ask: as of the last look at each take. */
async function fromPieces(archive: Archive, folder: string): Promise<{ takes: TakeFiles[] } | null> {
  const takes: TakeFiles[] = [];
  for (const [take, pieces] of await listManifest(archive, folder)) {
    const { files } = await readTakeFiles(archive, folder, pieces);
    takes.push({ take, files, fileCount: files.length, sums: sumsOf(files) });
  }
  return takes.length === 0 ? null : { takes };
}

async function ofTake(
  archive: Archive,
  folder: string,
  take: number,
  window: Stretch | null,
): Promise<ManifestFile[]> {
  const pieces = (await listManifest(archive, folder)).get(take) ?? [];
  const { files } = await readTakeFiles(archive, folder, pieces);
  return files
    .filter((file) => window === null || reachesInto(window, file))
    .map((file) => shown(take, file));
}

/** A take that has just begun has not been looked at yet. */
function withUnseen(takes: TakeFiles[], live: FilesView | null): TakeFiles[] {
  const seen = new Set(takes.map(({ take }) => take));
  const unseen = (live?.open ?? []).filter(({ take }) => !seen.has(take));
  const all = [...takes, ...unseen.map(({ take }) => ({ take, files: [], fileCount: 0 }))];
  return all.toSorted((a, b) => a.take - b.take);
}

function countsOf(takes: TakeFiles[], earlier: FileCounts = noFiles()): FileCounts {
  const counted = takes.reduce((sum, { sums }) => addCounts(sum, sums ?? noFiles()), noFiles());
  return addCounts(counted, earlier);
}

function playlistOf(
  closed: FilesFile | undefined,
  place: (piece: string) => string | null,
): SessionFiles['playlist'] {
  if (!closed) return null;
  const { playlist } = closed;
  return 'why' in playlist ? playlist : { place: place(playlist.name) ?? playlist.name };
}

function shown(take: number, file: FileSeen): ManifestFile {
  const iso = (at: number | undefined): string | null =>
    at === undefined ? null : new Date(at).toISOString();
  const { name, sequence, state, from, to, durationMs, bytes = null, quality = null, place = null } = file;
  return {
    take,
    sequence,
    name,
    state,
    by: file.by === 'head' ? 'head' : 'vendor',
    from: iso(from),
    to: iso(to),
    durationMs: durationMs ?? (from !== undefined && to !== undefined ? to - from : null),
    bytes,
    quality,
    place,
    expiresAt: iso(file.expiresAt),
    trouble: file.trouble ?? null,
  };
}
