/** The least that a refresh at an interval can be: a timer, and an activity that makes one request. */
import { proxyActivities, sleep } from '@temporalio/workflow';
import type { Tick, TickActivities } from '../worker/tick-activities.ts';

export interface TicksInput {
  everyMs: number;
  count: number;
  accountQueue: string;
}

export async function ticks({ everyMs, count, accountQueue }: TicksInput): Promise<Tick[]> {
  const { tickLike } = proxyActivities<TickActivities>({
    taskQueue: accountQueue,
    startToCloseTimeout: '30 seconds',
    retry: { maximumAttempts: 1 },
  });
  const done: Tick[] = [];
  for (let tick = 0; tick < count; tick += 1) {
    const due = Date.now() + everyMs;
    await sleep(everyMs);
    done.push(await tickLike({ due }));
  }
  return done;
}
