/** The launcher of a schedule: it stays open until its session ends, and says how. On a real server, whose schedules it pauses. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScheduleOverlapPolicy, type WorkflowHandle } from '@temporalio/client';
import { launchPlanOf } from '../../src/planning/launch-plan.ts';
import { prepare } from '../../src/planning/prepare.ts';
import type { Registry } from '../../src/recorders/registry.ts';
import { launchWorkflowId } from '../../src/session/names.ts';
import type { LaunchInput } from '../../src/workflows/definitions.ts';
import { syntheticVendor, type SyntheticVendor } from '../synthetic/vendor.ts';
import { temporalWorld, until, type RunningWorkers, type TemporalWorld } from '../temporal/world.ts';

let world: TemporalWorld;
let workers: RunningWorkers;
let vendor: SyntheticVendor;
let registry: Registry;

beforeAll(async () => {
  vendor = syntheticVendor();
  registry = new Map([['synthetic', vendor.vendor]]);
  world = await temporalWorld({ registry, account: { vendor: 'synthetic', secret: 'CANARY-synthetic' } });
  workers = await world.startWorkers();
});
afterAll(async () => {
  await workers.stop();
  await world.close();
});

/** As a schedule starts it, with its window worked out. */
function input(
  channel: string,
  more: { length: string; source?: object },
  pauseOnFailure = false,
): LaunchInput {
  const { length, ...rest } = more;
  const document = {
    name: channel,
    account: 'account',
    target: { channel },
    window: { from: 'now', length },
    ...rest,
  };
  const prepared = prepare({ settings: world.settings, registry }, document, {}, Date.now());
  return {
    specification: document,
    planned: launchPlanOf(prepared, false),
    schedule: { id: `${world.prefix}${channel}`, pauseOnFailure },
  };
}

async function launch(channel: string, given: LaunchInput): Promise<WorkflowHandle> {
  return await world.client.workflow.start('launch', {
    workflowId: launchWorkflowId(`${world.prefix}${channel}`),
    taskQueue: `${world.prefix}keeprolling`,
    args: [given],
  });
}

const phase = async (handle: WorkflowHandle, wanted: string): Promise<void> => {
  await until(wanted, async () => {
    const view = await handle.query<{ phase: string }>('status').catch(() => null);
    return view?.phase === wanted;
  });
};

describe('the launcher of a schedule', { timeout: 120_000 }, () => {
  it('stays open until its session has ended, and returns how', async () => {
    vendor.source('nightly', true, Date.now());
    const handle = await launch('nightly', input('nightly', { length: '10s' }));
    await phase(handle, 'started');
    expect((await handle.describe()).status.name).toBe('RUNNING');
    expect(await handle.result()).toMatchObject({ outcome: 'ended', result: { outcome: 'completed' } });
  });

  it('stops its session when it is cancelled', async () => {
    vendor.source('replaced', true, Date.now());
    const handle = await launch('replaced', input('replaced', { length: '1h' }));
    await phase(handle, 'started');
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ outcome: 'ended' });
  });

  it('fails with its session, and pauses its schedule where that is wished', async () => {
    const source = { late: 'fail after 1s' };
    const given = input('dark', { length: '1h', source }, true);
    const { id } = given.schedule!;
    const schedule = await world.client.schedule.create({
      scheduleId: id,
      spec: { calendars: [{ year: 2099 }] },
      policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL },
      action: {
        type: 'startWorkflow',
        workflowType: 'launch',
        workflowId: `launch/${id}`,
        taskQueue: `${world.prefix}keeprolling`,
        args: [given],
      },
    });
    await schedule.trigger();
    const paused = await until(
      'the pause',
      async () => {
        const { state } = await schedule.describe();
        return state.paused && state;
      },
      60_000,
    );
    expect(paused.note).toBe('paused by keeprolling: dark has ended: failed, nothing');
    const [last] = (await schedule.describe()).info.recentActions;
    const started = world.client.workflow.getHandle(last!.action.workflow.workflowId);
    await expect(started.result()).rejects.toMatchObject({ cause: { type: 'E_SESSION_FAILED' } });
    await schedule.delete();
  });
});
