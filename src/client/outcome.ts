/** How a session ended, from wherever that can still be learned. */
import { WorkflowFailedError } from '@temporalio/client';
import { KeepRollingError } from '../contract/errors.ts';
import { noTotals } from '../session/coverage.ts';
import type { SessionResult } from '../session/events.ts';
import type { Outcome } from '../session/state.ts';
import type { LaunchResult } from '../workflows/launch/index.ts';
import { resultOf } from './closed.ts';
import type { Context } from './context.ts';
import { coverageOfSession } from './coverage.ts';
import { failureInside } from './errors.ts';
import type { Described, Found, SessionName } from './find.ts';
import type { Unbegun } from './types.ts';
import { unbegunOf } from './unbegun.ts';

export type Ending =
  | { result: SessionResult; failure: null; unbegun?: Unbegun | null }
  /** Its workflow failed or was ended from outside. */
  | { result: null; failure: KeepRollingError }
  /** The launcher has started the session, which is another workflow. */
  | { result: null; failure: null };

/** Of a workflow that has closed. */
export async function endingOf(context: Context, described: Described): Promise<Ending> {
  try {
    const value = await resultOf<SessionResult | LaunchResult>(context, described);
    if (described.kind === 'recording') return { result: value as SessionResult, failure: null };
    const result = await resultOfLauncher(context, described, value as LaunchResult);
    if (result === null) return { result, failure: null };
    return { result, failure: null, unbegun: unbegunOf(described, value as LaunchResult) };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { result: null, failure: failureInside(error)! };
  }
}

/** null where the session itself tells how it ended. */
async function resultOfLauncher(
  context: Context,
  { memo, workflowId }: Described,
  { outcome, started, result }: LaunchResult,
): Promise<SessionResult | null> {
  if (started || outcome === 'own') return result ?? null;
  if (outcome === 'joined') return await resultOfJoined(context, { ...memo, launcher: workflowId });
  const { sessionId, key, name, specification } = memo;
  const { fromMs, untilMs } = specification.window;
  const ending = unbegun(outcome);
  const wished = ending === 'cancelled';
  return {
    sessionId,
    key,
    name,
    outcome: ending,
    verdict: 'nothing',
    windowMs: wished || untilMs === null ? 0 : untilMs - fromMs,
    totals: noTotals(),
    takes: 0,
    parts: 0,
  };
}

/** A target that was busy is no fault of a window that was to be left out then. */
function unbegun(outcome: LaunchResult['outcome']): Outcome {
  return outcome === 'cancelled' || outcome === 'skipped' ? 'cancelled' : 'failed-to-start';
}

/** The outcome alone, of a launcher that has closed; null where it is not known. */
export async function launcherOutcome(
  context: Pick<Context, 'reach'>,
  found: Pick<Found, 'workflowId' | 'runId'>,
): Promise<Outcome | null> {
  try {
    const { outcome, result, started } = await resultOf<LaunchResult>(context, found);
    if (outcome === 'joined') return 'completed';
    return started || outcome === 'own' ? (result?.outcome ?? null) : unbegun(outcome);
  } catch (error) {
    return error instanceof WorkflowFailedError ? 'failed' : null;
  }
}

/** Of a window that another session has recorded too: what was recorded of the target in it. */
export async function resultOfJoined(
  context: Context,
  session: SessionName & { name: string },
): Promise<SessionResult> {
  const { sessionId, key, name } = session;
  const { spans, totals } = await coverageOfSession(context, session);
  const { recordedMs, byEvidence, gapMs, verdict, windowMs } = totals;
  const takes = new Set(spans.map((span) => `${span.sessionId} ${span.take}`)).size;
  const sums = { recordedMs, byEvidence, gapMs };
  return { sessionId, key, name, outcome: 'completed', verdict, windowMs, totals: sums, takes, parts: 0 };
}

export function ended(name: SessionName & { name: string }, outcome: string | null): KeepRollingError {
  return new KeepRollingError(
    'E_SESSION_ENDED',
    `Session ${name.name} has ended (${outcome ?? 'how is not known'}).`,
    { sessionId: name.sessionId, key: name.key, outcome },
  );
}
