/** What became of the windows that a schedule has started: of its launchers, and of their sessions. */
import { WorkflowFailedError, WorkflowNotFoundError, type WorkflowExecutionInfo } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { memoOf, type SessionMemo } from '../../planning/memo.ts';
import { sessionWorkflowId, workflowQueue } from '../../session/names.ts';
import type { LastKnown } from '../../session/views.ts';
import type { LaunchResult } from '../../workflows/launch/index.ts';
import { resultOf } from '../closed.ts';
import { DEADLINES, type Context } from '../context.ts';
import { failureInside } from '../errors.ts';
import { describe, listSessions } from '../find.ts';
import type { ScheduleRun } from './types.ts';

type Reaching = Pick<Context, 'reach' | 'settings'>;

/** A workflow `launch` that a schedule has started. */
export interface Launcher {
  workflowId: string;
  open: boolean;
  /** It was told nothing, or has failed to work its window out, where it has none. */
  memo: SessionMemo | null;
  /** Of the schedule, at Temporal. */
  schedule: string;
  /** Hash of the schedule when it fired. */
  hash: string | null;
  startedAt: number;
}

function launcherOf(info: Omit<WorkflowExecutionInfo, 'raw'>): Launcher | null {
  const { schedule, scheduleHash } = (info.memo ?? {}) as { schedule?: unknown; scheduleHash?: unknown };
  if (typeof schedule !== 'string') return null;
  return {
    workflowId: info.workflowId,
    open: info.status.name === 'RUNNING' || info.status.name === 'PAUSED',
    memo: memoOf(info.memo),
    schedule,
    hash: typeof scheduleHash === 'string' ? scheduleHash : null,
    startedAt: info.startTime.getTime(),
  };
}

/** The latest first; one that has just been started may be missing for a second. */
export async function listLaunchers(
  { reach, settings }: Reaching,
  which: 'open' | 'all',
  limit: number,
): Promise<Launcher[]> {
  const queue = workflowQueue(settings.queuePrefix());
  const running = which === 'open' ? " AND ExecutionStatus = 'Running'" : '';
  const query = `TaskQueue = '${queue}' AND WorkflowType = 'launch' AND ExecutionStatus != 'ContinuedAsNew'${running}`;
  return await reach.within(DEADLINES.list, async ({ workflow }) => {
    const found: Launcher[] = [];
    for await (const info of workflow.list({ query, pageSize: Math.min(limit, 1000) })) {
      const launcher = launcherOf(info);
      if (launcher) found.push(launcher);
      if (found.length >= limit) break;
    }
    return found;
  });
}

/** Exactly, by describe. null where Temporal has forgotten it. */
export async function launcherById({ reach }: Reaching, workflowId: string): Promise<Launcher | null> {
  try {
    return await reach.within(DEADLINES.describe, async ({ workflow }) =>
      launcherOf(await workflow.getHandle(workflowId).describe()),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** What became of it, by its own result and its session's. */
export async function runOf(context: Context, launcher: Launcher): Promise<ScheduleRun> {
  const { memo, open } = launcher;
  if (!open) return await closedRun(context, launcher);
  const session = memo && (await describe(context, sessionWorkflowId(memo.key)));
  const begun = memo !== null && session?.memo?.sessionId === memo.sessionId;
  return openRun(launcher, begun ? (session?.memo?.lastKnown ?? null) : null, begun);
}

function openRun(launcher: Launcher, known: LastKnown | null, begun: boolean): ScheduleRun {
  const { memo } = launcher;
  const run = bare(launcher);
  if (!begun)
    return {
      ...run,
      state: 'held',
      text: memo?.startAt === undefined ? 'its window is being worked out' : `held until ${memo.startAt}`,
    };
  return { ...run, state: 'running', text: known ? `${known.phase}, ${known.percent} % so far` : 'it runs' };
}

async function closedRun(context: Reaching, launcher: Launcher): Promise<ScheduleRun> {
  const run = bare(launcher);
  try {
    const result = await resultOf<LaunchResult>(context, { workflowId: launcher.workflowId });
    const { outcome: state, text, result: session } = result;
    return {
      ...run,
      sessionId: result.sessionId ?? run.sessionId,
      state,
      text,
      outcome: session?.outcome ?? null,
      verdict: session?.verdict ?? null,
    };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const told = error.cause instanceof ApplicationFailure ? error.cause.details?.[0] : undefined;
    const { outcome = null, verdict = null } = (told ?? {}) as { outcome?: string; verdict?: string };
    return { ...run, state: 'failed', text: failureInside(error)!.message, outcome, verdict };
  }
}

function bare({ startedAt, workflowId, memo }: Launcher): ScheduleRun {
  return {
    at: new Date(startedAt).toISOString(),
    workflowId,
    sessionId: memo?.sessionId ?? null,
    window: windowIn(memo),
    state: 'unknown',
    text: 'what became of it could not be learned',
    outcome: null,
    verdict: null,
  };
}

function windowIn(memo: SessionMemo | null): ScheduleRun['window'] {
  if (!memo) return null;
  const { fromMs, untilMs } = memo.specification.window;
  return {
    from: new Date(fromMs).toISOString(),
    until: untilMs === null ? null : new Date(untilMs).toISOString(),
  };
}

/** A window that fired several times is one: a launcher that found it started says nothing of it. */
export function windowsOf(runs: ScheduleRun[]): ScheduleRun[] {
  const found = new Map<string, ScheduleRun>();
  for (const run of runs) {
    const id = run.sessionId ?? run.workflowId;
    const known = found.get(id);
    if (!known || (known.state === 'own' && run.state !== 'own')) found.set(id, run);
  }
  return [...found.values()];
}

/** A server that is slow costs no more than the details. */
export async function runOrUnknown(context: Context, launcher: Launcher): Promise<ScheduleRun> {
  return await runOf(context, launcher).catch(() => bare(launcher));
}

/** So many are looked through for the last run of each schedule, the latest first. */
const SCANNED = 3000;
/** So many runs that have recorded nothing are asked for why. */
const ASKED = 40;

/** The last run of each schedule, by its id: two lists, however many schedules there are. */
export async function lastRuns(context: Context): Promise<Map<string, ScheduleRun>> {
  const [launchers, sessions] = await Promise.all([
    listLaunchers(context, 'all', SCANNED),
    listSessions(context, `WorkflowType = 'recording'`, SCANNED),
  ]);
  const last = new Map<string, Launcher>();
  for (const one of launchers) {
    const known = last.get(one.schedule);
    if (!known || (known.startedAt < one.startedAt && !isOwn(one, known)) || isOwn(known, one))
      last.set(one.schedule, one);
  }
  const sessionOf = new Map(sessions.map((one) => [one.memo.sessionId, one]));
  let asked = 0;
  const runs = [...last].map(async ([schedule, launcher]): Promise<[string, ScheduleRun]> => {
    const session = launcher.memo && sessionOf.get(launcher.memo.sessionId);
    const known = session?.memo.lastKnown ?? null;
    if (launcher.open) return [schedule, openRun(launcher, known, session !== undefined && session !== null)];
    if (known?.outcome) {
      const { outcome, percent } = known;
      const state = outcome.startsWith('failed') ? 'failed' : 'ended';
      return [schedule, { ...bare(launcher), state, text: `${outcome}, ${percent} %`, outcome }];
    }
    asked += 1;
    return [schedule, asked > ASKED ? bare(launcher) : await runOrUnknown(context, launcher)];
  });
  return new Map(await Promise.all(runs));
}

/** It has closed, since the other one has this window. */
function isOwn({ open, memo }: Launcher, other: Launcher): boolean {
  return !open && other.open && memo !== null && memo.sessionId === other.memo?.sessionId;
}
