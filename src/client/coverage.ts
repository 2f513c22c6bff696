/** What was recorded, over all sessions of a target or of one session: open ones tell it, closed ones are read. */
import { KeepRollingError } from '../contract/errors.ts';
import { parseInstant } from '../contract/time.ts';
import type { TakeFiles } from '../activities/wire.ts';
import { readSession, type SessionRecord } from '../archive/read.ts';
import { filesWorkflowId, sessionWorkflowId } from '../session/names.ts';
import type { CoverageView, StatusView } from '../session/views.ts';
import { archivedSessions, recordWindow } from './archived.ts';
import { DEADLINES, type Context } from './context.ts';
import { isUnreachable } from './errors.ts';
import { describe, isBroken, runsOf, type Found } from './find.ts';
import { archivedJoin, joinedWindow } from './joined.ts';
import { merge } from './merge.ts';
import { overlapsOf } from './overlaps.ts';
import { pendingLook } from './pending-look.ts';
import { resolveTarget } from './references.ts';
import type { NamedSession } from './status.ts';
import { stretchOfLive, stretchOfRecord, type SessionStretch } from './stretches.ts';
import type { CoverageOptions, TargetCoverage, Unbegun } from './types.ts';
import { unbegunWindow } from './unbegun.ts';

const DAY_MS = 24 * 3_600_000;

interface Asked {
  key: string;
  /** One session alone, or all of the target. */
  only: string | null;
  /** The workflow that held its window, where that is known. */
  launcher?: string | undefined;
  from: number;
  to: number;
}

interface Missing {
  sentences: string[];
  unreachable: 'server' | 'worker' | null;
}

/** @throws KeepRollingError see `Client.coverage` */
export async function coverage(
  context: Context,
  reference: string,
  options: CoverageOptions = {},
): Promise<TargetCoverage> {
  const given = stretchAsked(options);
  const { key, session, whole } = await resolveTarget(context, reference);
  const from = given.from ?? (whole ? -Infinity : session.windowFromMs);
  return await answer(context, {
    key,
    only: whole ? null : session.sessionId,
    launcher: session.launcher,
    from,
    to: given.to ?? Infinity,
  });
}

/** Of one session alone, over its whole window when nothing else is asked. */
export async function coverageOfSession(
  context: Context,
  session: NamedSession,
  options: CoverageOptions = {},
): Promise<TargetCoverage> {
  const { from, to } = stretchAsked(options);
  const { sessionId, key, launcher } = session;
  return await answer(context, {
    key,
    only: sessionId,
    launcher,
    from: from ?? -Infinity,
    to: to ?? Infinity,
  });
}

function stretchAsked({ from, to }: CoverageOptions): { from: number | null; to: number | null } {
  const asked = { from: instantOf('from', from), to: instantOf('to', to) };
  if (asked.from !== null && asked.to !== null && asked.to <= asked.from) {
    throw new KeepRollingError(
      'E_COMMAND_INVALID',
      'Coverage is asked for a time that ends before it begins.',
    );
  }
  return asked;
}

function instantOf(field: string, value: string | Date | undefined): number | null {
  if (value === undefined) return null;
  const at = value instanceof Date ? value.getTime() : parseInstant(value);
  if (at !== undefined && !Number.isNaN(at)) return at;
  throw new KeepRollingError(
    'E_COMMAND_INVALID',
    `${field} must be ISO 8601 with offset, such as 2026-11-24T20:00:00+01:00.`,
  );
}

async function answer(context: Context, asked: Asked): Promise<TargetCoverage> {
  const missing: Missing = { sentences: [], unreachable: null };
  const unasked: Missing = { sentences: [], unreachable: null };
  const [runs, records] = await Promise.all([
    runsAsked(context, asked, unasked),
    recordsAsked(context, asked, missing),
  ]);
  // Of one session whose last word is in the archive the server could tell nothing more.
  if (asked.only === null || !records.get(asked.only)?.result) {
    missing.sentences.push(...unasked.sentences);
    missing.unreachable ??= unasked.unreachable;
  }
  const stretches = new Map<string, SessionStretch | null>();
  // Those whose last word is in the archive are read there: the same answer with and without a server.
  const asking = runs.filter((run) => !records.get(run.memo.sessionId)?.result);
  await Promise.all(
    asking.map(async (run) => {
      const { sessionId } = run.memo;
      const stretch = await stretchOfRun(context, run, records.get(sessionId), asked, missing);
      stretches.set(sessionId, stretch);
    }),
  );
  for (const [sessionId, record] of records) {
    if (stretches.has(sessionId)) continue;
    stretches.set(sessionId, stretchOfRecord(record, false, asked.from, asked.to));
    if (!record.result) missing.sentences.push(openInArchive(record));
  }
  const sessions = [...stretches.values()]
    .filter((one) => one !== null)
    .toSorted((a, b) => a.from - b.from || a.to - b.to);
  const joined = sessions.length === 0 ? await joinedAsked(context, asked, missing) : null;
  if (joined) return await answer(context, joined);
  const unbegun = sessions.length === 0 ? await unbegunAsked(context, asked, missing) : null;
  const { from, until } = unbegun?.window ?? {};
  return {
    ...shown(asked, sessions, missing),
    ...(unbegun && { unbegun, ...(from && until && { from, to: until }) }),
  };
}

async function unbegunAsked(
  context: Context,
  { key, only, launcher }: Asked,
  { unreachable }: Missing,
): Promise<Unbegun | null> {
  if (only === null || unreachable === 'server') return null;
  return await unbegunWindow(context, { sessionId: only, key, ...(launcher && { launcher }) });
}

/** A window that another session has recorded too is answered with the target's coverage in it. */
async function joinedAsked(context: Context, asked: Asked, { unreachable }: Missing): Promise<Asked | null> {
  const { key, only, launcher, from, to } = asked;
  if (only === null) return null;
  const name = { sessionId: only, key, ...(launcher && { launcher }) };
  // A server that has just not answered is not waited for again.
  const window =
    unreachable === 'server' ? await archivedJoin(context.archive, name) : await joinedWindow(context, name);
  return window && { key, only: null, from: Math.max(from, window.from), to: Math.min(to, window.to) };
}

function openInArchive(record: SessionRecord): string {
  const { name, sessionId } = record.header;
  return `${name} (${sessionId}) is not closed in the archive: ${unknownAfter(record.at)}${sweptText(record)}`;
}

/** @param known the last instant that is known of it */
function brokenRun({ memo, status, closedAt }: Found, known: number, record?: SessionRecord): string {
  const at = closedAt === null ? '' : ` at ${iso(closedAt)}`;
  return `The workflow of ${memo.name} (${memo.sessionId}) ended as ${status}${at}, without a last word: ${unknownAfter(known)}${sweptText(record)}`;
}

function unknownAfter(at: number): string {
  return `what came after ${iso(at)} is not known.`;
}

/** What nobody but a sweep has told the archive. */
function sweptText(record: SessionRecord | undefined): string {
  const told = (record?.swept ?? []).map(({ take, at, how }) =>
    how === 'stopped'
      ? ` A sweep stopped take ${take} at ${iso(at)}.`
      : ` A sweep found take ${take} ended at ${iso(at)}.`,
  );
  return told.join('');
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** Sessions of the target that Temporal knows; the open one by describe, which does not lag. */
async function runsAsked(context: Context, { key, only }: Asked, missing: Missing): Promise<Found[]> {
  try {
    const [listed, latest] = await Promise.all([
      runsOf(context, key),
      describe(context, sessionWorkflowId(key)),
    ]);
    const exact: Found[] = latest?.memo ? [{ ...latest, memo: latest.memo }] : [];
    const rest = listed.filter((run) => run.runId !== latest?.runId);
    return [...exact, ...rest].filter((run) => only === null || run.memo.sessionId === only);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    missing.unreachable = 'server';
    missing.sentences.push(`${error.message} What is not in the archive yet is missing here.`);
    return [];
  }
}

/** Sessions of the archive that may reach into the stretch, by session id. */
async function recordsAsked(
  { archive }: Context,
  { key, only, from, to }: Asked,
  missing: Missing,
): Promise<Map<string, SessionRecord>> {
  const records = new Map<string, SessionRecord>();
  if (!archive) {
    missing.sentences.push(
      'No archive is configured: closed sessions are known only as long as Temporal keeps them.',
    );
    return records;
  }
  const unreadable: KeepRollingError[] = [];
  for (const { sessionId, date, folder } of await archivedSessions(archive, key)) {
    if (only !== null && sessionId !== only) continue;
    const day = Date.parse(date);
    if (day > to) continue;
    try {
      const record = await readSession(archive, folder);
      if (!record) continue;
      records.set(sessionId, record);
      // One session at a time has the target: before one that ended before the stretch, none reaches into it.
      if (record.result && recordWindow(record).to < from && day + 2 * DAY_MS < from) break;
    } catch (error) {
      if (!(error instanceof KeepRollingError)) throw error;
      unreadable.push(error);
      missing.sentences.push(`Session ${sessionId} cannot be told from the archive: ${error.message}`);
    }
  }
  if (records.size === 0 && unreadable[0]) throw unreadable[0];
  return records;
}

async function stretchOfRun(
  context: Context,
  run: Found,
  record: SessionRecord | undefined,
  { from, to }: Asked,
  missing: Missing,
): Promise<SessionStretch | null> {
  const { memo, open, workflowId, runId } = run;
  const ask = async <T>(id: string, name: string, pinned?: string): Promise<T | null> =>
    await context.reach
      .within(
        DEADLINES.query,
        async ({ workflow }) => await workflow.getHandle(id, pinned).query<T>(name),
        'needs-worker',
      )
      .catch(() => null);
  const [told, status, files, look] = await Promise.all([
    ask<CoverageView>(workflowId, 'coverage', runId),
    ask<StatusView>(workflowId, 'status', runId),
    ask<{ takes: TakeFiles[] }>(filesWorkflowId(memo.sessionId), 'files'),
    open || isBroken(run) ? lookOf(context, workflowId, runId) : null,
  ]);
  if (told) {
    const answers = {
      coverage: told,
      status,
      files: files?.takes ?? null,
      lastGood: look?.lastGood ?? {},
      open,
      now: Date.now(),
    };
    const end = status?.window.until ?? null;
    const reaches = Date.parse(told.window.from) < to && (end === null || Date.parse(end) > from);
    if (isBroken(run) && reaches) {
      const known = stretchOfLive(memo.name, answers, record, -Infinity, Infinity)?.to;
      missing.sentences.push(brokenRun(run, known ?? Date.parse(told.window.to), record));
    }
    return stretchOfLive(memo.name, answers, record, from, to);
  }
  // The server was just asked for its list: what is silent is who answers queries.
  missing.unreachable ??= 'worker';
  if (!record) {
    missing.sentences.push(
      `${memo.name} (${memo.sessionId}) does not answer, and the archive has nothing of it yet.`,
    );
    return null;
  }
  const silent = `${memo.name} (${memo.sessionId}) does not answer: ${unknownAfter(record.at)}`;
  missing.sentences.push(isBroken(run) ? brokenRun(run, record.at, record) : silent);
  return stretchOfRecord(record, open, from, to);
}

async function lookOf(context: Context, workflowId: string, runId: string) {
  const described = await describe(context, workflowId, runId).catch(() => null);
  if (!described?.memo) return null;
  return await pendingLook(context, { ...described, memo: described.memo });
}

function shown({ key, from, to }: Asked, sessions: SessionStretch[], missing: Missing): TargetCoverage {
  const begin = Number.isFinite(from) ? from : Math.min(...sessions.map((one) => one.from));
  const end = Number.isFinite(to) ? to : Math.max(...sessions.map((one) => one.to));
  const { spans, gaps, totals } = merge(sessions);
  return {
    key,
    from: iso(Number.isFinite(begin) ? begin : Date.now()),
    to: iso(Number.isFinite(end) ? end : Number.isFinite(begin) ? begin : Date.now()),
    sessions: sessions.map(({ sessionId, name, outcome, live, ...one }) => ({
      sessionId,
      name,
      from: iso(one.from),
      to: iso(one.to),
      outcome,
      live,
    })),
    spans: spans.map((span) => ({ ...span, from: iso(span.from), to: iso(span.to) })),
    gaps: gaps.map((gap) => ({ ...gap, from: iso(gap.from), to: iso(gap.to) })),
    writtenOff: sessions.flatMap(({ sessionId, writtenOff }) =>
      writtenOff
        .toSorted((a, b) => a.take - b.take)
        .map(({ boundAt, ...one }) => ({
          sessionId,
          ...one,
          boundAt: boundAt === null ? null : iso(boundAt),
        })),
    ),
    filesAtRisk: sessions.flatMap(({ sessionId, filesAtRisk }) =>
      filesAtRisk.map(({ expiresAt, ...one }) => ({
        sessionId,
        ...one,
        expiresAt: expiresAt === null ? null : iso(expiresAt),
      })),
    ),
    overlaps: overlapsOf(spans).map((one) => ({ ...one, from: iso(one.from), to: iso(one.to) })),
    totals,
    missing: missing.sentences.toSorted(),
    unreachable: missing.unreachable,
  };
}
