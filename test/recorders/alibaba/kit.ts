/** One account of ApsaraVideo Live, one stream, one clock that stands still: what every test of the recorder begins with. */
import { afterEach } from 'vitest';
import { destinationSchema, placeOf } from '../../../src/contract/destinations.ts';
import {
  alibabaAccountSchema,
  alibabaOptionsSchema,
  alibabaTargetSchema,
  type AlibabaAccount,
  type AlibabaOptions,
  type AlibabaTarget,
} from '../../../src/contract/vendors/alibaba.ts';
import {
  createAlibabaEmulator,
  emulatorDispatcher,
  ManualClock,
  type AlibabaEmulator,
  type AlibabaEmulatorOptions,
  type Emulator,
  type EmulatorAnswer,
  type EmulatorRequest,
  type FaultKind,
  type TruthEntry,
} from '../../../src/emulators/index.ts';
import { alibabaRecorder } from '../../../src/recorders/alibaba/adapter.ts';
import {
  VendorFailure,
  type RecorderContext,
  type StandingTake,
  type StartRequest,
  type TakeInQuestion,
} from '../../../src/recorders/recorder.ts';
import type { CallbackReading, CallbackRequest } from '../../../src/recorders/callbacks.ts';
import { alibabaCallbacks } from '../../../src/recorders/alibaba/callbacks.ts';
import type { Policy } from '../../../src/session/plan.ts';
import type {
  AccountChange,
  Failure,
  Json,
  Observation,
  Prepared,
  Started,
  TakeName,
} from '../../../src/session/facts.ts';

export const T0 = Date.UTC(2026, 10, 21, 12, 0, 0);
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;
export const PLAY = 'play.example.com';
export const PUSH = 'push.example.com';
export const ROLE = 'acs:ram::1234567890123456:role/recorder';
export const CALLBACK_URL = 'https://hooks.example.com/callbacks/ali/canary-path-secret';
/** They must never leave the recorder but in a signature. */
export const SECRET = 'canary-access-key-secret';
export const KEY = 'canaryCallbackKey0123';
const CANARIES = ['canary'];

export const MP4 = {
  Format: 'mp4',
  CycleDuration: 3_600,
  OssObjectPrefix: 'rec/{AppName}/{StreamName}/{Sequence}_{EscapedStartTime}_{EscapedEndTime}',
} as const;
export const HLS = {
  Format: 'm3u8',
  CycleDuration: 21_600,
  SliceDuration: 30,
  OssObjectPrefix: 'rec/{AppName}/{StreamName}/{EscapedStartTime}_{EscapedEndTime}',
  SliceOssObjectPrefix: 'rec/{AppName}/{StreamName}/{UnixTimestamp}_{Sequence}',
} as const;

export interface KitOptions extends Partial<AlibabaEmulatorOptions> {
  options?: Record<string, unknown>;
  account?: Record<string, unknown>;
  target?: Record<string, unknown>;
  /** Readings are shared, as in a worker. */
  shared?: boolean;
}

export class Kit {
  readonly clock = new ManualClock(T0);
  readonly emulator: AlibabaEmulator;
  readonly account: AlibabaAccount;
  readonly target: AlibabaTarget;
  readonly options: AlibabaOptions;
  readonly context: RecorderContext<AlibabaAccount>;
  /** The operations that were sent, in their order. */
  readonly sent: { op: string; query: Record<string, string>; headers: EmulatorRequest['headers'] }[] = [];
  /** All that the recorder has given out. */
  readonly told: unknown[] = [];
  memory: Json = null;
  /** What ApsaraVideo answers, for a test that puts other words into its mouth. */
  answers: (op: string, said: () => EmulatorAnswer) => EmulatorAnswer = (_op, said) => said();

  constructor(given: KitOptions = {}) {
    const { options, account, target, shared = false, ...emulated } = given;
    this.emulator = createAlibabaEmulator({
      clock: this.clock.now,
      keys: [{ id: 'LTAIKIT', secret: SECRET }],
      roles: [{ arn: ROLE }],
      seed: 7,
      ...emulated,
    });
    this.account = alibabaAccountSchema.parse({
      vendor: 'alibaba',
      url: 'http://ali.example.com',
      accessKeyId: 'LTAIKIT',
      accessKeySecret: SECRET,
      callbacks: {
        path: 'canary-path-secret',
        keys: KEY,
        url: 'https://hooks.example.com',
        domains: { [PLAY]: PUSH },
      },
      ...account,
    });
    this.target = alibabaTargetSchema.parse({
      playbackDomain: PLAY,
      app: 'live',
      stream: 'ch7',
      ...target,
    });
    this.options = alibabaOptionsSchema.parse({ RecordFormat: [MP4], ...options });
    const watched: Emulator = {
      ...this.emulator,
      handle: (request, now) => {
        const query = Object.fromEntries(new URL(request.target, 'http://ali').searchParams);
        const op = request.headers['x-acs-action'] ?? query['Action'] ?? '';
        this.sent.push({ op, query, headers: request.headers });
        return this.answers(op, () => this.emulator.handle(request, now));
      },
    };
    const advance = (ms: number): void => void this.clock.advance(ms);
    const destination = destinationSchema.parse({
      cloud: 'alibaba',
      bucket: 'keeprolling-live',
      region: 'cn-shanghai',
      credentials: { provider: 'static', accessKey: 'a', secretKey: 'b' },
    });
    this.context = {
      account: this.account,
      dispatcher: emulatorDispatcher(watched, { advance }),
      now: this.clock.now,
      secret: () => '',
      storage: {
        place: placeOf('oss', destination),
        mint: async () => await Promise.reject(new Error('ApsaraVideo takes no credentials')),
      },
      ...(shared && { share: sharing(this.clock.now) }),
    };
  }

  get subject() {
    return { target: this.target, options: this.options };
  }

  name(take = 1): TakeName {
    const sessionId = '01KAH3VZX0Q5Y7T9C2N4M6B8D0';
    return { installation: 'prod1', sessionId, take, nonce: `nonce00${take}`, at: this.clock.now() };
  }

  control(name: string, input: Record<string, unknown> = {}): void {
    this.emulator.controls[name]!({ stream: this.target.stream, ...input }, this.clock.now());
  }

  fault(op: string, kind: FaultKind, more: Record<string, unknown> = {}): void {
    this.emulator.faults.arm({ op, kind, times: 1, ...more });
  }

  /** This operation is answered so, from now on or `times` times. */
  refuses(
    op: string,
    code: string,
    status = 400,
    times = Infinity,
    headers: Record<string, string> = {},
  ): void {
    let left = times;
    this.answers = (asked, said) => {
      if (asked !== op || left <= 0) return said();
      left -= 1;
      const body = JSON.stringify({
        RequestId: 'REQ-1',
        HostId: 'live.aliyuncs.com',
        Code: code,
        Message: SECRET,
      });
      return {
        kind: 'response',
        response: { status, headers: { 'content-type': 'application/json', ...headers }, body },
        delayMs: 0,
      };
    };
  }

  policy(more: Partial<Policy> = {}): Policy {
    return { foreign: 'refuse', account: 'ensure', repush: 'never', made: 'keep', ...more };
  }

  async prepare(more: Partial<Policy> = {}, unknownSince?: number): Promise<Prepared> {
    const made = await alibabaRecorder.prepare!(this.context, {
      ...this.subject,
      policy: this.policy(more),
      ...(unknownSince !== undefined && { unknownSince }),
    });
    this.told.push(made);
    return made;
  }

  async plan(more: Partial<Policy> = {}): Promise<AccountChange[]> {
    const planned = await alibabaRecorder.plan!(this.context, { ...this.subject, policy: this.policy(more) });
    this.told.push(planned);
    return planned;
  }

  /** The config first, the source a while after it. */
  async ready(): Promise<void> {
    await this.prepare();
    this.clock.advance(5 * SECOND);
    this.control('source.start');
    this.clock.advance(2 * SECOND);
  }

  async start(more: Partial<StartRequest<AlibabaTarget, AlibabaOptions>> = {}): Promise<Started> {
    const started = await alibabaRecorder.start(this.context, {
      ...this.subject,
      name: this.name(),
      attempt: 1,
      title: 'ch7-24x7',
      endBy: this.clock.now() + HOUR,
      patienceMs: null,
      settings: {},
      reservation: null,
      adoptForeign: false,
      ...more,
    });
    this.told.push(started);
    return started;
  }

  take(handle: Json, more: Partial<StandingTake> = {}): StandingTake {
    return { take: 1, name: this.name(), handle, belief: 'presumed', settings: {}, held: false, ...more };
  }

  /** Prepared, pushed, started. */
  async begin(): Promise<StandingTake> {
    await this.ready();
    return this.take((await this.start()).handle);
  }

  async see(take: TakeInQuestion): Promise<Observation> {
    const { look, memory } = await alibabaRecorder.look(this.context, this.subject, [take], this.memory);
    this.told.push(look, memory);
    this.memory = memory;
    if ('unreachable' in look) throw new Error(`unreachable: ${look.unreachable.message}`);
    return look.seen[0]!;
  }

  async seeIn(ms: number, take: TakeInQuestion): Promise<Observation> {
    this.clock.advance(ms);
    return await this.see(take);
  }

  /** What the gateway would hand on. */
  read(request: Partial<CallbackRequest>, account: AlibabaAccount = this.account): CallbackReading {
    const reading = alibabaCallbacks.read(account, {
      method: 'POST',
      headers: {},
      body: Buffer.alloc(0),
      receivedAt: this.clock.now(),
      ...request,
    });
    this.told.push(reading);
    return reading;
  }

  async failure(work: Promise<unknown>): Promise<Failure> {
    const error: unknown = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof VendorFailure)) throw new Error(`a failure was expected, not ${String(error)}`);
    this.told.push(error.failure, error.message, error.stack);
    return error.failure;
  }

  truth<T extends TruthEntry['type']>(type: T): Extract<TruthEntry, { type: T }>[] {
    this.emulator.settle(this.clock.now());
    return this.emulator.truth.entries.filter(
      (entry): entry is Extract<TruthEntry, { type: T }> => entry.type === type,
    );
  }

  /** How long media was written since an instant, milliseconds. */
  writtenSince(at: number): number {
    return this.truth('media')
      .filter(({ to }) => to > at)
      .reduce((sum, { from, to }) => sum + to - Math.max(from, at), 0);
  }

  /** The commands that were sent. */
  get commands(): string[] {
    return this.sent.filter(({ op }) => op === 'RealTimeRecordCommand').map(({ query }) => query['Command']!);
  }

  count(op: string): number {
    return this.sent.filter((one) => one.op === op).length;
  }
}

/** As a worker does it, without its limits. */
function sharing(now: () => number): NonNullable<RecorderContext<AlibabaAccount>['share']> {
  const known = new Map<string, { at: number; value: Promise<unknown> }>();
  return async <T>(key: string, maxAgeMs: number, read: () => Promise<T>) => {
    const there = known.get(key);
    if (there && now() - there.at < maxAgeMs) return (await there.value) as T;
    const value = read();
    known.set(key, { at: now(), value });
    return await value;
  };
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
      if (bytes.includes(secret))
        throw new Error(`"${secret}" has left the recorder: ${bytes.slice(0, 2000)}`);
    }
  }
});
