/** Any registered recorder in front of its emulator, without a session: what the traits say is tried call by call. */
import { destinationSchema, placeOf } from '../../src/contract/destinations.ts';
import type { StorageAccess } from '../../src/credentials/minted.ts';
import { emulatorDispatcher, type Emulator } from '../../src/emulators/index.ts';
import {
  createEmulator,
  emulatedAccount,
  ownDestination,
  sampleSource,
  sampleTarget,
} from '../../src/emulators/registry.ts';
import {
  VendorFailure,
  type Recorder,
  type RecorderContext,
  type StartRequest,
  type TakeInQuestion,
} from '../../src/recorders/recorder.ts';
import { VENDORS, type Vendor } from '../../src/recorders/registry.ts';
import type { RecorderEvent } from '../../src/session/events.ts';
import type { Failure, Json, Observation, Reserved, Started } from '../../src/session/facts.ts';
import type { Traits } from '../../src/session/traits.ts';
import { gatewayOf } from '../driver/world.ts';
import { playOf } from '../session/vendor-samples.ts';

type Data = Record<string, unknown>;

const STREAM = 'news';
const SECRET = 'CANARY-secret-of-the-account';
const CALLBACK_KEY = 'CANARYcallbackkey0123456789abcde';
const CALLBACK_PATH = 'CANARY-path-of-callbacks';
const SECOND = 1_000;
const MINUTE = 60_000;

export interface Bench {
  vendor: Vendor;
  recorder: Recorder<Data, Data, Data>;
  traits: Traits;
  emulator: Emulator;
  context: RecorderContext<Data>;
  subject: { target: Data; options: Data };
  now(): number;
  /** Time passes second by second, and callbacks come meanwhile. */
  pass(ms: number): void;
  source(up: boolean): void;
  /** All that a session does before a take: the account, and a reservation. */
  ready(take: number): Promise<StartRequest<Data, Data>>;
  look(takes: TakeInQuestion[]): Promise<Observation[]>;
  /** What the vendor has told by itself. */
  told: RecorderEvent[];
  /** The same world from its beginning. */
  again(): Bench;
  /** Recordings that began at the vendor, and stretches of media. */
  began(): number;
  media(): number;
}

/** The subjects whose traits are tried: a mode of its own is one of its own. */
export function subjectsOf(vendor: string): { title: string; target: Data; options: Data }[] {
  const options = (playOf(vendor).specification?.options ?? {}) as Data;
  const usual = { title: vendor, target: sampleTarget(vendor, STREAM), options };
  if (!('mode' in usual.target)) return [usual];
  const page = { url: 'https://page.example.com/', audioProfile: 1, videoWidth: 1280, videoHeight: 720 };
  return [usual, { title: `${vendor}, web`, target: { ...usual.target, mode: 'web' }, options: page }];
}

export function benchOf(vendor: string, of: { target: Data; options: Data }): Bench {
  const registered = VENDORS.get(vendor)!;
  const { contract, recorder } = registered;
  const clock = { now: Date.parse('2026-03-01T12:00:00Z') };
  const url = `https://gateway.example.com/callbacks/account/${CALLBACK_PATH}`;
  const given = { token: SECRET, callbacks: { url, key: CALLBACK_KEY } };
  const emulator = createEmulator(vendor, () => clock.now, given, { seed: 1 });
  const place = { url: 'http://127.0.0.1:8083', token: SECRET };
  const callbacks = { path: CALLBACK_PATH, key: CALLBACK_KEY };
  const account = contract.account.parse(emulatedAccount(vendor, { ...place, callbacks }));
  const subject = {
    target: contract.target.parse(of.target),
    options: contract.options.parse(of.options),
  };
  const gateway = gatewayOf(registered, account, emulator.callbacks!, () => clock.now);
  const told: RecorderEvent[] = [];
  const context: RecorderContext<Data> = {
    account,
    dispatcher: emulatorDispatcher(emulator, {
      advance: (ms) => {
        clock.now += ms;
      },
    }),
    now: () => clock.now,
    secret: ({ secret }) => `CANARY-${secret}`,
    storage: storageFor(vendor, () => clock.now),
  };
  let memory: Json = null;

  const deliver = (): void => {
    for (const delivery of gateway.callbacks.due(clock.now)) {
      const { events, answer } = gateway.read(delivery);
      gateway.callbacks.answered(delivery.id, answer, clock.now);
      told.push(...events);
    }
  };

  return {
    vendor: registered,
    recorder,
    traits: recorder.traits(subject),
    emulator,
    context,
    subject,
    told,
    now: () => clock.now,
    pass(ms) {
      const until = clock.now + ms;
      while (clock.now < until) {
        clock.now = Math.min(until, clock.now + SECOND);
        deliver();
      }
    },
    source(up) {
      emulator.controls[up ? 'source.start' : 'source.stop']!(sampleSource(vendor, STREAM), clock.now);
    },
    async ready(take) {
      const policy = { foreign: 'refuse', account: 'ensure', repush: 'never', made: 'keep' } as const;
      await recorder.prepare?.(context, { ...subject, policy });
      const request: StartRequest<Data, Data> = {
        ...subject,
        name: { ...NAME, take, at: clock.now, nonce: `nonce00${take}` },
        endBy: clock.now + 24 * 60 * MINUTE,
        patienceMs: null,
        settings: {},
        reservation: null,
        attempt: 1,
        title: 'news',
        adoptForeign: false,
      };
      const reserved: Reserved | undefined = await recorder.reserve?.(context, request);
      return { ...request, reservation: reserved?.reservation ?? null };
    },
    async look(takes) {
      const { look, memory: next } = await recorder.look(context, subject, takes, memory);
      memory = next;
      if ('unreachable' in look) throw new Error(look.unreachable.message);
      return look.seen;
    },
    again: () => benchOf(vendor, of),
    began: () =>
      emulator.truth.entries.filter((one) => one.type === 'recording' && one.event === 'began').length,
    media() {
      emulator.settle(clock.now);
      return emulator.truth.entries.reduce(
        (sum, one) => sum + (one.type === 'media' ? one.to - one.from : 0),
        0,
      );
    },
  };
}

const NAME = { installation: 'test01', sessionId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' };

export function takeOf(request: StartRequest<Data, Data>, started: Started, belief?: string): TakeInQuestion {
  const { name } = request;
  return { take: name.take, name, handle: started.handle, ...(belief !== undefined && { belief }) };
}

/** Its own destination; a bucket with keys that are minted here where the vendor has none of its own. */
function storageFor(vendor: string, now: () => number): StorageAccess {
  const own = ownDestination(vendor) ?? {
    cloud: 'aws',
    region: 'us-east-1',
    bucket: 'recordings',
    credentials: { provider: 'aws', role: 'arn:aws:iam::123456789012:role/recorder' },
  };
  return {
    place: placeOf('archive', destinationSchema.parse(own)),
    mint: async () =>
      await Promise.resolve({
        accessKey: 'AKIAEXAMPLE',
        secretKey: 'CANARY-secret',
        token: 'CANARY-token',
        life: { mintedAt: now(), expiresAt: now() + 4 * 60 * MINUTE, fingerprint: 'f1' },
      }),
  };
}

/** The failure of a call that must fail. */
export async function failureIn(call: Promise<unknown>): Promise<Failure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof VendorFailure) return error.failure;
    throw error;
  }
  throw new Error('The call was to fail.');
}
