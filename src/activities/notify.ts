/** What tells others, as activities: notices to a receiver, and troubles to the workflow that gathers them. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { troublesWorkflowId } from '../session/names.ts';
import type { TroublesInput } from '../workflows/definitions.ts';
import { deliverNotices, type DeliverTools } from './deliver.ts';
import type { Delivered, DeliverInput, TellTroubleInput } from './wire.ts';

/** While the receiver does not take them the server waits for us. Benign keeps it out of logs and metrics. */
export async function delivering(
  tools: Pick<DeliverTools, 'settings' | 'dispatcher' | 'now' | 'metrics'>,
  input: DeliverInput,
): Promise<Delivered> {
  const activity = Context.current();
  const { heartbeatDetails, attempt } = activity.info;
  const turn = await deliverNotices(
    {
      ...tools,
      memory: (heartbeatDetails as Delivered | undefined) ?? null,
      first: attempt === 1,
      remember: (done) => activity.heartbeat(done),
    },
    input,
  );
  if ('done' in turn) return turn.done;
  throw ApplicationFailure.create({
    message: turn.sentence,
    type: 'NotDelivered',
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: turn.waitMs,
  });
}

/** Signal-with-start: whoever has it first starts the gathering. */
export async function tellTrouble({ installation, report }: TellTroubleInput): Promise<void> {
  const { client, info } = Context.current();
  const { scope } = report.trouble;
  const input: TroublesInput = { installation, scope };
  await client.workflow.signalWithStart('troubles', {
    workflowId: troublesWorkflowId(scope),
    taskQueue: info.taskQueue,
    args: [input],
    signal: 'trouble',
    signalArgs: [report],
  });
}
