import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULT_KINDS } from '../../src/emulators/faults.ts';
import { runOme, type OmeHands, type OmeScript } from '../driver/ome-world.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../driver/world.ts';

const up: OmeScript[number] = { at: 0, do: (_d, ome) => ome.control('source.start', { stream: 'cam1' }) };

describe('a session on OvenMediaEngine', () => {
  it('keeps one take through drops of its source, with exact edges', async () => {
    const run = await runOme(
      {
        script: [
          up,
          { at: 10 * MINUTE, do: (_d, ome) => ome.control('source.stop', { stream: 'cam1' }) },
          { at: 14 * MINUTE, do: (_d, ome) => ome.control('source.start', { stream: 'cam1' }) },
        ],
      },
      { maxDoubtMs: 2 * SECOND },
    );
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'partial', takes: 1 });
    expect(run.record.spans).toHaveLength(2);
    expect(run.result!.totals.gapMs['source-absent']).toBeGreaterThan(4 * MINUTE - 2 * SECOND);
    expect(run.result!.totals.gapMs['source-absent']).toBeLessThan(4 * MINUTE + 5 * SECOND);
  });

  it('opens a new take after a restart that forgets, with an ugly gap told honestly', async () => {
    const run = await runOme({
      script: [
        up,
        { at: 10 * MINUTE, do: (_d, ome) => ome.control('restart', { kill: true, downMs: 5000 }) },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 2 });
    expect(run.result!.totals.gapMs['vendor-fault']).toBeGreaterThan(0);
  });

  it('sees a stall by its frozen counters', async () => {
    const run = await runOme({
      script: [
        up,
        { at: 10 * MINUTE, do: (_d, ome) => ome.control('source.stall', { stream: 'cam1' }) },
        { at: 20 * MINUTE, do: (_d, ome) => ome.control('source.flow', { stream: 'cam1' }) },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.result!.totals.gapMs['source-absent']).toBeGreaterThan(8 * MINUTE);
  });

  it('records a week of virtual time in one go, with daily renewals and a state that does not grow', async () => {
    let largest = 0;
    const run = await runOme({
      specification: { window: { from: 'now', length: '7d' }, options: { interval: 3_600_000 } },
      script: [up],
      giveUpMs: 8 * DAY,
      onStep: (state) => {
        largest = Math.max(largest, JSON.stringify(state).length);
      },
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 1 });
    expect(run.runs).toBe(7);
    expect(largest).toBeLessThan(64 * 1024);
  });
});

/** Without `not-found`: an OvenMediaEngine does not deny a record that it has, and its recorder builds on that. */
const FAULTS = FAULT_KINDS.filter((kind) => kind !== 'not-found');

type Happening = { command: 'pause' | 'resume' } | { control: string; input: Record<string, unknown> };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Happening>({ command: 'pause' }, { command: 'resume' }) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('source.start', 'source.stop', 'source.stall', 'source.flow')
      .map((control): Happening => ({ control, input: { stream: 'cam1' } })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ kill: fc.boolean(), downMs: fc.constantFrom(0, 5000, 70_000) })
      .map((input): Happening => ({ control: 'restart', input })),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({
        op: fc.constantFrom('startRecord', 'stopRecord', 'records', '*'),
        kind: fc.constantFrom(...FAULTS),
        times: fc.integer({ min: 1, max: 3 }),
      })
      .map((fault): Happening => ({ control: 'faults', input: { ...fault, delayMs: 15_000 } })),
  },
);

function happen(what: Happening): OmeScript[number]['do'] {
  return (d, ome) => {
    if ('command' in what) d.command(what.command);
    else if (what.control.startsWith('source.')) sourceControl(ome, what);
    else ome.control(what.control, what.input);
  };
}

/** An encoder that is not there cannot stall: random orders ask for that too. */
function sourceControl(
  ome: OmeHands,
  { control, input }: { control: string; input: Record<string, unknown> },
): void {
  try {
    ome.control(control, input);
  } catch (error) {
    if (!/not being pushed|already/i.test(String(error))) throw error;
  }
}

describe('whatever happens to OvenMediaEngine', () => {
  it('the session ends, never records twice, outlives nothing, and its coverage is the truth', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.integer({ min: 0, max: HOUR / SECOND }), what: happening }), {
          maxLength: 20,
        }),
        fc.boolean(),
        fc.constantFrom({}, { interval: 300_000 }),
        fc.integer(),
        async (happenings, sourceFirst, options, seed) => {
          const script = happenings
            .map((one) => ({ at: one.at * SECOND, do: happen(one.what) }))
            .toSorted((a, b) => a.at - b.at);
          const run = await runOme(
            { seed, script: sourceFirst ? [up, ...script] : script, specification: { options } },
            // Two looks are needed to see a stall, and a failed look puts either off.
            { lookMs: 150_000 },
          );
          expect(run.result, 'the session must end').not.toBeNull();
          expect(run.faults).toEqual([]);
        },
      ),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 80) },
    );
  });
});
