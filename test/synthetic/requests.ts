/** Requests at a synthetic vendor: each is counted, hit by the faults that are armed, and written into the truth log. */
import type { FaultKind, FaultPlan } from '../../src/emulators/faults.ts';
import type { TruthLog } from '../../src/emulators/truth.ts';
import { VendorFailure, type RecorderContext } from '../../src/recorders/recorder.ts';
import type { Failure } from '../../src/session/facts.ts';

type Data = Record<string, unknown>;

export interface Requests {
  /** Applies the request and its fault, and writes both into the truth log. */
  request: <T>(op: string, context: RecorderContext<Data>, apply: () => T) => T;
  failure: (op: string, code: string, message: string, more: Partial<Failure>) => VendorFailure;
  /** So many have come. */
  count: () => number;
}

const APPLIED: FaultKind[] = ['reply-lost', 'error-applied', 'malformed', 'late'];

/** `expire`: what the vendor does by itself up to an instant. */
export function syntheticRequests(
  truth: TruthLog,
  faults: FaultPlan,
  expire: (now: number) => void,
): Requests {
  let requests = 0;

  const failure: Requests['failure'] = (op, code, message, more) =>
    new VendorFailure({
      code,
      message,
      who: 'vendor',
      applied: 'no',
      retry: 'later',
      cause: 'vendor-fault',
      vendor: { operation: op, requestId: `r${requests}` },
      ...more,
    });

  return {
    failure,
    count: () => requests,
    request(op, context, apply) {
      const now = context.now();
      expire(now);
      requests += 1;
      const id = `r${requests}`;
      const fault = faults.take(op, now);
      const log = (verdict: 'refused' | 'applied' | 'applied-reply-lost', status: number): void =>
        truth.add({ type: 'request', at: now, op, id, verdict, status });
      if (fault && !APPLIED.includes(fault.kind)) {
        log('refused', 503);
        const unknown = fault.kind === 'error-unapplied' || fault.kind === 'reset';
        throw failure(op, 'E_VENDOR_FAULT', `The vendor failed (${fault.kind}).`, {
          applied: unknown ? 'unknown' : 'no',
          ...(fault.kind === 'throttled' && { code: 'E_VENDOR_THROTTLED', retry: 2000 }),
        });
      }
      let done: ReturnType<typeof apply>;
      try {
        done = apply();
      } catch (error) {
        log('refused', 409);
        throw error;
      }
      if (!fault) {
        log('applied', 200);
        return done;
      }
      log('applied-reply-lost', 200);
      throw failure(op, 'E_VENDOR_UNANSWERED', `No answer came (${fault.kind}).`, { applied: 'unknown' });
    },
  };
}
