/** Which part is silent: a queue that nobody polls has no worker. */
import type { WorkflowService } from '@temporalio/client';
import { DEADLINES, type Context } from './context.ts';
import type { SessionMemo } from './memo.ts';
import type { SessionStatus } from './types.ts';

export type Silent = NonNullable<SessionStatus['silent']>;

type Description = Parameters<WorkflowService['describeTaskQueue']>[0];
type QueueKind = NonNullable<Description['taskQueueType']>;

/** Numbers of the server's enum, which is in a package of the SDK's own. */
const [WORKFLOW, ACTIVITY] = [1, 2] as unknown as [QueueKind, QueueKind];
/** A poll lasts a minute at most; the server lists a poller for five minutes after its last one. */
const POLL_MS = 75_000;

/** When somebody last polled a queue, epoch milliseconds; 0 for nobody, null when that cannot be told. */
async function lastPoll(context: Context, queue: string, kind: QueueKind): Promise<number | null> {
  try {
    const { pollers } = await context.reach.within(
      DEADLINES.queue,
      async ({ workflowService }) =>
        await workflowService.describeTaskQueue({
          namespace: context.reach.namespace,
          taskQueue: { name: queue },
          taskQueueType: kind,
        }),
    );
    const instants = pollers.map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000);
    return Math.max(0, ...instants);
  } catch {
    return null;
  }
}

export interface Polls {
  workflows: number | null;
  account: number | null;
}

export async function polled(context: Context, queues: SessionMemo['queues']): Promise<Polls> {
  const [workflows, account] = await Promise.all([
    lastPoll(context, queues.workflows, WORKFLOW),
    lastPoll(context, queues.account, ACTIVITY),
  ]);
  return { workflows, account };
}

/** @param answered the session's workflow answered a query or took a command */
export function silentPart(memo: SessionMemo, polls: Polls, answered: boolean): Silent | null {
  if (answered) return accountSilent(memo, polls.account);
  return queueSilent(memo, polls.workflows) ?? workflowSilent(memo, polls.workflows);
}

/** Nobody polls the workflows' queue; null when somebody does, or when that cannot be told. */
export function queueSilent(memo: SessionMemo, lastPollAt: number | null): Silent | null {
  if (!isGone(lastPollAt)) return null;
  const queue = memo.queues.workflows;
  return {
    part: 'workflow-worker',
    queue,
    text: `no worker answers on queue ${queue}${since(lastPollAt)}; start one: keeprolling worker. ${meanwhile(memo)}`,
  };
}

function accountSilent(memo: SessionMemo, lastPollAt: number | null): Silent | null {
  if (!isGone(lastPollAt)) return null;
  const queue = memo.queues.account;
  return {
    part: 'account-worker',
    queue,
    text: `no worker takes the calls of account ${memo.specification.account} on queue ${queue}${since(lastPollAt)}; start one: keeprolling worker. ${meanwhile(memo)}`,
  };
}

function workflowSilent(memo: SessionMemo, lastPollAt: number | null): Silent {
  const queue = memo.queues.workflows;
  const who =
    lastPollAt === null
      ? `whether a worker polls queue ${queue} cannot be told`
      : `a worker last polled queue ${queue} at ${new Date(lastPollAt).toISOString()}, so that it may be gone or busy`;
  return {
    part: 'workflow-worker',
    queue,
    text: `the session does not answer; ${who}. ${meanwhile(memo)}`,
  };
}

function isGone(lastPollAt: number | null): boolean {
  return lastPollAt !== null && Date.now() - lastPollAt > POLL_MS;
}

function since(at: number | null): string {
  return at === null || at === 0 ? '' : ` since ${new Date(at).toISOString()}`;
}

/** What goes on without a worker, and until when. */
function meanwhile({ lastKnown }: SessionMemo): string {
  const until = lastKnown?.until ?? null;
  if (lastKnown?.phase === 'recording') {
    return `The vendor goes on recording meanwhile${until === null ? '' : `; the window ends ${until}, and only a worker can stop it then`}.`;
  }
  if (lastKnown?.phase === 'stopping') return 'The vendor may go on recording until a worker stops it.';
  return 'Nothing is started, stopped or looked at meanwhile.';
}

export function serverSilent(address: string, reason: string): Silent {
  return {
    part: 'server',
    queue: null,
    text: `no Temporal server answers at ${address} (${reason}). What the vendor records goes on meanwhile; no command reaches the session.`,
  };
}
