/**
 * What the watch remembers is in its heartbeat and never in history. When a call finds that a take has ended unseen,
 * that memory is asked for the last proof, so that the gap is no longer than it must be.
 */
import { Context } from '@temporalio/activity';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { Look, Stopped } from '../session/facts.ts';
import type { WatchMemory } from './wire.ts';

export type Recall = () => Promise<WatchMemory | null>;

/** Asks the server for the pending watch of the workflow that called this activity. Best effort: null when in doubt. */
export async function recallWatch(): Promise<WatchMemory | null> {
  try {
    const { client, info } = Context.current();
    const { workflowId, runId } = info.workflowExecution!;
    const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
    const watch = raw.pendingActivities?.find((pending) => pending.activityType?.name === 'watchTakes');
    const payloads = watch?.heartbeatDetails?.payloads;
    if (!payloads) return null;
    const [memory] = await decodeArrayFromPayloads(client.workflow.options.loadedDataConverter, payloads);
    return (memory as WatchMemory | undefined) ?? null;
  } catch {
    return null;
  }
}

export async function recallForStop(stopped: Stopped, take: number, recall: Recall): Promise<Stopped> {
  if (stopped.how === 'stopped' && stopped.observation?.actual !== 'armed') return stopped;
  const lastGoodAt = (await recall())?.lastGood[take];
  return lastGoodAt === undefined ? stopped : { ...stopped, lastGoodAt };
}

export async function recallForLook(look: Look, recall: Recall): Promise<Look> {
  if ('unreachable' in look || look.seen.every((one) => one.actual === 'recording')) return look;
  const lastGood = (await recall())?.lastGood ?? {};
  const seen = look.seen.map((one) => {
    const lastGoodAt = one.lastGoodAt ?? lastGood[one.take];
    return lastGoodAt === undefined ? one : { ...one, lastGoodAt };
  });
  return { ...look, seen };
}
