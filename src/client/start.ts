/** Starting a session: once, however often and from however many places it is asked for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { KeepRollingError } from '../contract/errors.ts';
import { launchWorkflowId, sessionWorkflowId } from '../session/names.ts';
import { launchPlanOf } from '../planning/launch-plan.ts';
import type { LaunchInput } from '../workflows/definitions.ts';
import { DEADLINES, type Context } from './context.ts';
import { dayTime, differencesOf, differencesText } from './differences.ts';
import { describe, listSessions, type Described } from './find.ts';
import { refusesAttributes } from './errors.ts';
import { sessionHandle } from './handle.ts';
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
  const prepared = prepare(context, document, options, Date.now());
  if (prepared.requestId !== null) {
    const earlier = await earlierSession(context, prepared);
    if (earlier) return repeated(context, prepared, earlier);
  }
  const run = prepared.startAt - prepared.at > SOON_MS ? schedule : begin;
  const attributes = await context.hasSearchAttributes();
  try {
    return await run(context, prepared, attributes);
  } catch (error) {
    // A recording matters more than being found by its labels.
    if (!attributes || !refusesAttributes(error)) throw error;
    return await run(context, prepared, false);
  }
}

async function begin(context: Context, prepared: Prepared, attributes: boolean): Promise<Started> {
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
    if (!freed || tries >= CLOSING_TRIES) return alreadyThere(context, prepared, running);
    await sleep(CLOSING_AGAIN_MS);
  }
}

/** The target is locked: by this very request, by an equal session, or by another one. */
function alreadyThere(
  context: Context,
  prepared: Prepared,
  running: (Omit<Described, 'memo'> & { memo: Described['memo'] | null }) | null,
): Started {
  const memo = running?.memo;
  if (!running || !memo) {
    throw new KeepRollingError(
      'E_TARGET_BUSY',
      `${prepared.key} is held by a session that has just been started, of which nothing is known yet.`,
      { key: prepared.key, running: null, differences: [] },
    );
  }
  // A start whose first reply was lost.
  if (prepared.requestId === null && memo.sessionId === prepared.sessionId)
    return startedAs(context, memo, false, null);
  const sameRequest = prepared.requestId !== null && memo.requestId === prepared.requestId;
  const earlier: Earlier = { ...memo, hash: memo.specificationHash, startAt: null };
  if (sameRequest) return repeated(context, prepared, earlier);
  const ending = memo.lastKnown?.desired === 'stopped';
  if (memo.specificationHash === prepared.hash && !ending) return repeated(context, prepared, earlier);
  throw busy(prepared, { ...running, memo }, ending);
}

function busy(prepared: Prepared, running: Described, ending: boolean): KeepRollingError {
  const { memo } = running;
  const { zone } = prepared.specification.window;
  const { owner } = memo.specification;
  const known = memo.lastKnown;
  const since = known?.phase === 'recording' ? Date.parse(known.since) : running.startedAt;
  const until = known?.until ?? null;
  const differences = differencesOf(prepared.specification, memo.specification);
  const what = ending ? 'it is stopping: start again when it has ended' : differencesText(differences, zone);
  const by = owner === null ? '' : ` by ${owner}`;
  const end = until === null ? '' : ` (until ${dayTime(Date.parse(until), zone)})`;
  const verb = known?.phase === 'recording' ? 'is being recorded' : 'is held by a session';
  return new KeepRollingError(
    'E_TARGET_BUSY',
    [
      `${prepared.key} ${verb} since ${dayTime(since, zone)}${by}${end}`,
      `  ${what}`,
      `  see it: keeprolling status ${memo.name}`,
    ].join('\n'),
    {
      key: prepared.key,
      running: {
        sessionId: memo.sessionId,
        name: memo.name,
        owner,
        since: new Date(since).toISOString(),
        until,
      },
      differences,
    },
  );
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
  )?.memo;
  return twin ? { ...twin, hash: twin.specificationHash, startAt: twin.startAt ?? null } : null;
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
  const name = earlier.name ?? prepared.memo.name;
  return startedAs(context, { sessionId: earlier.sessionId, key: earlier.key, name }, true, earlier.startAt);
}

function startedAs(
  context: Context,
  session: { sessionId: string; key: string; name?: string; memo?: { name: string } },
  existing: boolean,
  startAt: string | null,
): Started {
  const { sessionId, key } = session;
  const name = session.name ?? session.memo?.name ?? sessionId;
  return {
    sessionId,
    key,
    name,
    existing,
    startAt,
    handle: sessionHandle(context, { sessionId, key, name }),
  };
}
