/** The real Agora recorder against its emulator, in the process and on a virtual clock. */
import { placeOf, destinationSchema, type Place } from '../../src/contract/destinations.ts';
import { StorageFailure, type StorageAccess } from '../../src/credentials/minted.ts';
import {
  createAgoraEmulator,
  emulatorDispatcher,
  type AgoraEmulatorOptions,
} from '../../src/emulators/index.ts';
import type { Emulator } from '../../src/emulators/emulator.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { judge, type Case } from '../referee/referee.ts';
import { drive, type Drive, type DriveOptions, type Driven } from './driver.ts';
import { HOUR, caseOf, gatewayOf, START } from './world.ts';
import type { SessionRecord } from '../../src/archive/read.ts';

export const APP_ID = '0123456789abcdef0123456789abcdef';
export const CERTIFICATE = 'fedcba9876543210fedcba9876543210';
export const CHANNEL = 'news';
const GATEWAY = 'https://gateway.example.com/callbacks/account';
const NOTICE_KEY = 'CANARY-notice-key';

/** Mints without any cloud: what is minted works in the emulator until its end. */
export interface Mint {
  /** Mints fail before this instant. */
  failsUntil: number;
  /** The probe is refused before this instant. */
  deniedUntil: number;
  lifeMs: number;
  minted: { at: number; expiresAt: number }[];
  failures: number;
}

export interface AgoraHands {
  emulator: Emulator;
  mint: Mint;
  control(name: string, input?: Record<string, unknown>): void;
}

export type AgoraScript = { at: number; do: (drive: Drive, agora: AgoraHands) => void }[];

export interface AgoraRun extends Driven, AgoraHands {
  record: SessionRecord;
  faults: string[];
}

const DESTINATIONS = ['s3-archive', 's3-other'];

function place(name: string): Place | undefined {
  if (!DESTINATIONS.includes(name)) return undefined;
  const destination = destinationSchema.parse({
    cloud: 'aws',
    bucket: `bucket-of-${name}`,
    region: 'eu-central-1',
    prefix: 'news',
    credentials: { provider: 'aws', role: 'arn:aws:iam::123456789012:role/recorder' },
  });
  return placeOf(name, destination);
}

function mintFor(mint: Mint, name: string, now: () => number): StorageAccess {
  const failure = (message: string, cause: 'credentials' | 'destination'): StorageFailure =>
    new StorageFailure({
      code: 'E_DESTINATION',
      message,
      who: 'destination',
      applied: 'no',
      retry: 'later',
      cause,
    });
  return {
    place: place(name)!,
    async mint({ minLifeMs }) {
      const at = now();
      if (at < mint.failsUntil) {
        mint.failures += 1;
        throw failure('The mint is down.', 'credentials');
      }
      if (at < mint.deniedUntil) {
        mint.failures += 1;
        throw failure('The probe was refused.', 'destination');
      }
      if (mint.lifeMs < minLifeMs) throw failure('Too short.', 'credentials');
      const expiresAt = at + mint.lifeMs;
      mint.minted.push({ at, expiresAt });
      const number = mint.minted.length;
      return await Promise.resolve({
        accessKey: `AKIA${number}`,
        secretKey: `CANARY-secret-${number}`,
        token: `CANARY-token-${number}`,
        life: { mintedAt: at, expiresAt, fingerprint: `f${number}` },
      });
    },
  };
}

export interface AgoraOptionsOfRun extends Omit<DriveOptions, 'specification' | 'script'> {
  specification?: Record<string, unknown>;
  account?: Record<string, unknown>;
  script?: AgoraScript;
  emulator?: Partial<AgoraEmulatorOptions>;
  mintLifeMs?: number;
  /** Notifications arrive, or some of them do. */
  notified?: { rates?: AgoraEmulatorOptions['callbackRates'] };
}

export async function runAgora(options: AgoraOptionsOfRun, judged: Partial<Case> = {}): Promise<AgoraRun> {
  const clock = { now: START };
  const late = { ms: 0 };
  const { contract } = VENDORS.get('agora')!;
  const emulator = createAgoraEmulator({
    clock: () => clock.now,
    customerId: 'customer',
    customerSecret: 'CANARY-customer-secret',
    apps: [{ appId: APP_ID, certificate: CERTIFICATE }],
    seed: options.seed ?? 1,
    ...(options.notified && { notices: { url: GATEWAY, secret: NOTICE_KEY } }),
    ...(options.notified?.rates && { callbackRates: options.notified.rates }),
    ...options.emulator,
  });
  const mint: Mint = {
    failsUntil: 0,
    deniedUntil: 0,
    lifeMs: options.mintLifeMs ?? 4 * HOUR,
    minted: [],
    failures: 0,
  };
  const hands: AgoraHands = {
    emulator,
    mint,
    control: (name, input = {}) => void emulator.controls[name]!(input, clock.now),
  };
  const dispatcher = emulatorDispatcher(emulator, {
    advance: (ms) => {
      late.ms += ms;
    },
  });
  const {
    script = [],
    specification,
    emulator: _own,
    account,
    mintLifeMs: _life,
    notified,
    ...rest
  } = options;
  const configured = contract.account.parse({
    vendor: 'agora',
    url: 'http://127.0.0.1:8082',
    appId: APP_ID,
    appCertificate: CERTIFICATE,
    customerId: 'customer',
    customerSecret: 'CANARY-customer-secret',
    ...(notified && { callbacks: { path: 'CANARY-path-of-callbacks', keys: NOTICE_KEY } }),
    ...account,
  });
  const driven = await drive(
    {
      vendor: VENDORS.get('agora')!,
      account: configured,
      clock,
      ...(notified && {
        callbacks: gatewayOf(VENDORS.get('agora')!, configured, emulator.callbacks, () => clock.now),
      }),
      dispatcher,
      late,
      destinations: DESTINATIONS,
      placeOf: place,
      storage: (name) => mintFor(mint, name, () => clock.now + late.ms),
      secret: (name) => `CANARY-${name}`,
    },
    {
      specification: {
        name: 'news',
        account: 'account',
        target: { channel: CHANNEL, mode: 'mix' },
        window: { from: 'now', length: '1h' },
        storage: 's3-archive',
        ...specification,
      },
      script: script.map((entry) => ({ at: entry.at, do: (self) => entry.do(self, hands) })),
      ...rest,
    },
  );
  const one = await caseOf(driven, emulator, clock.now, options, {
    handOver: true,
    filesByName: true,
    ...judged,
  });
  const { record } = one;
  return { ...driven, ...hands, record, faults: judge(one) };
}
