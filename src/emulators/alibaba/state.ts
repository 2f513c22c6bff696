/** The plain state of an emulated ApsaraVideo Live account. */
import type { Outbox } from '../outbox.ts';
import type { TruthLog } from '../truth.ts';
import type { AlibabaBucket, AlibabaConfig, AlibabaDomain, AlibabaKey, AlibabaRole } from './options.ts';

/** What a stream is known by: playback domain, app and name. */
export interface Triple {
  domain: string;
  app: string;
  name: string;
}

export type Format = 'm3u8' | 'flv' | 'mp4' | 'cmaf';

/** One kind of file of a recording, of the source stream or of a transcoded one. */
export interface Output {
  format: Format;
  cycleS: number;
  sliceS: number | undefined;
  prefix: string;
  slicePrefix: string | undefined;
  /** Template of the transcoded stream; undefined for the source stream. */
  template: string | undefined;
}

export type OnDemand = 0 | 1 | 2 | 7;

/** A recording config, as it is or as it was when a push began. */
export interface RecordConfig {
  domain: string;
  app: string;
  /** `*` for all. */
  stream: string;
  endpoint: string;
  bucket: string;
  onDemand: OnDemand;
  delayS: number;
  formats: Output[];
  transcoded: Output[];
  templates: string[];
  startAt: number | undefined;
  endAt: number | undefined;
  createdAt: number;
}

/** What an encoder does, whether or not it is let in. */
export interface Encoder {
  /** Parameters of its ingest address. */
  args: string;
  stalledAt: number | undefined;
  /** When it tries again to connect. */
  retryAt: number | undefined;
}

/** An unbroken ingest of a stream. */
export interface Push {
  serial: number;
  at: number;
  /** The config that is in force for it: that of its beginning. */
  config: RecordConfig | undefined;
  args: string;
  /** The keys of callbacks that are in force for it. */
  recordKey: string | undefined;
  pushKey: string | undefined;
  /** A recording of it has begun. */
  recorded: boolean;
  /** Whether `publish` has been told: only who stays is announced. */
  told: boolean;
}

/** A file that is being written. */
export interface OpenFile {
  output: Output;
  sequence: number;
  /** Its name until it is closed. */
  tmp: string;
  /** Of its first frame. */
  startedAt: number;
  /** After its last frame. */
  endedAt: number;
  mediaMs: number;
  bytes: number;
}

/** Files of a recording, which may live a little longer than it. */
export interface Sheaf {
  id: string;
  config: RecordConfig;
  pushArgs: string;
  recordKey: string | undefined;
  files: OpenFile[];
  sequences: Map<Output, number>;
}

/** A recording: `recording` while it takes what comes, `paused` by stop, `broken` without a push. */
export interface Task {
  id: string;
  serial: number;
  manual: boolean;
  phase: 'recording' | 'paused' | 'broken';
  /** When the phase ends by itself. */
  until: number;
  sheaf: Sheaf;
  /** Since when frames are written that are not yet in any file. */
  runFrom: number | undefined;
  /** The bucket is out of reach, and nobody is told. */
  mute: boolean;
}

export interface Stream extends Triple {
  pushDomain: string;
  encoder: Encoder | undefined;
  push: Push | undefined;
  /** The last push that ended. */
  former: { endedAt: number; config: RecordConfig | undefined } | undefined;
  published: { at: number; endedAt: number }[];
  forbiddenUntil: number | undefined;
  task: Task | undefined;
  /** Files of recordings that have ended, until their delay is over. */
  closing: { at: number; sheaf: Sheaf }[];
}

export interface RecordNotify {
  domain: string;
  url: string;
  onDemandUrl: string;
  status: boolean;
  auth: boolean;
  key: string;
}

export interface PushNotify {
  domain: string;
  url: string;
  exceptionUrl: string;
  switchUrl: string;
  auth: boolean;
  key: string;
}

/** A finished file, as the index of files tells it. */
export interface IndexEntry extends Triple {
  recordId: string;
  task: string;
  file: string;
  bucket: string;
  endpoint: string;
  format: Format;
  startAt: number;
  endAt: number;
  durationS: number;
  createdAt: number;
  prefix: string;
}

/** A callback about a recording, delivered or not. */
export interface NotifyRecord extends Triple {
  at: number;
  type: string;
  url: string;
  content: string;
  headers: string;
  status: 'success' | 'failed';
  response: string;
}

/** Short-lived keys. */
export interface Minted {
  id: string;
  secret: string;
  token: string;
  endsAt: number;
}

export type BucketState = 'ok' | 'missing' | 'denied' | 'unauthorised';

export interface AlibabaState {
  config: AlibabaConfig;
  truth: TruthLog;
  outbox: Outbox;
  keys: Map<string, AlibabaKey & { inactive?: boolean }>;
  minted: Map<string, Minted>;
  roles: Map<string, AlibabaRole>;
  domains: AlibabaDomain[];
  buckets: Map<string, Required<AlibabaBucket> & { state: BucketState }>;
  records: RecordConfig[];
  /** Playback domains (or `domain/app`) whose streams go to VOD. */
  vod: Set<string>;
  streams: Map<string, Stream>;
  recordNotify: Map<string, RecordNotify>;
  pushNotify: Map<string, PushNotify>;
  notifyRecords: NotifyRecord[];
  index: IndexEntry[];
  /** Actions that are not allowed, such as `live:RealTimeRecordCommand`; `*` for all. */
  denied: Set<string>;
  /** Nonces that were seen, and when they are forgotten. */
  nonces: Map<string, number>;
  /** When each operation was answered of late. */
  calls: Map<string, number[]>;
  /** How far the vendor's clock is ahead of everybody's. */
  skewMs: number;
  /** All that time alone does has been applied up to here. */
  at: number;
  downUntil: number | undefined;
  serial: number;
}

export function nextSerial(state: AlibabaState): number {
  state.serial += 1;
  return state.serial;
}

export function streamOf(state: AlibabaState, { domain, app, name }: Triple): Stream {
  const key = `${domain}/${app}/${name}`;
  const known = state.streams.get(key);
  if (known) return known;
  const stream: Stream = {
    domain,
    app,
    name,
    pushDomain: state.domains.find(({ play }) => play === domain)?.push ?? domain,
    encoder: undefined,
    push: undefined,
    former: undefined,
    published: [],
    forbiddenUntil: undefined,
    task: undefined,
    closing: [],
  };
  state.streams.set(key, stream);
  return stream;
}
