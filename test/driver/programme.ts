/**
 * Several windows of one target: their launchers and sessions on one clock, before one vendor. The launchers do what the
 * workflow `launch` does with the same pure rules; Temporal's part is the lock and the signals between them.
 */
import type { RecorderEvent } from '../../src/session/events.ts';
import {
  announced,
  foundBusy,
  heardWord,
  launching,
  movedTo,
  nextMove,
  type LaunchOutcome,
  type Launching,
  type LaunchTimes,
} from '../../src/session/launching.ts';
import type { Neighbour, NeighbourWord } from '../../src/session/neighbours.ts';
import { recordingFrom, type Plan } from '../../src/session/plan.ts';
import {
  planFor,
  playerOf,
  random,
  type Drive,
  type Driven,
  type DriveOptions,
  type World,
} from './driver.ts';
import { callbackPump, jobsOn } from './jobs.ts';

export interface WindowOptions {
  /** Names it for the script and in the outcome. */
  id: string;
  specification: Record<string, unknown>;
  /** When its launcher begins, milliseconds after the programme's begin. */
  launchedAt?: number;
}

export interface ProgrammeOptions extends Omit<
  DriveOptions,
  'specification' | 'script' | 'onWord' | 'onClose'
> {
  windows: WindowOptions[];
  script?: { at: number; do: (programme: Programme) => void }[];
  /** Of words between launchers and sessions: signals are not lost by Temporal, but the rules must stand it. */
  words?: { lost?: number; doubled?: number };
}

/** What a script can do. */
export interface Programme {
  now(): number;
  /** The session that records the target now. */
  running(): Drive | null;
  cancel(id: string, by?: string): void;
  /** As the update `reschedule` does; instants are epoch milliseconds. */
  reschedule(id: string, to: { from?: number; until?: number }): void;
  /** The whole window, so much later or earlier; not into what has passed. */
  move(id: string, laterMs: number): void;
  /** All sessions' workers that were killed. */
  reviveWorkers(): void;
  /** Ends the running session without a word. */
  terminate(): void;
}

export interface WindowRun {
  id: string;
  plan: Plan;
  launched: LaunchOutcome | 'started' | null;
  text: string;
  /** Since when its launcher has this window, and when it was over. */
  knownAt: number;
  overAt: number;
  /** What the last word was. */
  word: NeighbourWord | null;
  session: SessionRun | null;
}

export interface SessionRun {
  window: string;
  driven: Driven;
  /** The first task of its workflow, and when the lock was free again. */
  begunAt: number;
  freeAt: number;
  terminated: boolean;
}

export interface ProgrammeRun {
  windows: Record<string, WindowRun>;
  sessions: SessionRun[];
  endedAt: number;
  gaveUp: boolean;
  wordsLost: boolean;
}

interface Held extends LaunchTimes {
  id: string;
  options: WindowOptions;
  plan: Plan;
  neighbour: Neighbour;
  state: Launching;
  run: WindowRun;
  /** Counts up whenever something stirs, so that older timers mean nothing. */
  turn: number;
  busy: boolean;
}

interface Running {
  held: Held;
  run: Omit<SessionRun, 'driven'>;
  player: ReturnType<typeof playerOf>;
}

export async function runProgramme(world: World, options: ProgrammeOptions): Promise<ProgrammeRun> {
  const { clock } = world;
  const jobs = jobsOn(clock);
  const begunAt = clock.now;
  const rng = random((options.seed ?? 1) * 31);
  const { windows, script = [], words = {}, ...rest } = options;
  const held = new Map<string, Held>();
  const players: Running[] = [];
  let running: Running | null = null;
  let unlaunched = windows.length;

  const between = (from: number, to: number): number => from + Math.floor(rng() * (to - from));
  let lastSignalAt = 0;
  /** A signal arrives after some milliseconds, and after those before it; the rules stand a lost one, and one that comes twice. */
  const signal = (deliver: () => void): void => {
    if (rng() < (words.lost ?? 0)) return;
    lastSignalAt = Math.max(lastSignalAt, clock.now + between(3, 40));
    jobs.at(lastSignalAt, deliver);
    if (rng() < (words.doubled ?? 0)) jobs.at(clock.now + between(40, 2_000), deliver);
  };

  const sessionIds = new Map(windows.map(({ id }, index) => [id, `01ARZ3NDEKTSV4RRFFQ69G5F${index + 10}`]));
  function worked(window: WindowOptions): Pick<Held, 'plan' | 'startAt' | 'endAt' | 'neighbour'> {
    const specification = { name: window.id, ...window.specification };
    // Asked for at the programme's begin, however late its launcher wakes.
    const asked = { ...world, clock: { now: begunAt } };
    const plan = planFor(asked, { ...rest, specification, sessionId: sessionIds.get(window.id)! }, new Map());
    const { specification: normal, traits, sessionId, recordingHash = '' } = plan;
    const { window: times, owner, policy, name } = normal;
    const untilMs = times.untilMs ?? times.limitMs;
    return {
      plan,
      startAt: recordingFrom(times) - traits.leadMs,
      endAt: (untilMs ?? times.fromMs) + times.afterMs,
      neighbour: {
        sessionId,
        name,
        owner,
        fromMs: times.fromMs,
        untilMs,
        recordingFromMs: recordingFrom(times),
        busy: policy.busy ?? 'queue',
        recordingHash,
        launcher: window.id,
      },
    };
  }

  function launch(window: WindowOptions): void {
    unlaunched -= 1;
    const { id } = window;
    const made = worked(window);
    const run: WindowRun = {
      id,
      plan: made.plan,
      launched: null,
      text: '',
      knownAt: clock.now,
      overAt: 0,
      word: null,
      session: null,
    };
    held.set(id, { id, options: window, ...made, state: launching(), run, turn: 0, busy: false });
    proceed(id);
  }

  function stir(id: string): void {
    const one = held.get(id)!;
    if (one.run.launched === null && !one.busy) proceed(id);
  }

  /** One move after the other, as the workflow's loop makes them. */
  function proceed(id: string): void {
    const one = held.get(id)!;
    one.turn += 1;
    const { turn } = one;
    const move = nextMove(one.state, one, clock.now);
    switch (move.kind) {
      case 'end':
        if (move.outcome === 'cancelled' && one.state.told) tell(one, true);
        Object.assign(one.run, { launched: move.outcome, text: move.text, overAt: clock.now });
        break;
      case 'announce':
        announced(one.state);
        tell(one, false);
        again(one);
        break;
      case 'start':
        one.busy = true;
        jobs.at(clock.now + between(5, 60), () => {
          one.busy = false;
          if (running === null) begin(one);
          else {
            foundBusy(one.state, clock.now);
            proceed(id);
          }
        });
        break;
      case 'wait':
        jobs.at(Math.max(move.until, clock.now + 1), () => {
          if (one.turn === turn) stir(id);
        });
    }
  }

  function again(one: Held): void {
    one.busy = true;
    jobs.at(clock.now + between(5, 30), () => {
      one.busy = false;
      proceed(one.id);
    });
  }

  function tell({ neighbour }: Held, withdrawn: boolean): void {
    const event: RecorderEvent = {
      id: `${neighbour.launcher} ${clock.now} ${withdrawn} ${Math.floor(rng() * 1e9)}`,
      at: clock.now,
      kind: 'boundary',
      neighbour: { ...neighbour, ...(withdrawn && { withdrawn }) },
    };
    if (running) signal(() => running?.player.self.event({ kind: 'recorder', event }));
  }

  function begin(one: Held): void {
    const { inherited } = one.state.word ?? {};
    const plan: Plan = { ...one.plan, ...(inherited && { inherited }) };
    Object.assign(one.run, { launched: 'started', overAt: clock.now });
    const run = { window: one.id, begunAt: clock.now, freeAt: 0, terminated: false };
    const player = playerOf(
      world,
      {
        ...rest,
        specification: one.options.specification,
        seed: (options.seed ?? 1) + players.length,
        onWord: (launcher, word) => {
          signal(() => {
            const other = held.get(launcher);
            if (!other || other.run.launched !== null) return;
            heardWord(other.state, other, word, clock.now);
            other.run.word = word;
            stir(launcher);
          });
        },
        onClose: () => {
          // What remains is sent, then the workflow closes.
          jobs.at(clock.now + between(5, 200), () => {
            run.freeAt = clock.now;
            running = null;
          });
        },
      },
      plan,
      jobs,
    );
    running = { held: one, run, player };
    players.push(running);
    // The first task, and the check of the specification.
    jobs.at(clock.now + between(20, 200), () => player.begin());
  }

  const programme: Programme = {
    now: () => clock.now,
    running: () => running?.player.self ?? null,
    cancel(id, by = 'tester') {
      const one = held.get(id);
      if (!one || one.run.launched !== null) return;
      one.state.cancelledBy = by;
      stir(id);
    },
    reschedule(id, { from, until }) {
      const one = held.get(id);
      if (!one || one.run.launched !== null) return;
      const { fromMs, untilMs } = one.plan.specification.window;
      const iso = (at: number): string => new Date(at).toISOString();
      const { length: _length, ...kept } = (one.options.specification.window ?? {}) as Record<
        string,
        unknown
      >;
      const window = { ...kept, from: iso(from ?? fromMs), until: iso(until ?? untilMs ?? fromMs) };
      one.options = { ...one.options, specification: { ...one.options.specification, window } };
      const { neighbour } = one;
      Object.assign(one, worked(one.options));
      Object.assign(one.run, { plan: one.plan, knownAt: clock.now });
      if (movedTo(one.state, one, clock.now)) tell({ ...one, neighbour }, true);
      stir(id);
    },
    move(id, laterMs) {
      const { fromMs, untilMs } = held.get(id)?.plan.specification.window ?? {};
      if (fromMs === undefined || fromMs + laterMs <= clock.now) return;
      programme.reschedule(id, { from: fromMs + laterMs, until: untilMs! + laterMs });
    },
    reviveWorkers() {
      for (const { player } of players) player.self.reviveWorker();
    },
    terminate() {
      if (!running || running.player.isOver()) return;
      running.player.terminate();
      Object.assign(running.run, { freeAt: clock.now, terminated: true });
      running = null;
    },
  };

  const pump = callbackPump(world, jobs, async (event) => await running?.player.hear(event));
  for (const window of windows) jobs.at(begunAt + (window.launchedAt ?? 0), () => launch(window));
  for (const entry of script) jobs.at(begunAt + entry.at, () => entry.do(programme));
  const allOver = (): boolean =>
    unlaunched === 0 && running === null && [...held.values()].every(({ run }) => run.launched !== null);
  await jobs.run(begunAt + (options.giveUpMs ?? 3 * 24 * 3_600_000), allOver, pump);

  const sessions: SessionRun[] = [];
  for (const { player, run } of players) sessions.push({ ...run, driven: await player.finished() });
  const runs = [...held.values()].map(({ run }) => ({
    ...run,
    session: sessions.find(({ window }) => window === run.id) ?? null,
  }));
  return {
    windows: Object.fromEntries(runs.map((run) => [run.id, run])),
    sessions,
    endedAt: clock.now,
    gaveUp: !allOver(),
    wordsLost: (words.lost ?? 0) > 0,
  };
}
