/** Two activity rounds like those of a session's start, one on each queue, and then nothing until it is ended. */
import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { BareActivities, BareInput } from '../worker/bare-activities.ts';

const end = defineSignal('end');

export async function bare(input: BareInput): Promise<void> {
  let ended = false;
  setHandler(end, () => {
    ended = true;
  });
  const { admitLike } = proxyActivities<Pick<BareActivities, 'admitLike'>>({
    startToCloseTimeout: '20 seconds',
  });
  const { startLike } = proxyActivities<Pick<BareActivities, 'startLike'>>({
    taskQueue: input.accountQueue,
    startToCloseTimeout: '30 seconds',
    retry: { maximumAttempts: 1 },
  });
  await startLike(await admitLike(input));
  await condition(() => ended);
}
