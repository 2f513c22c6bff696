/** Sessions as the archive knows them, without any server. */
import type { LedgerHeader } from '../activities/wire.ts';
import type { Archive } from '../archive/archive.ts';
import type { PartFile } from '../archive/ledger.ts';
import { archivedKeys, readSession, sessionFolders, type SessionRecord } from '../archive/read.ts';
import { viewOfTotals, type LastKnown, type TotalsView } from '../session/views.ts';
import { coverageOf } from '../session/coverage.ts';
import type { SessionName } from './find.ts';
import { KeepRollingError } from '../contract/errors.ts';

export interface ArchivedSession extends SessionName {
  /** UTC date of the window's begin. */
  date: string;
  folder: string;
}

/** Sessions of all targets, or of one; the latest window first. Reads names of folders alone. */
export async function archivedSessions(archive: Archive, key?: string): Promise<ArchivedSession[]> {
  const keys = key === undefined ? await archivedKeys(archive) : [key];
  const sessions: ArchivedSession[] = [];
  for (const one of keys) {
    for (const folder of await sessionFolders(archive, one)) {
      const [date, sessionId] = folder.slice(one.length + 1).split('/') as [string, string];
      sessions.push({ sessionId, key: one, date, folder });
    }
  }
  return sessions.toSorted((a, b) => (a.date === b.date ? 0 : a.date < b.date ? 1 : -1));
}

/** What the first part says of its session; undefined where nothing was written yet. */
export async function archivedHeader(archive: Archive, folder: string): Promise<LedgerHeader | undefined> {
  const text = await archive.get(`${folder}/part-0001.json`);
  if (text === undefined) return undefined;
  try {
    return (JSON.parse(text) as PartFile).session;
  } catch {
    throw new KeepRollingError('E_ARCHIVE_UNREADABLE', `${folder}/part-0001.json is not JSON.`);
  }
}

/** The whole record of one session; undefined when the archive has nothing of it. */
export async function archivedSession(
  archive: Archive | null,
  name: SessionName,
): Promise<SessionRecord | undefined> {
  if (!archive) return undefined;
  const found = (await archivedSessions(archive, name.key)).find((one) => one.sessionId === name.sessionId);
  return found && (await readSession(archive, found.folder));
}

/** The stretch of the window that a record speaks of: to its end, or as far as its last part goes. */
export function recordWindow({ header, result, at }: SessionRecord): { from: number; to: number } {
  const { fromMs } = header.window;
  if (result) return { from: fromMs, to: fromMs + result.windowMs };
  // Not cut at the window's end as written: an extension is not in the header.
  return { from: fromMs, to: Math.max(fromMs, at) };
}

/**
 * What a session recorded, with the evidence that its files gave after its end, as coverage counts it. null until the
 * last word is there. The verdict is the session's own: only it knows which pauses were asked for.
 */
export function archivedTotals(record: SessionRecord | undefined): TotalsView | null {
  if (!record?.result) return null;
  const { from, to } = recordWindow(record);
  const { totals } = coverageOf(record.spans, record.marks, from, to);
  return viewOfTotals(totals, record.result.verdict, record.result.windowMs);
}

/** What the parts say last, in the words of the memo. */
export function lastKnownOf(record: SessionRecord): LastKnown {
  const iso = (at: number): string => new Date(at).toISOString();
  const { from, to } = recordWindow(record);
  const recordedMs =
    record.result?.totals.recordedMs ?? coverageOf(record.spans, record.marks, from, to).totals.recordedMs;
  const phase = record.log.findLast((entry) => entry.kind === 'phase');
  const take = record.takes.at(-1);
  const until = record.header.window.untilMs;
  const outcome = record.result?.outcome ?? null;
  return {
    phase: outcome === null ? phaseIn(phase?.text) : 'released',
    since: iso(phase?.at ?? record.at),
    conditions: [],
    take: take?.number ?? 0,
    recording: take?.recording ?? null,
    desired: outcome === null ? 'recording' : 'stopped',
    until: until === null ? null : iso(until),
    recordedMs,
    recordingSince: null,
    percent: to > from ? Math.min(100, Math.round((recordedMs / (to - from)) * 1000) / 10) : 0,
    trouble: null,
    outcome,
    asOf: iso(record.at),
  };
}

const PHASES = ['waiting', 'starting', 'recording', 'paused', 'stopping', 'released'] as const;

function phaseIn(text: string | undefined): LastKnown['phase'] {
  return PHASES.find((phase) => text?.startsWith(phase)) ?? 'starting';
}
