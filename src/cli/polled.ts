/** Which queues have workers, asked over a connection of its own. */
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
