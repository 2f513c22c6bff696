/** Sessions on OvenMediaEngine that are told of streams, and the same ones to whom nothing is told. */
import { describe, expect, it } from 'vitest';
import { runOme, type OmeRun, type OmeScript } from '../driver/ome-world.ts';
import { HOUR, MINUTE, SECOND } from '../driver/world.ts';

const control = (at: number, name: string, input: object = { stream: 'cam1' }): OmeScript[number] => ({
  at,
  do: (_d, ome) => ome.control(name, { ...input }),
});

const DROPS = [
  control(3 * SECOND, 'source.start'),
  control(HOUR, 'source.stop'),
  control(HOUR + 4 * MINUTE, 'source.start'),
  control(2 * HOUR, 'source.stop'),
  control(2 * HOUR + 2 * SECOND, 'source.start'),
];
const FOUR_HOURS = { window: { from: 'now', length: '4h' } };

const run = async (calls: 'admission' | 'alerts' | 'deaf', script: OmeScript): Promise<OmeRun> =>
  await runOme({ calls, script, specification: FOUR_HOURS }, { lookMs: 345_000 });

const edges = ({ record }: OmeRun): { at: number; plusMinusMs: number }[] =>
  record.spans.filter(({ span }) => span.to!.at > span.from.at).flatMap(({ span }) => [span.from, span.to!]);

describe('a session that OvenMediaEngine calls back', () => {
  it.each(['admission', 'alerts'] as const)(
    'comes to what it comes to without, by %s, with a fraction of the looks',
    async (calls) => {
      const told = await run(calls, DROPS);
      const deaf = await run('deaf', DROPS);
      expect([...told.faults, ...deaf.faults]).toEqual([]);
      expect(told.callbacks).toBeGreaterThan(3);
      expect(deaf.callbacks).toBe(0);
      expect(told.result).toMatchObject({ outcome: 'completed', verdict: deaf.result!.verdict, takes: 1 });
      expect(edges(told)).toHaveLength(edges(deaf).length);
      for (const [index, { at, plusMinusMs }] of edges(told).entries()) {
        const other = edges(deaf)[index]!;
        expect(Math.abs(at - other.at)).toBeLessThanOrEqual(plusMinusMs + other.plusMinusMs + SECOND);
        // Looks tell it to the fraction of a second, whatever the callback said before.
        expect(plusMinusMs).toBeLessThanOrEqual(2 * SECOND);
      }
      expect(told.looks * 2).toBeLessThan(deaf.looks);
    },
  );

  it('starts anew at once when the server was restarted, as soon as the encoder is back', async () => {
    const told = await run('admission', [
      control(0, 'source.start'),
      control(HOUR, 'restart', { kill: true, downMs: 5_000 }),
    ]);
    expect(told.faults).toEqual([]);
    expect(told.result).toMatchObject({ outcome: 'completed', takes: 2 });
    const [, second] = told.record.spans;
    expect(second!.span.from.at - told.begunAt).toBeLessThan(HOUR + 15 * SECOND);
  });
});
