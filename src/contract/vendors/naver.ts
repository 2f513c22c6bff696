/** What a user writes for NAVER Live Station: account, target and options. */
import type { VendorContract } from '../vendor.ts';
import { naverAccountSchema, naverIdentity } from './naver/account.ts';
import { naverStorageProblems } from './naver/storage.ts';
import { naverKeyParts, naverOptionsSchema, naverTargetSchema, type NaverTarget } from './naver/subject.ts';

export { NAVER_REGIONS, NAVER_URL, naverAccountSchema } from './naver/account.ts';
export type { NaverAccount, NaverRegion } from './naver/account.ts';
export { ACCESS_CONTROLS, naverKeyParts, naverOptionsSchema, naverTargetSchema } from './naver/subject.ts';
export type { NaverAccessControl, NaverOptions, NaverTarget } from './naver/subject.ts';
export { naverStorageProblems } from './naver/storage.ts';

/** No policy but `foreign`: nothing in the account is made or changed for a session. */
export const naverContract: VendorContract = {
  vendor: 'naver',
  account: naverAccountSchema,
  target: naverTargetSchema,
  options: naverOptionsSchema,
  keyParts: (target) => naverKeyParts(target as NaverTarget),
  targetOf: ([channel]) => ({ channel }),
  identity: naverIdentity,
  storageProblems: naverStorageProblems,
};
