/** Continue-as-new: a session of many runs is one session. */
import { describe, expect, it } from 'vitest';
import { coverageOf } from '../../src/session/coverage.ts';
import { sessionWorkflowId } from '../../src/session/names.ts';
import type { SessionResult } from '../../src/session/events.ts';
import type { StatusView } from '../../src/session/views.ts';
import type { Traits } from '../../src/session/traits.ts';
import { judge } from '../referee/referee.ts';
import { syntheticVendor, type SyntheticVendor } from '../synthetic/vendor.ts';
import { runsOf, type Run } from './histories.ts';
import { skippingWorld, type SkippingWorld } from './skipping.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const CHANNEL = 'news';

interface Session {
  world: SkippingWorld;
  vendor: SyntheticVendor;
  handle: Awaited<ReturnType<SkippingWorld['client']['workflow']['start']>>;
  begunAt: number;
}

async function session<T>(
  options: {
    traits?: Partial<Traits>;
    window?: Record<string, unknown>;
    looks?: Record<string, string>;
    renewAfterMs?: number;
  },
  play: (session: Session) => Promise<T>,
): Promise<T> {
  const vendor = syntheticVendor(options.traits);
  const world = await skippingWorld({
    registry: new Map([['synthetic', vendor.vendor]]),
    account: { vendor: 'synthetic', secret: 'CANARY-synthetic' },
    ...(options.looks && { looks: options.looks }),
  });
  try {
    const begunAt = await world.clock.sync();
    vendor.source(CHANNEL, true, begunAt);
    const handle = await world.client.workflow.start('recording', {
      workflowId: sessionWorkflowId(`synthetic/account/${CHANNEL}`),
      taskQueue: 'keeprolling',
      args: [
        {
          specification: {
            name: 'renewed',
            account: 'account',
            target: { channel: CHANNEL },
            window: { from: 'now', length: '6h', ...options.window },
          },
          ...(options.renewAfterMs !== undefined && { renewAfterMs: options.renewAfterMs }),
        },
      ],
    });
    return await play({ world, vendor, handle, begunAt });
  } finally {
    await world.close();
  }
}

async function ended({ world, vendor, handle, begunAt }: Session, lookMs: number) {
  const runs = await runsOf(world.client, handle.workflowId, handle.firstExecutionRunId);
  const result = (await handle.result()) as SessionResult;
  const { closeTime } = await handle.describe();
  const record = await world.recordOf(result.sessionId, result.key);
  await world.clock.sync();
  vendor.settle(world.clock.now());
  const faults = judge({
    sessionId: result.sessionId,
    truth: vendor.truth.entries,
    record,
    closedAt: closeTime!.getTime(),
    now: world.clock.now(),
    lookMs,
  });
  return { result, record, faults, runs, begunAt };
}

const countOf = (run: Run, name: keyof NonNullable<Run['events'][number]>): number =>
  run.events.filter((event) => event[name] !== null && event[name] !== undefined).length;

describe('a session that continues as new', { timeout: 120_000 }, () => {
  it('loses no command, no event id, no due time, no part and no second', async () => {
    await session({ renewAfterMs: HOUR, looks: { every: '5m' } }, async (one) => {
      const { world, handle, begunAt } = one;
      const at = async (ms: number) => await world.sleepUntil(begunAt + ms);
      const status = async () => await handle.query<StatusView>('status');
      const iso = (ms: number) => new Date(begunAt + ms).toISOString();

      await at(10 * MINUTE);
      await handle.signal('pause', { id: 'p1', by: 'director', reason: 'sponsor' });
      await at(15 * MINUTE);
      await handle.signal('resume', { id: 'r1', by: 'director' });
      // Runs into the second run, where its end is due.
      await at(50 * MINUTE);
      await handle.signal('pause', { id: 'p2', by: 'director', until: iso(80 * MINUTE) });
      await at(75 * MINUTE);
      expect(await status()).toMatchObject({
        phase: 'paused',
        desired: { by: 'director', until: iso(80 * MINUTE) },
      });
      await at(90 * MINUTE);
      expect(await status()).toMatchObject({ phase: 'recording' });
      // Both ids were seen in the first run.
      await handle.signal('pause', { id: 'p1' });
      await handle.signal('recorderEvent', { id: 'p2', at: begunAt + 90 * MINUTE, kind: 'source-down' });
      await at(91 * MINUTE);
      expect(await status()).toMatchObject({ phase: 'recording', revision: 3, source: { state: 'up' } });
      await handle.signal('extend', { id: 'e1', until: iso(7 * HOUR) });

      await handle.result();
      const { result, record, faults, runs } = await ended(one, 5 * MINUTE);
      expect(faults).toEqual([]);
      expect(runs.length).toBeGreaterThanOrEqual(6);
      expect(result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 3 });
      expect(Math.abs(result.windowMs - 7 * HOUR)).toBeLessThan(1000);
      expect(record.commands.map(({ revision, command, id }) => [revision, command, id])).toEqual([
        [1, 'pause', 'p1'],
        [2, 'resume', 'r1'],
        [3, 'pause', 'p2'],
        [4, 'extend', 'e1'],
      ]);
      expect(record.log.map((entry) => entry.sequence)).toEqual(record.log.map((_, index) => index + 1));
      expect(record.parts).toBe(result.parts);
      const { totals } = coverageOf(record.spans, record.marks, begunAt, begunAt + 7 * HOUR);
      expect(Math.abs(totals.recordedMs - result.totals.recordedMs)).toBeLessThan(1000);
      expect(Math.abs(result.totals.gapMs.paused! - 35 * MINUTE)).toBeLessThan(5_000);
    });
  });

  it('begins no second take and calls nothing but looks when a run is renewed', async () => {
    await session({ renewAfterMs: HOUR, looks: { every: '5m' } }, async (one) => {
      await one.handle.result();
      const { faults, runs, result } = await ended(one, 5 * MINUTE);
      expect(faults).toEqual([]);
      expect(result.takes).toBe(1);
      expect(runs.length).toBe(6);
      const writes = one.vendor.truth.entries.flatMap((entry) =>
        entry.type === 'request' && entry.op !== 'look' ? [entry.op] : [],
      );
      expect(writes).toEqual(['start', 'stop']);
    });
  });

  it('finds a recording that was lost while the run was renewed', async () => {
    await session({ renewAfterMs: HOUR, looks: { every: '5m' } }, async (one) => {
      await one.world.sleepUntil(one.begunAt + HOUR - 1000);
      one.vendor.forget(one.world.clock.now());
      await one.handle.result();
      const { faults, result } = await ended(one, 5 * MINUTE);
      expect(faults).toEqual([]);
      expect(result.takes).toBe(2);
    });
  });
});

describe('the histories of long sessions', { timeout: 120_000 }, () => {
  it('hold a day with a look a minute and an hourly refresh in 360 events and 40 KB', async () => {
    await session(
      { traits: { refreshEveryMs: HOUR }, window: { length: '24h' }, looks: { every: '60s' } },
      async (one) => {
        await one.handle.result();
        const { faults, runs } = await ended(one, MINUTE);
        expect(faults).toEqual([]);
        const looks = one.vendor.truth.entries.filter(
          (entry) => entry.type === 'request' && entry.op === 'look',
        );
        expect(looks.length).toBeGreaterThan(1300);
        expect(runs).toHaveLength(1);
        const [run] = runs;
        expect(run!.events.length).toBeLessThanOrEqual(360);
        expect(run!.bytes).toBeLessThanOrEqual(40 * 1024);
        // One activity of the watch for each belief, and none for each look.
        expect(countOf(run!, 'activityTaskScheduledEventAttributes')).toBeLessThan(40);
      },
    );
  });

  it('hold a week in seven runs of a day each, with one take', async () => {
    await session({ window: { length: '7d' }, looks: { every: '5m' } }, async (one) => {
      await one.world.sleepUntil(one.begunAt + 3 * DAY + HOUR);
      one.vendor.forget(one.world.clock.now());
      await one.handle.result();
      const { faults, runs, result } = await ended(one, 5 * MINUTE);
      expect(faults).toEqual([]);
      expect(result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 2 });
      expect(runs.length).toBe(7);
      for (const run of runs) {
        expect(run.events.length).toBeLessThanOrEqual(100);
        expect(run.bytes).toBeLessThanOrEqual(40 * 1024);
      }
    });
  });
});
