/** Starting a session: once, however often and from however many places it is asked for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { KeepRollingError } from '../contract/errors.ts';
import { launchWorkflowId, sessionWorkflowId } from '../session/names.ts';
import { launchPlanOf } from '../planning/launch-plan.ts';
import type { LaunchInput } from '../workflows/definitions.ts';
import { barelyStarted, isCutShort, isEnding, isPastItsWindow, ownEndOf, targetBusy } from './busy.ts';
import { DEADLINES, type Context } from './context.ts';
import { describe, listSessions, type Described, type SessionName } from './find.ts';
import { refusesAttributes } from './errors.ts';
import { sessionHandle } from './handle.ts';
import { join, recordsTheSame } from './join.ts';
import { prepare, type Prepared } from '../planning/prepare.ts';
import { assertSameRequest, earlierSession, type Earlier } from './requests.ts';
import { searchAttributesOf } from '../planning/search-attributes.ts';
import { typedAttributes } from './search-attributes.ts';
import type { Started, StartOptions } from './types.ts';

/** A window that begins sooner is started at once: the session itself waits out the rest. */
const SOON_MS = 5_000;
/** A session that is just closing frees its target within moments. */
const CLOSING_TRIES = 5;
const CLOSING_AGAIN_MS = 250;

/** @throws KeepRollingError see `Client.start` */
export async function start(
  context: Context,
  document: unknown,
  options: StartOptions = {},
): Promise<Started> {
  const prepared = preparedFor(context, document, options, Date.now());
  if (prepared.requestId !== null) {
    const earlier = await earlierSession(context, prepared);
    if (earlier) return repeated(context, prepared, earlier);
  }
  const joining = options.join === true;
  const run = async (attributes: boolean): Promise<Started> =>
    liesAhead(prepared)
      ? await schedule(context, prepared, attributes)
      : await begin(context, prepared, { attributes, joining });
  const attributes = await context.hasSearchAttributes();
  try {
    return await run(attributes);
  } catch (error) {
    // A recording matters more than being found by its labels.
    if (!attributes || !refusesAttributes(error)) throw error;
    return await run(false);
  }
}

interface How {
  /** The namespace has our search attributes. */
  attributes: boolean;
  joining: boolean;
}

/** Joining a window that lies ahead is a wish for when it begins. */
function preparedFor(context: Context, document: unknown, options: StartOptions, now: number): Prepared {
  const prepared = prepare(context, document, options, now);
  if (options.join !== true || !liesAhead(prepared)) return prepared;
  const { policy, ...rest } = document as { policy?: object };
  const wished = { ...rest, policy: { ...policy, busy: 'extend' } };
  return prepare(context, wished, { ...options, sessionId: prepared.sessionId }, now);
}

function liesAhead({ startAt, at }: Prepared): boolean {
  return startAt - at > SOON_MS;
}

async function begin(context: Context, prepared: Prepared, how: How): Promise<Started> {
  const { attributes } = how;
  const { specification, key, memo } = prepared;
  for (let tries = 1; ; tries += 1) {
    try {
      await context.reach.within(
        DEADLINES.start,
        async ({ workflow }) =>
          await workflow.start('recording', {
            workflowId: sessionWorkflowId(key),
            taskQueue: memo.queues.workflows,
            args: [{ ...prepared.input, searchAttributes: attributes }],
            memo: { ...memo },
            ...(attributes && {
              typedSearchAttributes: typedAttributes(searchAttributesOf(specification, prepared, 'waiting')),
            }),
            ...texts(prepared),
            // No time-outs and no retry policy: they would end or double a recording behind our back.
            workflowIdConflictPolicy: 'FAIL',
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          }),
      );
      return startedAs(context, prepared, false, null);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    const running = await describe(context, sessionWorkflowId(key));
    const freed = running === null || !running.open || running.memo?.lastKnown?.phase === 'released';
    const last = tries >= CLOSING_TRIES;
    const there = freed && !last ? null : await alreadyThere(context, prepared, running, how, last);
    if (there) return there;
    await sleep(CLOSING_AGAIN_MS);
  }
}

/**
 * The target is locked: by this very request, by an equal session, by one that can be joined or makes way, or by another
 * one. null where it has closed meanwhile.
 */
async function alreadyThere(
  context: Context,
  prepared: Prepared,
  running: (Omit<Described, 'memo'> & { memo: Described['memo'] | null }) | null,
  { attributes, joining }: How,
  last: boolean,
): Promise<Started | null> {
  const memo = running?.memo;
  if (!running || !memo) throw barelyStarted(prepared);
  // A start whose first reply was lost.
  if (prepared.requestId === null && memo.sessionId === prepared.sessionId)
    return startedAs(context, memo, false, null);
  const sameRequest = prepared.requestId !== null && memo.requestId === prepared.requestId;
  const earlier: Earlier = { ...memo, hash: memo.specificationHash, startAt: null };
  if (sameRequest) return repeated(context, prepared, earlier);
  const { owner, policy, window } = prepared.specification;
  const ending = isEnding(memo);
  const same = memo.specificationHash === prepared.hash && !ending && !isCutShort(memo);
  if (same && (!joining || memo.specification.owner === owner)) return repeated(context, prepared, earlier);
  if (joining && !ending && recordsTheSame(prepared, memo)) {
    try {
      const { until, note } = await join(context, prepared, memo);
      const joined = { joined: true, until, ...(note !== null && { note }) } as const;
      return { ...startedAs(context, memo, true, null), ...joined };
    } catch (error) {
      if (last || !(error instanceof KeepRollingError) || error.code !== 'E_SESSION_ENDED') throw error;
      return null;
    }
  }
  const makesWay = isPastItsWindow(memo, prepared.at);
  // Padding and what the vendor needs before it may have begun already: its window itself is still ahead.
  const ahead = window.fromMs - prepared.at > SOON_MS;
  if (!joining && (makesWay || ahead || policy.busy !== undefined)) {
    const { sessionId, name } = memo;
    const busyWith = { sessionId, name, until: ownEndOf(memo), makesWay };
    return { ...(await schedule(context, prepared, attributes)), busyWith };
  }
  throw targetBusy(prepared, { ...running, memo }, joining);
}

/** A launcher holds the window without the lock, until it is near. */
async function schedule(context: Context, prepared: Prepared, attributes: boolean): Promise<Started> {
  const { specification, sessionId, memo } = prepared;
  const startAt = new Date(prepared.startAt).toISOString();
  const twin = await scheduledTwin(context, prepared);
  if (twin) return repeated(context, prepared, twin);
  const planned = launchPlanOf(prepared, attributes);
  const input: LaunchInput = { specification: planned.recording.specification, planned };
  const { lastKnown: _unbegun, ...ownMemo } = memo;
  try {
    await context.reach.within(
      DEADLINES.start,
      async ({ workflow }) =>
        await workflow.start('launch', {
          workflowId: launchWorkflowId(sessionId),
          taskQueue: memo.queues.workflows,
          args: [input],
          memo: { ...ownMemo, startAt },
          ...(attributes && {
            typedSearchAttributes: typedAttributes(searchAttributesOf(specification, prepared, 'scheduled')),
          }),
          ...texts(prepared),
          workflowIdConflictPolicy: 'FAIL',
          // A session id is used once, also after its launcher has ended.
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
        }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    // Somebody was faster with the same request.
    const earlier = await earlierSession(context, prepared);
    if (!earlier) throw error;
    return repeated(context, prepared, earlier);
  }
  return startedAs(context, prepared, false, startAt);
}

/**
 * The same specification, scheduled already. A courtesy: the list may lag by a second. Who needs certainty gives a
 * request id.
 */
async function scheduledTwin(context: Context, prepared: Prepared): Promise<Earlier | null> {
  if (prepared.requestId !== null) return null;
  const launchers = await listSessions(
    context,
    `WorkflowType = 'launch' AND ExecutionStatus = 'Running'`,
    1000,
  );
  const twin = launchers.find(
    ({ memo }) => memo.key === prepared.key && memo.specificationHash === prepared.hash,
  );
  if (!twin) return null;
  const { memo, workflowId: launcher } = twin;
  return { ...memo, launcher, hash: memo.specificationHash, startAt: memo.startAt ?? null };
}

function texts({ specification, key }: Prepared): { staticSummary: string; staticDetails: string } {
  const { name, owner, window } = specification;
  const end = window.untilMs ?? window.limitMs;
  const until = end === null ? '' : ` until ${new Date(end).toISOString()}`;
  return {
    staticSummary: name,
    staticDetails: [
      `**${name}**${owner === null ? '' : ` of ${owner}`}`,
      `target ${key}`,
      `window ${new Date(window.fromMs).toISOString()}${until}`,
    ].join('  \n'),
  };
}

/** @throws KeepRollingError E_REQUEST_CONFLICT */
function repeated(context: Context, prepared: Prepared, earlier: Earlier): Started {
  assertSameRequest(prepared, earlier);
  const { sessionId, key, launcher, startAt } = earlier;
  const name = earlier.name ?? prepared.memo.name;
  return startedAs(context, { sessionId, key, name, ...(launcher && { launcher }) }, true, startAt);
}

function startedAs(
  context: Context,
  session: SessionName & { name?: string; memo?: { name: string } },
  existing: boolean,
  startAt: string | null,
): Started {
  const { sessionId, key, launcher } = session;
  const name = session.name ?? session.memo?.name ?? sessionId;
  return {
    sessionId,
    key,
    name,
    existing,
    startAt,
    handle: sessionHandle(context, { sessionId, key, name, ...(launcher !== undefined && { launcher }) }),
  };
}
