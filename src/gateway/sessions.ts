/** Telling open sessions: plain signals, never one that would start a session. */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Reach } from '../client/reach.ts';
import { targetKey } from '../contract/keys.ts';
import type { News } from '../recorders/callbacks.ts';
import type { RecorderEvent } from '../session/events.ts';
import { sessionWorkflowId } from '../session/names.ts';

/** As in src/workflows/definitions.ts, whose values do not belong into this process. */
const RECORDER_EVENT = 'recorderEvent';
/** Vendors wait 5 to 10 s for their answer. */
const SIGNAL_MS = 5_000;

export interface Sessions {
  /** @returns false where no session is open. @throws when Temporal could not be asked */
  tell(workflowId: string, event: RecorderEvent): Promise<boolean>;
}

export function sessionsOf(reach: Reach): Sessions {
  return {
    async tell(workflowId, event) {
      try {
        await reach.within(
          SIGNAL_MS,
          async ({ workflow }) => await workflow.getHandle(workflowId).signal(RECORDER_EVENT, event),
        );
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
  };
}

/** The locks of all targets that it may be about. */
export function workflowsOf({ vendor, account }: { vendor: string; account: string }, news: News): string[] {
  return [...new Set(news.targets.map((parts) => sessionWorkflowId(targetKey(vendor, account, parts))))];
}
