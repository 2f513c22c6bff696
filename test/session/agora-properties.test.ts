import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgoraUnknowns } from '../../src/emulators/index.ts';
import { FAULT_KINDS } from '../../src/emulators/faults.ts';
import { CHANNEL, runAgora, type AgoraHands, type AgoraScript } from '../driver/agora-world.ts';
import { HOUR, MINUTE, SECOND } from '../driver/world.ts';

const up: AgoraScript[number] = {
  at: 0,
  do: (_d, agora) => agora.control('source.start', { channel: CHANNEL }),
};

type Happening =
  | { command: 'pause' | 'resume' }
  | { change: Record<string, unknown> }
  | { control: string; input: Record<string, unknown> }
  | { mintFailsMs: number }
  | { deniedMs: number };

const drops: fc.Arbitrary<Happening> = fc
  .constantFrom('source.start', 'source.stop', 'source.stall', 'source.flow')
  .map((control): Happening => ({ control, input: { channel: CHANNEL } }));

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Happening>({ command: 'pause' }, { command: 'resume' }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Happening>(
      { change: { subscribe: { audioUidList: { subscribeAudioUids: ['#allstream#'] } } } },
      { change: { storage: { refresh: 'now' } } },
      { change: { storage: { destination: 's3-other' } } },
      { change: { storage: { destination: 's3-archive' } } },
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: 5, max: 80 })
      .map((s): Happening => ({ control: 'failover', input: { channel: CHANNEL, forMs: s * SECOND } })),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Happening>({ control: 'worker.crash', input: { channel: CHANNEL } }),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 90 }).map((m): Happening => ({ mintFailsMs: m * MINUTE })),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 90 }).map((m): Happening => ({ deniedMs: m * MINUTE })) },
  {
    weight: 5,
    arbitrary: fc
      .record({
        op: fc.constantFrom('acquire', 'start', 'query', 'update', 'stop', '*'),
        kind: fc.constantFrom(...FAULT_KINDS),
        times: fc.integer({ min: 1, max: 4 }),
        status: fc.constantFrom(undefined, 206, 500, 504),
      })
      .map(({ status, ...fault }): Happening => ({
        control: 'faults',
        input: { ...fault, delayMs: 15_000, ...(status !== undefined && { status }) },
      })),
  },
);

function happen(what: Happening): AgoraScript[number]['do'] {
  return (d, agora) => {
    if ('command' in what) d.command(what.command);
    else if ('change' in what) d.command('change', { change: what.change });
    else if ('mintFailsMs' in what) agora.mint.failsUntil = d.now() + what.mintFailsMs;
    else if ('deniedMs' in what) agora.mint.deniedUntil = d.now() + what.deniedMs;
    else act(agora, what.control, what.input);
  };
}

/** Random orders ask for what cannot be: a second encoder of one uid, a crash of nothing. */
function act(agora: AgoraHands, control: string, input: Record<string, unknown>): void {
  try {
    agora.control(control, input);
  } catch (error) {
    if (!/no such task|already|no user|not in the channel/i.test(String(error))) throw error;
  }
}

const unknowns: fc.Arbitrary<Partial<AgoraUnknowns>> = fc.record({
  errorTable: fc.constantFrom('mixed', 'old', 'new'),
  alreadyStartedCarriesSid: fc.boolean(),
  queryWhileExiting: fc.constantFrom('404', '501', 'status'),
  refusedUploads: fc.constantFrom('lost', 'backup'),
  bucketChange: fc.constantFrom('ignored', 'applied'),
  omittedParts: fc.constantFrom('stay', 'reset'),
  storageCheck: fc.constantFrom('after-start', 'first-upload'),
  updateInFailover: fc.constantFrom('404', 'applied'),
  sliceStartUnit: fc.constantFrom('ms', 's'),
  statusFive: fc.constantFrom('first-upload', 'ready', 'never'),
  unknownSpelling: fc.constantFrom('unknown', 'unknow'),
  streamsAtJoin: fc.constantFrom('told', 'untold'),
  sequenceScope: fc.constantFrom('sid', 'service'),
  redundantNoticeId: fc.constantFrom('same', 'another'),
});

const rate = fc.constantFrom(0, 0, 0.1, 0.2);
/** What becomes of notifications; null: the account has none. */
const notified = fc.option(
  fc.record({
    rates: fc.record({ lost: rate, doubled: rate, late: rate, reordered: rate, forged: rate }),
  }),
);

const runs = { numRuns: Number(process.env.PROPERTY_RUNS ?? 60) };

function property(what: fc.Arbitrary<Happening>, blind: boolean) {
  return fc.asyncProperty(
    fc.array(fc.record({ at: fc.integer({ min: 0, max: (2 * HOUR) / SECOND }), what }), { maxLength: 15 }),
    unknowns,
    fc.integer(),
    notified,
    async (happenings, open, seed, told) => {
      const script = happenings
        .map((one) => ({ at: one.at * SECOND, do: happen(one.what) }))
        .toSorted((a, b) => a.at - b.at);
      const run = await runAgora(
        {
          seed,
          ...(told && { notified: told }),
          script: [up, ...script],
          emulator: { unknowns: open },
          specification: { window: { from: 'now', length: '2h' } },
        },
        // A failed look puts the next one off, and a look outside the watch may have to wait for an outage to pass.
        { blind, lossy: blind && told !== null, lookMs: told ? 450_000 : 180_000 },
      );
      expect(run.result, 'the session must end').not.toBeNull();
      expect(run.faults).toEqual([]);
    },
  );
}

/** The report of the smallest counterexample; null when there is none. */
async function failing(tried: fc.IAsyncPropertyWithHooks<unknown[]>): Promise<string | null> {
  const details = await fc.check(tried as fc.IAsyncProperty<unknown>, runs);
  return details.failed ? (await fc.asyncDefaultReportMessage(details)) || 'failed' : null;
}

describe('whatever happens to Agora', () => {
  it('the session ends, never records twice, outlives nothing, and its coverage is the truth', async () => {
    expect(await failing(property(happening, false))).toBeNull();
  });

  it('and with users who come and go, unseen, it claims no more than the life of a recording', async () => {
    const withDrops = fc.oneof(happening, { weight: 2, arbitrary: drops });
    expect(await failing(property(withDrops, true))).toBeNull();
  });
});
