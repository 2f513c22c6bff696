/** One script, two players: what is true of a session in the driver is true of it on Temporal. */
import { describe, expect, it } from 'vitest';
import { differences, gapsOf } from './ledger.ts';
import { playInProcess, playOnTemporal, type Played } from './players.ts';
import { TOLERANCE_MS, type Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

function hold(scenario: Scenario, played: Played): void {
  const { outcome, verdict, takes, gaps, lasts } = scenario.expected;
  expect(played.faults).toEqual([]);
  expect(played.result).toMatchObject({ outcome, verdict, takes });
  expect(gapsOf(played).map((gap) => gap.cause)).toEqual(gaps);
  const tolerance = scenario.toleranceMs ?? TOLERANCE_MS;
  expect(Math.abs(played.endedAt - played.begunAt - lasts)).toBeLessThanOrEqual(tolerance);
}

describe('driver and Temporal tell the same story of', { timeout: 120_000 }, () => {
  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))('%s', async (_name, scenario) => {
    const driver = await playInProcess(scenario);
    hold(scenario, driver);
    const temporal = await playOnTemporal(scenario);
    hold(scenario, temporal);
    expect(differences(scenario, driver, temporal)).toEqual([]);
  });
});
