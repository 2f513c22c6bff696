/** From what a person says to one session: its id, name, `name@window start`, key, or a part that only it has. */
import { KeepRollingError } from '../contract/errors.ts';
import { parseInstant, zoneOffsetMs } from '../contract/time.ts';
import type { Archive } from '../archive/archive.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { sessionWorkflowId } from '../session/names.ts';
import { archivedHeader, archivedSessions } from './archived.ts';
import type { Context } from './context.ts';
import { isUnreachable } from './errors.ts';
import { describe, listSessions, OUR_TYPES, type Found, type SessionName } from './find.ts';
import { joinedIn } from './joined.ts';
import type { NamedSession } from './status.ts';

/** Open sessions go before scheduled ones, those before closed ones. */
export type Standing = 'open' | 'scheduled' | 'closed';

export interface Candidate extends SessionName {
  name: string;
  standing: Standing;
  windowFromMs: number;
  zone: string;
}

/** A session that has just been started is listed about a second later. */
const VISIBILITY_LAG_MS = 700;
const LISTED = 1000;
/** So many ledgers are looked into for their names, the latest first. */
const LEDGERS = 1000;

/**
 * The one session that a reference means. Where several fit, an open one goes before a scheduled one, and that before
 * closed ones; a key with only closed sessions means the latest.
 * @throws KeepRollingError E_SESSION_UNKNOWN, E_SESSION_AMBIGUOUS, E_SERVER_UNREACHABLE
 */
export async function resolveSession(context: Context, reference: string): Promise<Candidate> {
  const { matches, how } = await matchesOf(context, reference);
  const best = preferred(matches);
  if (best.length === 1 || (how === 'key' && best.length > 0)) return best[0]!;
  throw ambiguous(reference, best);
}

/**
 * What coverage is asked for: a target with all its sessions, or one session. Several sessions that fit are no
 * ambiguity as long as they are of one target.
 * @throws KeepRollingError E_SESSION_UNKNOWN, E_SESSION_AMBIGUOUS, E_SERVER_UNREACHABLE
 */
export async function resolveTarget(
  context: Context,
  reference: string,
): Promise<{ key: string; session: Candidate; whole: boolean }> {
  const { matches, how } = await matchesOf(context, reference, true);
  const best = preferred(matches);
  const [session] = best;
  if (!session) throw unknown(reference);
  const sameTarget = matches.every((one) => one.key === session.key);
  if (how === 'key' || (matches.length > 1 && sameTarget)) return { key: session.key, session, whole: true };
  if (best.length > 1) throw ambiguous(reference, best);
  return { key: session.key, session, whole: false };
}

async function matchesOf(context: Context, reference: string, all = false): Promise<Matches> {
  let unreached: KeepRollingError | null = null;
  const fromServer = async (): Promise<Candidate[]> =>
    await serverCandidates(context, reference).catch((error: unknown) => {
      if (!isUnreachable(error)) throw error;
      unreached = error;
      return [];
    });

  let known = await fromServer();
  const current = matching(reference, known);
  // A part of a name is looked for everywhere: the archive may hold a session of exactly that name.
  const found = current.how !== 'part' && current.matches.some((one) => one.standing !== 'closed');
  if (found && !all) return current;

  if (context.archive)
    known = withoutDoubles([...known, ...(await archiveCandidates(context.archive, reference))]);
  let result = matching(reference, known);
  if (result.matches.length === 0 && unreached === null) {
    await sleep(VISIBILITY_LAG_MS);
    result = matching(reference, withoutDoubles([...(await fromServer()), ...known]));
  }
  if (result.matches.length === 0 && context.archive)
    result = matching(reference, await joinedCandidates(context.archive, reference));
  if (result.matches.length > 0) return result;
  throw unreached ?? unknown(reference);
}

/** One list, and a describe of the lock where the reference may be a key: that one does not lag. */
async function serverCandidates(context: Context, reference: string): Promise<Candidate[]> {
  const [listed, locked] = await Promise.all([
    listSessions(context, OUR_TYPES, LISTED),
    reference.includes('/') ? describe(context, sessionWorkflowId(reference)) : null,
  ]);
  const exact = locked?.memo ? [candidateOf({ ...locked, memo: locked.memo })] : [];
  // A recording first: its launcher may still be listed.
  const ordered = listed.toSorted((a, b) => Number(a.kind === 'launch') - Number(b.kind === 'launch'));
  return withoutDoubles([...exact, ...ordered.map(candidateOf)]);
}

function candidateOf({ memo, open, kind, workflowId }: Found): Candidate {
  const { window } = memo.specification;
  const standing = !open ? 'closed' : kind === 'launch' ? 'scheduled' : 'open';
  return {
    sessionId: memo.sessionId,
    key: memo.key,
    name: memo.name,
    standing,
    windowFromMs: window.fromMs,
    zone: window.zone,
    ...(kind === 'launch' && { launcher: workflowId }),
  };
}

async function archiveCandidates(archive: Archive, reference: string): Promise<Candidate[]> {
  const ofKey = reference.includes('/') ? await archivedSessions(archive, reference) : [];
  const sessions = ofKey.length > 0 ? ofKey : await archivedSessions(archive);
  const candidates: Candidate[] = [];
  for (const { sessionId, key, folder } of sessions.slice(0, LEDGERS)) {
    const header = await archivedHeader(archive, folder);
    if (!header) continue;
    const { fromMs, zone } = header.window;
    candidates.push({
      sessionId,
      key,
      name: header.name,
      standing: 'closed',
      windowFromMs: fromMs,
      zone,
    });
  }
  return candidates;
}

/** Windows that had no session of their own are in the ledgers of those that recorded them too. */
async function joinedCandidates(archive: Archive, reference: string): Promise<Candidate[]> {
  const key = reference.includes('/') ? reference : undefined;
  const joined = await joinedIn(archive, await archivedSessions(archive, key));
  return joined.map(({ from, to: _to, ...one }) => ({ ...one, standing: 'closed', windowFromMs: from }));
}

function withoutDoubles(candidates: Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return candidates.filter((one) => !seen.has(one.sessionId) && seen.add(one.sessionId));
}

interface Matches {
  matches: Candidate[];
  how: 'id' | 'key' | 'name' | 'start' | 'part';
}

/** The first kind of match that fits any; the latest window first. */
function matching(reference: string, candidates: Candidate[]): Matches {
  const sorted = candidates.toSorted((a, b) => b.windowFromMs - a.windowFromMs);
  const lower = reference.toLowerCase();
  const tests: [Matches['how'], (one: Candidate) => boolean][] = [
    ['id', (one) => one.sessionId.toLowerCase() === lower],
    ['key', (one) => one.key === reference],
    ['name', (one) => one.name === reference],
    ['start', (one) => beginsAt(one, reference)],
    ['part', (one) => lower !== '' && partsOf(one).some((part) => part.includes(lower))],
  ];
  for (const [how, test] of tests) {
    const matches = sorted.filter(test);
    if (matches.length > 0) return { matches, how };
  }
  return { matches: [], how: 'part' };
}

function partsOf({ sessionId, key, name }: Candidate): string[] {
  return [sessionId, key, name].map((text) => text.toLowerCase());
}

/** `name@2026-11-24T23:30`, in the window's zone or in UTC, as exact as it is written; or an instant with offset. */
function beginsAt(candidate: Candidate, reference: string): boolean {
  const [name, start, ...rest] = reference.split('@');
  if (name !== candidate.name || start === undefined || start === '' || rest.length > 0) return false;
  const instant = parseInstant(start);
  if (instant !== undefined) return Math.abs(instant - candidate.windowFromMs) < 60_000;
  const texts = [localStart(candidate), new Date(candidate.windowFromMs).toISOString()];
  return texts.some((text) => text.startsWith(start.replace(' ', 'T')));
}

function localStart({ windowFromMs, zone }: Candidate): string {
  return new Date(windowFromMs + zoneOffsetMs(windowFromMs, zone)).toISOString().slice(0, 23);
}

export function namedOf({ sessionId, key, name, launcher }: Candidate): NamedSession {
  return { sessionId, key, name, ...(launcher !== undefined && { launcher }) };
}

/** `match-2311@2026-11-23T19:45`: the name that tells one session of many by the same name. */
export function fullName(candidate: Candidate): string {
  return `${candidate.name}@${localStart(candidate).slice(0, 16)}`;
}

function preferred(matches: Candidate[]): Candidate[] {
  for (const standing of ['open', 'scheduled'] as const) {
    const fitting = matches.filter((one) => one.standing === standing);
    if (fitting.length > 0) return fitting;
  }
  return matches;
}

function unknown(reference: string): KeepRollingError {
  return new KeepRollingError(
    'E_SESSION_UNKNOWN',
    `No session answers to "${reference}". What joined a recording by start --join is part of the session that it joined.`,
    { reference },
  );
}

function ambiguous(reference: string, candidates: Candidate[]): KeepRollingError {
  const shown = candidates.slice(0, 20).map((one) => `  ${fullName(one)}  ${one.sessionId}  ${one.standing}`);
  const more = candidates.length > shown.length ? [`  and ${candidates.length - shown.length} more`] : [];
  return new KeepRollingError(
    'E_SESSION_AMBIGUOUS',
    [`${candidates.length} sessions answer to "${reference}":`, ...shown, ...more].join('\n'),
    {
      reference,
      candidates: candidates.map(({ sessionId, key, name, standing, windowFromMs }) => ({
        sessionId,
        key,
        name,
        standing,
        windowFrom: new Date(windowFromMs).toISOString(),
      })),
    },
  );
}
