/** One OvenMediaEngine, one session, one clock that stands still: what every test of the recorder begins with. */
import { afterEach } from 'vitest';
import {
  omeAccountSchema,
  omeOptionsSchema,
  omeTargetSchema,
  type OmeAccount,
  type OmeOptions,
  type OmeTarget,
} from '../../../src/contract/vendors/ome.ts';
import { createOmeEmulator, emulatorDispatcher, ManualClock } from '../../../src/emulators/index.ts';
import type { Emulator, FaultKind, OmeEmulatorOptions, TruthEntry } from '../../../src/emulators/index.ts';
import { omeRecorder } from '../../../src/recorders/ome/adapter.ts';
import { VendorFailure, type RecorderContext, type TakeInQuestion } from '../../../src/recorders/recorder.ts';
import type {
  Failure,
  Json,
  Look,
  Observation,
  Started,
  Stopped,
  TakeName,
} from '../../../src/session/facts.ts';

export const T0 = Date.UTC(2026, 10, 21, 12, 0, 0);
/** It must never be seen outside of the Authorization header, neither plain nor encoded. */
export const CANARY = 'canary-0me-t0ken:with colon';

export interface KitOptions extends Partial<OmeEmulatorOptions> {
  target?: Record<string, unknown>;
  options?: Record<string, unknown>;
  account?: Record<string, unknown>;
}

/** OvenMediaEngine is told no secret but its token. */
function noSecret(): never {
  throw new Error('No secret is asked for.');
}

export class Kit {
  readonly clock = new ManualClock(T0);
  readonly emulator: Emulator;
  readonly account: OmeAccount;
  readonly target: OmeTarget;
  readonly options: OmeOptions;
  readonly context: RecorderContext<OmeAccount>;
  /** All that the recorder has given out. */
  readonly told: unknown[] = [];
  /** What the watch carries from look to look. */
  memory: Json = null;

  constructor(given: KitOptions = {}) {
    const { target, options, account, ...emulated } = given;
    this.emulator = createOmeEmulator({ clock: this.clock.now, accessToken: CANARY, seed: 7, ...emulated });
    this.account = omeAccountSchema.parse({
      vendor: 'ome',
      url: 'http://ome.example.com:8081',
      accessToken: CANARY,
      ...account,
    });
    this.target = omeTargetSchema.parse({ app: 'app', stream: 'cam1', ...target });
    this.options = omeOptionsSchema.parse(options ?? {});
    const dispatcher = emulatorDispatcher(this.emulator, { advance: (ms) => this.clock.advance(ms) });
    this.context = { account: this.account, dispatcher, now: this.clock.now, secret: noSecret };
  }

  get subject() {
    return { target: this.target, options: this.options };
  }

  name(take = 1, more: Partial<TakeName> = {}): TakeName {
    const sessionId = '01KAH3VZX0Q5Y7T9C2N4M6B8D0';
    return { installation: 'prod1', sessionId, take, nonce: `nonce00${take}`, at: this.clock.now(), ...more };
  }

  control(name: string, input: Record<string, unknown> = {}): void {
    this.emulator.controls[name]!(input, this.clock.now());
  }

  source(what: 'start' | 'stop' | 'stall' | 'flow', input: Record<string, unknown> = {}): void {
    this.control(`source.${what}`, { stream: 'cam1', ...input });
  }

  fault(op: string, kind: FaultKind, times = 1): void {
    this.emulator.faults.arm({ op, kind, times });
  }

  async start(name: TakeName = this.name()): Promise<{ started: Started; take: TakeInQuestion }> {
    const started = await omeRecorder.start(this.context, {
      ...this.subject,
      name,
      attempt: 1,
      title: 'match-2311',
      endBy: T0 + 3_600_000,
      patienceMs: null,
      settings: {},
      reservation: null,
      adoptForeign: false,
    });
    this.told.push(started);
    return { started, take: { take: name.take, name, handle: started.handle } };
  }

  /** A look with the memory of the former one. */
  async look(...takes: TakeInQuestion[]): Promise<Look> {
    const { look, memory } = await omeRecorder.look(this.context, this.subject, takes, this.memory);
    this.memory = memory;
    this.told.push(look, memory);
    return look;
  }

  async see(take: TakeInQuestion): Promise<Observation> {
    const look = await this.look(take);
    if ('unreachable' in look) throw new Error(`unreachable: ${look.unreachable.message}`);
    return look.seen[0]!;
  }

  /** Lets time pass in looks of `everyMs` and gives the last one. */
  async watch(take: TakeInQuestion, ms: number, everyMs = 10_000): Promise<Observation> {
    let seen = await this.see(take);
    for (let left = ms; left > 0; left -= everyMs) {
      this.clock.advance(Math.min(everyMs, left));
      seen = await this.see(take);
    }
    return seen;
  }

  async stop(take: TakeInQuestion): Promise<Stopped> {
    const stopped = await omeRecorder.stop(this.context, this.subject, take);
    this.told.push(stopped);
    return stopped;
  }

  async failure(work: Promise<unknown>): Promise<Failure> {
    const error: unknown = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof VendorFailure))
      throw new Error(`a VendorFailure was expected, not ${String(error)}`);
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
}

const kits: Kit[] = [];

export function kit(options: KitOptions = {}): Kit {
  const made = new Kit(options);
  kits.push(made);
  return made;
}

/** After every test: no piece of the access token in anything that left the recorder. */
afterEach(() => {
  for (const { told } of kits.splice(0)) {
    const bytes = JSON.stringify(told);
    for (const secret of [CANARY, Buffer.from(CANARY).toString('base64').slice(0, 12), 'uthorization']) {
      if (bytes.includes(secret)) throw new Error(`"${secret}" has left the recorder: ${bytes}`);
    }
  }
});
