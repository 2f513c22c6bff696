/** Whatever happens at a vendor that takes no names of ours: the session ends, leaves nothing, and tells the truth. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULT_KINDS, type FaultKind } from '../../src/emulators/faults.ts';
import { CHANNEL, MINUTE, SECOND } from '../driver/world.ts';
import { playFixed, up, type FixedScript } from './fixed.ts';

type Happening =
  | { kind: 'command'; command: 'pause' | 'resume' | 'stop'; forMs?: number }
  | { kind: 'source'; up: boolean }
  | { kind: 'blink'; ms: number }
  | { kind: 'rule'; there: boolean }
  | { kind: 'fault'; op: string; fault: FaultKind; times: number }
  | { kind: 'worker'; downMs: number };

const OPS = ['prepare', 'start', 'assert', 'repush', 'release', 'stop', 'look', 'pause', 'resume', '*'];

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<Happening>(
      { kind: 'command', command: 'pause' },
      { kind: 'command', command: 'resume' },
      { kind: 'command', command: 'pause', forMs: 7 * MINUTE },
      { kind: 'command', command: 'stop' },
    ),
  },
  { weight: 4, arbitrary: fc.boolean().map((there): Happening => ({ kind: 'source', up: there })) },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 1, max: 90 }).map((s): Happening => ({ kind: 'blink', ms: s * SECOND })),
  },
  { weight: 1, arbitrary: fc.boolean().map((there): Happening => ({ kind: 'rule', there })) },
  {
    weight: 4,
    arbitrary: fc
      .record({
        op: fc.constantFrom(...OPS),
        fault: fc.constantFrom(...FAULT_KINDS),
        times: fc.integer({ min: 1, max: 4 }),
      })
      .map((one): Happening => ({ kind: 'fault', ...one })),
  },
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: 1, max: 400 })
      .map((s): Happening => ({ kind: 'worker', downMs: s * SECOND })),
  },
);

const timed = fc.record({ at: fc.integer({ min: 0, max: 3600 }), what: happening });

const vendor = fc.record({
  threshold: fc.constantFrom(0, 30 * SECOND, 10 * MINUTE, Infinity),
  restartGapMs: fc.constantFrom(0, 10_000),
  nativePause: fc.boolean(),
  ruled: fc.boolean(),
});

const rate = (): fc.Arbitrary<number> => fc.constantFrom(0, 0, 0.1, 0.2);
const calledBack = fc.option(
  fc.record({
    rates: fc.record({ lost: rate(), doubled: rate(), late: rate(), reordered: rate(), forged: rate() }),
    seed: fc.integer(),
  }),
);

const policy = fc.record({
  rule: fc.constantFrom('ensure', 'ensure', 'require'),
  repush: fc.constantFrom('never', 'force'),
  made: fc.constantFrom('keep', 'remove'),
});

function scriptOf(happenings: { at: number; what: Happening }[], sourceFirst: boolean): FixedScript {
  const script: FixedScript = sourceFirst ? [up(0)] : [];
  for (const { at, what } of happenings) {
    script.push({
      at: at * SECOND,
      do: (d, own) => {
        switch (what.kind) {
          case 'command':
            d.command(what.command, what.forMs === undefined ? {} : { until: d.now() + what.forMs });
            break;
          case 'source':
            own.source(CHANNEL, what.up, d.now());
            break;
          case 'blink':
            own.source(CHANNEL, false, d.now());
            break;
          case 'rule':
            own.rule(what.there, d.now());
            break;
          case 'fault':
            own.faults.arm({ op: what.op, kind: what.fault, times: what.times });
            break;
          case 'worker':
            d.killWorker();
            break;
        }
      },
    });
    const later = at * SECOND;
    if (what.kind === 'worker') script.push({ at: later + what.downMs, do: (d) => d.reviveWorker() });
    if (what.kind === 'blink') script.push(up(later + what.ms));
  }
  return script.toSorted((a, b) => a.at - b.at);
}

const SELDOM_MS = 345_000;

describe('whatever happens at a vendor that takes no names', () => {
  it('the session ends, outlives nothing, and its coverage is the truth', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(timed, { maxLength: 20 }),
        vendor,
        calledBack,
        policy,
        fc.boolean(),
        fc.integer(),
        async (happenings, peculiar, callbacks, policies, sourceFirst, seed) => {
          const down = happenings.reduce(
            (sum, { what }) => sum + (what.kind === 'worker' ? what.downMs : 0),
            0,
          );
          const run = await playFixed(
            {
              vendor: { ...peculiar, ...(callbacks && { callbacks }) },
              specification: { policy: policies },
              script: scriptOf(happenings, sourceFirst),
              seed,
            },
            { lookMs: (callbacks ? SELDOM_MS : 75_000) + 2 * down },
          );
          expect(run.result, 'the session must end').not.toBeNull();
          expect(run.faults).toEqual([]);
          const sequences = run.record.log.map((entry) => entry.sequence);
          expect(sequences).toEqual(sequences.map((_, i) => i + 1));
          const began = run.vendor.truth.entries.filter(
            (one) => one.type === 'request' && one.op === 'repush' && one.verdict !== 'refused',
          );
          expect(began.length, 'an encoder is cut off once').toBeLessThanOrEqual(1);
          const wasThere = peculiar.ruled || happenings.some(({ what }) => what.kind === 'rule');
          const written = policies.rule === 'require' && !wasThere && run.vendor.hasRule();
          expect(written, 'a rule was made that may not be').toBe(false);
        },
      ),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 150) },
    );
  });
});
