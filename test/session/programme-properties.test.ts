/** Random programmes: whatever windows, wishes and faults meet on one channel, each window is accounted for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULT_KINDS, type FaultKind } from '../../src/emulators/faults.ts';
import type { Busy } from '../../src/session/plan.ts';
import type { Traits } from '../../src/session/traits.ts';
import type { SyntheticVendor } from '../synthetic/vendor.ts';
import type { Programme } from '../driver/programme.ts';
import { CHANNEL, MINUTE, SECOND } from '../driver/world.ts';
import { playProgramme, SOURCE, type JudgedProgramme, type SyntheticProgramme } from './programme.ts';

type Happening =
  | { kind: 'source'; up: boolean }
  | { kind: 'forget' }
  | { kind: 'fault'; op: string; fault: FaultKind; times: number }
  | { kind: 'worker'; downMs: number }
  | { kind: 'stop'; by: string; all: boolean }
  | { kind: 'pause' | 'resume' }
  | { kind: 'extend' | 'join'; by: string; byMs: number }
  | { kind: 'cancel'; window: number }
  | { kind: 'reschedule'; window: number; laterMs: number };

const minutes = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const owner = fc.constantFrom('ann', 'bob', 'cleo');

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 3, arbitrary: fc.boolean().map((up): Happening => ({ kind: 'source', up })) },
  { weight: 1, arbitrary: fc.constant<Happening>({ kind: 'forget' }) },
  {
    weight: 2,
    arbitrary: fc
      .record({
        op: fc.constantFrom('start', 'stop', 'look', 'prepare', '*'),
        fault: fc.constantFrom(...FAULT_KINDS),
        times: fc.integer({ min: 1, max: 3 }),
      })
      .map((one): Happening => ({ kind: 'fault', ...one })),
  },
  { weight: 1, arbitrary: minutes(1, 5).map((m): Happening => ({ kind: 'worker', downMs: m * MINUTE })) },
  {
    weight: 2,
    arbitrary: fc
      .record({ by: owner, all: fc.boolean() })
      .map((one): Happening => ({ kind: 'stop', ...one })),
  },
  { weight: 1, arbitrary: fc.constantFrom<Happening>({ kind: 'pause' }, { kind: 'resume' }) },
  {
    weight: 3,
    arbitrary: fc
      .record({ kind: fc.constantFrom('extend' as const, 'join' as const), by: owner, m: minutes(1, 40) })
      .map(({ kind, by, m }): Happening => ({ kind, by, byMs: m * MINUTE })),
  },
  { weight: 1, arbitrary: minutes(0, 4).map((window): Happening => ({ kind: 'cancel', window })) },
  {
    weight: 2,
    arbitrary: fc
      .record({ window: minutes(0, 4), m: minutes(-20, 20) })
      .map(({ window, m }): Happening => ({ kind: 'reschedule', window, laterMs: m * MINUTE })),
  },
);

const pad = fc.constantFrom(0, 0, 1, 5, 15);

const wish = fc.record({
  from: minutes(3, 90),
  lasts: minutes(2, 40),
  /** Right after the one before, as programmes are. */
  follows: fc.boolean(),
  before: pad,
  after: pad,
  overrun: pad,
  busy: fc.constantFrom<Busy>('queue', 'extend', 'skip'),
  owner,
  launchedAt: fc.constantFrom(0, 0, 0, 30, 60),
});

type Wish = typeof wish extends fc.Arbitrary<infer W> ? W : never;

const traits = fc.record<Partial<Traits>>({
  start: fc.constantFrom('armed', 'source-needed'),
  survivesDrop: fc.boolean(),
  nativePause: fc.boolean(),
  restartGapMs: fc.constantFrom(0, 10_000),
  leadMs: fc.constantFrom(0, 5_000, 5 * MINUTE),
});

function windowsOf(wishes: Wish[]): SyntheticProgramme['windows'] {
  let end = 0;
  return wishes.map((one, index) => {
    const from = one.follows && end > 0 ? end : one.from;
    end = from + one.lasts;
    return {
      id: `w${index}`,
      from,
      until: end,
      launchedAt: one.launchedAt * MINUTE,
      window: { padding: { before: `${one.before}m`, after: `${one.after}m` }, overrun: `${one.overrun}m` },
      specification: { owner: one.owner, policy: { busy: one.busy } },
    };
  });
}

function happen(what: Happening, programme: Programme, vendor: SyntheticVendor): void {
  const now = programme.now();
  const session = programme.running();
  switch (what.kind) {
    case 'source':
      vendor.source(CHANNEL, what.up, now);
      break;
    case 'forget':
      vendor.forget(now);
      break;
    case 'fault':
      vendor.faults.arm({ op: what.op, kind: what.fault, times: what.times });
      break;
    case 'worker':
      session?.killWorker();
      break;
    case 'stop':
      session?.command('stop', { by: what.by, all: what.all });
      break;
    case 'pause':
    case 'resume':
      session?.command(what.kind);
      break;
    case 'extend':
      session?.command('extend', { by: what.by, until: now + what.byMs });
      break;
    case 'join':
      session?.command('join', {
        by: what.by,
        until: now + what.byMs,
        join: { name: `of ${what.by}`, recordingHash: null },
      });
      break;
    case 'cancel':
      programme.cancel(`w${what.window}`);
      break;
    case 'reschedule':
      programme.move(`w${what.window}`, what.laterMs);
      break;
  }
}

/** Nobody's own window is cut for another's, and padding and overrun end where another window begins. */
function cut({ sessions, windows }: JudgedProgramme, graceMs: number): string[] {
  const faults: string[] = [];
  for (const { window, driven, begunAt, freeAt } of sessions) {
    const { desired, untilMs } = driven.state;
    if (desired.via === 'plan' && driven.result!.outcome === 'completed' && desired.since < untilMs!)
      faults.push(`${window} ended ${untilMs! - desired.since} ms before its time`);
    for (const other of Object.values(windows)) {
      const { fromMs, untilMs: otherUntil } = other.plan.specification.window;
      const due = Math.max(fromMs, other.knownAt, begunAt) + graceMs;
      if (other.id === window || other.overAt < due || freeAt < due) continue;
      // Some of them it recorded too.
      const covered = driven.state.neighbours.some(
        ({ name, word }) => name === other.id && word === 'joined',
      );
      if (covered || (other.launched !== 'started' && other.launched !== 'busy')) continue;
      const lost = Math.min(desired.since, otherUntil!) - Math.max(due, untilMs!);
      if (lost > 0) faults.push(`${window} recorded ${lost} ms of ${other.id} for its own padding`);
    }
  }
  return faults;
}

const { PROPERTY_RUNS } = process.env;
const RUNS =
  PROPERTY_RUNS === undefined
    ? { numRuns: 150, seed: 20_261_122 }
    : { numRuns: Number(PROPERTY_RUNS), seed: Number(process.env.PROPERTY_SEED ?? Date.now() % 1e9) };

describe('whatever programme', () => {
  it('is recorded one at a time, with every window accounted for', { timeout: 3_600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(wish, { minLength: 2, maxLength: 5 }),
        fc.array(fc.record({ at: fc.integer({ min: 0, max: 150 * 60 }), what: happening }), {
          maxLength: 12,
        }),
        traits,
        fc.constantFrom({}, {}, { doubled: 0.3 }, { lost: 0.2, doubled: 0.2 }),
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        async (wishes, happenings, some, words, seed) => {
          const down = happenings.reduce(
            (sum, { what }) => sum + (what.kind === 'worker' ? what.downMs : 0),
            0,
          );
          const run = await playProgramme(
            {
              traits: some,
              windows: windowsOf(wishes),
              words,
              seed,
              script: [
                SOURCE,
                ...happenings.flatMap(({ at, what }) => [
                  { at: at * SECOND, do: (p: Programme, v: SyntheticVendor) => happen(what, p, v) },
                  ...(what.kind === 'worker'
                    ? [{ at: at * SECOND + what.downMs, do: (p: Programme) => p.reviveWorkers() }]
                    : []),
                ]),
              ].toSorted((a, b) => a.at - b.at),
            },
            { lookMs: 75_000 + 2 * down },
          );
          expect([...run.faults, ...cut(run, 'lost' in words ? 5 * MINUTE : 40 * SECOND)]).toEqual([]);
        },
      ),
      RUNS,
    );
  });
});
