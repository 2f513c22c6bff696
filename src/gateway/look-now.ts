/**
 * "Look now": the watch of a session is an activity that waits for its next attempt, and a reset has it run at once. No
 * event of history, and what it remembers stays. A courtesy: without it the next look comes at its own time.
 */
import type { Reach } from '../client/reach.ts';

export interface LookNow {
  /** At once or nearly so; the caller does not wait. Wishes for one session that follow each other closely are one. */
  ask(workflowId: string): void;
  /** Waits for those that are under way. */
  close(): Promise<void>;
}

/** The session first takes in what it was told: it may want another watch. */
const AFTER_MS = 250;
/** A vendor that tells much of one session is not asked about it for each. */
const APART_MS = 2_000;
const CALL_MS = 2_000;
const MOST = 1_000;
/** gRPC's number: this server has no such call. */
const UNIMPLEMENTED = 12;
/** temporal.api.enums.v1.PendingActivityState: it waits for its next attempt. */
const SCHEDULED = 1;

export function lookNow(reach: Reach, afterMs = AFTER_MS, apartMs = APART_MS): LookNow {
  /** Sessions that will be looked at, or were a moment ago; true: somebody has asked since. */
  const asked = new Map<string, { again: boolean; timer: NodeJS.Timeout }>();
  const underWay = new Set<Promise<void>>();
  let offered = true;

  function look(workflowId: string): void {
    const one = reset(reach, workflowId)
      .then((can) => void (offered &&= can))
      .finally(() => underWay.delete(one));
    underWay.add(one);
    const rest = setTimeout(() => {
      const { again } = asked.get(workflowId)!;
      asked.delete(workflowId);
      if (again) look(workflowId);
    }, apartMs).unref();
    asked.set(workflowId, { again: false, timer: rest });
  }

  return {
    ask(workflowId) {
      const known = asked.get(workflowId);
      if (known) known.again = true;
      else if (offered && asked.size < MOST) {
        const timer = setTimeout(() => look(workflowId), afterMs).unref();
        asked.set(workflowId, { again: false, timer });
      }
    },
    async close() {
      for (const { timer } of asked.values()) clearTimeout(timer);
      asked.clear();
      await Promise.all(underWay);
    },
  };
}

/** Never throws. @returns false where the server has no such call */
async function reset(reach: Reach, workflowId: string): Promise<boolean> {
  try {
    await reach.within(CALL_MS, async ({ workflow, workflowService }) => {
      const { raw } = await workflow.getHandle(workflowId).describe();
      const watch = raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'watchTakes');
      // One that looks just now must not be disturbed: its report would be lost.
      if (!watch || Number(watch.state) !== SCHEDULED) return;
      await workflowService.resetActivity({
        namespace: reach.namespace,
        execution: raw.workflowExecutionInfo?.execution ?? null,
        identity: 'keeprolling gateway',
        id: watch.activityId ?? null,
      });
    });
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code !== UNIMPLEMENTED;
  }
}
