/**
 * Faults around a vendor's own handling, the same for all emulators. The vendor says how it names an operation,
 * how it handles a request, and what its own refusals look like; what really happened goes into the truth log,
 * whatever the caller is told.
 */
import type { EmulatorAnswer, EmulatorRequest, EmulatorResponse } from './emulator.ts';
import type { Fault, FaultPlan } from './faults.ts';
import type { TruthLog, Verdict } from './truth.ts';

/** Longer than any client waits: undici gives up on headers after 300 s. */
const LATE_MS = 600_000;

/** What a vendor made of a request. A status below 400 counts as applied, unless `applied` says otherwise. */
export interface Outcome {
  response: EmulatorResponse;
  /** For vendors whose status alone does not tell. */
  applied?: boolean;
  /** The vendor's identity of the recording that the request named or made. */
  recording?: string | undefined;
  detail?: string | undefined;
}

/** Makes the vendor's own words of a refusal. */
export type Refuse = (op: string, fault: Fault, request: EmulatorRequest) => EmulatorResponse;

export interface VendorHandling {
  /** The operation's name for faults and truth log. */
  classify(request: EmulatorRequest): string;
  apply(request: EmulatorRequest, now: number): Outcome;
  /** The vendor's own bodies for what it says without having applied anything, and for a failure after it. */
  bodies: Record<'refused' | 'throttled' | 'notFound' | 'failed', Refuse>;
  /** True while nobody listens. */
  isDown?(now: number): boolean;
}

export interface FaultyOptions {
  faults: FaultPlan;
  truth: TruthLog;
  vendor: VendorHandling;
}

/** The `handle` of an emulator: the vendor's handling, with armed faults before or after it. */
export function faultyHandle(
  options: FaultyOptions,
): (request: EmulatorRequest, now: number) => EmulatorAnswer {
  const { faults, truth, vendor } = options;
  let counter = 0;

  return (request, now) => {
    counter += 1;
    const id = String(counter);
    const op = vendor.classify(request);
    const log = (verdict: Verdict, status: number, outcome?: Outcome, detail?: string) => {
      const said = [outcome?.detail, detail].filter(Boolean).join('; ');
      truth.add({
        type: 'request',
        at: now,
        op,
        id,
        verdict,
        status,
        ...(outcome?.recording !== undefined && { recording: outcome.recording }),
        ...(said !== '' && { detail: said }),
      });
    };

    if (vendor.isDown?.(now)) {
      log('refused', 0, undefined, 'connection refused');
      return { kind: 'refused' };
    }
    const fault = faults.take(op, now);
    if (!fault) {
      const outcome = vendor.apply(request, now);
      log(isApplied(outcome) ? 'applied' : 'refused', outcome.response.status, outcome);
      return respond(outcome.response);
    }
    const unapplied = responseWithoutApplying(vendor, op, fault, request);
    if (unapplied) {
      log('refused', unapplied.status, undefined, `fault ${fault.kind}`);
      return respond(unapplied);
    }
    if (fault.kind === 'reset') {
      log('refused', 0, undefined, 'fault reset');
      return { kind: 'reset', delayMs: 0 };
    }
    const outcome = vendor.apply(request, now);
    // The vendor's own refusal stays a refusal, even if the caller never hears of it.
    log(
      isApplied(outcome) ? 'applied-reply-lost' : 'refused',
      outcome.response.status,
      outcome,
      `fault ${fault.kind}`,
    );
    return spoil(vendor, op, fault, request, outcome.response);
  };
}

function isApplied(outcome: Outcome): boolean {
  return outcome.applied ?? outcome.response.status < 400;
}

function respond(response: EmulatorResponse, delayMs = 0): EmulatorAnswer {
  return { kind: 'response', response, delayMs };
}

function responseWithoutApplying(
  vendor: VendorHandling,
  op: string,
  fault: Fault,
  request: EmulatorRequest,
): EmulatorResponse | undefined {
  if (fault.kind === 'refused') return vendor.bodies.refused(op, fault, request);
  if (fault.kind === 'throttled') return vendor.bodies.throttled(op, fault, request);
  if (fault.kind === 'not-found') return vendor.bodies.notFound(op, fault, request);
  if (fault.kind === 'error-unapplied') return vendor.bodies.failed(op, fault, request);
  return undefined;
}

/** What the caller gets in place of the true reply, once the request has been applied. */
function spoil(
  vendor: VendorHandling,
  op: string,
  fault: Fault,
  request: EmulatorRequest,
  response: EmulatorResponse,
): EmulatorAnswer {
  if (fault.kind === 'error-applied') return respond(vendor.bodies.failed(op, fault, request));
  if (fault.kind === 'malformed') {
    return respond({ ...response, body: response.body.slice(0, Math.floor(response.body.length / 2)) });
  }
  if (fault.kind === 'late') return respond(response, fault.delayMs ?? LATE_MS);
  return { kind: 'reset', delayMs: fault.delayMs ?? 0 };
}
