/** Failures that no single reply tells: what two of them say together. */
import type { AlibabaTarget } from '../../contract/vendors/alibaba.ts';
import type { Failure } from '../../session/facts.ts';
import { VendorFailure } from '../recorder.ts';
import { nameOf, wireTime } from './handle.ts';

export function sourceAbsent(target: AlibabaTarget, operation: string): VendorFailure {
  return new VendorFailure({
    code: 'E_VENDOR_REFUSED',
    message: `${operation}: ${nameOf(target)} is not being pushed; ApsaraVideo starts recording only what is.`,
    who: 'source',
    applied: 'no',
    retry: 'later',
    cause: 'source-absent',
    vendor: { operation },
  });
}

/** What is there stands in the way, or is missing and may not be made. */
export function unready(sentence: string, operation: string): VendorFailure {
  return new VendorFailure(ruled('E_ACCOUNT_UNREADY', sentence, operation));
}

/** A config is in force for pushes that begin after it was made ("take effect only after the live stream is restarted"). */
export function notInForce(
  target: AlibabaTarget,
  created: number | undefined,
  published: number,
  operation: string,
): VendorFailure {
  const age =
    created !== undefined && created > published
      ? `was made at ${wireTime(created)}, after this push had begun at ${wireTime(published)}`
      : `is not in force for this push, which began at ${wireTime(published)} (by older pages it must have been away for about 180 s)`;
  return new VendorFailure(
    ruled(
      'E_NOT_IN_FORCE',
      `the record config of ${nameOf(target)} ${age}: nothing is recorded until the encoder reconnects`,
      operation,
    ),
  );
}

function ruled(code: Failure['code'], sentence: string, operation: string): Failure {
  return {
    code,
    message: `${operation}: ${sentence}.`,
    who: 'you',
    applied: 'no',
    retry: 'later',
    cause: 'vendor-rule',
    vendor: { operation },
  };
}

export function foreign(target: AlibabaTarget, requestId: string | undefined): VendorFailure {
  return new VendorFailure({
    code: 'E_FOREIGN_RECORDING',
    message: `RealTimeRecordCommand: ${nameOf(target)} is being recorded already, by somebody else or by an automatic config that was in force when it was pushed.`,
    who: 'you',
    applied: 'no',
    retry: 'later',
    cause: 'vendor-fault',
    vendor: {
      operation: 'RealTimeRecordCommand',
      code: 'TaskAlreadyStarted',
      ...(requestId !== undefined && { requestId }),
    },
  });
}
