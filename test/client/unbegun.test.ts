import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coverageText } from '../../src/cli/render/coverage.ts';
import { explanationText } from '../../src/cli/render/explain.ts';
import { statusText } from '../../src/cli/render/status.ts';
import type { KeepRolling } from '../../src/client/index.ts';
import { until } from '../temporal/world.ts';
import { clientKit, inMs, specificationOf, type ClientKit } from './kit.ts';

const HOUR = 3_600_000;

let kit: ClientKit;
let client: KeepRolling;

beforeAll(async () => {
  kit = await clientKit();
  await kit.startWorker();
  client = await kit.connect();
});
afterAll(async () => await kit.close());

describe('a window that never began', () => {
  it('says who has cancelled it and why, when, and when it was planned', async () => {
    const window = { from: inMs(HOUR), until: inMs(2 * HOUR) };
    const { handle } = await client.start(specificationOf(kit, 'held', { window }));
    const stopped = Date.now();
    await handle.stop({ by: 'me', reason: 'not needed' });
    const text = 'cancelled by me: not needed';
    const status = await until('ended', async () => {
      const told = await handle.status();
      return told.ended ? told : undefined;
    });
    const { unbegun } = status;
    expect(unbegun).toMatchObject({ outcome: 'cancelled', by: 'me', reason: 'not needed', text, window });
    expect(Math.abs(Date.parse(unbegun!.at) - stopped)).toBeLessThan(60_000);

    const coverage = await client.coverage('held');
    expect(coverage).toMatchObject({ from: window.from, to: window.until, unbegun });
    expect(coverageText(coverage, 'UTC')).toContain(`never began: ${text} (at `);
    const explanation = await client.explain('held');
    expect(explanation.timeline.at(-1)).toMatchObject({
      at: unbegun!.at,
      text: `Its window, from ${window.from} to ${window.until}, never began: ${text}.`,
    });
    const reader = { now: Date.now(), zone: 'UTC' };
    expect(explanationText(explanation, reader)).toContain('not needed');
    const block = statusText(status, reader);
    expect(block).toMatch(/^CANCELLED {3}nothing was recorded\n/);
    expect(block).toMatch(/ {2}window {3}.* → .*, never begun\n {2}ended {4}.* cancelled by me: not needed$/);

    const listed = await until('listed', async () =>
      (await client.list({ state: 'closed' })).find((one) => one.name === 'held'),
    );
    expect(Date.parse(listed.since!)).toBeGreaterThanOrEqual(Date.parse(unbegun!.at));
  });

  it('says who was recording when it was left out', async () => {
    const first = await client.start(specificationOf(kit, 'left'));
    await until('begun', async () => (await first.handle.status()).view);
    const skips = specificationOf(kit, 'left', { name: 'quC', policy: { busy: 'skip' } });
    const { handle } = await client.start(skips);
    const status = await until('left out', async () => {
      const told = await handle.status();
      return told.ended ? told : undefined;
    });
    expect(status.unbegun).toMatchObject({ outcome: 'skipped', text: 'left out: left was recording' });
    expect(statusText(status, { now: Date.now(), zone: 'UTC' })).toMatch(/^LEFT OUT/);
    await first.handle.stop();
  });
});
