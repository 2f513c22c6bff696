/** The plain state of an emulated Agora: projects, channels with their users, resources and recording tasks. */
import type { ObjectStore } from '../object-store.ts';
import type { TruthLog } from '../truth.ts';
import type { Outbox } from '../outbox.ts';
import type { Notice } from './notices.ts';
import type { AgoraApp, AgoraCapacity, AgoraConfig } from './options.ts';
import type { Recording } from './recording-config.ts';
import type { Storage } from './storage-config.ts';
import type { WebPage } from './web-config.ts';

export type Mode = 'individual' | 'mix' | 'web';

export interface User {
  uid: string;
  role: 'host' | 'audience';
  /** Connected, but nothing comes from it. */
  stalled: boolean;
}

export interface Channel {
  appId: string;
  name: string;
  /** In the order in which they joined. */
  users: Map<string, User>;
}

export type PageState = 'up' | 'down' | 'slow';

/** What `acquire` gave out. */
export interface Resource {
  id: string;
  appId: string;
  cname: string;
  uid: string;
  scene: number;
  acquiredAt: number;
  expiresAfterMs: number;
  startParameter: Record<string, unknown> | undefined;
  /** The one task that was started with it. */
  task: Task | undefined;
}

/** An unbroken stretch of frames of one track; uploaded up to `flushedTo`. */
export interface Run {
  track: string;
  from: number;
  flushedTo: number;
  uploads: number;
}

/** A playlist of the task, and so an entry of its list of files. */
export interface Playlist {
  name: string;
  track: string;
  startedAt: number;
}

export interface Task {
  sid: string;
  serial: number;
  resource: Resource;
  appId: string;
  cname: string;
  uid: string;
  /** The uid within the channel: another one after a failover. */
  botUid: string;
  mode: Mode;
  recording: Recording | undefined;
  page: WebPage | undefined;
  storage: Storage;
  startedAt: number;
  expiresAt: number;
  phase: 'running' | 'exiting' | 'exited';
  endedAt: number;
  /** When a task that is exiting has exited. */
  exitAt: number;
  abnormal: boolean;
  /** The worker is in the channel, or shows the page. */
  joined: boolean;
  joinAt: number;
  pageMisses: number;
  pageDeadline: number | undefined;
  /** Why the channel will not let it in. */
  tokenTrouble: 109 | 110 | undefined;
  tokenEndsAt: number;
  /** No worker answers until then. */
  movingUntil: number | undefined;
  moves: number;
  idleSince: number | undefined;
  onhold: boolean;
  heldSince: number | undefined;
  heldMs: number;
  runs: Map<string, Run>;
  playlists: Playlist[];
  firstUploadAt: number | undefined;
  /** Frames have come that it was to record. */
  sawMedia: boolean;
  recordedMs: number;
  /** Files that are in Agora's backup, and such as are nowhere. */
  backedUp: number;
  lost: number;
  uploadFails: boolean;
  stsExpiryTold: boolean;
  /** Updates that are not yet answered, in the order in which they came. */
  inFlight: InFlight[];
  progressAt: number;
  /** Its notifications so far. */
  noticed: number;
  /** `sequence` of the next one, by service type where that has a count of its own. */
  sequences: Map<number, number>;
}

/** An update until its answer has been sent. */
export interface InFlight {
  until: number;
  /** Another came before it was answered. */
  overtaken: boolean;
  /** Puts into force again what the update asked for. */
  apply: (at: number) => void;
}

export interface AgoraState {
  config: AgoraConfig;
  truth: TruthLog;
  store: ObjectStore | undefined;
  apps: Map<string, AgoraApp>;
  capacity: AgoraCapacity;
  /** All that time alone does has been applied up to here. */
  at: number;
  downUntil: number | undefined;
  buckets: Map<string, { tokens: number; at: number }>;
  resources: Map<string, Resource>;
  tasks: Map<string, Task>;
  /** Those that have not exited. */
  active: Set<Task>;
  /** When a cname and uid were last left, by app. */
  left: Map<string, number>;
  channels: Map<string, Channel>;
  pages: Map<string, PageState>;
  /** Whether Agora still serves this customer. */
  account: 'ok' | 'overdue' | 'invalid';
  uploadsDenied: boolean;
  /** How long the last files take after a stop. */
  uploadMs: number;
  /** How long an update takes to be answered. */
  updateMs: number;
  /** Of the request that is being answered. */
  replyDelayMs: number;
  serial: number;
  notices: Notice[];
  /** Notices on their way out. */
  outbox: Outbox;
}

export function channelOf(state: AgoraState, appId: string, name: string): Channel {
  const key = `${appId}/${name}`;
  const known = state.channels.get(key);
  if (known) return known;
  const channel: Channel = { appId, name, users: new Map() };
  state.channels.set(key, channel);
  return channel;
}

/** A task is unique by these three, whatever its resource. */
export function identityOf({ appId, cname, uid }: { appId: string; cname: string; uid: string }): string {
  return `${appId}/${uid}/${cname}`;
}

export function nextSerial(state: AgoraState): number {
  state.serial += 1;
  return state.serial;
}
