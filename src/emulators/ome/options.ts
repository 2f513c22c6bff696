/** What an emulated OvenMediaEngine is made of: its Server.xml, its version, and what nobody could tell for sure. */
import { randomInt } from 'node:crypto';
import type { Clock } from '../emulator.ts';
import type { FaultPlan } from '../faults.ts';
import type { TruthLog } from '../truth.ts';

export interface OmeAppOptions {
  name: string;
  /** Whether the application has a `<FILE>` publisher, and its templates. Default: one without templates. */
  file?: boolean | { filePath?: string; infoPath?: string };
}

export interface OmeVhostOptions {
  name: string;
  apps: OmeAppOptions[];
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
  /** Text from `a-zA-Z0-9`, the same for the same seed and numbers, in whatever order it is asked for. */
  randomName: (length: number, ...of: number[]) => string;
}

export function resolveConfig(options: OmeEmulatorOptions): OmeConfig {
  if (options.accessToken === '')
    throw new Error('OvenMediaEngine starts no API server without an access token.');
  const version = options.version ?? '0.20.0';
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
      ...options.unknowns,
    },
    randomName: randomNames(options.seed ?? randomInt(1, 2 ** 31)),
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
