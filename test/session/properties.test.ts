/** Random orders of commands, recorder events and faults: whatever happens, the session ends and tells the truth. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULT_KINDS, type FaultKind } from '../../src/emulators/faults.ts';
import type { Traits } from '../../src/session/traits.ts';
import type { ChangeValues, CommandName, SessionState } from '../../src/session/state.ts';
import { CHANNEL, MINUTE, SECOND, START, type Script } from '../driver/world.ts';
import { FORBIDDEN, type SyntheticOptions } from '../synthetic/contract.ts';
import type { SyntheticVendor } from '../synthetic/vendor.ts';
import { play } from './play.ts';

type Happening =
  | { kind: 'command'; command: Exclude<CommandName, 'change'>; until?: number }
  | { kind: 'change'; change: ChangeValues }
  | { kind: 'unusable'; destination: string; retry: 'never' | 'later' | null }
  /** The vendor names what it runs, as far as nobody has named it. */
  | { kind: 'callback' }
  | { kind: 'source'; up: boolean }
  | { kind: 'forget' }
  | { kind: 'fault'; op: string; fault: FaultKind; times: number }
  | { kind: 'worker'; downMs: number }
  | { kind: 'hide'; ms: number }
  | { kind: 'mint-outage'; ms: number };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<Happening>(
      { kind: 'command', command: 'pause' },
      { kind: 'command', command: 'resume' },
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 50 })
      .map((m): Happening => ({ kind: 'command', command: 'pause', until: m * MINUTE })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Happening>(
      { kind: 'command', command: 'stop' },
      { kind: 'command', command: 'extend', until: 90 * MINUTE },
    ),
  },
  { weight: 4, arbitrary: fc.boolean().map((up): Happening => ({ kind: 'source', up })) },
  { weight: 2, arbitrary: fc.constant<Happening>({ kind: 'forget' }) },
  {
    weight: 4,
    arbitrary: fc
      .record({
        op: fc.constantFrom('reserve', 'start', 'stop', 'look', 'pause', 'resume', 'change', 'refresh', '*'),
        fault: fc.constantFrom(...FAULT_KINDS),
        times: fc.integer({ min: 1, max: 4 }),
      })
      .map((one): Happening => ({ kind: 'fault', ...one })),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 90 }).map((n): Happening => ({ kind: 'hide', ms: n * SECOND })),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 60 })
      .map((n): Happening => ({ kind: 'mint-outage', ms: n * MINUTE })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<ChangeValues>(
        { subscribe: { uids: ['a'] } },
        { subscribe: { uids: ['b', 'c'] } },
        { subscribe: { uids: [FORBIDDEN] } },
        { storage: { destination: 'alpha' } },
        { storage: { destination: 'beta' } },
        { storage: { refresh: 'now' } },
        { subscribe: { uids: ['d'] }, storage: { destination: 'beta' } },
      )
      .map((change): Happening => ({ kind: 'change', change })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        destination: fc.constantFrom('alpha', 'beta'),
        retry: fc.constantFrom<'never' | 'later' | null>('never', 'later', null, null),
      })
      .map((one): Happening => ({ kind: 'unusable', ...one })),
  },
  { weight: 1, arbitrary: fc.constant<Happening>({ kind: 'callback' }) },
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: 1, max: 400 })
      .map((s): Happening => ({ kind: 'worker', downMs: s * SECOND })),
  },
);

const timed = fc.record({ at: fc.integer({ min: 0, max: 3600 }), what: happening });

const starts = fc.constantFrom<Partial<Traits>>(
  { unansweredStart: 'repeat' },
  { unansweredStart: 'repeat', reserves: true },
  { unansweredStart: 'await-callback' },
  { unansweredStart: 'await-callback', reserves: true },
  { unansweredStart: 'repeat-reserved', reserves: true },
);

const traits = fc
  .record<Partial<Traits>>({
    start: fc.constantFrom('armed', 'source-needed'),
    survivesDrop: fc.boolean(),
    nativePause: fc.boolean(),
    restartGapMs: fc.constantFrom(0, 10_000),
    absence: fc.constantFrom({ proofMs: 0 }, { proofMs: 95_000 }),
    refreshEveryMs: fc.constantFrom(null, 10 * MINUTE),
    maxTakeMs: fc.constantFrom(null, 20 * MINUTE),
  })
  .chain((some) => starts.map((start): Partial<Traits> => ({ ...some, ...start })));

const peculiar = fc.constantFrom<SyntheticOptions>(
  {},
  { takeLifeMs: 17 * MINUTE },
  { changes: true },
  { changes: true, destinations: ['alpha', 'beta'] },
  { changes: true, destinations: ['alpha', 'beta'], takeLifeMs: 23 * MINUTE },
  { changes: true, startingMs: 20 * SECOND },
  { acceptsSourceless: true, tellsEmpty: true },
);

/** What becomes of callbacks on their way; null: the account has none. */
const calledBack = fc.option(
  fc.record({
    rates: fc.record({
      lost: rate(),
      doubled: rate(),
      late: rate(),
      reordered: rate(),
      forged: rate(),
    }),
    seed: fc.integer(),
  }),
);

function rate(): fc.Arbitrary<number> {
  return fc.constantFrom(0, 0, 0.1, 0.2);
}

/** Looks with callbacks that come, and what a refused one puts off. */
const SELDOM_MS = 345_000;

/** Without these looks do not see the source: callbacks alone tell of it. */
const sight = fc.constantFrom(true, true, false);

const policies = fc.constantFrom<Record<string, string>>(
  {},
  { late: 'fail after 10m', gone: 'end after 5m' },
  { gone: 'fail after 20m' },
);

/** What a take is believed to have been told stands at the vendor. */
function untold({ takes, settings, lane }: SessionState, vendor: SyntheticVendor): string[] {
  const { subscribe } = settings;
  if (!subscribe || lane?.op === 'change') return [];
  return takes.flatMap(({ number, name, status, changed }) => {
    const real = vendor.recordings().find((one) => one.name.nonce === name.nonce);
    if (status !== 'open' || !real?.live || changed.subscribe !== subscribe.revision) return [];
    const same = JSON.stringify(real.settings.subscribe) === JSON.stringify(subscribe.value);
    return same ? [] : [`take ${number} was never told ${JSON.stringify(subscribe.value)}`];
  });
}

function scriptOf(happenings: { at: number; what: Happening }[], sourceFirst: boolean): Script {
  const script: Script = sourceFirst
    ? [{ at: 0, do: (_d, vendor) => vendor.source(CHANNEL, true, START) }]
    : [];
  for (const { at, what } of happenings) {
    script.push({
      at: at * SECOND,
      do: (d, vendor) => {
        switch (what.kind) {
          case 'command':
            d.command(what.command, what.until === undefined ? {} : { until: START + what.until });
            break;
          case 'change':
            d.command('change', { change: what.change });
            break;
          case 'unusable':
            if (what.retry === null) vendor.unusable.delete(what.destination);
            else vendor.unusable.set(what.destination, what.retry);
            break;
          case 'callback':
            for (const { live, id, mark } of vendor.recordings())
              if (live)
                d.event({
                  kind: 'recorder',
                  event: {
                    id: `started ${id}`,
                    at: d.now(),
                    kind: 'recorder-started',
                    mark,
                    recording: id,
                  },
                });
            break;
          case 'source':
            vendor.source(CHANNEL, what.up, d.now());
            break;
          case 'forget':
            vendor.forget(d.now());
            break;
          case 'fault':
            vendor.faults.arm({ op: what.op, kind: what.fault, times: what.times });
            break;
          case 'worker':
            d.killWorker();
            break;
          case 'hide':
            // A failover is over well before the next one.
            if (vendor.traits.absence.proofMs > 0 && d.now() > vendor.hideUntil + 10 * MINUTE)
              vendor.hideUntil = d.now() + what.ms;
            break;
          case 'mint-outage':
            vendor.mintsFailUntil = d.now() + what.ms;
            break;
        }
      },
    });
    if (what.kind === 'worker') script.push({ at: at * SECOND + what.downMs, do: (d) => d.reviveWorker() });
  }
  return script.toSorted((a, b) => a.at - b.at);
}

describe('whatever happens', () => {
  it('the session ends, never records twice, outlives nothing, and its coverage is the truth', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(timed, { maxLength: 25 }),
        traits,
        peculiar,
        policies,
        fc.boolean(),
        fc.integer(),
        calledBack,
        sight,
        async (happenings, some, peculiarity, source, sourceFirst, seed, callbacks, seesDrops) => {
          const vendor: SyntheticOptions = {
            ...peculiarity,
            ...(callbacks && { callbacks }),
            ...(!seesDrops && { blindMs: 5 * MINUTE }),
          };
          const downFor = Math.max(
            0,
            ...happenings.map(({ what }) => (what.kind === 'worker' ? what.downMs : 0)),
          );
          let synthetic: SyntheticVendor | undefined;
          const wrong: string[] = [];
          const run = await play(
            {
              traits: { ...some, ...(!seesDrops && { seesDrops, survivesDrop: true }) },
              vendor,
              seed,
              specification: { source },
              script: [
                { at: 0, do: (_d, own) => void (synthetic = own) },
                ...scriptOf(happenings, sourceFirst),
              ],
              onStep: (state) => {
                if (synthetic) wrong.push(...untold(state, synthetic));
              },
            },
            // A refused look, a failover and a missing worker each put off what is seen.
            {
              lookMs:
                (callbacks ? SELDOM_MS : 75_000) +
                (some.absence?.proofMs ?? 0) +
                totalDown(happenings) +
                downFor,
              handOver:
                some.maxTakeMs !== null ||
                vendor.takeLifeMs !== undefined ||
                vendor.destinations !== undefined,
              blind: !seesDrops,
              lossy: !seesDrops && callbacks !== null,
            },
          );
          expect(run.result, 'the session must end').not.toBeNull();
          expect([...run.faults, ...wrong]).toEqual([]);
          expect(run.record.log.map((entry) => entry.sequence)).toEqual(run.record.log.map((_, i) => i + 1));
          expect(JSON.stringify(run.state).length).toBeLessThan(256 * 1024);
        },
      ),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 150) },
    );
  });
});

function totalDown(happenings: { what: Happening }[]): number {
  return happenings.reduce((sum, { what }) => sum + (what.kind === 'worker' ? what.downMs : 0), 0);
}
