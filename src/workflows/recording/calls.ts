/** Activities of a session, grouped by what a retry may do. Time-outs are longer than the HTTP client's own. */
import { ActivityFailure, ApplicationFailure, proxyActivities, TimeoutFailure } from '@temporalio/workflow';
import type { Activities, SubjectRef } from '../../activities/wire.ts';
import type { Answer, Call, Watch } from '../../session/events.ts';
import type { Failure } from '../../session/facts.ts';
import type { Plan } from '../../session/plan.ts';

/** Without a worker for the account, this is how long one call waits before that is said. */
const NO_WORKER_MS = 120_000;
const PATIENT_MS = 3_600_000;
const CALL_MS = 30_000;
/** Every call is answered within this, if only by a time-out: nothing that is due later needs a timer meanwhile. */
export const ANSWERED_WITHIN_MS = NO_WORKER_MS + CALL_MS;

/** Reads nothing outside but files of configuration: repeated freely. */
const onWorkflowQueue = proxyActivities<Pick<Activities, 'admit'>>({
  startToCloseTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

export const admit = onWorkflowQueue.admit;

/**
 * Writes at the vendor: exactly one attempt. What failed goes back to the reconciler, which knows whether the call is
 * still wanted, and whether it may have been applied.
 */
function writes(
  plan: Plan,
): Pick<
  Activities,
  | 'prepareAccount'
  | 'repushSource'
  | 'releaseAccount'
  | 'reserveTake'
  | 'startTake'
  | 'assertTake'
  | 'stopTake'
  | 'pauseTake'
  | 'resumeTake'
  | 'changeTake'
  | 'refreshCredentials'
  | 'lookAtTakes'
> {
  return proxyActivities<Activities>({
    taskQueue: plan.queues.account,
    startToCloseTimeout: CALL_MS,
    scheduleToStartTimeout: NO_WORKER_MS,
    retry: { maximumAttempts: 1 },
    priority: { priorityKey: 2 },
  });
}

/**
 * Looks: one activity that the server retries for as long as all is as believed, so that a look costs no history. The
 * coefficient must be 1: the server's back-off counts all attempts, and after a day of looks an error would wait long.
 */
export function looks(plan: Plan, watch: Watch): Pick<Activities, 'watchTakes'> {
  return proxyActivities<Activities>({
    taskQueue: plan.queues.account,
    startToCloseTimeout: '40 seconds',
    scheduleToStartTimeout: watch.patient ? PATIENT_MS : NO_WORKER_MS,
    retry: { initialInterval: '5 seconds', backoffCoefficient: 1 },
    priority: { priorityKey: 4 },
    summary: `watch take ${watch.takes.map((take) => take.take).join(' and ')}`,
  });
}

/** Makes the call and never throws: a failure is an answer too. */
export async function perform(plan: Plan, subject: SubjectRef, call: Call): Promise<Answer> {
  const vendor = writes(plan);
  try {
    switch (call.op) {
      case 'prepare':
        return { op: call.op, ok: await vendor.prepareAccount({ subject, call }) };
      case 'repush':
        return { op: call.op, ok: await vendor.repushSource({ subject, call }) };
      case 'release':
        return { op: call.op, ok: await vendor.releaseAccount({ subject, call }) };
      case 'reserve':
        return { op: call.op, ok: await vendor.reserveTake({ subject, call }) };
      case 'start':
        return { op: call.op, ok: await vendor.startTake({ subject, call }) };
      case 'assert':
        return { op: call.op, ok: await vendor.assertTake({ subject, call }) };
      case 'stop':
        return { op: call.op, ok: await vendor.stopTake({ subject, call }) };
      case 'pause':
        return { op: call.op, ok: await vendor.pauseTake({ subject, call }) };
      case 'resume':
        return { op: call.op, ok: await vendor.resumeTake({ subject, call }) };
      case 'change':
        return { op: call.op, ok: await vendor.changeTake({ subject, call }) };
      case 'refresh':
        return { op: call.op, ok: await vendor.refreshCredentials({ subject, call }) };
      case 'look':
        return { op: call.op, ok: await vendor.lookAtTakes({ subject, call }) };
    }
  } catch (error) {
    return { op: call.op, failed: failureOf(error) };
  }
}

/** The fact inside an activity's failure. */
export function failureOf(error: unknown): Failure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const [detail] = (cause.details ?? []) as (Failure | undefined)[];
    if (detail?.code !== undefined && detail.retry !== undefined) return detail;
  }
  if (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START') {
    return {
      code: 'E_NO_WORKER',
      message: 'No worker takes the calls of this account; start one: keeprolling worker',
      who: 'you',
      applied: 'no',
      retry: 'later',
      cause: 'late-start',
    };
  }
  if (cause instanceof TimeoutFailure) {
    return {
      code: 'E_VENDOR_UNANSWERED',
      message: 'The call was begun and its worker never answered.',
      who: 'keeprolling',
      applied: 'unknown',
      retry: 'later',
      cause: 'late-start',
    };
  }
  return {
    code: 'E_INTERNAL',
    message: cause instanceof Error ? `The call failed: ${cause.message}` : 'The call failed.',
    who: 'keeprolling',
    applied: 'unknown',
    retry: 'later',
    cause: 'late-start',
  };
}
