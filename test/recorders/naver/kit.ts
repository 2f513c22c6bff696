/** One NAVER account, one channel, one clock that stands still: what every test of the recorder begins with. */
import { afterEach } from 'vitest';
import { destinationSchema, placeOf } from '../../../src/contract/destinations.ts';
import {
  naverAccountSchema,
  naverOptionsSchema,
  type NaverAccount,
} from '../../../src/contract/vendors/naver.ts';
import type { StorageAccess } from '../../../src/credentials/minted.ts';
import {
  createNaverEmulator,
  emulatorDispatcher,
  ManualClock,
  type EmulatorAnswer,
  type EmulatorRequest,
  type Fault,
  type FaultKind,
  type NaverEmulatorOptions,
  type TruthEntry,
} from '../../../src/emulators/index.ts';
import { naverRecorder } from '../../../src/recorders/naver/adapter.ts';
import {
  apiOf,
  type NaverContext,
  type NaverHandle,
  type NaverSubject,
} from '../../../src/recorders/naver/handle.ts';
import { VendorFailure, type StartRequest, type TakeInQuestion } from '../../../src/recorders/recorder.ts';
import type { Failure, FileSeen, Json, Observation, Started, Stopped } from '../../../src/session/facts.ts';
import type { Policy } from '../../../src/session/plan.ts';

export const T0 = Date.UTC(2026, 10, 21, 12, 0, 0);
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const CHANNEL = 'ls-20260101090000-AbCdE';
export const OTHER = 'ls-20260101090001-FgHiJ';
export const BUCKET = 'recordings';
/** They must never leave the recorder but in a signature. */
const CANARY = 'canary-naver-secret/key+0001';
const CANARIES = ['canary-', Buffer.from(CANARY).toString('base64').slice(4, 20)];
const PATH_SECRET = 'canary-path-secret-0123456789';

export const MANUAL = { type: 'MANUAL_UPLOAD', format: 'ALL' } as const;
export const AUTO = {
  type: 'AUTO_UPLOAD',
  format: 'ALL',
  bucketName: BUCKET,
  accessControl: 'PUBLIC_READ',
} as const;

const REFUSE: Policy = { foreign: 'refuse', account: 'ensure', repush: 'never', made: 'keep' };

export interface KitOptions extends Partial<NaverEmulatorOptions> {
  /** Settings of the channel. */
  settings?: NonNullable<NonNullable<NaverEmulatorOptions['channels']>[number]['settings']>;
  options?: Record<string, unknown>;
  account?: Record<string, unknown>;
  /** Bucket of the destination; null: the session names none. */
  bucket?: string | null;
}

export interface Sent {
  at: number;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
}

export class Kit {
  readonly clock = new ManualClock(T0);
  readonly emulator: ReturnType<typeof createNaverEmulator>;
  readonly account: NaverAccount;
  readonly context: NaverContext;
  readonly subject: NaverSubject;
  readonly sent: Sent[] = [];
  /** All that the recorder has given out. */
  readonly told: unknown[] = [];
  /** What NAVER answers, for a test that puts other words into its mouth. */
  answers: (request: EmulatorRequest, said: () => EmulatorAnswer) => EmulatorAnswer = (_request, said) =>
    said();
  memory: Json = null;
  attempt = 0;

  constructor(given: KitOptions = {}) {
    const { settings = {}, options = {}, account, bucket = BUCKET, ...emulated } = given;
    const own = { channelId: CHANNEL, settings: { record: MANUAL, ...settings } };
    const { channels = [own, { channelId: OTHER }] } = emulated;
    this.emulator = createNaverEmulator({
      clock: this.clock.now,
      accessKey: 'canary-access',
      secretKey: CANARY,
      ...emulated,
      channels,
    });
    this.account = naverAccountSchema.parse({
      vendor: 'naver',
      accessKey: 'canary-access',
      secretKey: CANARY,
      url: 'http://naver.test:18080',
      callbacks: { path: PATH_SECRET },
      ...account,
    });
    this.subject = { target: { channel: CHANNEL }, options: naverOptionsSchema.parse(options) };
    const heard = this.#dispatcher();
    this.context = {
      account: this.account,
      dispatcher: heard,
      now: this.clock.now,
      secret: () => {
        throw new Error('A Naver session has no secrets of its own.');
      },
      ...(bucket !== null && { storage: storageOf(bucket) }),
    };
  }

  #dispatcher() {
    const { emulator, sent, clock } = this;
    const heard = {
      ...emulator,
      handle: (request: EmulatorRequest, now: number): EmulatorAnswer => {
        const { method, target: path, headers, body } = request;
        sent.push({
          at: clock.now(),
          method,
          path,
          headers,
          body: body === '' ? undefined : JSON.parse(body),
        });
        return this.answers(request, () => emulator.handle(request, now));
      },
    };
    return emulatorDispatcher(heard);
  }

  /** The vendor's operations that were called, such as `PUT startRecord`. */
  called(): string[] {
    return this.sent.map(({ method, path }) => `${method} ${path.split('?')[0]!.split('/').at(-1)}`);
  }

  api() {
    return apiOf(this.context);
  }

  control(name: string, input: Record<string, unknown> = {}): unknown {
    const found = this.emulator.controls[name];
    if (!found) throw new Error(`The emulator has no control ${name}.`);
    return found({ channel: CHANNEL, ...input }, this.clock.now());
  }

  push(): void {
    this.control('source.start');
  }

  leave(): void {
    this.control('source.stop');
  }

  wait(ms: number): void {
    this.clock.advance(ms);
  }

  /** Of this operation at the vendor, once. */
  fault(op: string, kind: FaultKind, more: Partial<Fault> = {}): void {
    this.emulator.faults.arm({ op, kind, ...more });
  }

  /** A start of take 1; again for the same take with the next attempt. */
  request(
    over: Partial<StartRequest<never, never>> = {},
  ): StartRequest<NaverSubject['target'], NaverSubject['options']> {
    this.attempt += 1;
    return {
      ...this.subject,
      name: {
        installation: 'test',
        sessionId: '01KAK8T2QZ0000000000000000',
        take: 1,
        nonce: 'abcdefgh',
        at: T0,
      },
      endBy: T0 + HOUR,
      patienceMs: null,
      settings: {},
      reservation: null,
      attempt: this.attempt,
      title: 'match day',
      adoptForeign: false,
      ...(over as object),
    };
  }

  async start(over: Partial<StartRequest<never, never>> = {}): Promise<Started> {
    return await this.hear(naverRecorder.start(this.context, this.request(over)));
  }

  /** Pushes and starts; the take for later calls. */
  async begin(
    over: Partial<StartRequest<never, never>> = {},
  ): Promise<{ started: Started; take: TakeInQuestion }> {
    this.push();
    const started = await this.start(over);
    return { started, take: takeOf(started) };
  }

  async look(take: TakeInQuestion) {
    const { look, memory } = await naverRecorder.look(this.context, this.subject, [take], this.memory);
    this.told.push(look, memory);
    this.memory = memory;
    return look;
  }

  async see(take: TakeInQuestion): Promise<Observation> {
    const look = await this.look(take);
    if ('unreachable' in look) throw new Error(look.sentence);
    return look.seen[0]!;
  }

  async seeIn(ms: number, take: TakeInQuestion): Promise<Observation> {
    this.wait(ms);
    return await this.see(take);
  }

  async stop(take: TakeInQuestion): Promise<Stopped> {
    return await this.hear(naverRecorder.stop(this.context, this.subject, take));
  }

  async files(take: TakeInQuestion, known: FileSeen[] = []): Promise<FileSeen[]> {
    return await this.hear(naverRecorder.files!(this.context, this.subject, take, known));
  }

  async prepare(policy: Partial<Policy> = {}) {
    return await this.hear(
      naverRecorder.prepare!(this.context, { ...this.subject, policy: { ...REFUSE, ...policy } }),
    );
  }

  async hear<T>(call: Promise<T>): Promise<T> {
    try {
      const told = await call;
      this.told.push(told);
      return told;
    } catch (error) {
      this.told.push(error instanceof VendorFailure ? error.failure : String(error));
      throw error;
    }
  }

  /** Recordings that exist, or existed, at the vendor: `[recordSeq, 'began' | 'ended', reason]`. */
  recordings(): [seq: number, event: string, reason?: string][] {
    return this.truth('recording').map(({ recording, event, reason }) => [
      Number(recording.split('/')[1]),
      event,
      ...(reason === undefined ? [] : [reason]),
    ]) as [number, string, string?][];
  }

  truth<T extends TruthEntry['type']>(type: T): Extract<TruthEntry, { type: T }>[] {
    this.emulator.settle(this.clock.now());
    return this.emulator.truth.entries.filter(
      (entry): entry is Extract<TruthEntry, { type: T }> => entry.type === type,
    );
  }
}

function storageOf(bucket: string): StorageAccess {
  const destination = destinationSchema.parse({ cloud: 'naver', bucket });
  return {
    place: placeOf('naver-archive', destination),
    mint: () => Promise.reject(new Error('Live Station needs no credentials of a destination.')),
  };
}

export function takeOf(started: Started, take = 1): TakeInQuestion {
  const name = {
    installation: 'test',
    sessionId: '01KAK8T2QZ0000000000000000',
    take,
    nonce: 'abcdefgh',
    at: T0,
  };
  return { take, handle: started.handle, name };
}

export function nameless(take = 1): TakeInQuestion {
  return takeOf({ handle: null } as unknown as Started, take);
}

export function handle(take: TakeInQuestion): NaverHandle {
  return take.handle as unknown as NaverHandle;
}

const kits: Kit[] = [];

/** After each test all that its recorder has told is searched for secrets. */
export function kit(options: KitOptions = {}): Kit {
  const made = new Kit(options);
  kits.push(made);
  return made;
}

afterEach(() => {
  for (const { told } of kits.splice(0)) {
    const text = JSON.stringify(told);
    const found = CANARIES.filter((canary) => text.includes(canary));
    if (found.length > 0) throw new Error(`The recorder has told a secret: ${text}`);
  }
});

export async function failureFrom(call: Promise<unknown>): Promise<Failure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof VendorFailure) return error.failure;
    throw error;
  }
  throw new Error('It did not fail.');
}
