/** What an emulated Agora project is made of, and what no page of Agora tells for sure. */
import { randomInt } from 'node:crypto';
import type { Clock } from '../emulator.ts';
import type { FaultPlan } from '../faults.ts';
import type { ObjectStore } from '../object-store.ts';
import type { CallbackFaultKind } from '../outbox.ts';
import type { TruthLog } from '../truth.ts';
import { randomNames, type RandomNames } from './random.ts';

/** What the emulator takes where it is told nothing else. */
export const DEFAULT_APP_ID = '0123456789abcdef0123456789abcdef';
export const DEFAULT_CUSTOMER_ID = 'c0ffee00c0ffee00c0ffee00c0ffee00';
export const DEFAULT_CUSTOMER_SECRET = 'agora-customer-secret';
export const DEFAULT_CERTIFICATE = 'fedcba9876543210fedcba9876543210';

/** Codes of the table that was replaced in June 2026; no page gives their HTTP status. */
export type OldCode = 8 | 50 | 109 | 110 | 432 | 433 | 501 | 1001 | 1003 | 1013 | 1028;

/** Points that Agora's pages leave open or answer twice; each can be turned the other way. */
export interface AgoraUnknowns {
  /** HTTP statuses of the old codes. Default: 504 for 50 (upload too slow), 404 for 501 (exiting), else 400. */
  oldStatus: Record<OldCode, number>;
  /** `mixed`: the new table, and old codes only for what it has no code for. `old`, `new`: one table for everything. */
  errorTable: 'mixed' | 'old' | 'new';
  /** Whether `201/7 already started` names the sid of the running task. */
  alreadyStartedCarriesSid: boolean;
  /** What `async_stop: true` answers: ids only (typed so by a client of Agora), or also what a stop that waits says. */
  asyncStopBody: 'ids' | 'full';
  /** What a query says between the end of a task and its exit: `failed to find worker`, old code 501, or status 6 to 8. */
  queryWhileExiting: '404' | '501' | 'status';
  /** Files that the bucket refuses (expired token, no permission): dropped, or kept in Agora's backup. */
  refusedUploads: 'lost' | 'backup';
  /** Whether an update may move the rest of a recording to another bucket, region or folder. */
  bucketChange: 'ignored' | 'applied';
  /** Whether parts that an update leaves out stay as they were, or go back to their defaults. */
  omittedParts: 'stay' | 'reset';
  /** A token with less than 4 h to live: documented as the minimum, but not what happens to it. */
  shortSts: 'accepted' | 'refused';
  /** Whether `sse` and `tag` must be there, if only empty, in `extensionParams`: the page says required. */
  extensionFields: 'optional' | 'required';
  /** Whether keys are tried when the worker is up, or only by the first file. */
  storageCheck: 'after-start' | 'first-upload';
  /** Whether the RTC token is looked at before the start is answered (old codes 109, 110). */
  tokenCheck: 'after-start' | 'at-start';
  /** What a control call gets after `resourceExpiredHour`: 404/404, or old code 433. */
  expiredResource: '404' | '433';
  /** Whether time on hold counts to `maxRecordingHour`. */
  onholdCounts: boolean;
  /** How long after its exit a cname and uid are still refused with 53. */
  reuseAfterMs: number;
  /** Whether an update during a failover finds no worker; the FAQ names query, updateLayout and stop only. */
  updateInFailover: '404' | 'applied';
  /** Which spelling of the unsubscribe lists is honoured; the other is taken and has no effect. */
  unsubscribeSpelling: 'both' | 'lower' | 'capital';
  /** Unit of `sliceStartTime` in lists of files. */
  sliceStartUnit: 'ms' | 's';
  /** When a status of 4 becomes 5: with the first upload, as soon as all is ready, or not at all. */
  statusFive: 'first-upload' | 'ready' | 'never';
  /** How the third value of `uploadingStatus` is spelt. */
  unknownSpelling: 'unknown' | 'unknow';
  /** What `sequence` of a notification counts: those of a sid, or those of a sid and service type. */
  sequenceScope: 'sid' | 'service';
  /** Whether a notification that is sent twice for redundancy has one `noticeId` or two: the page dedups by sid. */
  redundantNoticeId: 'same' | 'another';
  /** Whether the test events of the console are signed. */
  healthTest: 'signed' | 'unsigned';
  /** Whether the streams that are there when the recorder joins are told as changes (43, 44), or only later ones. */
  streamsAtJoin: 'told' | 'untold';
}

const UNKNOWNS: AgoraUnknowns = {
  oldStatus: {
    8: 400,
    50: 504,
    109: 400,
    110: 400,
    432: 400,
    433: 400,
    501: 404,
    1001: 400,
    1003: 400,
    1013: 400,
    1028: 400,
  },
  errorTable: 'mixed',
  alreadyStartedCarriesSid: false,
  asyncStopBody: 'ids',
  queryWhileExiting: 'status',
  refusedUploads: 'lost',
  bucketChange: 'ignored',
  omittedParts: 'stay',
  shortSts: 'accepted',
  extensionFields: 'optional',
  storageCheck: 'after-start',
  tokenCheck: 'after-start',
  expiredResource: '404',
  onholdCounts: true,
  reuseAfterMs: 0,
  updateInFailover: '404',
  unsubscribeSpelling: 'both',
  sliceStartUnit: 'ms',
  statusFive: 'first-upload',
  unknownSpelling: 'unknown',
  sequenceScope: 'sid',
  redundantNoticeId: 'another',
  healthTest: 'signed',
  streamsAtJoin: 'untold',
};

export interface AgoraApp {
  appId: string;
  /** With it, RTC tokens are verified. Without it, they are not looked at. */
  certificate?: string;
}

/** How many tasks may run at once, of individual and mix together, and of web. */
export interface AgoraCapacity {
  rtc: number;
  web: number;
}

/** What Agora Console has under Notifications. */
export interface AgoraNotices {
  url: string;
  /** Signs them. */
  secret: string;
  /** Redundant delivery, which Agora's support turns on: each is sent twice. */
  redundant?: boolean;
}

export interface AgoraEmulatorOptions {
  clock: Clock;
  customerId: string;
  customerSecret: string;
  apps: AgoraApp[];
  /** The customer's clouds. Without one every upload is taken until `stsExpiration`. */
  store?: ObjectStore;
  truth?: TruthLog;
  faults?: FaultPlan;
  /** Of the random names (resource ids, sids, uids after a failover); random without it. */
  seed?: number;
  /** Default: 50 individual and mix, 200 web, by app. A number stands for both. */
  pcw?: number | Partial<AgoraCapacity>;
  /** Requests a second, by app, and as many at once. Default 10. */
  qps?: number;
  /** Where notifications go; without it they are made and kept, and not sent. */
  notices?: AgoraNotices;
  /** Probability of each fault of a notification, 0 to 1; drawn from `seed`. */
  callbackRates?: Partial<Record<CallbackFaultKind, number>>;
  /** Also makes the notification 33 of each minute. Default false: they are many. */
  progressNotices?: boolean;
  unknowns?: Partial<Omit<AgoraUnknowns, 'oldStatus'>> & { oldStatus?: Partial<Record<OldCode, number>> };
}

export interface AgoraConfig {
  authorization: string;
  qps: number;
  notices: Required<AgoraNotices>;
  callbackRates: Partial<Record<CallbackFaultKind, number>>;
  progressNotices: boolean;
  unknowns: AgoraUnknowns;
  names: RandomNames;
}

export function resolveConfig(options: AgoraEmulatorOptions): AgoraConfig {
  const { customerId, customerSecret, unknowns = {} } = options;
  return {
    authorization: Buffer.from(`${customerId}:${customerSecret}`).toString('base64'),
    qps: options.qps ?? 10,
    notices: { url: '', secret: '', redundant: false, ...options.notices },
    callbackRates: options.callbackRates ?? {},
    progressNotices: options.progressNotices ?? false,
    unknowns: {
      ...UNKNOWNS,
      ...unknowns,
      oldStatus: { ...UNKNOWNS.oldStatus, ...unknowns.oldStatus },
    },
    names: randomNames(options.seed ?? randomInt(1, 2 ** 31)),
  };
}

export function capacityOf(pcw: AgoraEmulatorOptions['pcw']): AgoraCapacity {
  if (typeof pcw === 'number') return { rtc: pcw, web: pcw };
  return { rtc: 50, web: 200, ...pcw };
}
