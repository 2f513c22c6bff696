/** How a session ended, from wherever that can still be learned. */
import { WorkflowFailedError } from '@temporalio/client';
import { KeepRollingError } from '../contract/errors.ts';
import { noTotals } from '../session/coverage.ts';
import type { SessionResult } from '../session/events.ts';
import type { LaunchResult } from '../workflows/launch/index.ts';
import { DEADLINES, type Context } from './context.ts';
import { failureInside } from './errors.ts';
import type { Described, SessionName } from './find.ts';

export type Ending =
  | { result: SessionResult; failure: null }
  /** Its workflow failed or was ended from outside. */
  | { result: null; failure: KeepRollingError }
  /** The launcher has started the session, which is another workflow. */
  | { result: null; failure: null };

/** Of a workflow that has closed. */
export async function endingOf(context: Context, described: Described): Promise<Ending> {
  try {
    const value = await context.reach.within(
      DEADLINES.describe,
      async ({ workflow }) =>
        (await workflow.getHandle(described.workflowId, described.runId).result()) as
          SessionResult | LaunchResult,
    );
    if (described.kind === 'recording') return { result: value as SessionResult, failure: null };
    const launch = value as LaunchResult;
    return { result: launch.started ? null : unbegun(described, launch), failure: null };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { result: null, failure: failureInside(error)! };
  }
}

/** A scheduled session that was cancelled, or whose target was busy until its window had ended. */
function unbegun({ memo }: Described, launch: LaunchResult): SessionResult {
  const { fromMs, untilMs } = memo.specification.window;
  const cancelled = launch.outcome === 'cancelled';
  return {
    sessionId: memo.sessionId,
    key: memo.key,
    name: memo.name,
    outcome: cancelled ? 'cancelled' : 'failed-to-start',
    verdict: 'nothing',
    windowMs: cancelled || untilMs === null ? 0 : untilMs - fromMs,
    totals: noTotals(),
    takes: 0,
    parts: 0,
  };
}

export function ended(name: SessionName & { name: string }, outcome: string | null): KeepRollingError {
  return new KeepRollingError(
    'E_SESSION_ENDED',
    `Session ${name.name} has ended (${outcome ?? 'how is not known'}).`,
    { sessionId: name.sessionId, key: name.key, outcome },
  );
}
