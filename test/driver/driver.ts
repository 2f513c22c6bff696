/**
 * Interprets the effects of `step` in the process: the same recorders and archive as in production, a virtual clock,
 * no server. Seeded, so that a failing run can be repeated; days take milliseconds.
 */
import { recallForLook, recallForStop } from '../../src/activities/recall.ts';
import { watchOnce, type Looking } from '../../src/activities/watch.ts';
import type { WatchMemory } from '../../src/activities/wire.ts';
import { collectTake } from '../../src/activities/collect.ts';
import { closeLedger, writePart } from '../../src/archive/ledger.ts';
import type { LedgerHeader, TakeFiles } from '../../src/activities/wire.ts';
import { changesOf } from '../../src/contract/changes.ts';
import type { Place } from '../../src/contract/destinations.ts';
import { normalise } from '../../src/contract/specification.ts';
import { failureOf } from '../../src/activities/index.ts';
import type { RecorderContext } from '../../src/recorders/recorder.ts';
import type { Registry, Vendor } from '../../src/recorders/registry.ts';
import type { StorageAccess } from '../../src/credentials/minted.ts';
import type { Delivery, DeliveryAnswer, EmulatorCallbacks } from '../../src/emulators/outbox.ts';
import { learn, nextLook, takeIn, tell, type Collecting } from '../../src/session/collecting.ts';
import { begin } from '../../src/session/begin.ts';
import type {
  Answer,
  Call,
  CommandAnswer,
  Effect,
  RecorderEvent,
  SessionEvent,
  SessionResult,
  Watch,
} from '../../src/session/events.ts';
import type { Failure } from '../../src/session/facts.ts';
import type { NeighbourWord } from '../../src/session/neighbours.ts';
import type { LookPace, Plan } from '../../src/session/plan.ts';
import type { ChangeValues, CommandName, SessionState } from '../../src/session/state.ts';
import { renewed, step } from '../../src/session/step.ts';
import { subjectOf } from '../../src/session/subject.ts';
import type { Dispatcher } from 'undici';
import { callbackPump, jobsOn, type Jobs } from './jobs.ts';
import { memoryArchive } from './memory-archive.ts';

export interface World {
  vendor: Vendor;
  account: Record<string, unknown>;
  /** Epoch milliseconds; the driver moves it. */
  clock: { now: number };
  dispatcher?: Dispatcher;
  /** Destinations by name, and secrets behind their names. */
  destinations?: string[];
  placeOf?: (name: string) => Place | undefined;
  storage?: (name: string) => StorageAccess;
  secret?: (name: string) => string;
  /** Time that a vendor's late reply has used up in the present call. */
  late?: { ms: number };
  /** What the vendor tells by itself, and how the gateway reads and answers it. */
  callbacks?: {
    callbacks: EmulatorCallbacks;
    read: (delivery: Delivery) => { events: RecorderEvent[]; answer: DeliveryAnswer };
  };
}

export interface DriveOptions {
  specification: Record<string, unknown>;
  looks?: Partial<LookPace>;
  seed?: number;
  renewAfterMs?: number;
  sessionId?: string;
  /** What the configuration would add to the plan. */
  plan?: Partial<Plan>;
  /** Things that happen at offsets from the begin, in milliseconds. */
  script?: ScriptEntry[];
  /** The run is given up after so much virtual time: a session that does not end is a defect. */
  giveUpMs?: number;
  /** The files are looked after until they are settled, for days if need be. */
  settleFiles?: boolean;
  onStep?: (state: SessionState, event: SessionEvent, effects: Effect[]) => void;
  /** It answers the launcher of another window. */
  onWord?: (launcher: string, word: NeighbourWord) => void;
  onClose?: () => void;
}

export interface ScriptEntry {
  at: number;
  do: (drive: Drive) => void;
}

/** What a script can do to a running session. */
export interface Drive {
  now(): number;
  command(
    command: CommandName,
    more?: {
      change?: ChangeValues;
      by?: string;
      reason?: string;
      until?: number;
      id?: string;
      waits?: boolean;
      all?: boolean;
      join?: { name: string; recordingHash: string | null };
    },
  ): void;
  /** All worker processes die: calls in flight are never answered, looks stop until `reviveWorker`. */
  killWorker(): void;
  reviveWorker(): void;
  event(news: News): void;
  /** The archive takes nothing until it is back. */
  archive(down: boolean): void;
  state(): SessionState;
}

type News = SessionEvent extends infer E ? (E extends unknown ? Omit<E, 'at' | 'nonce'> : never) : never;

export interface Driven {
  state: SessionState;
  result: SessionResult | null;
  begunAt: number;
  endedAt: number;
  archive: ReturnType<typeof memoryArchive>;
  header: LedgerHeader;
  answers: Map<string, CommandAnswer>;
  runs: number;
  steps: number;
  looks: number;
  callbacks: number;
  events: string[];
  /** The most that the files workflow would have carried, and that one of its activities was given or answered, bytes. */
  sizes: { state: number; payload: number };
}

/** Start-to-close of a write, as in the workflow. */
const CALL_TIMEOUT_MS = 30_000;

export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function planFor(world: World, options: DriveOptions, registry: Registry): Plan {
  const normalised = normalise(options.specification, {
    now: world.clock.now,
    accounts: ['account'],
    vendorOf: () => world.vendor.contract,
    ...(world.destinations && { destinations: world.destinations }),
    ...(world.placeOf && { placeOf: world.placeOf }),
  });
  if (!normalised.ok) throw new Error(JSON.stringify(normalised.problems));
  const vendor = registry.get(normalised.specification.vendor) ?? world.vendor;
  return {
    installation: 'test01',
    sessionId: options.sessionId ?? '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    key: normalised.key,
    requestId: null,
    specificationHash: normalised.hash,
    specification: normalised.specification,
    recordingHash: normalised.recordingHash,
    traits: vendor.recorder.traits(normalised.specification),
    changes: changesOf(vendor.contract.changes?.(normalised.specification) ?? {}, world.destinations ?? []),
    looks: { everyMs: 60_000, doubtMs: 10_000, withCallbacksMs: 300_000, ...options.looks },
    queues: { workflows: 'keeprolling', account: 'keeprolling/account' },
    ...(world.callbacks && { callbacks: true }),
    searchAttributes: false,
    renewAfterMs: options.renewAfterMs ?? 24 * 3_600_000,
    ...options.plan,
  };
}

export async function drive(world: World, options: DriveOptions): Promise<Driven> {
  const jobs = jobsOn(world.clock);
  const plan = planFor(world, options, new Map());
  const player = playerOf(world, options, plan, jobs);
  const giveUpAt = world.clock.now + (options.giveUpMs ?? 40 * 24 * 3_600_000);
  const awaitCallbacks = callbackPump(world, jobs, async (event) => await player.hear(event));
  for (const entry of options.script ?? []) jobs.at(world.clock.now + entry.at, () => entry.do(player.self));
  player.begin();
  await jobs.run(giveUpAt, () => player.isOver(), awaitCallbacks);
  if (options.settleFiles) await jobs.run(Infinity, () => player.isSettled(), awaitCallbacks);
  return await player.finished();
}

/** One session among others on the same clock. */
export interface Player {
  self: Drive;
  plan: Plan;
  /** Its first task. */
  begin(): void;
  /** The vendor tells something. */
  hear(event: RecorderEvent): Promise<void>;
  isOver(): boolean;
  /** All its files are where they belong, or given up. */
  isSettled(): boolean;
  /** Ends without a word, as a terminated workflow does. */
  terminate(): void;
  /** Closes the ledger, as the files workflow does after the end. */
  finished(): Promise<Driven>;
}

export function playerOf(world: World, options: DriveOptions, plan: Plan, { at }: Jobs): Player {
  const { clock } = world;
  const rng = random(options.seed ?? 1);
  const subject = subjectOf(plan);
  const { recorder } = world.vendor;
  const archive = memoryArchive();
  const { window } = plan.specification;
  const header: LedgerHeader = {
    sessionId: plan.sessionId,
    key: plan.key,
    name: plan.specification.name,
    owner: null,
    account: 'account',
    vendor: plan.specification.vendor,
    window: { fromMs: window.fromMs, untilMs: window.untilMs, zone: window.zone },
  };

  const begunAt = clock.now;
  let state = begin(plan, begunAt);
  const closed: { result: SessionResult | null; terminated: boolean; at: number } = {
    result: null,
    terminated: false,
    at: 0,
  };
  let armed: number | null = null;
  let watching = 0;
  let workerUp = true;
  let workerEpoch = 0;
  let ownIds = 0;
  let previousHash: string | null = null;
  /** What the files workflow knows. */
  let collecting: Collecting[] = [];
  const collected = new Map<number, TakeFiles>();
  const sizes = { state: 0, payload: 0 };
  const driven: Driven = {
    state,
    result: null,
    begunAt,
    endedAt: 0,
    archive,
    header,
    answers: new Map(),
    runs: 1,
    steps: 0,
    looks: 0,
    callbacks: 0,
    events: [],
    sizes,
  };

  const isOver = (): boolean => closed.result !== null || closed.terminated;
  const nonce = (): string =>
    Math.floor(rng() * 36 ** 8)
      .toString(36)
      .padStart(8, '0');
  const context = (storage?: string | null): RecorderContext<Record<string, unknown>> => ({
    account: world.account,
    dispatcher: world.dispatcher as Dispatcher,
    now: () => clock.now + (world.late?.ms ?? 0),
    secret: ({ secret }) => world.secret?.(secret) ?? `secret of ${secret}`,
    ...(storage && world.storage && { storage: world.storage(storage) }),
  });

  const writes: (() => Promise<void>)[] = [];
  /** As the server keeps it: the heartbeat of the pending watch. */
  let heartbeat: WatchMemory | null = null;
  const recall = async (): Promise<WatchMemory | null> => await Promise.resolve(heartbeat);

  async function feed(news: News): Promise<void> {
    if (isOver()) return;
    const event = { ...news, at: clock.now, nonce: nonce() };
    const turn = step(state, event);
    state = turn.state;
    driven.steps += 1;
    driven.events.push(event.kind);
    options.onStep?.(state, event, turn.effects);
    for (const effect of turn.effects) act(effect);
    for (const write of writes.splice(0)) await write();
    if (state.dueAt !== armed) {
      armed = state.dueAt;
      const due = armed;
      if (due !== null) {
        at(due, async () => {
          if (armed !== due) return;
          armed = null;
          await feed({ kind: 'due' });
        });
      }
    }
  }

  function act(effect: Effect): void {
    switch (effect.kind) {
      case 'call':
        call(effect.call);
        break;
      case 'watch':
        watching += 1;
        heartbeat = null;
        if (effect.watch) look(effect.watch, watching, null, true, 0);
        break;
      case 'archive':
        writes.push(async () => {
          const { part, ended, opened = [] } = effect;
          previousHash = (await writePart(archive, { header, part, previousHash })).hash;
          collecting = takeIn(collecting, part, { ended, opened }, clock.now);
          await collectDue();
          awaitFiles();
        });
        break;
      case 'answer':
        driven.answers.set(effect.id, effect.answer);
        break;
      case 'continue':
        driven.runs += 1;
        state = { ...renewed(state), runBegunAt: clock.now };
        watching += 1;
        at(clock.now, async () => await feed({ kind: 'due' }));
        break;
      case 'tell-neighbour':
        options.onWord?.(effect.launcher, effect.word);
        break;
      case 'close':
        closed.result = effect.result;
        closed.at = clock.now;
        options.onClose?.();
        break;
    }
  }

  /** A call leaves now, is applied after half of its time, and is answered after the other half. */
  function call(made: Call): void {
    const half = 5 + Math.floor(rng() * 20);
    const leave = (): void => {
      if (!workerUp) {
        at(clock.now + 1000, leave);
        return;
      }
      const epoch = workerEpoch;
      const begun = clock.now;
      at(begun + half, async () => {
        if (world.late) world.late.ms = 0;
        const answer: Answer =
          workerEpoch === epoch ? await perform(made) : { op: made.op, failed: unanswered() };
        const lateMs = world.late?.ms ?? 0;
        if (world.late) world.late.ms = 0;
        at(clock.now + half + lateMs, () => {
          if (workerEpoch === epoch) return feed({ kind: 'answer', call: made.id, answer });
          // The worker died before it could tell: the server waits for its time-out.
          at(
            begun + CALL_TIMEOUT_MS,
            async () =>
              await feed({ kind: 'answer', call: made.id, answer: { op: made.op, failed: unanswered() } }),
          );
        });
      });
    };
    leave();
  }

  async function perform(made: Call): Promise<Answer> {
    try {
      switch (made.op) {
        case 'prepare': {
          const request = { ...subject, ...made };
          return { op: 'prepare', ok: await recorder.prepare!(context(made.storage), request) };
        }
        case 'repush':
          return { op: 'repush', ok: await recorder.repush!(context(), subject) };
        case 'release':
          return { op: 'release', ok: await recorder.release!(context(), subject, made.made) };
        case 'assert':
          return { op: 'assert', ok: await recorder.assert!(context(), subject, made) };
        case 'reserve':
          return {
            op: 'reserve',
            ok: await recorder.reserve!(context(made.storage), { ...subject, ...made }),
          };
        case 'start': {
          const request = { ...subject, ...made };
          return { op: 'start', ok: await recorder.start(context(made.storage), request) };
        }
        case 'stop':
          return {
            op: 'stop',
            ok: await recallForStop(await recorder.stop(context(), subject, made), made.take, recall),
          };
        case 'pause':
          return { op: 'pause', ok: await recorder.pause!(context(), subject, made) };
        case 'resume':
          return { op: 'resume', ok: await recorder.resume!(context(), subject, made) };
        case 'change':
          return { op: 'change', ok: await recorder.change!(context(), subject, made, made) };
        case 'refresh':
          return { op: 'refresh', ok: await recorder.refresh!(context(made.storage), subject, made) };
        case 'look': {
          const { look: seen, memory } = await recorder.look(context(), subject, made.takes, made.memory);
          return { op: 'look', ok: { look: await recallForLook(seen, recall), memory } };
        }
      }
    } catch (error) {
      return { op: made.op, failed: failureOf(error) };
    }
  }

  function look(
    watch: Watch,
    watcher: number,
    memory: WatchMemory | null,
    first: boolean,
    waitMs: number,
  ): void {
    at(clock.now + waitMs, async () => {
      if (watching !== watcher || isOver()) return;
      if (!workerUp) {
        look(watch, watcher, memory, first, 1000);
        return;
      }
      if (world.late) world.late.ms = 0;
      const looking: Looking = async (takes, known) => await recorder.look(context(), subject, takes, known);
      const { now } = context();
      const turn = await watchOnce(looking, now, { subject, watch }, plan.looks, memory, first, rng);
      const lateMs = world.late?.ms ?? 0;
      if (world.late) world.late.ms = 0;
      if (!first) driven.looks += 1;
      if ('report' in turn) {
        at(clock.now + lateMs, async () => {
          if (watching === watcher) await feed({ kind: 'report', version: watch.version, ...turn.report });
        });
      } else {
        heartbeat = turn.memory ?? memory;
        look(watch, watcher, heartbeat, false, turn.waitMs + lateMs);
      }
    });
  }

  /** As the workflow `files` does it, whose rules and activity these are. */
  async function collectDue(all = false): Promise<void> {
    for (const take of collecting.filter(({ nextAt }) => all || nextAt <= clock.now)) {
      const { storage } = plan.specification;
      const { partsTo, told, endedSince: _since, tries: _tries, nextAt: _at, ...asked } = take;
      const input = { header, subject, take: asked, partsTo, told };
      const done = await collectTake(
        {
          archive,
          now: () => clock.now,
          ask: async (one, known) => (await recorder.files?.(context(storage), subject, one, known)) ?? known,
          told: (error) => failureOf(error).message,
        },
        input,
      );
      collected.set(take.take, done.found);
      learn(take, { ...done, files: done.found.files }, told.length, clock.now);
      const { unsettled, expiresAt, unreached, unarchived, found } = done;
      const outcome = {
        missing: found.sums!.missing,
        unsettled,
        expiresAt,
        reached: unreached === null,
        archived: unarchived === null,
      };
      const next = nextLook(take, outcome, plan.traits.filesSettleMs, clock.now);
      if (next === null) collecting = collecting.filter((one) => one !== take);
      else take.nextAt = next;
      sizes.state = Math.max(sizes.state, JSON.stringify([...collected.values(), ...collecting]).length);
      sizes.payload = Math.max(sizes.payload, JSON.stringify(input).length, JSON.stringify(done).length);
    }
  }

  let filesAt = Infinity;
  function awaitFiles(): void {
    const next = Math.min(...collecting.map(({ nextAt }) => nextAt));
    if (next >= filesAt || next === Infinity) return;
    filesAt = next;
    at(next, async () => {
      if (filesAt !== next) return;
      filesAt = Infinity;
      await collectDue();
      awaitFiles();
    });
  }

  const self: Drive = {
    now: () => clock.now,
    command(command, more = {}) {
      ownIds += 1;
      const { by = 'tester', reason = null, until = null, id = `c${ownIds}`, waits = false, ...own } = more;
      at(
        clock.now,
        async () =>
          await feed({
            kind: 'command',
            command: { command, by, reason, until, id, waits, ...own },
          }),
      );
    },
    killWorker() {
      workerUp = false;
      workerEpoch += 1;
    },
    reviveWorker() {
      workerUp = true;
    },
    event(news) {
      at(clock.now, async () => await feed(news));
    },
    archive(down) {
      archive.down = down;
    },
    state: () => state,
  };
  return {
    self,
    plan,
    isOver,
    begin: () => at(clock.now, async () => await feed({ kind: 'begin' })),
    async hear(event) {
      driven.callbacks += 1;
      await feed({ kind: 'recorder', event });
      // Once all is settled there is no keeper that could be told.
      if (!closed.result || !event.files || collecting.length === 0) return;
      const last = { take: [...collected.keys()].at(-1) ?? 1, partsTo: 0 };
      collecting = tell(collecting, last, event.recording, event.files, clock.now);
      awaitFiles();
    },
    isSettled: () => collecting.length === 0,
    terminate() {
      closed.terminated = true;
      closed.at = clock.now;
    },
    async finished() {
      const { result } = closed;
      if (!options.settleFiles) await collectDue(true);
      if (result) {
        const { queues, traits, key: session } = plan;
        const collection = { subject, queues, session, settleMs: traits.filesSettleMs };
        await closeLedger(archive, {
          header,
          result,
          files: [...collected.values()],
          previousHash,
          collection,
        });
      }
      return { ...driven, state, result, endedAt: isOver() ? closed.at : clock.now };
    },
  };
}

function unanswered(): Failure {
  return {
    code: 'E_VENDOR_UNANSWERED',
    message: 'The call was begun and its worker never answered.',
    who: 'keeprolling',
    applied: 'unknown',
    retry: 'later',
    cause: 'late-start',
  };
}
