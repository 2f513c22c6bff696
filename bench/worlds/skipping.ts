/** The time-skipping test server with a session's recorder, or with the loop that it is compared with. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../src/activities/index.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { installRuntime } from '../../src/runtime.ts';
import { findTestServer } from '../../src/server/index.ts';
import { accountQueue, sessionWorkflowId, workflowQueue } from '../../src/session/names.ts';
import { buildIdOf } from '../../src/worker.ts';
import { memoryArchive } from '../../test/driver/memory-archive.ts';
import { loopActivities } from '../worker/loop-activities.ts';
import { tickActivities } from '../worker/tick-activities.ts';
import { ACCOUNT } from './configuration.ts';
import type { SideOn } from './side.ts';
import { syntheticSide } from './synthetic-side.ts';

export interface SkippingWorld {
  client: Client;
  queue: string;
  startSession(hours: number): Promise<WorkflowHandle>;
  /** How often the recorder was looked at. */
  looks(): number;
  close(): Promise<void>;
}

/** A virtual day takes some ten seconds. */
const STANDS_STILL_MS = 120_000;

/** `play` in a world of its own; once more, and told, if time stands still in it: that has been seen, and not why. */
export async function inSkippingWorld<T>(
  bundle: string,
  play: (world: SkippingWorld) => Promise<T>,
  sideOn?: SideOn,
): Promise<T> {
  return await once(bundle, play, sideOn).catch(async (error: unknown) => {
    if (!(error instanceof StandsStill)) throw error;
    console.error(`${error.message} It is tried once more.`);
    return await once(bundle, play, sideOn);
  });
}

class StandsStill extends Error {}

async function once<T>(
  bundle: string,
  play: (world: SkippingWorld) => Promise<T>,
  sideOn?: SideOn,
): Promise<T> {
  const world = await skippingWorld(bundle, sideOn);
  try {
    return await play(world);
  } finally {
    await world.close();
  }
}

/** The result of a workflow of the world. @throws with the last events where there is none after so long */
export async function ended<T>(handle: WorkflowHandle): Promise<T> {
  const cut = new AbortController();
  const late = sleep(STANDS_STILL_MS, undefined, { signal: cut.signal }).then(async () => {
    const events = (await handle.fetchHistory()).events ?? [];
    const last = events.slice(-6).map(({ eventId, eventType }) => `${String(eventId)} type ${eventType}`);
    const { pendingActivities } = (await handle.describe()).raw;
    const pending = pendingActivities?.map(
      ({ activityType, attempt }) => `${activityType?.name}, attempt ${attempt}`,
    );
    throw new StandsStill(
      `${handle.workflowId} stands still after ${events.length} events (${last.join('; ')}), with ${pending?.join('; ') || 'no activity'} pending.`,
    );
  });
  try {
    return (await Promise.race([handle.result(), late])) as T;
  } finally {
    cut.abort();
    late.catch(() => undefined);
  }
}

/** `bundle`: of the sessions, or of the bare workflows. */
async function skippingWorld(bundle: string, sideOn: SideOn = syntheticSide): Promise<SkippingWorld> {
  installRuntime('ERROR');
  const { path } = await findTestServer({ say: (line) => console.log(line) });
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  let now = await env.currentTimeMs();
  const currentTime = async (): Promise<number> => (now = await env.currentTimeMs());
  const side = sideOn(() => now);
  const { registry, account, destinations, asked, key, dispatcher } = side;
  const settings = settingsOf(
    {
      installation: 'bench1',
      accounts: { [ACCOUNT]: { ...account, looks: { every: '60s' } } },
      destinations,
    },
    null,
    '/',
    registry,
    {},
  );
  const activities = createActivities({
    settings,
    registry,
    archive: memoryArchive(),
    dispatcher,
    now: () => now,
  });
  // The recorder's clock follows the server's, which skips between two calls.
  const following = Object.entries(activities).map(([name, activity]) => [
    name,
    async (input: never) => {
      await currentTime();
      return await (activity as (input: never) => Promise<unknown>)(input);
    },
  ]);
  const workflowBundle = { codePath: bundle };
  const common = {
    connection: env.nativeConnection,
    buildId: await buildIdOf(workflowBundle),
    activities: {
      ...(Object.fromEntries(following) as typeof activities),
      ...loopActivities(currentTime),
      ...tickActivities(async () => await Promise.resolve(), currentTime),
    },
  };
  const workers = await Promise.all([
    Worker.create({ ...common, taskQueue: workflowQueue(), workflowBundle }),
    Worker.create({ ...common, taskQueue: accountQueue(ACCOUNT) }),
  ]);
  const running = Promise.all(workers.map(async (worker) => await worker.run()));

  return {
    client: env.client,
    queue: workflowQueue(),
    looks: () => side.looks(),
    async startSession(hours) {
      side.begin(await currentTime());
      return await env.client.workflow.start('recording', {
        workflowId: sessionWorkflowId(key),
        taskQueue: workflowQueue(),
        args: [
          {
            specification: {
              name: 'a-day',
              account: ACCOUNT,
              ...asked,
              window: { from: 'now', length: `${hours}h` },
            },
          },
        ],
      });
    },
    async close() {
      workers.forEach((worker) => worker.shutdown());
      await running;
      await env.teardown();
    },
  };
}
