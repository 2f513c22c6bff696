/** A worker process of its own, as in production; it ends when its parent does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import { Agent } from 'undici';
import { settingsOf } from '../../src/config/settings.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { installRuntime } from '../../src/runtime.ts';
import { accountQueue, workflowQueue } from '../../src/session/names.ts';
import { buildIdOf, startWorkers } from '../../src/worker.ts';
import { ACCOUNT, BARE_PREFIX } from '../worlds/configuration.ts';
import { bareActivities } from './bare-activities.ts';
import { rememberLooks, watchActivities } from './watch-activities.ts';
import { latenessOfLooks, notingLooks } from './looks.ts';
import type { FromWorker, Memory, ToWorker, WorkerSetup } from './messages.ts';

interface Running {
  run(): Promise<void>;
  shutdown(): void;
}

const setup = JSON.parse(process.argv[2]!) as WorkerSetup;
const tell = (message: FromWorker): void => void process.send!(message);

async function sessions(): Promise<Running> {
  return await startWorkers({
    settings: settingsOf(setup.configuration, null, setup.folder, VENDORS, {}),
    registry: notingLooks(VENDORS),
    env: {},
    workflowBundle: { codePath: setup.sessionBundle },
    maxCachedWorkflows: setup.maxCachedWorkflows,
  });
}

/** Wired like src/worker.ts: one worker for the workflows, one for each account, one connection. */
async function bares(): Promise<Running> {
  const connection = await NativeConnection.connect({ address: setup.address });
  const dispatcher = new Agent({ connections: 32, keepAliveTimeout: 30_000 });
  const workflowBundle = { codePath: setup.bareBundle };
  const { accounts = [ACCOUNT] } = setup.bare;
  const common = {
    connection,
    activities: {
      ...bareActivities(setup.bare, dispatcher),
      ...watchActivities(dispatcher, setup.bare.authorization),
    },
    buildId: await buildIdOf(workflowBundle),
  };
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: workflowQueue(BARE_PREFIX),
      workflowBundle,
      maxCachedWorkflows: setup.maxCachedWorkflows,
    }),
    ...accounts.map(
      async (account) => await Worker.create({ ...common, taskQueue: accountQueue(account, BARE_PREFIX) }),
    ),
  ]);
  return {
    shutdown: () => workers.forEach((worker) => worker.shutdown()),
    async run() {
      await Promise.all(workers.map(async (worker) => await worker.run()));
      await connection.close();
      await dispatcher.close();
    },
  };
}

/** Twice, with a pause: what finalisers let go of is collected by the second. */
async function memory(): Promise<Memory> {
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc!();
    await sleep(200);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapKib: (heapUsed + external) / 1024, rssKib: rss / 1024 };
}

installRuntime('ERROR');
process.once('disconnect', () => process.exit(0));
const running = await Promise.all(
  setup.kinds.map(async (kind) => (kind === 'session' ? await sessions() : await bares())),
);
const ended = Promise.all(running.map(async (one) => await one.run()));
process.on('message', (message: ToWorker) => {
  if (message.ask === 'stop') running.forEach((one) => one.shutdown());
  else if (message.ask === 'remember') rememberLooks();
  else if (message.ask === 'looks') tell({ told: 'looks', lateMs: latenessOfLooks() });
  else void memory().then((told) => tell({ told: 'memory', memory: told }));
});
tell({ told: 'ready' });
await ended;
process.disconnect();
