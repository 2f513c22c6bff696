/** A window that another session records too: it has no session of its own, and the coverage of its target. */
import type { Archive } from '../archive/archive.ts';
import { readSession } from '../archive/read.ts';
import type { LogEntry } from '../session/state.ts';
import type { LaunchView } from '../workflows/definitions.ts';
import { archivedSessions, type ArchivedSession } from './archived.ts';
import { DEADLINES, type Context } from './context.ts';
import { locate, type Described, type SessionName } from './find.ts';
import { launchResult } from './unbegun.ts';

export interface JoinedWindow {
  sessionId: string;
  key: string;
  name: string;
  from: number;
  to: number;
  zone: string;
}

/** So many ledgers are searched, the latest first. */
const LEDGERS = 200;

/** null for a window that has or had a session of its own, or none at all. */
export async function joinedWindow(context: Context, session: SessionName): Promise<JoinedWindow | null> {
  const described = await locate(context, session);
  if (described?.kind === 'recording') return null;
  if (described) return (await isJoined(context, described)) ? windowOf(described) : null;
  return await archivedJoin(context.archive, session);
}

/** What the archive alone tells. */
export async function archivedJoin(
  archive: Archive | null,
  session: SessionName,
): Promise<JoinedWindow | null> {
  if (!archive) return null;
  const found = await joinedIn(archive, await archivedSessions(archive, session.key));
  return found.find((one) => one.sessionId === session.sessionId) ?? null;
}

async function isJoined(context: Context, launcher: Described): Promise<boolean> {
  const { open, workflowId } = launcher;
  if (open) return (await askLauncher(context, workflowId))?.phase === 'joined';
  return (await launchResult(context, launcher))?.outcome === 'joined';
}

function windowOf({ memo: { sessionId, key, name, specification } }: Described): JoinedWindow | null {
  const { fromMs, untilMs, limitMs, zone } = specification.window;
  const to = untilMs ?? limitMs;
  return to === null ? null : { sessionId, key, name, from: fromMs, to, zone };
}

/** What a launcher says of its window; null where it does not answer in time. */
export async function askLauncher(context: Context, workflowId: string): Promise<LaunchView | null> {
  return await context.reach
    .within(
      DEADLINES.launcher,
      async ({ workflow }) => await workflow.getHandle(workflowId).query<LaunchView>('status'),
      'needs-worker',
    )
    .catch(() => null);
}

/** All that the logs of these sessions tell, also after Temporal has forgotten the launchers. */
export async function joinedIn(archive: Archive, sessions: ArchivedSession[]): Promise<JoinedWindow[]> {
  const found: JoinedWindow[] = [];
  for (const { key, folder } of sessions.slice(0, LEDGERS)) {
    const record = await readSession(archive, folder).catch(() => undefined);
    if (record) found.push(...joinedBy(record.log, key, record.header.window.zone));
  }
  return found;
}

/** The last word on each window counts. */
function joinedBy(log: LogEntry[], key: string, zone: string): JoinedWindow[] {
  const words = new Map<string, JoinedWindow | null>();
  for (const { data = {} } of log) {
    const { neighbour: sessionId, word, name, from, until: to } = data;
    if (typeof sessionId !== 'string') continue;
    const whole = typeof name === 'string' && typeof from === 'number' && typeof to === 'number';
    words.set(sessionId, word === 'joined' && whole ? { sessionId, key, name, from, to, zone } : null);
  }
  return [...words.values()].filter((one) => one !== null);
}
