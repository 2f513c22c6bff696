/** One Huawei Cloud project, one stream, one clock that stands still: what every test of the recorder begins with. */
import { afterEach } from 'vitest';
import { destinationSchema, placeOf } from '../../../src/contract/destinations.ts';
import {
  huaweiAccountSchema,
  huaweiOptionsSchema,
  huaweiTargetSchema,
  type HuaweiAccount,
  type HuaweiOptions,
  type HuaweiTarget,
} from '../../../src/contract/vendors/huawei.ts';
import type { StorageAccess } from '../../../src/credentials/minted.ts';
import {
  createHuaweiEmulator,
  emulatorDispatcher,
  ManualClock,
  type Emulator,
  type EmulatorAnswer,
  type EmulatorRequest,
  type FaultKind,
  type HuaweiEmulatorOptions,
  type TruthEntry,
} from '../../../src/emulators/index.ts';
import { huaweiRecorder } from '../../../src/recorders/huawei/adapter.ts';
import {
  VendorFailure,
  type PrepareRequest,
  type RecorderContext,
  type StartRequest,
  type TakeInQuestion,
} from '../../../src/recorders/recorder.ts';
import type {
  AccountChange,
  Failure,
  Json,
  Look,
  Observation,
  Started,
  TakeName,
} from '../../../src/session/facts.ts';
import type { Policy } from '../../../src/session/plan.ts';

export const T0 = Date.UTC(2026, 10, 21, 12, 0, 0);
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const PROJECT = '0123456789abcdef0123456789abcdef';
export const DOMAIN = 'push.example.com';
export const TARGET = { publishDomain: DOMAIN, app: 'live', stream: 'match' };
export const BASE = 'http://127.0.0.1:18080';
/** They must never leave the recorder but in a request to Huawei. */
export const SECRET_KEY = 'canary-secret-key';
export const PASSWORD = 'canary-password';
export const CALLBACK_KEY = '0123456789abcdef0123456789ABCDEF';
const CANARIES = ['canary-', CALLBACK_KEY];

export const POLICY: Policy = { foreign: 'refuse', account: 'ensure', repush: 'never', made: 'keep' };

export interface KitOptions extends Partial<HuaweiEmulatorOptions> {
  options?: Record<string, unknown>;
  account?: Record<string, unknown>;
  destination?: Record<string, unknown>;
}

export class Kit {
  readonly clock = new ManualClock(T0);
  readonly emulator: Emulator;
  readonly account: HuaweiAccount;
  readonly target: HuaweiTarget = huaweiTargetSchema.parse(TARGET);
  readonly options: HuaweiOptions;
  readonly context: RecorderContext<HuaweiAccount>;
  /** All that has been sent to Huawei, as `GET /v1/…`. */
  readonly sent: { line: string; headers: Record<string, string>; body: string }[] = [];
  /** All that the recorder has given out. */
  readonly told: unknown[] = [];
  /** Turns that were taken, by quota. */
  readonly turns: string[] = [];
  /** What Huawei answers, for a test that puts other words into its mouth. */
  answers: (request: EmulatorRequest, said: () => EmulatorAnswer) => EmulatorAnswer = (_request, said) =>
    said();

  constructor(given: KitOptions = {}) {
    const { options, account, destination, ...emulated } = given;
    this.emulator = createHuaweiEmulator({
      clock: this.clock.now,
      projectId: PROJECT,
      accessKey: 'HWAKTEST000000000001',
      secretKey: SECRET_KEY,
      user: { name: 'recorder', password: PASSWORD, domain: 'customer' },
      seed: 7,
      ...emulated,
    });
    this.account = huaweiAccountSchema.parse({
      vendor: 'huawei',
      region: 'cn-north-4',
      url: BASE,
      projectId: PROJECT,
      accessKey: 'HWAKTEST000000000001',
      secretKey: SECRET_KEY,
      ...account,
    });
    this.options = huaweiOptionsSchema.parse(options ?? {});
    const watched: Emulator = {
      ...this.emulator,
      handle: (request, now) => {
        const { method, target, headers, body } = request;
        this.sent.push({ line: `${method} ${target}`, headers, body });
        return this.answers(request, () => this.emulator.handle(request, now));
      },
    };
    this.context = {
      account: this.account,
      dispatcher: emulatorDispatcher(watched, { advance: (ms) => void this.clock.advance(ms) }),
      now: this.clock.now,
      secret: () => '',
      storage: storage(destination),
      turn: async (quota) => {
        this.turns.push(quota);
        await Promise.resolve();
      },
    };
  }

  get subject() {
    return { target: this.target, options: this.options };
  }

  name(take = 1): TakeName {
    const sessionId = '01KAH3VZX0Q5Y7T9C2N4M6B8D0';
    return { installation: 'prod1', sessionId, take, nonce: `nonce00${take}`, at: this.clock.now() };
  }

  control(name: string, input: Record<string, unknown> = {}): unknown {
    return this.emulator.controls[name]!({ stream: 'match', ...input }, this.clock.now());
  }

  push(): void {
    this.control('source.start');
  }

  unpush(): void {
    this.control('source.stop');
  }

  fault(op: string, kind: FaultKind, more: Record<string, unknown> = {}): void {
    this.emulator.faults.arm({ op, kind, times: 1, ...more });
  }

  /** Every call of this path is answered so. */
  says(part: string, status: number, body: unknown): void {
    this.answers = (request, said) =>
      request.target.includes(part)
        ? {
            kind: 'response',
            delayMs: 0,
            response: {
              status,
              headers: { 'x-request-id': 'said-by-test' },
              body: typeof body === 'string' ? body : JSON.stringify(body),
            },
          }
        : said();
  }

  request(more: Partial<PrepareRequest<HuaweiTarget, HuaweiOptions>> = {}) {
    return { ...this.subject, policy: POLICY, ...more };
  }

  async prepare(more: Partial<PrepareRequest<HuaweiTarget, HuaweiOptions>> = {}) {
    const prepared = await huaweiRecorder.prepare!(this.context, this.request(more));
    this.told.push(prepared);
    return prepared;
  }

  async plan(more: Partial<PrepareRequest<HuaweiTarget, HuaweiOptions>> = {}): Promise<AccountChange[]> {
    const planned = await huaweiRecorder.plan!(this.context, this.request(more));
    this.told.push(planned);
    return planned;
  }

  async start(more: Partial<StartRequest<HuaweiTarget, HuaweiOptions>> = {}): Promise<Started> {
    const started = await huaweiRecorder.start(this.context, {
      ...this.subject,
      name: this.name(),
      attempt: 1,
      title: 'match-2311',
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

  /** Rule, then push, then START, as it should be. */
  async recording(belief = 'presumed'): Promise<TakeInQuestion> {
    await this.prepare();
    this.clock.advance(SECOND);
    this.push();
    this.clock.advance(SECOND);
    return this.take(await this.start(), belief);
  }

  take({ handle }: Started, belief = 'presumed'): TakeInQuestion {
    return { take: 1, handle, name: this.name(), belief };
  }

  async look(take: TakeInQuestion, memory: Json = null): Promise<{ look: Look; memory: Json }> {
    const seen = await huaweiRecorder.look(this.context, this.subject, [take], memory);
    this.told.push(seen);
    return seen;
  }

  async see(
    take: TakeInQuestion,
    memory: Json = null,
  ): Promise<{ seen: Observation; memory: Json; at: number }> {
    const { look, memory: next } = await this.look(take, memory);
    if ('unreachable' in look) throw new Error(`unreachable: ${look.unreachable.message}`);
    return { seen: look.seen[0]!, memory: next, at: look.at };
  }

  async assert(take: TakeInQuestion) {
    const asserted = await huaweiRecorder.assert!(this.context, this.subject, take);
    this.told.push(asserted);
    return asserted;
  }

  async stop(take: TakeInQuestion) {
    const stopped = await huaweiRecorder.stop(this.context, this.subject, take);
    this.told.push(stopped);
    return stopped;
  }

  async failure(work: Promise<unknown>): Promise<Failure> {
    const error: unknown = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof VendorFailure)) throw new Error(`a failure was expected, not ${String(error)}`);
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

  /** Recordings that go on. */
  live(): string[] {
    const entries = this.truth('recording');
    const ended = new Set(entries.filter(({ event }) => event === 'ended').map(({ recording }) => recording));
    return entries
      .filter(({ event, recording }) => event === 'began' && !ended.has(recording))
      .map(({ recording }) => recording);
  }

  lines(part: string): string[] {
    return this.sent.map(({ line }) => line).filter((line) => line.includes(part));
  }
}

function storage(more: Record<string, unknown> = {}): StorageAccess {
  const destination = destinationSchema.parse({
    cloud: 'huawei',
    bucket: 'recordings',
    region: 'cn-north-4',
    prefix: 'live/rec',
    ...more,
  });
  return {
    place: placeOf('obs', destination),
    mint: () => {
      throw new Error('Nothing is minted for Huawei.');
    },
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
    for (const secret of [...CANARIES, 'uthorization'])
      if (bytes.includes(secret)) throw new Error(`"${secret}" has left the recorder: ${bytes}`);
  }
});
