/** What `apply` has begun and taken away itself, told from what others have. */
import { WorkflowFailedError } from '@temporalio/client';
import type { Prepared } from '../../planning/prepare.ts';
import { sessionIdOfRequest } from '../../planning/request-id.ts';
import { launchWorkflowId } from '../../session/names.ts';
import type { LaunchResult } from '../../workflows/launch/index.ts';
import { resultOf } from '../closed.ts';
import type { Context } from '../context.ts';
import { describe, type Found } from '../find.ts';

/** Begins every request id of `apply`: by it prune knows what is its own. */
const APPLIED = 'apply/';

/** Why `apply` itself cancels what is held. */
export const CHANGED = 'its document was changed';
export const GONE = 'its document is gone';
const MOST_AGAIN = 50;

/**
 * Of the name and of what is recorded when: applied twice, it is one session. What `apply` has taken away before it began, and is
 * wanted again, is another one.
 */
export async function requestIdOf(
  context: Context,
  { specification, hash, installation }: Prepared,
): Promise<string> {
  const first = `${APPLIED}${specification.name}/${hash}`;
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? first : `${first}#${n}`;
    const launcher = await describe(context, launchWorkflowId(sessionIdOfRequest(installation, id)));
    if (n >= MOST_AGAIN || !launcher || !(await isTakenAway(context, launcher))) return id;
  }
}

/** By `apply`, and before it began. What somebody has stopped stays so. */
export async function isTakenAway(
  context: Context,
  { kind, open, workflowId }: Pick<Found, 'kind' | 'open' | 'workflowId'>,
): Promise<boolean> {
  if (kind !== 'launch' || open) return false;
  try {
    const { outcome, reason } = await resultOf<LaunchResult>(context, { workflowId });
    return outcome === 'cancelled' && (reason === CHANGED || reason === GONE);
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return false;
  }
}

export function isApplied({ memo }: Found): boolean {
  return memo.requestId?.startsWith(APPLIED) === true && memo.schedule === undefined;
}
