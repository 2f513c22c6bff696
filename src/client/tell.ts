/** Telling an open session something: a plain signal, never one that would start a session. */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { RecorderEvent } from '../session/events.ts';
import { filesWorkflowId } from '../session/names.ts';
import { memoOf } from '../planning/memo.ts';
import type { Reach } from './reach.ts';

/** As in src/workflows/definitions.ts, whose values do not belong into this process. */
const RECORDER_EVENT = 'recorderEvent';
const FILES_TOLD = 'filesTold';

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

/**
 * Tells the keeper of a session's files, which outlives it, of a file that the vendor names after its end.
 * @returns false where there is none any more. @throws when Temporal could not be asked within `deadlineMs`
 */
export async function tellFiles(
  reach: Reach,
  workflowId: string,
  event: RecorderEvent,
  deadlineMs: number,
): Promise<boolean> {
  try {
    return await reach.within(deadlineMs, async ({ workflow }) => {
      const { memo } = await workflow.getHandle(workflowId).describe();
      const sessionId = memoOf(memo)?.sessionId;
      if (sessionId === undefined) return false;
      await workflow.getHandle(filesWorkflowId(sessionId)).signal(FILES_TOLD, event);
      return true;
    });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
