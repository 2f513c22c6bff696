/** The plain state of an emulated server, from the process down to the file that is being written. */
import type { Outbox } from '../outbox.ts';
import type { TruthLog } from '../truth.ts';
import type { OmeConfig } from './options.ts';

export type RecordState = 'ready' | 'recording' | 'stopping' | 'stopped' | 'error';

/** One entry of an application's record table. Zero instants mean "never". */
export interface RecordTask {
  /** `vhost/app/id#n`: ids are reused, this is not. */
  identity: string;
  serial: number;
  /** How many files it has begun, finished or not. */
  segments: number;
  id: string;
  vhost: string;
  app: string;
  streamName: string;
  trackIds: number[];
  variantNames: string[];
  metadata: string;
  filePath: string;
  infoPath: string;
  interval: number;
  schedule: string;
  segmentationRule: string;
  transactionId: string;
  createdAt: number;
  removed: boolean;
  /** Kept over streams, though every stream numbers its sessions anew: the vendor's bug. */
  sessionId: number;
  state: RecordState;
  /** Bytes of the running segment, without its open run. */
  bytes: number;
  timeMs: number;
  totalBytes: number;
  totalTimeMs: number;
  sequence: number;
  startAt: number;
  stopAt: number;
  outputFilePath: string;
  outputInfoPath: string;
  /** Next split by `schedule`, once the first packet has come; 0 before. */
  scheduleAt: number;
  /** How often it has split within the matching second. */
  scheduleBurst: number;
}

export type SessionState = 'ready' | 'started' | 'stopped' | 'error';

/** What connects a task with a live stream. */
export interface Session {
  id: number;
  task: RecordTask;
  stream: Stream;
  state: SessionState;
  foundKeyFrame: boolean;
  hasVideo: boolean;
  bitrate: number;
  writer: Writer | undefined;
}

/** The file of a segment, under its temporary name until it is finalised. */
export interface Writer {
  tmp: string;
  /** Its directory was removed: packets still flow into it, but it can never be renamed. */
  lost: boolean;
  /** An unbroken stretch of frames; `flushedTo` is how far the truth log knows of it. */
  run: { from: number; flushedTo: number } | undefined;
  /** Media that waits for the final name of the file. */
  pending: { from: number; to: number; bytes: number }[];
}

export interface Track {
  id: number;
  type: 'Video' | 'Audio';
  name: string;
  codec: string;
  bitrate: number;
}

/** An output stream: what recording speaks of. */
export interface Stream {
  name: string;
  source: Source;
  tracks: Track[];
  sessions: Map<number, Session>;
  lastSessionId: number;
  /** A task of this live stream has no session. */
  scanDue: boolean;
}

export const PROTOCOLS = ['RTMP', 'SRT', 'WebRTC'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** An encoder that pushes, and the input stream while it is connected. */
export interface Source {
  vhost: string;
  app: string;
  name: string;
  outputs: { name: string; tracks: Track[] }[];
  keyframeMs: number;
  live: boolean;
  startedAt: number;
  /** Since when no frame has come although it is connected. */
  stalledAt: number | undefined;
  /** It connects again when the process comes up. */
  returns: boolean;
  protocol: Protocol;
  /** Of the address to which it pushes; it may hold a key. */
  query: string;
  /** Number of its latest connection, and the client's port of it. */
  connection: number;
  port: number;
  requestedUrl: string;
  /** Another than the requested one where its admission has redirected it. */
  finalUrl: string;
  /** It has asked for its admission and waits so long. */
  askingUntil: number | undefined;
  /** When its admission ends. */
  expiresAt: number | undefined;
}

export interface Push {
  id: string;
  streamName: string;
  trackIds: number[];
  variantNames: string[];
  protocol: string;
  url: string;
  streamKey: string;
  createdAt: number;
}

export interface App {
  vhost: string;
  name: string;
  /** Absent: the application has no FILE publisher. */
  file: { filePath: string; infoPath: string } | undefined;
  tasks: Map<string, RecordTask>;
  /** Ids in the order in which the vendor walks its table. */
  order: string[];
  sources: Map<string, Source>;
  streams: Map<string, Stream>;
  pushes: Map<string, Push>;
}

export interface OmeServer {
  config: OmeConfig;
  truth: TruthLog;
  vhosts: Map<string, Map<string, App>>;
  /** All that time alone does has been applied up to here. */
  at: number;
  downUntil: number | undefined;
  diskFull: boolean;
  unusable: Set<string>;
  /** Final path → who finalised it last. */
  finalised: Map<string, string>;
  serial: number;
  /** How many encoders have come. */
  connections: number;
  outbox: Outbox;
}

export function* allApps(server: OmeServer): Generator<App> {
  for (const apps of server.vhosts.values()) yield* apps.values();
}

export function* allSessions(server: OmeServer): Generator<Session> {
  for (const app of allApps(server))
    for (const stream of app.streams.values()) yield* stream.sessions.values();
}
