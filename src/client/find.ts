/** Sessions as Temporal knows them: by describe, which is exact, and by list, which may lag by a second. */
import { WorkflowNotFoundError, type WorkflowExecutionInfo } from '@temporalio/client';
import type { DescribeWorkflowExecutionResponse } from '@temporalio/client';
import { launchWorkflowId, sessionWorkflowId, workflowQueue } from '../session/names.ts';
import { DEADLINES, type Context } from './context.ts';
import { memoOf, type SessionMemo } from '../planning/memo.ts';

/** A session is named by these two: the id is its identity, the key says where its lock is. */
export interface SessionName {
  sessionId: string;
  key: string;
  /** The workflow that holds or held its window, where that is known: one that a schedule starts has an id of its own. */
  launcher?: string;
}

export interface Found {
  kind: 'recording' | 'launch';
  memo: SessionMemo;
  open: boolean;
  /** Temporal's word for how it is: RUNNING, COMPLETED, FAILED, TERMINATED… */
  status: string;
  workflowId: string;
  runId: string;
  startedAt: number;
  closedAt: number | null;
}

export interface Described extends Found {
  /** First run of the chain: commands go to this session even when another one has the lock by then. */
  firstRunId: string | null;
  raw: DescribeWorkflowExecutionResponse;
}

/** null when there is no such workflow; `memo: null` for a bare start before its first task. */
export async function describe(
  context: Context,
  workflowId: string,
  runId?: string,
): Promise<(Omit<Described, 'memo'> & { memo: SessionMemo | null }) | null> {
  try {
    const info = await context.reach.within(
      DEADLINES.describe,
      async ({ workflow }) => await workflow.getHandle(workflowId, runId).describe(),
    );
    const { raw } = info;
    return {
      ...foundOf(info),
      memo: memoOf(info.memo),
      raw,
      firstRunId: raw.workflowExecutionInfo?.firstRunId ?? null,
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/**
 * Where a session is now: its own run, else the launcher that holds it, else a closed run of it. null when Temporal
 * does not know it (any more).
 */
export async function locate(context: Context, name: SessionName): Promise<Described | null> {
  const [latest, launcher] = await Promise.all([
    describe(context, sessionWorkflowId(name.key)),
    describe(context, name.launcher ?? launchWorkflowId(name.sessionId)),
  ]);
  if (isOf(latest, name)) return latest;
  if (isOf(launcher, name) && launcher.open) return launcher;
  // Only where the lock has been used can there be earlier runs.
  const earlier = latest
    ? (await runsOf(context, name.key)).find((run) => run.memo.sessionId === name.sessionId)
    : undefined;
  const described = earlier ? await describe(context, earlier.workflowId, earlier.runId) : null;
  if (isOf(described, name)) return described;
  return isOf(launcher, name) ? launcher : null;
}

function isOf(
  found: (Omit<Described, 'memo'> & { memo: SessionMemo | null }) | null,
  name: SessionName,
): found is Described {
  return found?.memo?.sessionId === name.sessionId;
}

/** Sessions of a target within the namespace's retention, the latest first. */
export async function runsOf(context: Context, key: string): Promise<Found[]> {
  return await listSessions(context, `WorkflowId = '${sessionWorkflowId(key)}'`, 200);
}

/** Sessions and launchers of this installation that fit a visibility query, the latest first. */
export async function listSessions(
  context: Pick<Context, 'settings' | 'reach'>,
  query: string,
  limit: number,
  deadlineMs: number = DEADLINES.list,
): Promise<Found[]> {
  const queue = workflowQueue(context.settings.queuePrefix());
  const whole = `TaskQueue = '${queue}' AND ExecutionStatus != 'ContinuedAsNew' AND (${query})`;
  return await context.reach.within(deadlineMs, async ({ workflow }) => {
    const found: Found[] = [];
    for await (const info of workflow.list({ query: whole, pageSize: Math.min(limit, 1000) })) {
      const memo = memoOf(info.memo);
      if (memo && (info.type === 'recording' || info.type === 'launch'))
        found.push({ ...foundOf(info), memo });
      if (found.length >= limit) break;
    }
    return found;
  });
}

/** Its workflow was ended from outside, or failed: it has said no last word. */
export function isBroken({ open, status }: Pick<Found, 'open' | 'status'>): boolean {
  return !open && status !== 'COMPLETED';
}

/** Sessions and launchers, not the keepers of their files. */
export const OUR_TYPES = `WorkflowType IN ('recording', 'launch')`;

function foundOf(info: Omit<WorkflowExecutionInfo, 'raw'>): Omit<Found, 'memo'> {
  return {
    kind: info.type === 'launch' ? 'launch' : 'recording',
    open: info.status.name === 'RUNNING' || info.status.name === 'PAUSED',
    status: info.status.name,
    workflowId: info.workflowId,
    runId: info.runId,
    startedAt: info.startTime.getTime(),
    closedAt: info.closeTime?.getTime() ?? null,
  };
}
