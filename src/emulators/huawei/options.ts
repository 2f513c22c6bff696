/** What an emulated account of Huawei Cloud Live is made of, and what no page of Huawei tells for sure. */
import { randomInt } from 'node:crypto';
import type { Clock } from '../emulator.ts';
import type { FaultPlan } from '../faults.ts';
import type { CallbackFaultKind } from '../outbox.ts';
import type { TruthLog } from '../truth.ts';
import { randomNames, type RandomNames } from './random.ts';

/** What the emulator takes where it is told nothing else. */
export const DEFAULT_REGION = 'cn-north-4';
export const DEFAULT_PROJECT_ID = '0123456789abcdef0123456789abcdef';
export const DEFAULT_ACCESS_KEY = 'HWAKEMULATED00000001';
export const DEFAULT_SECRET_KEY = 'huawei-secret-key';
export const DEFAULT_BUCKET = 'recordings';
export const DEFAULT_DOMAIN = 'push.example.com';

/** Points that Huawei's pages leave open or answer twice; each can be turned the other way. */
export interface HuaweiUnknowns {
  /** HTTP status of a START whose stream is not pushed; the code is LIVE.100011001 either way. */
  offlineStatus: 400 | 404;
  /** HTTP status of a START that no COMMAND_RECORD rule was in force for when the stream was pushed; the code is the same. */
  noRuleStatus: 400 | 404;
  /** HTTP status of a STOP while nothing is recorded: "the record does not exist" is a 404, which older pages do not know. */
  noRecordStatus: 404 | 400;
  /** Code of a START within 10 s of the STOP: the guidance beside 100011022 alone speaks of the 10 s. */
  tooSoonCode: 'LIVE.100011022' | 'LIVE.100011001';
  /**
   * What an interruption does to a recording none of whose formats merges (`record_max_duration_to_merge_file` 0): it is
   * longer than the threshold and ends it, or the next push goes on in new files.
   */
  mergeZero: 'ends' | 'goes-on';
  /** A STOP while the stream is away for less than the threshold. */
  stopWhileAway: 'applied' | 'refused';
  /** Whether a STOP is told of by RECORD_OVER: strongly implied. */
  overAfterStop: boolean;
  /** HTTP status of APIGW.0308. */
  throttledStatus: 429 | 403;
  /** Whether what a missing IAM action gets comes from the gateway (403, APIGW.0302) or from Live (401, LIVE.100011003). */
  deniedBy: 'gateway' | 'service';
  /** What temporary keys get once they have ended: as keys that nobody knows, or as a token that must be renewed. */
  endedKeysCode: 'APIGW.0301' | 'APIGW.0307';
  /** Whether a callback that was not answered with 200 is sent again. */
  callbackRetries: 'none' | 'some';
  /** In which order the callbacks of one instant come. */
  callbackOrder: 'as-happened' | 'reversed';
  /** Type of `auth_timestamp` in a record callback: a number in the new example, a text in the old one. */
  authTimestamp: 'number' | 'string';
  /** Whether address, name and times of a file are told when it is whole only ("carried when"), or also when it is begun. */
  fileFields: 'when-complete' | 'always';
  /** Whether the key of stream notifications is shown to whoever may read them: the page of the operation lists it. */
  notificationKey: 'shown' | 'hidden';
  /** Code of a rule that is there already. */
  duplicateRuleCode: 'LIVE.103011018' | 'LIVE.100011001';
  /** HTTP status for a rule or callback configuration that does not exist. */
  missingStatus: 404 | 400;
  /** How rules are shown: with all defaults, and zeros in the parts of formats that are not recorded; or as written. */
  ruleEcho: 'filled' | 'as-written';
  /** Where "rules at the same level share one record_type" holds: for one stream or app, or for all of a domain's level. */
  sameLevel: 'place' | 'domain';
  /** `record_cycle` 0: six hours (pages since December 2024), or the whole stream in one file (SDK and older pages). */
  cycleZero: 'six-hours' | 'whole-stream';
  /** Bounds of `record_cycle`: 60 to 43200 s (SDK), or from 900, and to 10800 for FLV and MP4, which then merge at most 300 s (Terraform). */
  cycleBounds: 'sdk' | 'terraform';
  /** Whether GET record/contents exists: it is in the SDK, and on no page. */
  contents: 'available' | 'absent';
  /** Whether RECORD_START can be subscribed to: the pages of console and payload know it, that of the operation does not. */
  startSubscription: 'taken' | 'refused';
  /** Whether a domain has one callback configuration, or one for each app. */
  callbackConfigs: 'domain' | 'app';
}

const UNKNOWNS: HuaweiUnknowns = {
  offlineStatus: 400,
  noRuleStatus: 400,
  noRecordStatus: 404,
  tooSoonCode: 'LIVE.100011022',
  mergeZero: 'ends',
  stopWhileAway: 'applied',
  overAfterStop: true,
  throttledStatus: 429,
  deniedBy: 'gateway',
  endedKeysCode: 'APIGW.0301',
  callbackRetries: 'none',
  callbackOrder: 'as-happened',
  authTimestamp: 'number',
  fileFields: 'when-complete',
  notificationKey: 'shown',
  duplicateRuleCode: 'LIVE.103011018',
  missingStatus: 404,
  ruleEcho: 'filled',
  sameLevel: 'place',
  cycleZero: 'six-hours',
  cycleBounds: 'sdk',
  contents: 'available',
  startSubscription: 'taken',
  callbackConfigs: 'domain',
};

/** Calls a minute of one user, by group of operations. */
export interface HuaweiLimits {
  /** Rules and START and STOP share it. */
  record: number;
  indexes: number;
  callbacks: number;
  notifications: number;
  streams: number;
  /** Of what the pages name no limit for. */
  other: number;
}

/** "Up to 300 times a minute" and so on, on each operation's page. */
const LIMITS: HuaweiLimits = {
  record: 300,
  indexes: 1200,
  callbacks: 300,
  notifications: 300,
  streams: 1000,
  other: 1000,
};

/** Where callbacks go for domains that have no configuration of their own, as the console may have it. */
export interface HuaweiCallbacks {
  url: string;
  key: string;
}

/** The user who asks IAM for a token. */
export interface HuaweiUser {
  name: string;
  password: string;
  /** Of his account. */
  domain: string;
}

export interface HuaweiEmulatorOptions {
  clock: Clock;
  /** Default `cn-north-4`. */
  region?: string;
  projectId: string;
  accessKey: string;
  secretKey: string;
  user?: Partial<HuaweiUser>;
  /** Ingest domains that the account has; any when left out. */
  domains?: string[];
  /** Buckets that may be written to; any when left out. */
  buckets?: string[];
  truth?: TruthLog;
  faults?: FaultPlan;
  /** Of the random names (task ids, request ids); random without it. */
  seed?: number;
  limits?: Partial<HuaweiLimits>;
  callbacks?: HuaweiCallbacks;
  /** Probability of each fault of a callback, 0 to 1; drawn from `seed`. */
  callbackRates?: Partial<Record<CallbackFaultKind, number>>;
  /** When an encoder that was dropped pushes again, milliseconds; false: not by itself. Default 3 s. */
  reconnectMs?: number | false;
  unknowns?: Partial<HuaweiUnknowns>;
}

export interface HuaweiConfig {
  region: string;
  projectId: string;
  accessKey: string;
  secretKey: string;
  user: HuaweiUser;
  domains: readonly string[] | undefined;
  buckets: readonly string[] | undefined;
  limits: HuaweiLimits;
  callbacks: HuaweiCallbacks | undefined;
  callbackRates: Partial<Record<CallbackFaultKind, number>>;
  reconnectMs: number | false;
  unknowns: HuaweiUnknowns;
  names: RandomNames;
}

export function resolveConfig(options: HuaweiEmulatorOptions): HuaweiConfig {
  const { projectId, accessKey, secretKey } = options;
  return {
    region: options.region ?? DEFAULT_REGION,
    projectId,
    accessKey,
    secretKey,
    user: { name: 'recorder', password: 'huawei-password', domain: 'customer', ...options.user },
    domains: options.domains,
    buckets: options.buckets,
    limits: { ...LIMITS, ...options.limits },
    callbacks: options.callbacks,
    callbackRates: options.callbackRates ?? {},
    reconnectMs: options.reconnectMs ?? 3000,
    unknowns: { ...UNKNOWNS, ...options.unknowns },
    names: randomNames(options.seed ?? randomInt(1, 2 ** 31)),
  };
}
