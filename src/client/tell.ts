/** Telling an open session something: a plain signal, never one that would start a session. */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { RecorderEvent } from '../session/events.ts';
import type { Reach } from './reach.ts';

/** As in src/workflows/definitions.ts, whose values do not belong into this process. */
const RECORDER_EVENT = 'recorderEvent';

/** @returns false where no session is open. @throws when Temporal could not be asked within `deadlineMs` */
export async function tellSession(
  reach: Reach,
  workflowId: string,
  event: RecorderEvent,
  deadlineMs: number,
): Promise<boolean> {
  try {
    await reach.within(
      deadlineMs,
      async ({ workflow }) => await workflow.getHandle(workflowId).signal(RECORDER_EVENT, event),
    );
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
