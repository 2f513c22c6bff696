/**
 * Faults by operation, the same for every vendor. A fault is armed for the next `times` requests of an operation
 * (or for a stretch of time), and is spent as requests arrive; what it did stands in the truth log.
 */

export type FaultKind =
  /** Answered with the vendor's own 4xx/5xx without being applied. */
  | 'refused'
  /** Applied; the reply never arrives (the connection is cut afterwards). */
  | 'reply-lost'
  /** Applied, then answered with a 5xx. */
  | 'error-applied'
  /** A 5xx, not applied. */
  | 'error-unapplied'
  /** The vendor's answer for "too many requests", not applied. */
  | 'throttled'
  /** Applied; the body of the reply is cut in the middle. */
  | 'malformed'
  /** Applied; the reply comes later than any client waits. */
  | 'late'
  /** The vendor's 404 for a while although the thing exists, not applied. */
  | 'not-found'
  /** The connection is cut before the request is read. */
  | 'reset';

/** All of them, for checks of input and for tests that try each. */
export const FAULT_KINDS: readonly FaultKind[] = [
  'refused',
  'reply-lost',
  'error-applied',
  'error-unapplied',
  'throttled',
  'malformed',
  'late',
  'not-found',
  'reset',
];

export interface Fault {
  /** The operation's name as in the truth log, or `*`. */
  op: string;
  kind: FaultKind;
  /** How many requests it hits; without it, as many as come before `untilMs`. */
  times?: number;
  /** Epoch milliseconds from which it no longer hits. */
  untilMs?: number;
  /** Delay of a `late` reply, milliseconds. */
  delayMs?: number;
  /** Status of a `refused` or `error-…` reply, instead of the vendor's usual one. */
  status?: number;
}

export class FaultPlan {
  readonly armed: Fault[] = [];
  /** How often each kind fired, so that a test can assert that its fault really happened. */
  readonly fired = new Map<FaultKind, number>();

  arm(fault: Fault): void {
    this.armed.push({
      ...fault,
      ...(fault.times === undefined && fault.untilMs === undefined && { times: 1 }),
    });
  }

  /** The fault that hits this request, spent by one; undefined when none is armed. */
  take(op: string, now: number): Fault | undefined {
    const index = this.armed.findIndex(
      (fault) =>
        (fault.op === op || fault.op === '*') && (fault.untilMs === undefined || now < fault.untilMs),
    );
    const fault = this.armed[index];
    if (!fault) return undefined;
    if (fault.times !== undefined) {
      fault.times -= 1;
      if (fault.times <= 0) this.armed.splice(index, 1);
    }
    this.fired.set(fault.kind, (this.fired.get(fault.kind) ?? 0) + 1);
    return fault;
  }
}
