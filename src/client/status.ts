/** What is known of a session: from itself, and from memo, pending look, queues and archive when it is silent. */
import { QueryNotRegisteredError } from '@temporalio/client';
import { sessionWorkflowId } from '../session/names.ts';
import type { SessionResult } from '../session/events.ts';
import { viewOfTotals, type LastKnown, type StatusView, type TotalsView } from '../session/views.ts';
import { ledgerFolder } from '../archive/ledger.ts';
import type { SessionRecord } from '../archive/read.ts';
import { archivedSession, archivedTotals, lastKnownOf } from './archived.ts';
import { ownEndOf } from './busy.ts';
import { DEADLINES, type Context } from './context.ts';
import { coverageOfSession } from './coverage.ts';
import { isUnreachable } from './errors.ts';
import { describe, locate, type Described, type SessionName } from './find.ts';
import { archivedJoin, askLauncher, type JoinedWindow } from './joined.ts';
import { endingOf, resultOfJoined, type Ending } from './outcome.ts';
import { pendingLook } from './pending-look.ts';
import { brought } from './present.ts';
import { polled, queueSilent, serverSilent, silentPart, type Silent } from './pollers.ts';
import type { LaunchStatus, SessionStatus } from './types.ts';

export interface NamedSession extends SessionName {
  name: string;
}

/**
 * Answers within 3 s whatever is silent.
 * @throws KeepRollingError E_ARCHIVE_UNREADABLE, where only the archive could answer
 */
export async function statusOf(context: Context, session: NamedSession): Promise<SessionStatus> {
  // Asked beside the search for the session: mostly its lock is its own.
  const asking = askStatus(context, sessionWorkflowId(session.key));
  let described: Described | null;
  try {
    described = await locate(context, session);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return await withoutServer(context, session, error.details);
  }
  if (!described) return await fromArchive(context, session, null);
  const said = await asking;
  const own = said === 'nothing-yet' || said?.sessionId === session.sessionId ? said : null;
  return await statusFrom(context, described, own);
}

/** `nothing-yet`: a worker answered, and the session has not begun. null: no answer in time. */
type Said = StatusView | 'nothing-yet' | null;

export async function askStatus(context: Context, workflowId: string): Promise<Said> {
  try {
    return await context.reach.within(
      DEADLINES.query,
      async ({ workflow }) => await workflow.getHandle(workflowId).query<StatusView>('status'),
      'needs-worker',
    );
  } catch (error) {
    // The server tells a failed query as one that is not registered.
    return error instanceof QueryNotRegisteredError ? 'nothing-yet' : null;
  }
}

/** @param said what the workflow itself answered */
export async function statusFrom(context: Context, described: Described, said: Said): Promise<SessionStatus> {
  const view = said === 'nothing-yet' ? null : said;
  const { memo } = described;
  if (described.kind === 'launch') return await statusOfLauncher(context, described);
  if (!described.open) return await statusOfEnded(context, described, view);
  const [look, polls] = await Promise.all([pendingLook(context, described), polled(context, memo.queues)]);
  return {
    ...bare(context, memo, memo.specification.window),
    source: view ? 'live' : 'last-known',
    view: view && brought(view, look, Date.now()),
    lastKnown: memo.lastKnown ?? null,
    look: look?.shown ?? null,
    silent: silentPart(memo, polls, said !== null),
  };
}

async function statusOfLauncher(context: Context, described: Described): Promise<SessionStatus> {
  const { memo } = described;
  if (!described.open) {
    const ending = await endingOf(context, described);
    if (ending.result === null && ending.failure === null) return await fromArchive(context, memo, null);
    return {
      ...bare(context, memo, memo.specification.window),
      ...endedWith(null, ending),
      totals: totalsOf(ending.result),
      source: 'last-known',
      ended: true,
      ...(ending.result && ending.unbegun && { unbegun: ending.unbegun }),
    };
  }
  // It needs no worker before its time.
  const late = memo.startAt !== undefined && Date.parse(memo.startAt) <= Date.now();
  const [polls, launch] = await Promise.all([
    late ? polled(context, memo.queues) : null,
    launchOf(context, described),
  ]);
  return {
    ...bare(context, memo, memo.specification.window),
    source: 'scheduled',
    startAt: memo.startAt ?? null,
    launch,
    totals: launch.phase === 'joined' ? await totalsOfJoined(context, described) : null,
    silent: polls && queueSilent(memo, polls.workflows),
  };
}

/** So far. */
async function totalsOfJoined(context: Context, { memo, workflowId }: Described): Promise<TotalsView | null> {
  const told = coverageOfSession(context, { ...memo, launcher: workflowId });
  return await told.then(
    ({ totals }) => totals,
    () => null,
  );
}

/** What the launcher itself says, and who has the target. */
async function launchOf(context: Context, { workflowId, memo }: Described): Promise<LaunchStatus> {
  const [said, latest] = await Promise.all([
    askLauncher(context, workflowId),
    describe(context, sessionWorkflowId(memo.key)).catch(() => null),
  ]);
  const { fromMs, untilMs } = memo.specification.window;
  const iso = (at: number): string => new Date(at).toISOString();
  const other = latest?.open === true && latest.memo !== null ? latest.memo : null;
  return {
    phase: said?.phase ?? 'scheduled',
    text: said?.text ?? '',
    window: { from: iso(fromMs), until: untilMs === null ? null : iso(untilMs) },
    running: other && {
      sessionId: other.sessionId,
      name: other.name,
      until: stillAhead(said?.freeAt) ?? ownEndOf(other),
    },
    schedule: memo.schedule ?? null,
  };
}

function stillAhead(instant: string | null | undefined): string | null {
  return instant != null && Date.parse(instant) > Date.now() ? instant : null;
}

async function statusOfEnded(
  context: Context,
  described: Described,
  view: StatusView | null,
): Promise<SessionStatus> {
  const { memo } = described;
  // Temporal knows how it ended, the archive what its files have proved since.
  const [ending, record] = await Promise.all([
    endingOf(context, described),
    archivedSession(context.archive, memo).catch(() => undefined),
  ]);
  return {
    ...bare(context, memo, memo.specification.window),
    source: view ? 'live' : 'last-known',
    ended: true,
    view,
    ...endedWith(memo.lastKnown ?? null, ending),
    totals: archivedTotals(record) ?? totalsOf(ending.result) ?? view?.soFar ?? null,
  };
}

/** A workflow that failed has no outcome of its own: the failure stands where a trouble does. */
function endedWith(lastKnown: LastKnown | null, ending: Ending): Pick<SessionStatus, 'lastKnown' | 'result'> {
  const { result, failure } = ending;
  if (!lastKnown || !failure) return { lastKnown, result };
  return { lastKnown: { ...lastKnown, outcome: 'failed', trouble: `you: ${failure.message}` }, result };
}

/** Temporal does not know it any more, or has not told. */
async function fromArchive(
  context: Context,
  session: NamedSession,
  silent: Silent | null,
): Promise<SessionStatus> {
  const record = await archivedSession(context.archive, session);
  const joined = record === undefined ? await archivedJoin(context.archive, session) : null;
  if (joined && joined.to <= Date.now()) return await statusOfJoined(context, joined);
  return statusOfRecord(context, session, record, silent);
}

/** Temporal has forgotten its launcher, and a ledger tells of it. */
async function statusOfJoined(context: Context, joined: JoinedWindow): Promise<SessionStatus> {
  const result = await resultOfJoined(context, joined);
  return {
    ...bare(context, joined, { fromMs: joined.from, zone: joined.zone }),
    source: 'archive',
    ended: true,
    result,
    totals: totalsOf(result),
  };
}

async function withoutServer(
  context: Context,
  session: NamedSession,
  details: Record<string, unknown>,
): Promise<SessionStatus> {
  const silent = serverSilent(context.reach.address, String(details.reason));
  return await fromArchive(context, session, silent);
}

function statusOfRecord(
  context: Context,
  session: NamedSession,
  record: SessionRecord | undefined,
  silent: Silent | null,
): SessionStatus {
  const closed = record?.result != null;
  return {
    ...bare(context, session, record?.header.window ?? null),
    ...(record && { name: record.header.name }),
    // With its last word in the archive nothing is missing, whoever is silent.
    source: closed || silent === null ? 'archive' : 'last-known',
    // A server that answers and does not know it: whatever it was, it does not run any more.
    ended: closed || silent === null,
    lastKnown: record ? lastKnownOf(record) : null,
    silent: closed ? null : silent,
    result: record?.result ?? null,
    totals: archivedTotals(record),
  };
}

function totalsOf(result: SessionResult | null): TotalsView | null {
  return result && viewOfTotals(result.totals, result.verdict, result.windowMs);
}

function bare(
  { archive }: Context,
  { sessionId, key, name }: NamedSession,
  window: { fromMs: number; zone: string } | null,
): SessionStatus {
  return {
    sessionId,
    name,
    key,
    source: 'last-known',
    ended: false,
    view: null,
    lastKnown: null,
    look: null,
    silent: null,
    result: null,
    totals: null,
    startAt: null,
    archive: archive && placeIn(archive.place, { key, sessionId }, window?.fromMs ?? null),
    ...(window && { zone: window.zone }),
  };
}

function placeIn(place: string, name: SessionName, windowFromMs: number | null): string {
  if (windowFromMs === null) return place;
  return `${place}/${ledgerFolder({ ...name, window: { fromMs: windowFromMs } })}`;
}
