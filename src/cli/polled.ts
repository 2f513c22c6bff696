/** Which queues have workers, asked over a connection of its own. */
import type { SessionSummary } from '../client/types.ts';
import type { QueueWorkers } from '../client/workers.ts';
import { accountQueue, workflowQueue } from '../session/names.ts';
import type { Context } from './context.ts';

export async function queuesPolled(context: Context): Promise<QueueWorkers[]> {
  const settings = context.settings();
  const [{ reachOf }, { workersOf }] = await Promise.all([
    import('../client/reach.ts'),
    import('../client/workers.ts'),
  ]);
  const reach = reachOf(settings, context.env, { payloadCodecs: [] });
  return await workersOf(settings, reach).finally(async () => await reach.close());
}

/** Nobody polls a queue that a session of this account needs; what cannot be told is no reason to warn. */
export function unpolledFor(account: string, prefix: string, queues: QueueWorkers[]): boolean {
  const needed = [workflowQueue(prefix), accountQueue(account, prefix)];
  return queues.some((one) => one.polled === false && needed.includes(one.queue));
}

/** Open sessions that nobody can do anything for. One that is scheduled needs no worker before its time. */
export function wantWorker(
  sessions: SessionSummary[],
  prefix: string,
  queues: QueueWorkers[],
): SessionSummary[] {
  return sessions.filter(
    ({ closed, phase, account }) => !closed && phase !== 'scheduled' && unpolledFor(account, prefix, queues),
  );
}

/** Whatever else is wrong with it, only you can start a worker: also while work at its recorder is announced. */
export function forWantOfWorker(session: SessionSummary): SessionSummary {
  if (session.problem?.who === 'you' && session.maintenance === null) return session;
  const text = 'no worker runs it, or takes the calls of its account';
  return {
    ...session,
    maintenance: null,
    problem: { who: 'you', text, code: 'E_NO_WORKER', since: null },
  };
}
