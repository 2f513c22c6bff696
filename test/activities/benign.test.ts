/** What a worker logs as a failed activity: not what a session awaits. */
import { ApplicationFailureCategory, type ApplicationFailure } from '@temporalio/common';
import { expect, it } from 'vitest';
import { applicationFailure } from '../../src/activities/index.ts';
import { VendorFailure } from '../../src/recorders/recorder.ts';
import type { Failure } from '../../src/session/facts.ts';

const absent: Failure = {
  code: 'E_VENDOR_REFUSED',
  message: 'Nobody pushes.',
  who: 'source',
  applied: 'no',
  retry: 'later',
  cause: 'source-absent',
};

const categoryOf = (failure: Failure) =>
  (applicationFailure(new VendorFailure(failure)) as ApplicationFailure).category;

it.each<[string, Partial<Failure>]>([
  ['a start before its source', {}],
  ['a push that was there before its rule', { code: 'E_NOT_IN_FORCE', who: 'you', cause: 'vendor-rule' }],
])('%s is awaited, and logged nowhere', (_what, change) => {
  expect(categoryOf({ ...absent, ...change })).toBe(ApplicationFailureCategory.BENIGN);
});

it.each<[string, Partial<Failure>]>([
  ['credentials that are refused', { code: 'E_VENDOR_AUTH', who: 'you', cause: 'credentials' }],
  ['a write that may have been applied', { applied: 'unknown' }],
  ['what is not tried again', { retry: 'never' }],
])('%s is logged', (_what, change) => {
  expect(categoryOf({ ...absent, ...change })).not.toBe(ApplicationFailureCategory.BENIGN);
});
