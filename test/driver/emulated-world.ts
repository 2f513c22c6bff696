/** Any vendor's real recorder against its emulator, by the two registries alone: in the process, on a virtual clock. */
import type { SessionRecord } from '../../src/archive/read.ts';
import { destinationSchema, placeOf } from '../../src/contract/destinations.ts';
import type { Minted } from '../../src/credentials/minted.ts';
import { emulatorDispatcher } from '../../src/emulators/index.ts';
import type { Emulator } from '../../src/emulators/emulator.ts';
import {
  createEmulator,
  emulatedAccount,
  needsStore,
  ownDestination,
  sampleSource,
  sampleTarget,
} from '../../src/emulators/registry.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { judge, type Case } from '../referee/referee.ts';
import { drive, type Drive, type Driven, type DriveOptions, type World } from './driver.ts';
import { caseOf, gatewayOf, START } from './world.ts';

export const STREAM = 'news';
const SECRET = 'CANARY-secret-of-the-account';
/** Of the letters and length that every vendor takes. */
const CALLBACK_KEY = 'CANARYcallbackkey0123456789abcde';
const CALLBACK_PATH = 'CANARY-path-of-callbacks';
const GATEWAY = `https://gateway.example.com/callbacks/account/${CALLBACK_PATH}`;

export interface Hands {
  emulator: Emulator;
  /** Of the emulator, by name. */
  control(name: string, input?: Record<string, unknown>): unknown;
  source(up: boolean): void;
}

export type VendorScript = { at: number; do: (drive: Drive, hands: Hands) => void }[];

export interface VendorRun extends Driven, Hands {
  record: SessionRecord;
  faults: string[];
  clock: { now: number };
}

export interface VendorPlay extends Omit<DriveOptions, 'specification' | 'script'> {
  specification?: Record<string, unknown>;
  account?: Record<string, unknown>;
  script?: VendorScript;
  /** The emulator's own options. */
  emulator?: Record<string, unknown>;
  /** The vendor calls back, or some of its callbacks get through. */
  called?: boolean;
  /** Done to the vendor before the session begins. */
  before?: (hands: Hands) => void;
}

/** For a vendor that is given credentials. */
const BUCKET = {
  cloud: 'aws',
  region: 'us-east-1',
  bucket: 'recordings',
  credentials: { provider: 'aws', role: 'arn:aws:iam::123456789012:role/recorder' },
};
const LIFE_MS = 4 * 3_600_000;

async function minted(mintedAt: number): Promise<Minted> {
  const life = { mintedAt, expiresAt: mintedAt + LIFE_MS, fingerprint: `f${mintedAt}` };
  return await Promise.resolve({
    accessKey: 'AKIAEXAMPLE',
    secretKey: 'CANARY-secret',
    token: 'CANARY-token',
    life,
  });
}

export const sourceUp = (at: number): VendorScript[number] => ({ at, do: (_d, hands) => hands.source(true) });
export const sourceDown = (at: number): VendorScript[number] => ({
  at,
  do: (_d, hands) => hands.source(false),
});

/** A vendor with its emulator, and what a specification needs at it. */
export interface VendorWorld {
  world: World;
  hands: Hands;
  specification: Record<string, unknown>;
}

export function vendorWorld(
  name: string,
  { account, emulator: own, called, seed }: Pick<VendorPlay, 'account' | 'emulator' | 'called' | 'seed'>,
): VendorWorld {
  const clock = { now: START };
  const late = { ms: 0 };
  const vendor = VENDORS.get(name)!;
  const given = { token: SECRET, ...(called && { callbacks: { url: GATEWAY, key: CALLBACK_KEY } }) };
  const emulator = createEmulator(name, () => clock.now, given, { seed: seed ?? 1, ...own });
  const hands: Hands = {
    emulator,
    control: (control, input = {}) => emulator.controls[control]!(input, clock.now),
    source: (up) => {
      emulator.controls[up ? 'source.start' : 'source.stop']!(sampleSource(name, STREAM), clock.now);
    },
  };
  const dispatcher = emulatorDispatcher(emulator, {
    advance: (ms) => {
      late.ms += ms;
    },
  });
  const place = { url: 'http://127.0.0.1:8083', token: SECRET };
  const callbacks = called ? { callbacks: { path: CALLBACK_PATH, key: CALLBACK_KEY } } : {};
  const configured = vendor.contract.account.parse({
    ...emulatedAccount(name, { ...place, ...callbacks }),
    ...account,
  });
  const destination = ownDestination(name) ?? (needsStore(name) ? BUCKET : undefined);
  const world: World = {
    vendor,
    account: configured,
    clock,
    dispatcher,
    late,
    ...(called && {
      callbacks: gatewayOf(vendor, configured, emulator.callbacks!, () => clock.now),
    }),
    ...(destination && {
      destinations: ['own'],
      placeOf: (one) => (one === 'own' ? placeOf('own', destinationSchema.parse(destination)) : undefined),
      storage: () => ({
        place: placeOf('own', destinationSchema.parse(destination)),
        mint: async () => await minted(clock.now + late.ms),
      }),
    }),
  };
  const specification = {
    account: 'account',
    target: sampleTarget(name, STREAM),
    ...(destination && { storage: 'own' }),
  };
  return { world, hands, specification };
}

export async function runVendor(
  name: string,
  play: VendorPlay,
  judged: Partial<Case> = {},
): Promise<VendorRun> {
  const {
    script = [sourceUp(1_000)],
    specification,
    account: _a,
    emulator: _e,
    called: _c,
    before,
    ...rest
  } = play;
  const { world, hands, specification: needed } = vendorWorld(name, play);
  const { clock } = world;
  before?.(hands);
  const driven = await drive(world, {
    specification: { name: 'news', window: { from: 'now', length: '1h' }, ...needed, ...specification },
    script: script.map((entry) => ({ at: entry.at, do: (self) => entry.do(self, hands) })),
    ...rest,
  });
  const one = await caseOf(driven, hands.emulator, clock.now, play, { ownsAll: { others: [] }, ...judged });
  return { ...driven, ...hands, clock, record: one.record, faults: judge(one) };
}
