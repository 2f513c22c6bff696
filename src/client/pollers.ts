/** Which part is silent: a queue that nobody polls has no worker. */
import type { WorkflowService } from '@temporalio/client';
import { DEADLINES, type Context } from './context.ts';
import type { SessionMemo } from '../planning/memo.ts';
import type { Reach } from './reach.ts';
import type { SessionStatus } from './types.ts';

export type Silent = NonNullable<SessionStatus['silent']>;

type Description = Parameters<WorkflowService['describeTaskQueue']>[0];
export type QueueKind = NonNullable<Description['taskQueueType']>;

/** Numbers of the server's enum, which is in a package of the SDK's own. */
export const [WORKFLOWS, ACTIVITIES] = [1, 2] as unknown as [QueueKind, QueueKind];
/** A poll lasts a minute at most; the server lists a poller for five minutes after its last one. */
export const POLL_MS = 75_000;

export interface Poller {
  /** `pid@host`, and what else a worker says of itself. */
  identity: string;
  /** Its last poll, epoch milliseconds. */
  at: number;
}

/** Who polls a queue, or has done so minutes ago. @throws KeepRollingError E_SERVER_UNREACHABLE */
export async function pollersOf(
  reach: Reach,
  queue: string,
  kind: QueueKind,
  deadlineMs: number = DEADLINES.queue,
): Promise<Poller[]> {
  const { pollers } = await reach.within(
    deadlineMs,
    async ({ workflowService }) =>
      await workflowService.describeTaskQueue({
        namespace: reach.namespace,
        taskQueue: { name: queue },
        taskQueueType: kind,
      }),
  );
  return pollers.map(({ identity, lastAccessTime }) => ({
    identity: identity ?? '',
    at: Number(lastAccessTime?.seconds ?? 0) * 1000,
  }));
}

/** When somebody last polled a queue, epoch milliseconds; 0 for nobody, null when that cannot be told. */
export async function lastPoll(reach: Reach, queue: string, kind: QueueKind): Promise<number | null> {
  try {
    const pollers = await pollersOf(reach, queue, kind);
    return Math.max(0, ...pollers.map((one) => one.at));
  } catch {
    return null;
  }
}

export interface Polls {
  workflows: number | null;
  account: number | null;
}

export async function polled({ reach }: Context, queues: SessionMemo['queues']): Promise<Polls> {
  const [workflows, account] = await Promise.all([
    lastPoll(reach, queues.workflows, WORKFLOWS),
    lastPoll(reach, queues.account, ACTIVITIES),
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
    kind: 'gone',
    queue,
    polledAt: polledAt(lastPollAt),
    text: `no worker answers on queue ${queue}${since(lastPollAt)}; start one: keeprolling worker. ${meanwhile(memo)}`,
  };
}

function accountSilent(memo: SessionMemo, lastPollAt: number | null): Silent | null {
  if (!isGone(lastPollAt)) return null;
  const queue = memo.queues.account;
  return {
    part: 'account-worker',
    kind: 'gone',
    queue,
    polledAt: polledAt(lastPollAt),
    text: `no worker takes the calls of account ${memo.specification.account} on queue ${queue}${since(lastPollAt)}; start one: keeprolling worker. ${meanwhile(memo)}`,
  };
}

function workflowSilent(memo: SessionMemo, lastPollAt: number | null): Silent {
  const queue = memo.queues.workflows;
  const who =
    lastPollAt === null
      ? `whether a worker polls queue ${queue} cannot be told`
      : `a worker last polled queue ${queue} at ${polledAt(lastPollAt)}, so that it may be gone or busy`;
  return {
    part: 'workflow-worker',
    kind: 'no-answer',
    queue,
    polledAt: polledAt(lastPollAt),
    text: `the session does not answer; ${who}. ${meanwhile(memo)}`,
  };
}

/** False where it cannot be told. */
export function isGone(lastPollAt: number | null, now = Date.now()): boolean {
  return lastPollAt !== null && now - lastPollAt > POLL_MS;
}

function polledAt(lastPollAt: number | null): string | null {
  return lastPollAt === null || lastPollAt === 0 ? null : new Date(lastPollAt).toISOString();
}

function since(lastPollAt: number | null): string {
  const at = polledAt(lastPollAt);
  return at === null ? '' : ` since ${at}`;
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
    kind: 'gone',
    queue: null,
    polledAt: null,
    text: `no Temporal server answers at ${address} (${reason}). What the vendor records goes on meanwhile; no command reaches the session.`,
  };
}
