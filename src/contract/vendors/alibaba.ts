/**
 * What a user writes for ApsaraVideo Live (Alibaba Cloud): account, target and options. How a stream is recorded stands
 * at the vendor in a record config, by playback domain, application and stream; names under `options` are those of its
 * page. What that page forbids is refused here, with the page and with what would be right.
 */
import type { VendorContract } from '../vendor.ts';
import { alibabaAccountSchema, alibabaIdentity } from './alibaba/account.ts';
import { alibabaOptionsSchema } from './alibaba/options.ts';
import { alibabaStorageProblems } from './alibaba/storage.ts';
import {
  alibabaKeyParts,
  alibabaSubjectProblems,
  alibabaTargetSchema,
  type AlibabaTarget,
} from './alibaba/target.ts';

export { alibabaAccountSchema, alibabaIdentity, DEFAULT_URL } from './alibaba/account.ts';
export type { AlibabaAccount, AlibabaRole } from './alibaba/account.ts';
export { CYCLE_DEFAULTS, FORMATS, isSliced, SLICE_DEFAULT } from './alibaba/formats.ts';
export type { AlibabaFormat, RecordFormat } from './alibaba/formats.ts';
export { alibabaOptionsSchema } from './alibaba/options.ts';
export type { AlibabaOptions } from './alibaba/options.ts';
export { alibabaStorageProblems, ossEndpointOf, ossPlaceOf } from './alibaba/storage.ts';
export { alibabaKeyParts, alibabaTargetSchema } from './alibaba/target.ts';
export type { AlibabaTarget } from './alibaba/target.ts';

export const alibabaContract: VendorContract = {
  vendor: 'alibaba',
  account: alibabaAccountSchema,
  target: alibabaTargetSchema,
  options: alibabaOptionsSchema,
  keyParts: (target) => alibabaKeyParts(target as AlibabaTarget),
  identity: alibabaIdentity,
  policies: ['config', 'repush', 'made'],
  subjectProblems: alibabaSubjectProblems,
  storageProblems: alibabaStorageProblems,
};
