/** No window is lost between the making of a schedule and its first firing, nor while it is paused or changed. */
import {
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleClient,
  type ScheduleHandle,
} from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../../src/client/context.ts';
import type { KeepRolling, ScheduleDocument } from '../../../src/client/index.ts';
import { apply } from '../../../src/client/apply/apply.ts';
import { open } from '../../../src/client/open.ts';
import { VENDORS } from '../../../src/recorders/registry.ts';
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

/** One window, whose firing has passed: without a worker its launcher waits. */
async function heldOf(name: string): Promise<{ document: ScheduleDocument; id: string; launcher: string }> {
  const document = scheduleOf(kit, name, { at: clockAt(Date.now() + 60_000), length: '10m' });
  const { id } = await client.schedules.create(document);
  const [at] = await fired(id);
  return { document, id, launcher: `launch/${id}-${at}` };
}

async function launcherIs(workflowId: string): Promise<{ status: string; hash: unknown }> {
  const { status, memo } = await kit.world.client.workflow.getHandle(workflowId).describe();
  return { status: status.name, hash: memo?.scheduleHash };
}

it('keeps what it holds while it is paused, also where it is changed', async () => {
  const { document, launcher } = await heldOf('kept');
  const before = await launcherIs(launcher);
  await client.schedules.pause('kept');
  const updated = await client.schedules.update({ ...document, policy: { busy: 'skip' } });
  expect(updated).toMatchObject({
    cancelled: [],
    triggered: false,
    text: expect.stringContaining('what it holds goes on as it was'),
  });
  expect(updated.goesOn).toHaveLength(1);
  expect(await launcherIs(launcher)).toEqual(before);
});

it('is finished by the next apply where one has failed before its windows were started', async () => {
  const opened = await open({ settings: kit.world.settings, registry: VENDORS, env: {} });
  try {
    const begin = Math.ceil(Date.now() / 1000) * 1000 + 60_000;
    const { context } = opened;
    const later = scheduleOf(kit, 'half', { at: clockAt(begin + 7_200_000), length: '10m' });
    const nearer = scheduleOf(kit, 'half', { at: clockAt(begin), length: '10m' });
    const applied = async (document: unknown, how = context) =>
      (await apply(how, [{ label: 'half.yaml', document }])).outcomes[0]!;
    expect(await applied(later)).toMatchObject({ action: 'create', error: null });
    expect((await applied(nearer, withoutBackfill(context))).error).not.toBeNull();
    expect(await applied(nearer)).toMatchObject({
      action: 'update',
      error: null,
      text: expect.stringContaining(clockAt(begin)),
    });
    expect(await fired((await client.schedules.show('half')).id)).toHaveLength(1);
    await until('all is done', async () => (await applied(nearer)).action === 'unchanged');
  } finally {
    await opened.close();
  }
});

/** A server that goes away before it has heard what to start. */
function withoutBackfill(context: Context): Context {
  const { reach } = context;
  const within: Context['reach']['within'] = async (ms, call, needsWorker) =>
    await reach.within(
      ms,
      async (temporal) => {
        const getHandle = (id: string): ScheduleHandle =>
          Object.assign(Object.create(temporal.schedule.getHandle(id)) as ScheduleHandle, {
            backfill: async () => await Promise.reject(new Error('the server is gone')),
          });
        const schedule = Object.assign(Object.create(temporal.schedule) as ScheduleClient, { getHandle });
        return await call(Object.create(temporal, { schedule: { value: schedule } }) as Client);
      },
      needsWorker,
    );
  return { ...context, reach: { ...reach, within } };
}

it(
  'says that no worker gives up what it holds, and starts it anew when there is one',
  { timeout: 90_000 },
  async () => {
    const { document, launcher } = await heldOf('away');
    const changed = { ...document, policy: { busy: 'skip' } as const };
    await expect(client.schedules.update(changed)).rejects.toMatchObject({
      code: 'E_NO_WORKER',
      message: expect.stringContaining('change or apply away again'),
    });
    const before = await launcherIs(launcher);
    expect(before.status).toBe('RUNNING');
    await kit.startWorker();
    await until('it is given up', async () => (await launcherIs(launcher)).status === 'COMPLETED');
    const updated = await client.schedules.update(changed);
    expect(updated).toMatchObject({ triggered: true });
    const now = await launcherIs(launcher);
    expect(now.status).toBe('RUNNING');
    expect(now.hash).not.toBe(before.hash);
  },
);
