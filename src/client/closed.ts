import { DEADLINES, type Context } from './context.ts';

/**
 * What a workflow that has closed answered; without `runId` its latest run.
 *
 * @throws WorkflowFailedError where it failed or was ended from outside
 */
export async function resultOf<Result>(
  { reach }: Pick<Context, 'reach'>,
  { workflowId, runId }: { workflowId: string; runId?: string },
): Promise<Result> {
  return await reach.within(
    DEADLINES.describe,
    async ({ workflow }) => (await workflow.getHandle(workflowId, runId).result()) as Result,
  );
}
