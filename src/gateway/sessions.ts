/** The open sessions that a callback may be about, and telling them. */
import type { Reach } from '../client/reach.ts';
import { tellFiles, tellSession } from '../client/tell.ts';
import { targetKey } from '../contract/keys.ts';
import type { News } from '../recorders/callbacks.ts';
import type { RecorderEvent } from '../session/events.ts';
import { sessionWorkflowId } from '../session/names.ts';

/** Vendors wait 5 to 10 s for their answer. */
const SIGNAL_MS = 5_000;

export interface Sessions {
  /** @returns false where no session is open. @throws when Temporal could not be asked */
  tell(workflowId: string, event: RecorderEvent): Promise<boolean>;
}

export function sessionsOf(reach: Reach): Sessions {
  return {
    tell: async (workflowId, event) => {
      if (await tellSession(reach, workflowId, event, SIGNAL_MS)) return true;
      // A vendor's last file is often named when the session has closed.
      if (event.kind !== 'file-ready') return false;
      return await tellFiles(reach, workflowId, event, SIGNAL_MS);
    },
  };
}

/** The locks of all targets that it may be about. */
export function workflowsOf({ vendor, account }: { vendor: string; account: string }, news: News): string[] {
  return [...new Set(news.targets.map((parts) => sessionWorkflowId(targetKey(vendor, account, parts))))];
}
