/** What is to be done for a session's document. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { KeepRollingError } from '../../contract/errors.ts';
import type { Prepared } from '../../planning/prepare.ts';
import { sessionWorkflowId } from '../../session/names.ts';
import type { Context } from '../context.ts';
import { dayTime, differencesOf, differencesText } from '../differences.ts';
import { describe, locate, type Found } from '../find.ts';
import { sessionHandle } from '../handle.ts';
import { earlierSession } from '../requests.ts';
import { cancelLaunchers } from '../schedules/control.ts';
import { start } from '../start.ts';
import type { SessionHandle } from '../types.ts';
import { CHANGED, GONE, isTakenAway, requestIdOf } from './own.ts';
import type { Step } from './plan.ts';

const CLOSING_TRIES = 10;
const CLOSING_AGAIN_MS = 200;

export interface SessionWish {
  document: unknown;
  prepared: Prepared;
  /** Its window has passed. */
  over: boolean;
  by?: string;
  plan: boolean;
}

/** @param known sessions of this name, the latest first, open and closed */
export async function sessionStep(context: Context, wish: SessionWish, known: Found[]): Promise<Step> {
  const { prepared } = wish;
  const open = known.filter((one) => one.open);
  const there = open.find(({ memo }) => memo.key === prepared.key) ?? open[0];
  if (there) return changeStep(context, wish, there);
  for (const one of known) {
    if (isSame(prepared, one) && !(await isTakenAway(context, one)))
      return { action: 'unchanged', text: 'it has ended' };
  }
  if (wish.over) return { action: 'unchanged', text: 'its window has passed' };
  // A start finds out by itself.
  const earlier = wish.plan
    ? await earlierSession(context, { ...prepared, requestId: await requestIdOf(context, prepared) })
    : null;
  if (earlier) return { action: 'unchanged', text: 'it was started before' };
  return { action: 'create', text: 'a new session', run: async () => await begin(context, wish) };
}

async function begin(context: Context, { document, prepared, by }: SessionWish): Promise<string | null> {
  const requestId = await requestIdOf(context, prepared);
  const started = await start(context, document, { requestId, ...(by !== undefined && { by }) });
  // Nothing was done: it was there, where the list did not show it yet.
  if (started.existing) {
    const there = await locate(context, started);
    if (there && !isSame(prepared, there)) throw movedAway(prepared, there);
    return null;
  }
  if (started.startAt === null) return 'started';
  const { zone } = prepared.specification.window;
  return `held until ${dayTime(Date.parse(started.startAt), zone)} ${zone}`;
}

/** What this document asked for has become another window, which is not what it asks for now. */
function movedAway({ specification }: Prepared, { memo }: Found): KeepRollingError {
  const differences = differencesOf(specification, memo.specification);
  const what = differencesText(differences, specification.window.zone);
  return new KeepRollingError(
    'E_REQUEST_CONFLICT',
    `Session ${memo.name} (${memo.sessionId}) was moved to another window: ${what}. Give the document another name to record its window too.`,
    { earlier: { sessionId: memo.sessionId, name: memo.name, key: memo.key }, differences },
  );
}

/** What was extended on request is the same when its end is that of the document. */
function isSame({ hash, specification, key }: Prepared, { memo }: Found): boolean {
  if (memo.key !== key) return false;
  if (memo.specificationHash === hash) return true;
  const differences = differencesOf(specification, memo.specification);
  const until = memo.lastKnown?.until ?? null;
  return (
    differences.every(({ field }) => field === 'window.until') &&
    until !== null &&
    Date.parse(until) === specification.window.untilMs
  );
}

const EDGES = ['window.from', 'window.until', 'window.length'];

function changeStep(context: Context, wish: SessionWish, there: Found): Step {
  const { prepared, by } = wish;
  if (isSame(prepared, there)) {
    const text = there.kind === 'launch' ? 'its window has not begun' : 'it runs';
    return { action: 'unchanged', text };
  }
  const { memo } = there;
  const { window } = prepared.specification;
  const differences = differencesOf(prepared.specification, memo.specification);
  const windowAlone = memo.key === prepared.key && differences.every(({ field }) => EDGES.includes(field));
  const what = differencesText(differences, window.zone).replace('; everything else is equal', '');
  const own = { reason: CHANGED, ...(by !== undefined && { by }) };
  const handle = handleOf(context, there);
  const until = window.untilMs === null ? undefined : new Date(window.untilMs).toISOString();
  const iso = new Date(window.fromMs).toISOString();
  if (there.kind === 'launch') {
    if (wish.over) return conflict('it is held, and the window of its document has passed');
    if (windowAlone && until !== undefined && prepared.specification.written.from !== 'now')
      return {
        action: 'reschedule',
        text: what,
        run: async () => void (await handle.reschedule({ from: iso, until, ...own })),
      };
    return {
      action: 'replace',
      text: `it has not begun, and is started anew: ${what}`,
      run: async () => {
        await giveUp(context, there, own);
        return await begin(context, wish);
      },
    };
  }
  const [only, ...more] = differences;
  const end = Date.parse(memo.lastKnown?.until ?? '') || memo.specification.window.untilMs;
  const later = window.untilMs !== null && end !== null && window.untilMs > end;
  if (windowAlone && only?.field === 'window.until' && more.length === 0 && later && until !== undefined)
    return { action: 'extend', text: what, run: async () => void (await handle.extend({ until, ...own })) };
  return conflict(
    `it cannot be changed while it records: ${what}; stop it first: keeprolling stop ${memo.name}`,
  );
}

/**
 * Ends a launcher, and nothing that records: the list lags, and its session may have begun since.
 * @throws KeepRollingError E_COMMAND_INVALID where it has
 */
async function giveUp(
  context: Context,
  { workflowId, memo }: Found,
  order: { reason: string; by?: string },
): Promise<void> {
  const assertHeld = async (): Promise<void> => {
    const latest = await describe(context, sessionWorkflowId(memo.key));
    if (latest?.memo?.sessionId === memo.sessionId) throw begun(memo.name);
  };
  await assertHeld();
  try {
    await cancelLaunchers(context, [{ workflowId }], order);
  } catch (error) {
    throw error instanceof WorkflowNotFoundError ? begun(memo.name) : error;
  }
  for (let tries = 1; tries < CLOSING_TRIES && (await describe(context, workflowId))?.open; tries += 1)
    await sleep(CLOSING_AGAIN_MS);
  await assertHeld();
}

function begun(name: string): KeepRollingError {
  return new KeepRollingError(
    'E_COMMAND_INVALID',
    `Session ${name} has begun or ended meanwhile, and was not replaced. Apply again to see what is so now.`,
    { name },
  );
}

function conflict(text: string): Step {
  return { action: 'conflict', text };
}

function handleOf(context: Context, { kind, workflowId, memo }: Found): SessionHandle {
  const { sessionId, key, name } = memo;
  return sessionHandle(context, { sessionId, key, name, ...(kind === 'launch' && { launcher: workflowId }) });
}

export function pruneSession(context: Context, found: Found, by: string | undefined): Step {
  const own = { reason: GONE, ...(by !== undefined && { by }) };
  return {
    action: 'prune',
    text: found.kind === 'launch' ? 'it has not begun, and is cancelled' : 'IT RUNS, AND IS STOPPED',
    run: async () => void (await handleOf(context, found).stop({ ...own, all: true })),
  };
}
