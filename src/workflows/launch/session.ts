/** The session that a launcher starts, and the one that records the target meanwhile. */
import {
  CancellationScope,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
  uuid4,
  workflowInfo,
  type ChildWorkflowHandle,
  type Workflow,
} from '@temporalio/workflow';
import { TypedSearchAttributes, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { SessionResult } from '../../session/events.ts';
import { sessionWorkflowId } from '../../session/names.ts';
import type { Inherited } from '../../session/plan.ts';
import { commandSignals, recorderEvent, type CommandPayload, type LaunchPlan } from '../definitions.ts';
import { attributePairs } from './shown.ts';

/** null while the target is locked by another one. */
export async function startSession(
  plan: LaunchPlan,
  inherited: Inherited | undefined,
): Promise<ChildWorkflowHandle<Workflow> | null> {
  try {
    return await startChild('recording', {
      workflowId: sessionWorkflowId(plan.key),
      args: [{ ...plan.recording, ...(inherited && { inherited }) }],
      taskQueue: plan.queue,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      memo: plan.memo,
      typedSearchAttributes: new TypedSearchAttributes(attributePairs(plan.searchAttributes)),
      staticSummary: plan.name,
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    throw error;
  }
}

export async function resultOf(session: ChildWorkflowHandle<Workflow>): Promise<SessionResult> {
  return (await session.result()) as SessionResult;
}

/** Also from a workflow that is itself cancelled. A session that has ended needs no stop. */
export async function stopSession(
  session: ChildWorkflowHandle<Workflow>,
  payload: CommandPayload = {},
): Promise<void> {
  const sent = CancellationScope.nonCancellable(
    async () => await session.signal(commandSignals.stop, payload),
  );
  await sent.catch(() => undefined);
}

/** Tells the session that runs, if there is one, that this window begins, or that it does not come. */
export async function tellNeighbour({ key, neighbour }: LaunchPlan, withdrawn: boolean): Promise<void> {
  const { workflowId: launcher } = workflowInfo();
  await getExternalWorkflowHandle(sessionWorkflowId(key))
    .signal(recorderEvent, {
      id: uuid4(),
      at: Date.now(),
      kind: 'boundary',
      neighbour: { ...neighbour, launcher, ...(withdrawn && { withdrawn }) },
    })
    .catch(() => undefined);
}
