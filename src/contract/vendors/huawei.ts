/**
 * What a user writes for Huawei Cloud Live: account, target, options. A rule of the vendor's account says how a stream is
 * recorded, and it counts for pushes that begin after it: so all that its pages forbid is refused here, before one is made.
 */
import type { VendorContract } from '../vendor.ts';
import { huaweiAccountSchema, huaweiIdentity } from './huawei/account.ts';
import { huaweiOptionsSchema } from './huawei/options.ts';
import { huaweiStorageProblems } from './huawei/storage.ts';
import { huaweiKeyParts, huaweiTargetSchema, type HuaweiTarget } from './huawei/target.ts';

export { CALLBACK_AREAS, huaweiAccountSchema, LIVE_REGIONS } from './huawei/account.ts';
export type { HuaweiAccount, HuaweiCallbackArea, HuaweiRegion } from './huawei/account.ts';
export { COMMAND_RECORD, FORMATS, LENGTHS, RECORD_TYPES } from './huawei/fields.ts';
export type { HuaweiFormat } from './huawei/fields.ts';
export { DEFAULTS, DEFAULT_NAMES, huaweiOptionsSchema, thresholdOf } from './huawei/options.ts';
export type { HuaweiOptions } from './huawei/options.ts';
export { huaweiKeyParts, huaweiTargetSchema } from './huawei/target.ts';
export type { HuaweiTarget } from './huawei/target.ts';

export const huaweiContract: VendorContract = {
  vendor: 'huawei',
  account: huaweiAccountSchema,
  target: huaweiTargetSchema,
  options: huaweiOptionsSchema,
  keyParts: (target) => huaweiKeyParts(target as HuaweiTarget),
  identity: huaweiIdentity,
  policies: ['rule', 'repush', 'made'],
  storageProblems: huaweiStorageProblems,
};
