/** What an emulated Live Station is made of, and what no page of NAVER Cloud tells for sure. */
import type { Clock } from '../emulator.ts';
import type { FaultPlan } from '../faults.ts';
import type { CallbackFaultKind } from '../outbox.ts';
import type { TruthLog } from '../truth.ts';
import { checkSettings, DEFAULT_SETTINGS, type NaverSettings } from './settings.ts';

/** What the emulator takes where it is told nothing else. */
export const DEFAULT_ACCESS_KEY = 'EXAMPLEACCESSKEY0001';
export const DEFAULT_SECRET_KEY = 'naver-secret-key';
export const DEFAULT_BUCKET = 'recordings';

const DAY_MS = 86_400_000;

/** How Live Station says that something is wrong: code of its table, and the HTTP status that the table leaves open. */
export interface NaverError {
  status: number;
  code: number;
}

/** Points that NAVER's pages leave open or answer twice; each can be turned the other way. */
export interface NaverUnknowns {
  /** A start while the channel is recording: an error, 200 for the recording that runs, or a second one in its place. */
  doubleStart: 'error' | 'same' | 'another';
  /** A stop while nothing is recorded: an error, or 200 with an empty list. */
  idleStop: 'error' | 'ok';
  /** A verb in the wrong state (not PUBLISHING, already recording, not recording, NO_RECORD, not transferable). */
  stateError: NaverError;
  /** No such channel. */
  channelError: NaverError;
  /** No such recording file. */
  recordError: NaverError;
  /** Whether `errorCode` of Live Station itself is a number, as in its example, or a text, as in its table. */
  codeType: 'number' | 'text';
  /** Whether the gateway's error has `details` beside its message. */
  gatewayDetails: 'there' | 'absent';
  /** Whether `Content-Type` is needed with a body only, as in the samples, or always, as in the overview. */
  contentType: 'with-body' | 'always';
  /** What the end of the push does to a recording: ends it, ends it after `publishEndDelayMs`, or leaves it to a stop. */
  publishEnd: 'ends' | 'later' | 'stays';
  /**
   * The push comes back. `ended`: nothing is recorded; an open recording ends. `another`: the platform begins a recording
   * by itself, until somebody stops it. `goes-on`: the same recording and the same files. `fragments`: the same
   * recording with new files. The last two keep a recording for `publishEndDelayMs` after the push where `publishEnd`
   * would end it at once.
   */
  reconnect: 'ended' | 'another' | 'goes-on' | 'fragments';
  publishEndDelayMs: number;
  /** Whether a start makes only the files of `record.format`, or always an MP4 and one HLS for each quality. */
  format: 'honoured' | 'ignored';
  /** How long a recording may be: no page tells whether one ends by itself. Infinity by default. */
  longestMs: number;
  /** Whether the times of files are whole seconds, as all that the pages show, or milliseconds. */
  timesOfFiles: 's' | 'ms';
  /** How long a file that was transferred, or that is DELETED, is still listed. */
  finishedVisibleMs: number;
  /** How long the temporary files live: 3 days in the API's pages, 7 in the old guide. */
  temporaryMs: number;
  /** What a temporary file is after its removal: listed as DELETED, or no longer listed. */
  removed: 'listed' | 'gone';
  /** No page shows what the removal of files answers beside 200. */
  removalBody: 'empty' | 'object';
  /** Whether the channels of a list carry `isRecording`, or only the one that is asked for. */
  listIsRecording: 'there' | 'absent';
  /** `content` of one file: a map by its id, or the flat object of the older page. */
  recordInfo: 'map' | 'flat';
  /** A channel that was deleted: as one that never was, or shown as DELETED or FORCE_DELETED. */
  deletedChannel: 'gone' | 'shown';
  /** How the member is spelt in the channel object. */
  dvrSpelling: 'useDvr' | 'useDVR';
  /** What a channel with a push is called: old pages say PUBLISH. */
  publishingWord: 'PUBLISHING' | 'PUBLISH';
  /** Whether an update of a channel may change how it records: the guide says no, the API has the fields. */
  recordUpdate: 'applied' | 'refused';
  /** Whether `id` and `timestamp` of a callback are numbers, or texts as on the older page. */
  eventTypes: 'typed' | 'text';
  /** An empty endpoint: a wrong value, or the end of callbacks there. */
  emptyEndpoint: 'refused' | 'removes';
  /** Whether a callback that was not taken is sent again. */
  callbackRetries: 'none' | 'some';
  /** Status and code with which the gateway stops too many requests. */
  quota: { code: '400' | '410' | '420'; retryAfterS?: number };
}

const UNKNOWNS: NaverUnknowns = {
  doubleStart: 'error',
  idleStop: 'error',
  stateError: { status: 400, code: 250005 },
  channelError: { status: 404, code: 250004 },
  recordError: { status: 404, code: 250004 },
  codeType: 'number',
  gatewayDetails: 'there',
  contentType: 'with-body',
  publishEnd: 'ends',
  reconnect: 'ended',
  publishEndDelayMs: 30_000,
  format: 'honoured',
  longestMs: Infinity,
  timesOfFiles: 's',
  finishedVisibleMs: 7 * DAY_MS,
  temporaryMs: 3 * DAY_MS,
  removed: 'listed',
  removalBody: 'empty',
  listIsRecording: 'there',
  recordInfo: 'map',
  deletedChannel: 'gone',
  dvrSpelling: 'useDvr',
  publishingWord: 'PUBLISHING',
  recordUpdate: 'applied',
  eventTypes: 'typed',
  emptyEndpoint: 'refused',
  callbackRetries: 'none',
  quota: { code: '400' },
};

/** One rendition of a quality set, as the HLS entry of a recording shows it. */
export interface NaverQuality {
  name: string;
  resolution: string;
  videoBitrate: number;
  audioBitrate: number;
  videoFrameRate: number;
}

export interface NaverQualitySet {
  id: number;
  name: string;
  qualities: NaverQuality[];
}

export interface NaverChannel {
  /** `ls-YYYYMMDDhhmmss-xxxxx`. */
  channelId: string;
  /** How it differs from `channelDefaults`. */
  settings?: Partial<NaverSettings>;
  callbackUrl?: string;
}

/** `public` is `/api/v2` with region KR, `fin` the finance zone: `/api/fin-v2` with FKR. */
export type NaverZone = 'public' | 'fin';

export interface NaverEmulatorOptions {
  clock: Clock;
  accessKey: string;
  secretKey: string;
  zone?: NaverZone;
  channels?: NaverChannel[];
  /** NaverSettings of channels that say nothing else. */
  channelDefaults?: Partial<NaverSettings>;
  /** Whether every well-formed id is that of a channel, READY as soon as it is named. Default false. */
  anyChannel?: boolean;
  qualitySets?: NaverQualitySet[];
  /** Buckets of the account's Object Storage; any bucket is there without them. */
  buckets?: string[];
  /** The default endpoint of callbacks. None by default. */
  callbackUrl?: string;
  /** Probability of each fault of a callback, 0 to 1; drawn from `seed`. */
  callbackRates?: Partial<Record<CallbackFaultKind, number>>;
  /** Requests a second, and as many at once. Unlimited by default, since no page tells a number. */
  requestsPerSecond?: number;
  /** How long a new channel is CREATING. */
  creatingMs?: number;
  /** How long a file is PROCESSING after its recording. */
  processingMs?: number;
  /** How long its way to the bucket takes. */
  transferMs?: number;
  /** Of the random parts of ids. */
  seed?: number;
  truth?: TruthLog;
  faults?: FaultPlan;
  unknowns?: Partial<NaverUnknowns>;
}

export interface NaverConfig {
  accessKey: string;
  secretKey: string;
  prefix: string;
  region: string;
  channelDefaults: NaverSettings;
  anyChannel: boolean;
  qualitySets: NaverQualitySet[];
  buckets: readonly string[] | undefined;
  callbackRates: Partial<Record<CallbackFaultKind, number>>;
  requestsPerSecond: number | undefined;
  creatingMs: number;
  processingMs: number;
  transferMs: number;
  seed: number;
  unknowns: NaverUnknowns;
}

/** The renditions that the reply in NAVER's page of startRecord shows. */
const QUALITY_SETS: NaverQualitySet[] = [
  {
    id: 1,
    name: 'default',
    qualities: [
      {
        name: '720p-9-16',
        resolution: '720x1280',
        videoBitrate: 2_500_000,
        audioBitrate: 128_000,
        videoFrameRate: 30,
      },
      {
        name: 'quality000',
        resolution: '1920x1080',
        videoBitrate: 8_960_000,
        audioBitrate: 320_000,
        videoFrameRate: 60,
      },
    ],
  },
];

/** @throws where the options contradict each other */
export function resolveConfig(options: NaverEmulatorOptions): NaverConfig {
  const finance = options.zone === 'fin';
  const config = {
    accessKey: options.accessKey,
    secretKey: options.secretKey,
    prefix: finance ? '/api/fin-v2' : '/api/v2',
    region: finance ? 'FKR' : 'KR',
    channelDefaults: { ...DEFAULT_SETTINGS, ...options.channelDefaults },
    anyChannel: options.anyChannel ?? false,
    qualitySets: options.qualitySets ?? QUALITY_SETS,
    buckets: options.buckets,
    callbackRates: options.callbackRates ?? {},
    requestsPerSecond: options.requestsPerSecond,
    creatingMs: options.creatingMs ?? 30_000,
    processingMs: options.processingMs ?? 20_000,
    transferMs: options.transferMs ?? 10_000,
    seed: options.seed ?? 1,
    unknowns: { ...UNKNOWNS, ...options.unknowns },
  };
  checkSettings(config.channelDefaults, config.qualitySets);
  return config;
}
