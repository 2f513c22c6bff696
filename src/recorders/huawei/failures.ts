/** Why nothing can be recorded now, where it is not Huawei that says so but what was looked at before or after. */
import type { HuaweiTarget } from '../../contract/vendors/huawei.ts';
import type { Failure } from '../../session/facts.ts';
import { VendorFailure } from '../recorder.ts';
import { whole } from './handle.ts';

type Vendor = NonNullable<Failure['vendor']>;

/** "Manual recording can only begin after the livestreams have been successfully pushed" (the page, Constraints). */
export function sourceAbsent(target: HuaweiTarget, vendor: Vendor): VendorFailure {
  return new VendorFailure({
    code: 'E_VENDOR_REFUSED',
    message: `${whole(target)} is not being pushed: Huawei records a stream only while it is there.`,
    who: 'source',
    applied: 'no',
    retry: 'later',
    cause: 'source-absent',
    vendor,
  });
}

/** A rule counts for "streams pushed afterwards". */
export function notInForce(
  target: HuaweiTarget,
  times: { push: number; rule: number },
  vendor: Vendor,
): VendorFailure {
  return new VendorFailure({
    code: 'E_NOT_IN_FORCE',
    message: `The rule of ${whole(target)} is of ${iso(times.rule)}, and the push that runs began at ${iso(times.push)}, before it: nothing is recorded until the encoder reconnects.`,
    who: 'you',
    applied: 'no',
    retry: 'later',
    cause: 'vendor-rule',
    vendor,
  });
}

export function unready(message: string, vendor: Vendor): VendorFailure {
  return new VendorFailure({
    code: 'E_ACCOUNT_UNREADY',
    message,
    who: 'you',
    applied: 'no',
    retry: 'later',
    cause: 'vendor-rule',
    vendor,
  });
}

/** "A start must be issued at least 10 seconds after the preceding stop" (the page, action), and a little more. */
export const AFTER_STOP_MS = 10_500;

/** The same code tells of a recording that runs and of one that was stopped less than 10 s ago. */
export function foreign(target: HuaweiTarget, isSure: boolean, vendor: Vendor): VendorFailure {
  const message = isSure
    ? `${whole(target)} is being recorded by command, and not by this session: policy.foreign adopt takes it over.`
    : `${whole(target)} is being recorded by command, and not by this session, or whoever recorded it has stopped less than 10 s ago: it is asked again after that.`;
  return new VendorFailure({
    code: 'E_FOREIGN_RECORDING',
    message,
    who: 'you',
    applied: 'no',
    retry: isSure ? 'never' : AFTER_STOP_MS,
    cause: 'vendor-rule',
    vendor,
  });
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}
