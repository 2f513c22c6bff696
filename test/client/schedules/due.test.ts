/** No window is lost between the making of a schedule and its first firing, nor while it is paused or changed. */
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeepRolling } from '../../../src/client/index.ts';
import { until } from '../../temporal/world.ts';
import { clientKit, type ClientKit } from '../kit.ts';
import { clockAt, scheduleOf } from './kit.ts';

const MINUTE = 60_000;
let kit: ClientKit;
let client: KeepRolling;

beforeAll(async () => {
  kit = await clientKit();
  client = await kit.connect();
});
afterAll(async () => {
  for (const { name } of await client.schedules.list()) await client.schedules.delete(name);
  await kit.close();
});

/** Windows a minute apart, each half a minute long: the open one, and those that have fired already. */
function dense(name: string, at: number, more: Record<string, unknown> = {}) {
  const times = [-1, 0, 1, 2, 30].map((minutes) => clockAt(at + minutes * MINUTE));
  return scheduleOf(kit, name, { at: times, length: '30s', ...more });
}

/** Scheduled instants of the launchers that there are, by their ids. */
async function fired(id: string): Promise<string[]> {
  return await until('its launchers', async () => {
    const { info } = await kit.world.client.schedule.getHandle(id).describe();
    const ids = info.recentActions.map(({ action }) => action.workflow.workflowId);
    return ids.length > 0 ? ids.map((one) => one.slice(-20)) : undefined;
  });
}

describe('windows whose firing has passed', { timeout: 60_000 }, () => {
  it('are started when a schedule is made, each by its own firing', async () => {
    // Its early firing is at least a minute ahead, so a window that begins in half a minute has fired.
    const begin = Math.ceil(Date.now() / 1000) * 1000 + 20_000;
    const made = await client.schedules.create(dense('made', begin));
    const starts = made.startedNow.map(({ from }) => Date.parse(from));
    expect(starts[0]).toBe(begin);
    const shown = await kit.world.client.schedule.getHandle(made.id).describe();
    const next = shown.info.nextActionTimes[0]!.getTime();
    const ids = await fired(made.id);
    expect(ids).toHaveLength(starts.length);
    // What the server fires next is about the first window that was not started.
    expect(next).toBeGreaterThan(Date.parse(ids.at(-1)!));
    expect(Date.parse(ids[0]!)).toBeLessThanOrEqual(Date.now());
  });

  it('are started when it is resumed', async () => {
    const begin = Math.ceil(Date.now() / 1000) * 1000 + 20_000;
    const { id, startedNow } = await client.schedules.create(dense('paused', begin, { paused: true }));
    expect(startedNow).toEqual([]);
    const resumed = await client.schedules.resume('paused');
    expect(resumed).toMatchObject({ triggered: true, text: expect.stringContaining(clockAt(begin)) });
    expect((await fired(id)).length).toBeGreaterThan(0);
  });

  it('are started when it is changed', async () => {
    const begin = Math.ceil(Date.now() / 1000) * 1000 + 20_000;
    const { id } = await client.schedules.create(
      scheduleOf(kit, 'other', { at: clockAt(begin + 7_200_000), length: '30s' }),
    );
    const updated = await client.schedules.update(dense('other', begin));
    expect(updated).toMatchObject({ triggered: true, text: expect.stringContaining(clockAt(begin)) });
    expect((await fired(id)).length).toBeGreaterThan(0);
  });
});

it('is backfilled by single wake-ups too, and not by what is left out', { timeout: 30_000 }, async () => {
  const now = Math.floor(Date.now() / MINUTE) * MINUTE;
  const single = now - 90_000;
  const skipped = new Date(now - MINUTE);
  const clock = { hour: '*' as const, minute: '*' as const, second: 0 };
  const handle = await kit.world.client.schedule.create({
    scheduleId: `${kit.world.prefix}raw`,
    spec: {
      timezone: 'UTC',
      calendars: [clock],
      intervals: [{ every: single }],
      skip: [{ ...clock, hour: skipped.getUTCHours(), minute: skipped.getUTCMinutes() }],
    },
    action: {
      type: 'startWorkflow',
      workflowType: 'launch',
      workflowId: `launch/${kit.world.prefix}raw`,
      taskQueue: `${kit.world.prefix}nobody`,
    },
  });
  const range = {
    start: new Date(now - 3 * MINUTE),
    end: new Date(now),
    overlap: ScheduleOverlapPolicy.ALLOW_ALL,
  };
  await handle.backfill(range);
  // By the same ids, so that nothing more is started.
  await handle.backfill(range);
  const found = await fired(handle.scheduleId);
  await handle.delete();
  const instants = [now - 3 * MINUTE, now - 2 * MINUTE, single, now];
  expect(found.toSorted()).toEqual(instants.map((at) => new Date(at).toISOString().replace('.000Z', 'Z')));
});
