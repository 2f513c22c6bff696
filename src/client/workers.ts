/** Whether there are workers for all that the configuration names. */
import type { Settings } from '../config/settings.ts';
import { accountQueue, workflowQueue } from '../session/names.ts';
import { ACTIVITIES, isGone, lastPoll, WORKFLOWS } from './pollers.ts';
import type { Reach } from './reach.ts';

export interface QueueWorkers {
  queue: string;
  /** null when that cannot be told. */
  polled: boolean | null;
}

/** The queue of the sessions, and that of each account; answers within the deadline of one question. */
export async function workersOf(settings: Settings, reach: Reach): Promise<QueueWorkers[]> {
  const prefix = settings.queuePrefix();
  const asked = [
    { queue: workflowQueue(prefix), kind: WORKFLOWS },
    ...settings.accountNames().map((name) => ({ queue: accountQueue(name, prefix), kind: ACTIVITIES })),
  ];
  return await Promise.all(
    asked.map(async ({ queue, kind }) => {
      const at = await lastPoll(reach, queue, kind);
      return { queue, polled: at === null ? null : !isGone(at) };
    }),
  );
}
