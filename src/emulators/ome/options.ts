/** What an emulated OvenMediaEngine is made of: its Server.xml, its version, and what nobody could tell for sure. */
import { randomInt } from 'node:crypto';
import type { Clock } from '../emulator.ts';
import type { FaultPlan } from '../faults.ts';
import type { CallbackFaultKind } from '../outbox.ts';
import type { TruthLog } from '../truth.ts';

export interface OmeAppOptions {
  name: string;
  /** Whether the application has a `<FILE>` publisher, and its templates. Default: one without templates. */
  file?: boolean | { filePath?: string; infoPath?: string };
}

export interface OmeVhostOptions {
  name: string;
  /** Host to which encoders push. Default: `ome.example.com` of the virtual host `default`, else `<name>.ome.example.com`. */
  host?: string;
  apps: OmeAppOptions[];
}

/** `<AdmissionWebhooks>`, of all virtual hosts alike. */
export interface OmeAdmissionOptions {
  url: string;
  secretKey: string;
  /** An encoder that is not admitted within this is denied. Default: 3 s, as in the vendor's example. */
  timeoutMs?: number;
}

/** `<Alert>` with the rules `<Ingress><StreamStatus/>` and `<Egress><StreamStatus/>`. */
export interface OmeAlertsOptions {
  url: string;
  secretKey: string;
}

/** Points that source and trials leave open; each can be turned the other way. */
export interface OmeUnknowns {
  /** Whether `recordTime` goes on while the pusher stalls (seen), or stands still until the next packet (source). */
  recordTimeInStall: 'runs' | 'frozen';
  /** How often a `schedule` splits within its matching second. */
  scheduleSplits: number;
  /** Whether a segment of exactly `interval` splits (seen), or only a longer one (source). */
  splitAtExactInterval: boolean;
  /** Whether a stop leaves out the task after the removed one when it re-arms the stream-less (source, by its loop). */
  stopSkipsNextTask: boolean;
  /** `protocol` in admission webhooks: RTMP, WebRTC, SRT (source), or in lower case (the vendor's page). */
  protocolCase: 'mixed' | 'lower';
  /** Whether INGRESS_STREAM_PREPARED comes before the alerts of the outputs, or after they are created (source). */
  inputPreparedFirst: boolean;
  /** Whether an RTMP encoder that was denied is told of as `closing` (source, of plain RTMP; not of enhanced RTMP). */
  closingWhenDenied: boolean;
  /** Whether an orderly end of the process still tells of the streams that end with it. */
  tellsWhenStopped: boolean;
}

export interface OmeEmulatorOptions {
  clock: Clock;
  accessToken: string;
  version?: string;
  vhosts?: OmeVhostOptions[];
  /** False: the server has no FILE publisher module at all. */
  filePublisher?: boolean;
  /** Where the contents of RootPath appear on this machine; without it no file is written. */
  recordsDir?: string;
  /** `<RootPath>`, prepended by the vendor to every path and never shown in `outputFilePath`. */
  rootPath?: string;
  /** Folder of the server's executable; the default templates begin there. */
  binPath?: string;
  truth?: TruthLog;
  faults?: FaultPlan;
  /** The server's local time zone. */
  zoneOffsetMinutes?: number;
  /** Of the random names (`tmp_…`, transaction ids); random without it. */
  seed?: number;
  unknowns?: Partial<OmeUnknowns>;
  /** Without it every encoder connects at once, and none of this is sent. */
  admission?: OmeAdmissionOptions;
  /** Without it no alert is sent. */
  alerts?: OmeAlertsOptions;
  /** Probability of each fault of a callback, 0 to 1; drawn by the seed. */
  callbackRates?: Partial<Record<CallbackFaultKind, number>>;
}

/** The answers that changed between versions. */
export interface OmeTraits {
  /** start and stop answer with an array of one, up to 0.15.10. */
  replyInArray: boolean;
  /** `:records` answers 404 when it finds nothing, up to 0.15.3. */
  emptyRecordsAre404: boolean;
  /** `isConfig` since 0.16.6. */
  isConfig: boolean;
  /** `stream.trackIds` and `stream.variantNames` since 0.15.1, `stream.tracks` before. */
  variantNames: boolean;
  /** `outputFilePath` since 0.13.2; before, `filePath` showed the resolved path. */
  outputFilePath: boolean;
  /** `GET /v1/version`: absent at tag v0.16.0, present at v0.16.6. */
  versionRoute: boolean;
}

export interface OmeConfig {
  accessToken: string;
  version: string;
  traits: OmeTraits;
  filePublisher: boolean;
  recordsDir: string | undefined;
  rootPath: string;
  binPath: string;
  zoneOffsetMinutes: number;
  unknowns: OmeUnknowns;
  admission: Required<OmeAdmissionOptions> | undefined;
  alerts: OmeAlertsOptions | undefined;
  callbackRates: Partial<Record<CallbackFaultKind, number>>;
  /** Virtual host → host to which encoders push. */
  hosts: Map<string, string>;
  /** The next of a row of numbers from 0 to 1, the same row for the same seed. */
  random: () => number;
  /** Text from `a-zA-Z0-9`, the same for the same seed and numbers, in whatever order it is asked for. */
  randomName: (length: number, ...of: number[]) => string;
}

export const DEFAULT_VHOSTS: OmeVhostOptions[] = [{ name: 'default', apps: [{ name: 'app' }] }];
const ADMISSION_TIMEOUT_MS = 3_000;

function hostOf(vhost: string): string {
  return vhost === 'default' ? 'ome.example.com' : `${vhost}.ome.example.com`;
}

export function resolveConfig(options: OmeEmulatorOptions): OmeConfig {
  if (options.accessToken === '')
    throw new Error('OvenMediaEngine starts no API server without an access token.');
  const version = options.version ?? '0.20.0';
  const seed = options.seed ?? randomInt(1, 2 ** 31);
  return {
    accessToken: options.accessToken,
    version,
    traits: traitsOf(version),
    filePublisher: options.filePublisher ?? true,
    recordsDir: options.recordsDir,
    rootPath: options.rootPath ?? '',
    binPath: options.binPath ?? '/opt/ovenmediaengine/bin',
    zoneOffsetMinutes: options.zoneOffsetMinutes ?? 0,
    unknowns: {
      recordTimeInStall: 'runs',
      scheduleSplits: 3,
      splitAtExactInterval: true,
      stopSkipsNextTask: false,
      protocolCase: 'mixed',
      inputPreparedFirst: false,
      closingWhenDenied: true,
      tellsWhenStopped: true,
      ...options.unknowns,
    },
    admission: options.admission && { timeoutMs: ADMISSION_TIMEOUT_MS, ...options.admission },
    alerts: options.alerts,
    callbackRates: options.callbackRates ?? {},
    hosts: new Map((options.vhosts ?? DEFAULT_VHOSTS).map(({ name, host }) => [name, host ?? hostOf(name)])),
    random: randomNumbers(seed),
    randomName: randomNames(seed),
  };
}

function traitsOf(version: string): OmeTraits {
  const since = (other: string) => compareVersions(version, other) >= 0;
  return {
    replyInArray: !since('0.15.11'),
    emptyRecordsAre404: !since('0.15.4'),
    isConfig: since('0.16.6'),
    variantNames: since('0.15.1'),
    outputFilePath: since('0.13.2'),
    versionRoute: since('0.16.6'),
  };
}

function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Names from two xorshift generators, 64 bits together, that begin anew for each name. */
function randomNames(seed: number): OmeConfig['randomName'] {
  return (length, ...of) => {
    let even = mix(seed, of, 0x9e3779b1);
    let odd = mix(~seed, of, 0x85ebca6b);
    let name = '';
    while (name.length < length) {
      even = xorshift(even);
      odd = xorshift(odd);
      name += ALPHABET[((even ^ Math.imul(odd, 0x27d4eb2f)) >>> 0) % ALPHABET.length];
    }
    return name;
  };
}

function randomNumbers(seed: number): () => number {
  let state = mix(seed, [], 1);
  return () => {
    state = xorshift(state);
    return (state >>> 0) / 2 ** 32;
  };
}

function mix(seed: number, numbers: number[], factor: number): number {
  const mixed = numbers.reduce((state, number) => Math.imul(state ^ number, factor) ^ (state >>> 15), seed);
  return mixed | 0 || 1;
}

function xorshift(state: number): number {
  let next = state;
  next ^= next << 13;
  next ^= next >>> 17;
  next ^= next << 5;
  return next;
}
