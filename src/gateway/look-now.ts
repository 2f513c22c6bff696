/**
 * "Look now": the watch of a session is an activity that waits for its next attempt, and a reset has it run at once. No
 * event of history, and what it remembers stays. A courtesy: without it the next look comes at its own time.
 */
import type { Reach } from '../client/reach.ts';

export interface LookNow {
  /** At once or nearly so; the caller does not wait. Several wishes for one session in short order are one. */
  ask(workflowId: string): void;
  /** Waits for those that are under way. */
  close(): Promise<void>;
}

/** The session first takes in what it was told: it may want another watch. */
const AFTER_MS = 250;
const CALL_MS = 2_000;
const MOST = 200;
/** gRPC's number: this server has no such call. */
const UNIMPLEMENTED = 12;
/** temporal.api.enums.v1.PendingActivityState: it waits for its next attempt. */
const SCHEDULED = 1;

export function lookNow(reach: Reach, afterMs = AFTER_MS): LookNow {
  const wanted = new Map<string, NodeJS.Timeout>();
  const underWay = new Set<Promise<void>>();
  let offered = true;

  async function reset(workflowId: string): Promise<void> {
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
    } catch (error) {
      if ((error as { code?: unknown }).code === UNIMPLEMENTED) offered = false;
    }
  }

  return {
    ask(workflowId) {
      if (!offered || wanted.has(workflowId) || wanted.size + underWay.size >= MOST) return;
      const timer = setTimeout(() => {
        wanted.delete(workflowId);
        const one = reset(workflowId).finally(() => underWay.delete(one));
        underWay.add(one);
      }, afterMs).unref();
      wanted.set(workflowId, timer);
    },
    async close() {
      for (const timer of wanted.values()) clearTimeout(timer);
      await Promise.all(underWay);
    },
  };
}
