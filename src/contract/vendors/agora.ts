/**
 * What a user writes for Agora Cloud Recording: account, target, options, and changes in mid-session. Agora accepts
 * a start first and looks at its parameters later: what is wrong then shows as a recording that is gone. So all that
 * its pages forbid is refused here, with the page and with what would be right.
 */
import type { VendorContract } from '../vendor.ts';
import { agoraAccountSchema, agoraIdentity } from './agora/account.ts';
import { agoraChanges } from './agora/changes.ts';
import { agoraSubjectProblems } from './agora/modes.ts';
import { agoraOptionsSchema } from './agora/options.ts';
import { agoraStorageProblems } from './agora/storage.ts';
import { agoraKeyParts, agoraTargetSchema, type AgoraTarget } from './agora/target.ts';

export { agoraAccountSchema, API_REGIONS, DOMAINS } from './agora/account.ts';
export type { AgoraAccount, AgoraApiRegion, AgoraDomain } from './agora/account.ts';
export { agoraChanges } from './agora/changes.ts';
export { ALL_STREAMS, MODES } from './agora/fields.ts';
export type { AgoraMode } from './agora/fields.ts';
export { fileTypesOf, takesScreenshotsOnly } from './agora/modes.ts';
export { agoraOptionsSchema } from './agora/options.ts';
export type { AgoraOptions } from './agora/options.ts';
export { storageVendorOf } from './agora/regions.ts';
export type { AgoraStorageVendor } from './agora/regions.ts';
export { agoraStorageProblems, MIN_STS_LIFE_MS, PREFIX_ROOM, storageRegionOf } from './agora/storage.ts';
export { agoraKeyParts, agoraTargetSchema } from './agora/target.ts';
export type { AgoraTarget } from './agora/target.ts';

export const agoraContract: VendorContract = {
  vendor: 'agora',
  account: agoraAccountSchema,
  target: agoraTargetSchema,
  options: agoraOptionsSchema,
  keyParts: (target) => agoraKeyParts(target as AgoraTarget),
  identity: agoraIdentity,
  subjectProblems: agoraSubjectProblems,
  storageProblems: agoraStorageProblems,
  changes: agoraChanges,
};
