/** Vendors in the process, sessions that a test makes up, and a clock: all that a sweep works with. */
import { targetKey } from '../../src/contract/keys.ts';
import type { LedgerHeader } from '../../src/archive/shapes.ts';
import { closeLedger, writePart } from '../../src/archive/ledger.ts';
import { emulatorDispatcher, type Emulator } from '../../src/emulators/index.ts';
import { createEmulator, emulatedAccount } from '../../src/emulators/registry.ts';
import type { Running, StartRequest } from '../../src/recorders/recorder.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import type { Part, SessionResult } from '../../src/session/events.ts';
import type { TakeName } from '../../src/session/facts.ts';
import { sweep } from '../../src/sweeper/sweep.ts';
import type {
  LiveTake,
  Lock,
  Sessions,
  Surroundings,
  Sweep,
  SweepOptions,
  SweptAccount,
} from '../../src/sweeper/types.ts';
import { memoryArchive } from '../driver/memory-archive.ts';

type Data = Record<string, unknown>;

export const START = Date.parse('2026-11-21T12:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const OURS = 'prod1';
export const SECRET = 'CANARY-access-token';

/** A session as Temporal shows it, by the key of its target. */
export interface Known extends Lock {
  takes: LiveTake[] | null;
}

export interface Place {
  account: SweptAccount;
  emulator: Emulator;
  control(name: string, input?: Data): unknown;
  key(target: Data): string;
  /** Starts a take as a session does. */
  start(target: Data, name: TakeName): Promise<Started>;
  /** All that the vendor has now. */
  running(known?: Data[]): Promise<Running<Data>[]>;
}

export interface Started {
  key: string;
  recording: string;
  name: TakeName;
}

export function world() {
  const clock = { now: START };
  const locks = new Map<string, Known>();
  const keepers = new Map<string, string>();
  const asked: string[] = [];
  const sessions: Sessions = {
    lockOf: async (key) => {
      asked.push(key);
      return await Promise.resolve(locks.get(key) ?? null);
    },
    keyOf: async (sessionId) => await Promise.resolve(keepers.get(sessionId) ?? null),
    takesOf: async (key, sessionId) => {
      const known = locks.get(key);
      return await Promise.resolve(known?.sessionId === sessionId ? known.takes : null);
    },
  };
  let archive: ReturnType<typeof memoryArchive> | null = memoryArchive();
  let accounts: SweptAccount[] = [];
  let sleeping: () => void = () => {};

  return {
    clock,
    locks,
    keepers,
    asked,
    sessions,
    get archive() {
      return archive!;
    },
    /** Nothing is left but the vendors. */
    erase() {
      locks.clear();
      keepers.clear();
      archive = memoryArchive();
    },
    withoutArchive() {
      archive = null;
    },
    /** What happens while one invocation waits for its second pass. */
    meanwhile(work: () => void) {
      sleeping = work;
    },
    place(vendor: string, name = 'account', options: Data = {}): Place {
      const made = placeOf(vendor, name, clock, options);
      accounts = [...accounts, made.account];
      return made;
    },
    /** An open session of this take, which answers for itself; `more` makes it another one. */
    open({ key, name, recording }: Started, more: Partial<Known> = {}) {
      const { sessionId, take } = name;
      const takes = [{ number: take, recording }];
      locks.set(key, {
        sessionId,
        open: true,
        onOurQueues: true,
        status: 'RUNNING',
        outcome: null,
        takes,
        ...more,
      });
    },
    async sweep(options: SweepOptions = {}, more: Partial<Surroundings> = {}): Promise<Sweep> {
      return await sweep(
        {
          installation: OURS,
          accounts,
          sessions,
          archive,
          now: () => clock.now,
          sleep: async (ms) => {
            await Promise.resolve();
            clock.now += ms;
            sleeping();
          },
          ...more,
        },
        options,
      );
    },
    async ledger(
      header: LedgerHeader,
      takes: Partial<Part['takes'][number]>[],
      result?: Partial<SessionResult>,
    ) {
      const part = partOf(header, takes, clock.now);
      const { hash } = await writePart(archive!, { header, part, previousHash: null });
      if (!result) return;
      const whole = { ...resultOf(header), ...result };
      const collection = {
        subject: { account: header.account, vendor: header.vendor, target: {}, options: {} },
        queues: { workflows: 'keeprolling', account: `keeprolling/${header.account}` },
        session: `recording/${header.key}`,
      };
      await closeLedger(archive!, { header, result: whole, files: [], previousHash: hash, collection });
    },
  };
}

function placeOf(vendor: string, name: string, clock: { now: number }, options: Data): Place {
  const { contract, recorder } = VENDORS.get(vendor)!;
  const emulator = createEmulator(vendor, () => clock.now, { token: SECRET }, { seed: 1, ...options });
  const url = `http://127.0.0.1:${name.length}083`;
  const context = {
    account: contract.account.parse(emulatedAccount(vendor, { url, token: SECRET })),
    dispatcher: emulatorDispatcher(emulator, {
      advance: (ms) => {
        clock.now += ms;
      },
    }),
    now: () => clock.now,
    secret: () => SECRET,
  };
  const key = (target: Data): string =>
    targetKey(vendor, name, contract.keyParts(contract.target.parse(target)));
  return {
    account: { name, vendor: VENDORS.get(vendor)!, context },
    emulator,
    control: (control, input = {}) => emulator.controls[control]!(input, clock.now),
    key,
    async start(target, of) {
      const request: StartRequest<Data, Data> = {
        target: contract.target.parse(target),
        options: contract.options.parse({}),
        name: of,
        endBy: clock.now + 24 * HOUR,
        patienceMs: null,
        settings: {},
        reservation: null,
        attempt: 1,
        title: 'news',
        adoptForeign: false,
      };
      const { recording } = await recorder.start(context, request);
      return { key: key(target), recording, name: of };
    },
    running: async (known = []) => await recorder.recordings!(context, known),
  };
}

let names = 0;

/** The name of a take of a session of its own. */
export function nameOf(installation: string, at: number, more: Partial<TakeName> = {}): TakeName {
  names += 1;
  const count = String(names);
  return {
    installation,
    sessionId: `01KAH3VZX0Q5Y7T9C2N4${count.padStart(6, '0')}`,
    take: 1,
    nonce: count.padStart(8, 'x'),
    at,
    ...more,
  };
}

export function headerOf(vendor: string, key: string, more: Partial<LedgerHeader> = {}): LedgerHeader {
  return {
    sessionId: nameOf(OURS, START).sessionId,
    key,
    name: 'news',
    owner: null,
    account: 'account',
    vendor,
    window: { fromMs: START - HOUR, untilMs: START + HOUR, zone: 'UTC' },
    ...more,
  };
}

function partOf(header: LedgerHeader, takes: Partial<Part['takes'][number]>[], at: number): Part {
  return {
    sessionId: header.sessionId,
    number: 1,
    at,
    takes: takes.map((take, i) => ({
      number: i + 1,
      recording: null,
      status: 'open',
      spans: [],
      files: [],
      fileCount: 0,
      ended: null,
      boundAt: null,
      requestIds: [],
      ...take,
    })),
    marks: [],
    commands: [],
    log: [],
  };
}

function resultOf({ sessionId, key, name }: LedgerHeader): SessionResult {
  const totals = {
    recordedMs: 0,
    byEvidence: { inferred: 0, observed: 0, filed: 0, stored: 0 },
    gapMs: {},
  };
  return {
    sessionId,
    key,
    name,
    outcome: 'completed',
    verdict: 'complete',
    windowMs: HOUR,
    totals,
    takes: 1,
    parts: 1,
  };
}
