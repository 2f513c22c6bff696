/** The usual way to watch something: a timer and an activity for each look, and an hourly refresh. */
import { proxyActivities, sleep } from '@temporalio/workflow';
import type { LoopActivities } from '../worker/loop-activities.ts';

export interface LoopInput {
  minutes: number;
}

const { lookLike, refreshLike } = proxyActivities<LoopActivities>({ startToCloseTimeout: '40 seconds' });

export async function loop({ minutes }: LoopInput): Promise<void> {
  for (let minute = 1; minute <= minutes; minute += 1) {
    await sleep('1 minute');
    await lookLike();
    if (minute % 60 === 0) await refreshLike();
  }
}
