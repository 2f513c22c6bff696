/** Whether Temporal answers, asked so rarely that probes cost nothing. */
import type { Reach } from '../client/reach.ts';

const FRESH_MS = 2_000;
const CALL_MS = 1_500;

export function readinessOf(reach: Reach, now = Date.now): () => Promise<boolean> {
  let answer = Promise.resolve(false);
  let freshUntil = -Infinity;
  return async () => {
    if (now() >= freshUntil) {
      freshUntil = now() + FRESH_MS;
      answer = reach
        .within(CALL_MS, async ({ workflowService }) =>
          workflowService.describeNamespace({ namespace: reach.namespace }),
        )
        .then(
          () => true,
          () => false,
        );
    }
    return await answer;
  };
}
