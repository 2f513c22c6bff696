/** The least that watches something: one activity that the server tries again for as long as nothing is found. */
import { proxyActivities } from '@temporalio/workflow';
import type { WatchActivities, WatchLikeInput } from '../worker/watch-activities.ts';

export interface WatcherInput extends WatchLikeInput {
  accountQueue: string;
}

export async function watcher({ accountQueue, ...input }: WatcherInput): Promise<void> {
  const { watchLike } = proxyActivities<WatchActivities>({
    taskQueue: accountQueue,
    startToCloseTimeout: '40 seconds',
    scheduleToStartTimeout: '2 minutes',
    retry: { initialInterval: '5 seconds', backoffCoefficient: 1 },
  });
  await watchLike(input);
}
