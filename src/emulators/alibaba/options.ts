/** What an emulated ApsaraVideo Live account is made of, and what no page of Alibaba Cloud tells for sure. */
import { randomInt } from 'node:crypto';
import type { Clock } from '../emulator.ts';
import type { FaultPlan } from '../faults.ts';
import type { CallbackFaultKind } from '../outbox.ts';
import type { TruthLog } from '../truth.ts';
import { randomNames, type RandomNames } from './names.ts';

/** What the emulator takes where it is told nothing else. */
export const DEFAULT_ACCESS_KEY_ID = 'LTAIEMULATED0000000001';
export const DEFAULT_ACCESS_KEY_SECRET = 'alibaba-access-key-secret';
export const DEFAULT_PLAY_DOMAIN = 'play.example.com';
export const DEFAULT_PUSH_DOMAIN = 'push.example.com';
export const DEFAULT_APP = 'live';
export const DEFAULT_BUCKET = 'keeprolling-live';
export const DEFAULT_REGION = 'cn-shanghai';
export const DEFAULT_ROLE = 'acs:ram::1234567890123456:role/keeprolling';

/** Points that the pages leave open or answer twice; each can be turned the other way. */
export interface AlibabaUnknowns {
  /** Code of stop, cancel_delay and restart in the wrong state: every copy of the page ends before it. */
  wrongStateCode: string;
  /** What `start` does while `stop` still waits for its delay. */
  startWhenPaused: 'same-file' | 'new-file' | 'refused';
  /** Which edition's codes RealTimeRecordCommand has, and which states a stream. */
  codes: 'current' | '2018';
  /** HTTP status of `Throttling…`. */
  throttlingStatus: 400 | 429 | 503;
  /** More than one format in one config: `InvalidFormat.IllegalOperation` says that there is such a thing as too many. */
  twoFormats: 'taken' | 'refused';
  /** Whether stop tells `record_paused`, and start after it `record_resumed`: only the names suggest it. */
  pauseEvents: boolean;
  /** A push that ends under a manual recording: it ends it, or the recording waits for the delay, as an automatic one. */
  manualDrop: 'ends' | 'survives';
  /** How long `stop` waits before it makes the file: the config's `DelayTime`, or 180 s whatever that says. */
  stopDelay: 'config' | '180s';
  /** What `restart` does once the recording has ended: "only when started or stopped" may mean either. */
  restartAfterEnd: 'refused' | 'starts';
  /** When a bucket that cannot be written is noticed: with the first frame, or with the first file. */
  bucketCheck: 'at-start' | 'at-file';
  /** Deleting a record config that does not exist: 404 InvalidConfig.NotFound, or 200 as if it had existed. */
  missingConfig: '404' | '200';
  /** HTTP statuses of refused signatures, keys, permissions, parameters and domains: the common page has two for each. */
  commonStatus: 'usual' | 'other';
  /** PageNumber and PageSize of the records of callbacks have defaults, and are marked as required. */
  notifyPaging: 'required' | 'optional';
  /** How long index files are kept: the page and the SDK's comments differ. */
  indexMonths: 3 | 6;
  /** Whether an error has `Recommend`. */
  recommend: boolean;
  /** How long a push must have been away before its return counts as a new one for configs; older pages say 180 s. */
  repushAfterMs: number;
  /** Repetition of callbacks: 5 times 1 s apart, or as older pages have it, 100 ms to 10 s apart. */
  retries: 'newer' | 'older';
}

const UNKNOWNS: AlibabaUnknowns = {
  wrongStateCode: 'TaskNotStarted',
  startWhenPaused: 'same-file',
  codes: 'current',
  throttlingStatus: 400,
  twoFormats: 'taken',
  pauseEvents: true,
  manualDrop: 'ends',
  stopDelay: 'config',
  restartAfterEnd: 'refused',
  bucketCheck: 'at-start',
  missingConfig: '404',
  commonStatus: 'usual',
  notifyPaging: 'required',
  indexMonths: 6,
  recommend: true,
  repushAfterMs: 0,
  retries: 'newer',
};

export interface AlibabaKey {
  id: string;
  secret: string;
  /** The account itself, which may not assume roles. */
  root?: boolean;
  /** Keys that somebody got from STS: they count with this security token only, and do not end. */
  token?: string;
}

export interface AlibabaRole {
  /** `acs:ram::<account>:role/<name>` */
  arn: string;
  /** Longest life of its sessions, seconds; 3600 by default. */
  maxSessionS?: number;
  externalId?: string;
}

/** A playback domain ("main streaming domain") and the domain to which its encoders push. */
export interface AlibabaDomain {
  play: string;
  push: string;
}

export interface AlibabaBucket {
  name: string;
  /** In another region than the live centre nothing is recorded, and nobody is told (FAQ). */
  region?: string;
}

export interface AlibabaEmulatorOptions {
  clock: Clock;
  keys?: AlibabaKey[];
  roles?: AlibabaRole[];
  domains?: AlibabaDomain[];
  buckets?: AlibabaBucket[];
  /** Of the live centre. */
  region?: string;
  truth?: TruthLog;
  faults?: FaultPlan;
  /** Of request ids, record ids and minted keys; random without it. */
  seed?: number;
  /** Scales the documented requests a second of every operation; false: they are not counted. */
  qps?: number | false;
  /** Record and push callbacks that are configured from the beginning, for every domain. */
  callbacks?: { url: string; key?: string };
  /** Probability of each fault of a callback, 0 to 1; drawn from `seed`. */
  callbackRates?: Partial<Record<CallbackFaultKind, number>>;
  /** Of the times in names of files; 8 h by default, as in the vendor's examples. */
  zoneOffsetMinutes?: number;
  /** How long an encoder that was cut off takes to come back. */
  reconnectMs?: number;
  /** What the truth log says beside a recording that begins; the stream's triple as JSON by default. */
  metadata?: (stream: { domain: string; app: string; stream: string }, at: number) => string;
  unknowns?: Partial<AlibabaUnknowns>;
}

export interface AlibabaConfig {
  region: string;
  qps: number;
  zoneOffsetMinutes: number;
  reconnectMs: number;
  callbackRates: Partial<Record<CallbackFaultKind, number>>;
  metadata: NonNullable<AlibabaEmulatorOptions['metadata']>;
  names: RandomNames;
  unknowns: AlibabaUnknowns;
}

export function resolveConfig(options: AlibabaEmulatorOptions): AlibabaConfig {
  const { qps = 1, metadata = (stream) => JSON.stringify(stream) } = options;
  return {
    region: options.region ?? DEFAULT_REGION,
    qps: qps === false ? Infinity : qps,
    zoneOffsetMinutes: options.zoneOffsetMinutes ?? 480,
    reconnectMs: options.reconnectMs ?? 1000,
    callbackRates: options.callbackRates ?? {},
    metadata,
    names: randomNames(options.seed ?? randomInt(1, 2 ** 31)),
    unknowns: { ...UNKNOWNS, ...options.unknowns },
  };
}
