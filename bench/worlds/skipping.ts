/** The time-skipping test server with the synthetic recorder, or with the loop that it is compared with. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { Agent } from 'undici';
import { createActivities } from '../../src/activities/index.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { installRuntime } from '../../src/runtime.ts';
import { findTestServer } from '../../src/server/index.ts';
import { accountQueue, sessionWorkflowId, workflowQueue } from '../../src/session/names.ts';
import { buildIdOf } from '../../src/worker.ts';
import { memoryArchive } from '../../test/driver/memory-archive.ts';
import { syntheticVendor } from '../../test/synthetic/vendor.ts';
import { loopActivities } from '../worker/loop-activities.ts';

const CHANNEL = 'news';
const HOUR = 3_600_000;

export interface SkippingWorld {
  client: Client;
  queue: string;
  startSession(hours: number): Promise<WorkflowHandle>;
  /** How often the recorder was looked at. */
  looks(): number;
  close(): Promise<void>;
}

/** `bundle`: of the sessions, or of the loop. */
export async function skippingWorld(bundle: string): Promise<SkippingWorld> {
  installRuntime('ERROR');
  const { path } = await findTestServer({ say: (line) => console.log(line) });
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  const vendor = syntheticVendor({ refreshEveryMs: HOUR });
  let now = await env.currentTimeMs();
  const currentTime = async (): Promise<number> => (now = await env.currentTimeMs());
  const dispatcher = new Agent();
  const registry = new Map([['synthetic', vendor.vendor]]);
  const settings = settingsOf(
    {
      installation: 'bench1',
      accounts: { account: { vendor: 'synthetic', secret: 'none', looks: { every: '60s' } } },
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
    },
  };
  const workers = await Promise.all([
    Worker.create({ ...common, taskQueue: workflowQueue(), workflowBundle }),
    Worker.create({ ...common, taskQueue: accountQueue('account') }),
  ]);
  const running = Promise.all(workers.map(async (worker) => await worker.run()));

  return {
    client: env.client,
    queue: workflowQueue(),
    looks: () =>
      vendor.truth.entries.filter((entry) => entry.type === 'request' && entry.op === 'look').length,
    async startSession(hours) {
      vendor.source(CHANNEL, true, await currentTime());
      return await env.client.workflow.start('recording', {
        workflowId: sessionWorkflowId(`synthetic/account/${CHANNEL}`),
        taskQueue: workflowQueue(),
        args: [
          {
            specification: {
              name: 'a-day',
              account: 'account',
              target: { channel: CHANNEL },
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
      await dispatcher.close();
    },
  };
}
