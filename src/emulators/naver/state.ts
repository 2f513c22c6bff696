/** The plain state of an emulated Live Station: channels, recordings and their files, events. */
import type { Outbox } from '../outbox.ts';
import type { TruthLog } from '../truth.ts';
import type { NaverConfig, NaverQuality } from './options.ts';
import type { AccessControl, NaverRecordSettings, NaverSettings } from './settings.ts';

export type ChannelStatus =
  'CREATING' | 'READY' | 'PUBLISHING' | 'DELETED' | 'BLOCK' | 'FORCE_BLOCK' | 'FORCE_DELETED';

export type FileStatus =
  | 'RECORDING'
  | 'PROCESSING'
  | 'PROCESSING_FAIL'
  | 'TRANSFER_READY'
  | 'TRANSFER'
  | 'TRANSFER_FINISH'
  | 'TRANSFER_FAIL'
  | 'DELETED';

/** One push of an encoder. */
export interface Publish {
  streamSeq: number;
  since: number;
  /** Connected, but nothing comes from it. */
  stalled: boolean;
}

export interface Channel {
  id: string;
  serial: number;
  settings: NaverSettings;
  createdAt: number;
  status: ChannelStatus;
  /** When one that is CREATING is READY. */
  readyAt: number;
  publish: Publish | undefined;
  /** The recording that is open: `isRecording`. */
  recording: Recording | undefined;
  /** Somebody or the platform has begun to record, and nobody has stopped it. */
  wanted: boolean;
  /** The backup stream is the one that is shown. */
  onBackup: boolean;
  /** Its own endpoint of callbacks. */
  callbackUrl: string | undefined;
}

/** One run of the recorder: a `recordSeq` with its files. */
export interface Recording {
  seq: number;
  channel: Channel;
  /** As the channel was set when it began. */
  record: NaverRecordSettings;
  began: number;
  /** When it ends without a push that comes back. */
  endsAt: number | undefined;
  /** Since when frames have been written that the truth log does not tell yet. */
  flowingFrom: number | undefined;
  files: RecordFile[];
}

export interface RecordFile {
  id: number;
  recording: Recording;
  recordType: 'MP4' | 'HLS';
  streamSeq: number;
  /** Of HLS: the rendition. */
  quality: NaverQuality | undefined;
  beganAt: number;
  name: string;
  status: FileStatus;
  /** When time alone changes it next. */
  nextAt: number | undefined;
  recordedMs: number;
  shouldDeleteAt: number | undefined;
  /** Where it is on its way to, or has come to. */
  bucket: string | undefined;
  access: AccessControl;
  stored: boolean;
}

export interface LiveEvent {
  id: number;
  logLevel: 'INFO' | 'WARN' | 'ERROR';
  eventCode: string;
  description: string;
  timestamp: number;
  channelId: string;
}

export interface NaverState {
  config: NaverConfig;
  truth: TruthLog;
  outbox: Outbox;
  /** All that time alone does has been applied up to here. */
  at: number;
  /** Time alone does nothing before it. */
  quietUntil: number;
  downUntil: number | undefined;
  /** How far NAVER's clock is ahead. The truth log tells true instants. */
  skewMs: number;
  channels: Map<string, Channel>;
  /** Files by id, in the order in which they were made. */
  files: Map<number, RecordFile>;
  /** Those that time alone will change. */
  pending: Set<RecordFile>;
  events: LiveEvent[];
  defaultCallback: { url: string; updatedAt: number } | undefined;
  /** Buckets that refuse what comes; `*` is all of them. */
  deniedBuckets: Set<string>;
  processingFails: boolean;
  /** Operations to which the caller has no right, and who says so; `*` is all of them. */
  forbidden: Map<string, 'gateway' | 'service'>;
  tokens: { left: number; at: number } | undefined;
  last: {
    channel: number;
    streamSeq: number;
    recordSeq: number;
    recordId: number;
    event: number;
    trace: number;
  };
}

/** Time alone will do something at `at`. */
export function wake(state: NaverState, at: number): void {
  state.quietUntil = Math.min(state.quietUntil, at);
}

/** An instant as NAVER tells it. */
export function told({ skewMs }: NaverState, at: number): number {
  return at + skewMs;
}

/** The truth log's name of a recording. */
export function identityOf(recording: Recording): string {
  return `${recording.channel.id}/${recording.seq}`;
}

export function nextOf(state: NaverState, counter: keyof NaverState['last']): number {
  state.last[counter] += 1;
  return state.last[counter];
}
