/** The state of an emulated Huawei Cloud Live: plain data, changed by requests, by the world and by time. */
import type { Outbox } from '../outbox.ts';
import type { TruthLog } from '../truth.ts';
import type { HuaweiConfig } from './options.ts';

export const FORMATS = ['HLS', 'FLV', 'MP4'] as const;
export type Format = (typeof FORMATS)[number];

export const RECORD_TYPES = [
  'CONTINUOUS_RECORD',
  'COMMAND_RECORD',
  'PLAN_RECORD',
  'ON_DEMAND_RECORD',
] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

export interface Triple {
  publishDomain: string;
  app: string;
  stream: string;
}

/** How one format is recorded, with all defaults. */
export interface FormatConfig {
  /** Seconds, as written. */
  cycle: number;
  prefix: string;
  tsPrefix: string | undefined;
  slice: number | undefined;
  /** Seconds; -1: as long as it takes. */
  merge: number;
}

export interface Rule extends Triple {
  id: string;
  recordType: RecordType;
  bucket: string;
  location: string;
  object: string;
  formats: Map<Format, FormatConfig>;
  /** `default_record_config` as it was written. */
  written: Record<string, unknown>;
  createdAt: number;
  updatedAt: number | undefined;
}

export interface Stream extends Triple {
  pushedAt: number;
  stalled: boolean;
  /** The rule in force when it was pushed. */
  rule: Rule | undefined;
}

export interface Push extends Triple {
  from: number;
  to: number;
}

/** One file of a task that is being written. */
export interface Job {
  id: string;
  format: Format;
  /** Its first frame, and the last one that is known of. */
  startedAt: number;
  lastAt: number;
  /** The object, without the bucket. */
  file: string;
  /** Frames have come since then, and are in no `media` of the truth log yet. */
  flowingSince: number | undefined;
  recordedMs: number;
  bytes: number;
}

/** What time alone does. */
export interface Due {
  at: number;
  apply: (at: number) => void;
}

export interface Task extends Triple {
  id: string;
  rule: Rule;
  startedAt: number;
  /** When its first files are opened, until then. */
  opensAt: number | undefined;
  /** RECORD_START has been told. */
  begun: boolean;
  /** When the stream went away, while it is away. */
  awaySince: number | undefined;
  jobs: Map<Format, Job>;
  /** Files so far. */
  serial: number;
  /** What time does to it next, once that has been found: whoever changes the task forgets it. */
  next: Due | undefined;
}

/** A file in the bucket. */
export interface Content extends Triple {
  taskId: string;
  recordType: RecordType;
  format: Format;
  bucket: string;
  location: string;
  file: string;
  bytes: number;
  from: number;
  to: number;
  recordedMs: number;
}

export const EVENTS = [
  'RECORD_START',
  'RECORD_NEW_FILE_START',
  'RECORD_FILE_COMPLETE',
  'RECORD_OVER',
  'RECORD_FAILED',
] as const;
export type RecordEvent = (typeof EVENTS)[number];

export type SignType = 'HMACSHA256' | 'MD5';

export interface CallbackConfig {
  id: string;
  publishDomain: string;
  app: string;
  url: string;
  events: readonly RecordEvent[];
  signType: SignType;
  key: string;
  createdAt: number;
  updatedAt: number | undefined;
}

export interface Notification {
  url: string;
  key: string;
  area: string | undefined;
}

/** Temporary keys. */
export interface TemporaryKeys {
  secretKey: string;
  token: string;
  endsAt: number;
}

export interface HuaweiState {
  config: HuaweiConfig;
  truth: TruthLog;
  outbox: Outbox;
  /** All that time alone does has been applied up to here. */
  at: number;
  downUntil: number | undefined;
  rules: Map<string, Rule>;
  streams: Map<string, Stream>;
  /** When an encoder that was dropped pushes again. */
  returning: Map<string, { triple: Triple; at: number }>;
  pushes: Push[];
  tasks: Map<string, Task>;
  stoppedAt: Map<string, number>;
  /** Files in buckets, by bucket and name. */
  contents: Map<string, Content>;
  callbacks: Map<string, CallbackConfig>;
  notifications: Map<string, Notification>;
  /** When each token of IAM ends. */
  tokens: Map<string, number>;
  temporaryKeys: Map<string, TemporaryKeys>;
  /** IAM actions that the user has not. */
  denied: Set<string>;
  account: 'ok' | 'frozen';
  uploadsDenied: boolean;
  /** Until when whoever failed too often is kept out. */
  lockedUntil: number;
  /** How far the gateway's clock is ahead of the emulator's. */
  skewMs: number;
  windows: Map<string, { from: number; calls: number }>;
  serial: number;
}

export function keyOf({ publishDomain, app, stream }: Triple): string {
  return `${publishDomain}/${app}/${stream}`;
}

export function nextSerial(state: HuaweiState): number {
  state.serial += 1;
  return state.serial;
}
