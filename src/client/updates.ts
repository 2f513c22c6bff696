/** One update to one workflow, which no worker may be there to take. */
import { WorkflowUpdateRPCTimeoutOrCancelledError, type WorkflowUpdateHandle } from '@temporalio/client';
import { DEADLINES, type Context } from './context.ts';
import { isUnreachable } from './errors.ts';
import type { Described } from './find.ts';

/** The session answers after 20 s at the latest. */
const ANSWER_MS = 25_000;
/** What is signalled where nobody takes it waits for a worker. */
export const NOT_APPLIED = 'accepted, not applied: no worker';
export const NOT_LEARNED = 'accepted; whether it is in effect could not be learned';

type To = Pick<Described, 'workflowId' | 'firstRunId'>;

/** null where no worker takes it in time. @throws WorkflowUpdateFailedError where it is refused */
export async function accepted<Answer>(
  { reach }: Context,
  { workflowId, firstRunId }: To,
  name: string,
  payload: { id: string },
): Promise<WorkflowUpdateHandle<Answer> | null> {
  try {
    return await reach.within(
      DEADLINES.accept,
      async ({ workflow }) =>
        await workflow
          // Never to a neighbour that has got the lock meanwhile.
          .getHandle(workflowId, undefined, firstRunId === null ? {} : { firstExecutionRunId: firstRunId })
          .startUpdate<Answer, [{ id: string }]>(name, {
            updateId: payload.id,
            args: [payload],
            waitForStage: 'ACCEPTED',
          }),
      'needs-worker',
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return null;
    throw error;
  }
}

/** null where it was accepted, and its worker went away before the answer. */
export async function answered<Answer>(
  { reach }: Context,
  update: WorkflowUpdateHandle<Answer>,
): Promise<Answer | null> {
  try {
    return await reach.within(ANSWER_MS, async () => await update.result(), 'needs-worker');
  } catch (error) {
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isUnreachable(error)) return null;
    throw error;
  }
}

export async function signalled(
  { reach }: Context,
  { workflowId }: To,
  name: string,
  payload: object,
): Promise<void> {
  await reach.within(
    DEADLINES.signal,
    async ({ workflow }) => await workflow.getHandle(workflowId).signal(name, payload),
  );
}
