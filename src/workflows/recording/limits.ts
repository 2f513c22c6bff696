import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';

/** Some servers put a time-out of ten years on every workflow; what is longer than this is no limit. */
const NO_LIMIT_MS = 5 * 365 * 24 * 3_600_000;

/** Time-outs and retries of the whole workflow would end or double a recording behind our back. */
export function refuseTimeLimits(): void {
  const { executionExpirationTime, startTime, retryPolicy, runTimeoutMs } = workflowInfo();
  const executionMs = executionExpirationTime ? executionExpirationTime.getTime() - startTime.getTime() : 0;
  const limited = [executionMs, runTimeoutMs ?? 0].some((ms) => ms > 0 && ms < NO_LIMIT_MS);
  if (!limited && !retryPolicy) return;
  throw ApplicationFailure.create({
    type: 'E_WORKFLOW_OPTIONS',
    message:
      'A session must be started without execution time-out, run time-out and retry policy: they would end or double its recording.',
    nonRetryable: true,
  });
}
