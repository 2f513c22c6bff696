/** Calls at vendors: how many, how they end, how long they take, and how long they had to wait. */
import { Counter, Histogram, type Registry } from 'prom-client';

export interface CallMetrics {
  /** One call of a recorder is over. `result`: `ok`, or the code of its error. */
  called(account: string, operation: string, result: string, ms: number): void;
  /** A look has begun so long after it was due. */
  lookLate(account: string, ms: number): void;
  /** A write has begun so long after its session asked for it. */
  laneWaited(account: string, operation: string, ms: number): void;
  /** A request has waited so long for its turn on a quota of the account. */
  turnWaited(account: string, quota: string, ms: number): void;
  /** A reading that somebody else had just made served another look. */
  readingShared(account: string): void;
}

const CALL_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60];
const TURN_SECONDS = [0.001, 0.01, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20];
const WAIT_SECONDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

export function callMetrics(registry: Registry): CallMetrics {
  const registers = [registry];
  const calls = new Counter({
    name: 'keeprolling_vendor_calls_total',
    help: 'Calls at vendors that this worker has made; result is ok or the code of the error.',
    labelNames: ['account', 'operation', 'result'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'keeprolling_vendor_call_duration_seconds',
    help: 'How long calls at vendors took, whatever came of them.',
    labelNames: ['account', 'operation'] as const,
    buckets: CALL_SECONDS,
    registers,
  });
  const lateness = new Histogram({
    name: 'keeprolling_look_lateness_seconds',
    help: 'How long after their due time looks began. High: the account has too few workers, or too small a quota.',
    labelNames: ['account'] as const,
    buckets: WAIT_SECONDS,
    registers,
  });
  const waits = new Histogram({
    name: 'keeprolling_lane_wait_seconds',
    help: 'How long starts, stops and other writes waited for a worker of their account.',
    labelNames: ['account', 'operation'] as const,
    buckets: WAIT_SECONDS,
    registers,
  });
  const turns = new Histogram({
    name: 'keeprolling_turn_wait_seconds',
    help: "How long requests waited for their turn on a vendor's quota. High: the account does more than its quota takes.",
    labelNames: ['account', 'quota'] as const,
    buckets: TURN_SECONDS,
    registers,
  });
  const readings = new Counter({
    name: 'keeprolling_shared_readings_total',
    help: "Looks that needed no request of their own, since another session's had just told of all.",
    labelNames: ['account'] as const,
    registers,
  });
  return {
    called(account, operation, result, ms) {
      calls.inc({ account, operation, result });
      durations.observe({ account, operation }, seconds(ms));
    },
    lookLate: (account, ms) => lateness.observe({ account }, seconds(ms)),
    laneWaited: (account, operation, ms) => waits.observe({ account, operation }, seconds(ms)),
    turnWaited: (account, quota, ms) => turns.observe({ account, quota }, seconds(ms)),
    readingShared: (account) => readings.inc({ account }),
  };
}

/** Clocks of several machines are never quite equal. */
function seconds(ms: number): number {
  return Math.max(0, ms) / 1000;
}
