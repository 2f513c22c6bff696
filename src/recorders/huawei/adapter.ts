/**
 * Huawei Cloud Live as a recorder. A take is what lies between a START and its STOP, or the end of its stream: the vendor
 * knows it by domain, app and stream alone, and tells of it by callbacks.
 */
import type { HuaweiAccount, HuaweiOptions, HuaweiTarget } from '../../contract/vendors/huawei.ts';
import type { Recorder } from '../recorder.ts';
import { check } from './check.ts';
import { look } from './look.ts';
import { huaweiQuotas } from './operations.ts';
import { plan, prepare, release } from './prepare.ts';
import { assert, repush, start } from './start.ts';
import { stop } from './stop.ts';
import { huaweiTraits } from './traits.ts';

export const huaweiRecorder: Recorder<HuaweiAccount, HuaweiTarget, HuaweiOptions> = {
  vendor: 'huawei',
  traits: () => huaweiTraits,
  quotas: huaweiQuotas,
  sharedList: 'the online streams of an app',
  // No call shows that a stream is being recorded ("Live, record control").
  lists: 'none',
  unattended: 'the end of its push, some time after its encoder has gone',
  plan,
  prepare,
  repush,
  release,
  start,
  look,
  assert,
  stop,
  check,
};
