/** One Agora project, one session, one clock that stands still: what every test of the recorder begins with. */
import { afterEach } from 'vitest';
import { destinationSchema, placeOf } from '../../../src/contract/destinations.ts';
import {
  agoraAccountSchema,
  agoraOptionsSchema,
  agoraTargetSchema,
  type AgoraAccount,
  type AgoraMode,
  type AgoraOptions,
  type AgoraTarget,
} from '../../../src/contract/vendors/agora.ts';
import { StorageFailure, type StorageAccess } from '../../../src/credentials/minted.ts';
import {
  createAgoraEmulator,
  emulatorDispatcher,
  ManualClock,
  type AgoraEmulatorOptions,
  type Emulator,
  type EmulatorAnswer,
  type EmulatorRequest,
  type FaultKind,
  type TruthEntry,
} from '../../../src/emulators/index.ts';
import { agoraRecorder } from '../../../src/recorders/agora/adapter.ts';
import type { AgoraHandle, AgoraReservation } from '../../../src/recorders/agora/handle.ts';
import {
  VendorFailure,
  type RecorderContext,
  type ReserveRequest,
  type StandingTake,
  type TakeInQuestion,
} from '../../../src/recorders/recorder.ts';
import type {
  Failure,
  Json,
  Look,
  Observation,
  Reserved,
  Started,
  Stopped,
  TakeName,
} from '../../../src/session/facts.ts';

export const T0 = Date.UTC(2026, 10, 21, 12, 0, 0);
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const APP_ID = '0123456789abcdef0123456789abcdef';
export const WEB_APP_ID = 'abcdef0123456789abcdef0123456789';
export const CERTIFICATE = 'fedcba9876543210fedcba9876543210';
export const CHANNEL = 'news';
export const PAGE = 'https://shop.example.com/live?key=canary-page';
/** They must never leave the recorder but in a request to Agora. */
const CANARY = 'canary-customer-secret';
const SECRETS: Record<string, string> = {
  page: PAGE,
  cdn: 'rtmp://cdn.example.com/canary-push/key',
  other: 'rtmp://cdn.example.com/canary-other/key',
};
const CANARIES = [CANARY, Buffer.from(CANARY).toString('base64').slice(4, 20), CERTIFICATE, 'canary-'];

export const WEB_OPTIONS = {
  url: { secret: 'page' },
  audioProfile: 1,
  videoWidth: 1280,
  videoHeight: 720,
};
const OPTIONS: Record<AgoraMode, Record<string, unknown>> = {
  mix: {},
  individual: { subscribeUidGroup: 0 },
  web: WEB_OPTIONS,
};

export interface KitOptions extends Partial<AgoraEmulatorOptions> {
  mode?: AgoraMode;
  options?: Record<string, unknown>;
  account?: Record<string, unknown>;
  prefix?: string;
}

export interface Sent {
  at: number;
  path: string;
  body: { cname?: string; uid?: string; clientRequest: Record<string, Record<string, unknown>> };
}

export class Kit {
  readonly clock = new ManualClock(T0);
  readonly emulator: Emulator;
  readonly account: AgoraAccount;
  readonly target: AgoraTarget;
  readonly options: AgoraOptions;
  readonly context: RecorderContext<AgoraAccount>;
  /** All that has been sent to Agora. */
  readonly sent: Sent[] = [];
  /** All that the recorder has given out. */
  readonly told: unknown[] = [];
  /** What Agora answers, for a test that puts other words into its mouth. */
  answers: (request: EmulatorRequest, said: () => EmulatorAnswer) => EmulatorAnswer = (_request, said) =>
    said();
  mintFails = false;
  minted = 0;
  mintLifeMs = 4 * HOUR;

  constructor(given: KitOptions = {}) {
    const { mode = 'mix', options, account, prefix = 'live/rec', ...emulated } = given;
    this.emulator = createAgoraEmulator({
      clock: this.clock.now,
      customerId: 'customer',
      customerSecret: CANARY,
      apps: [{ appId: APP_ID, certificate: CERTIFICATE }, { appId: WEB_APP_ID }],
      seed: 7,
      ...emulated,
    });
    this.account = agoraAccountSchema.parse({
      vendor: 'agora',
      url: 'http://agora.example.com',
      appId: APP_ID,
      appCertificate: CERTIFICATE,
      customerId: 'customer',
      customerSecret: CANARY,
      ...account,
    });
    this.target = agoraTargetSchema.parse({ channel: CHANNEL, mode });
    this.options = agoraOptionsSchema.parse({ ...OPTIONS[mode], ...options });
    const watched: Emulator = {
      ...this.emulator,
      handle: (request, now) => {
        const body = request.body ? (JSON.parse(request.body) as Sent['body']) : { clientRequest: {} };
        this.sent.push({ at: now, path: request.target, body });
        return this.answers(request, () => this.emulator.handle(request, now));
      },
    };
    const advance = (ms: number): void => void this.clock.advance(ms);
    this.context = {
      account: this.account,
      dispatcher: emulatorDispatcher(watched, { advance }),
      now: this.clock.now,
      secret: ({ secret }) => SECRETS[secret]!,
      storage: this.#storage(prefix),
    };
  }

  #storage(prefix: string): StorageAccess {
    const destination = destinationSchema.parse({
      cloud: 'aws',
      bucket: 'my-recordings',
      region: 'eu-central-1',
      prefix,
      credentials: { provider: 'aws', role: 'arn:aws:iam::123456789012:role/recorder' },
    });
    return {
      place: placeOf('s3', destination),
      mint: async () => {
        if (this.mintFails) {
          const failure = {
            code: 'E_DESTINATION',
            message: 'The mint is down.',
            who: 'destination',
          } as const;
          throw new StorageFailure({ ...failure, applied: 'no', retry: 'later', cause: 'credentials' });
        }
        this.minted += 1;
        const at = this.clock.now();
        return await Promise.resolve({
          accessKey: `AKIA${this.minted}`,
          secretKey: `canary-storage-${this.minted}`,
          token: `canary-sts-${this.minted}`,
          life: { mintedAt: at, expiresAt: at + this.mintLifeMs, fingerprint: `f${this.minted}` },
        });
      },
    };
  }

  get subject() {
    return { target: this.target, options: this.options };
  }

  name(take = 1, more: Partial<TakeName> = {}): TakeName {
    const sessionId = '01KAH3VZX0Q5Y7T9C2N4M6B8D0';
    return { installation: 'prod1', sessionId, take, nonce: `nonce00${take}`, at: this.clock.now(), ...more };
  }

  /** Agora says the one where it would have said the other. */
  rewords(said: string, instead: string): void {
    this.answers = (_request, answered) => {
      const answer = answered();
      if (answer.kind !== 'response') return answer;
      const body = answer.response.body.replace(said, instead);
      return { ...answer, response: { ...answer.response, body } };
    };
  }

  control(name: string, input: Record<string, unknown> = {}): void {
    this.emulator.controls[name]!({ channel: CHANNEL, ...input }, this.clock.now());
  }

  fault(op: string, kind: FaultKind, more: Record<string, unknown> = {}): void {
    this.emulator.faults.arm({ op, kind, times: 1, ...more });
  }

  async reserve(
    name: TakeName = this.name(),
    more: Partial<ReserveRequest<AgoraTarget, AgoraOptions>> = {},
  ): Promise<Omit<Reserved, 'reservation'> & { reservation: AgoraReservation }> {
    const reserved = await agoraRecorder.reserve!(this.context, {
      ...this.subject,
      name,
      endBy: this.clock.now() + HOUR,
      patienceMs: null,
      settings: {},
      ...more,
    });
    this.told.push(reserved);
    return { ...reserved, reservation: reserved.reservation as unknown as AgoraReservation };
  }

  async send(
    name: TakeName,
    { reservation }: { reservation: AgoraReservation },
    attempt = 1,
    settings: ReserveRequest<AgoraTarget, AgoraOptions>['settings'] = {},
    named?: string,
  ): Promise<Started> {
    const started = await agoraRecorder.start(this.context, {
      ...this.subject,
      name,
      attempt,
      title: 'match-2311',
      endBy: this.clock.now() + HOUR,
      patienceMs: null,
      settings,
      reservation: reservation as unknown as Json,
      adoptForeign: false,
      ...(named !== undefined && { named }),
    });
    this.told.push(started);
    return started;
  }

  /** Acquire and start, as the session does. */
  async begin(
    name: TakeName = this.name(),
    more: Partial<ReserveRequest<AgoraTarget, AgoraOptions>> = {},
  ): Promise<{ started: Started; take: StandingTake; handle: AgoraHandle }> {
    const started = await this.send(name, await this.reserve(name, more), 1, more.settings);
    const { handle } = started;
    const take = { take: name.take, name, handle, belief: 'accepted', settings: {}, held: false };
    return { started, take, handle: handle as unknown as AgoraHandle };
  }

  async look(...takes: TakeInQuestion[]): Promise<Look> {
    const { look, memory } = await agoraRecorder.look(this.context, this.subject, takes, null);
    this.told.push(look, memory);
    return look;
  }

  async see(take: TakeInQuestion): Promise<Observation> {
    const look = await this.look(take);
    if ('unreachable' in look) throw new Error(`unreachable: ${look.unreachable.message}`);
    return look.seen[0]!;
  }

  /** Sees it after a while. */
  async seeIn(ms: number, take: TakeInQuestion): Promise<Observation> {
    this.clock.advance(ms);
    return await this.see(take);
  }

  async stop(take: TakeInQuestion): Promise<Stopped> {
    const stopped = await agoraRecorder.stop(this.context, this.subject, take);
    this.told.push(stopped);
    return stopped;
  }

  async failure(work: Promise<unknown>): Promise<Failure> {
    const error: unknown = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof VendorFailure) && !(error instanceof StorageFailure))
      throw new Error(`a failure was expected, not ${String(error)}`);
    const { failure, message, stack } = error;
    this.told.push(failure, message, stack);
    return failure;
  }

  truth<T extends TruthEntry['type']>(type: T): Extract<TruthEntry, { type: T }>[] {
    this.emulator.settle(this.clock.now());
    return this.emulator.truth.entries.filter(
      (entry): entry is Extract<TruthEntry, { type: T }> => entry.type === type,
    );
  }

  requests(op: string) {
    return this.truth('request').filter((entry) => entry.op === op);
  }

  /** The `clientRequest` of the last call of this kind. */
  lastSent(call: string): Sent['body']['clientRequest'] {
    const found = this.sent.findLast(({ path }) => path.endsWith(`/${call}`));
    if (!found) throw new Error(`No ${call} was sent.`);
    return found.body.clientRequest;
  }
}

const kits: Kit[] = [];

export function kit(options: KitOptions = {}): Kit {
  const made = new Kit(options);
  kits.push(made);
  return made;
}

/** After every test: no secret in anything that left the recorder. */
afterEach(() => {
  for (const { told } of kits.splice(0)) {
    const bytes = JSON.stringify(told);
    for (const secret of [...CANARIES, 'uthorization']) {
      if (bytes.includes(secret)) throw new Error(`"${secret}" has left the recorder: ${bytes}`);
    }
  }
});
