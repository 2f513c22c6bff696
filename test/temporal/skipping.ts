/**
 * The time-skipping test server with workers in this process: virtual days in seconds. The vendor's clock and the
 * activities' follow the server's time. One world per scenario, one after another: many at once can deadlock.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { Client } from '@temporalio/client';
import type { Dispatcher } from 'undici';
import { afterAll } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { Activities } from '../../src/activities/wire.ts';
import { readSession, sessionFolders, type SessionRecord } from '../../src/archive/read.ts';
import { settingsOf, type Settings } from '../../src/config/settings.ts';
import type { Registry } from '../../src/recorders/registry.ts';
import { installRuntime } from '../../src/runtime.ts';
import { accountQueue, filesWorkflowId, workflowQueue } from '../../src/session/names.ts';
import { buildIdOf } from '../../src/worker.ts';
import { memoryArchive } from '../driver/memory-archive.ts';
import { testServerPath, workflowBundlePath } from '../setup/servers.ts';

export interface SkippingWorld {
  client: Client;
  settings: Settings;
  archive: ReturnType<typeof memoryArchive>;
  clock: ServerClock;
  /** Lets the server skip until this instant; looks, timers and retries before it happen on the way. */
  sleepUntil(at: number): Promise<void>;
  /** Also after `stopWorkers`: a new worker takes over, with another bundle if one is given. */
  startWorkers(workflowBundle?: WorkflowBundleOption): Promise<void>;
  stopWorkers(): Promise<void>;
  /** Waits until the session's ledger is closed, and reads it back. */
  recordOf(sessionId: string, key: string): Promise<SessionRecord>;
  close(): Promise<void>;
}

/** The server's time, read again before each activity and each step of a script; real time passes in between. */
export class ServerClock {
  #serverMs = 0;
  #readAt = 0;
  readonly #read: () => Promise<number>;

  constructor(read: () => Promise<number>) {
    this.#read = read;
  }

  readonly now = (): number => this.#serverMs + (Date.now() - this.#readAt);

  async sync(): Promise<number> {
    const serverMs = await this.#read();
    this.#readAt = Date.now();
    this.#serverMs = serverMs;
    return serverMs;
  }
}

export interface SkippingOptions {
  registry: Registry;
  account: Record<string, unknown>;
  looks?: Record<string, string>;
  /** Whatever else stands in the configuration. */
  configuration?: Record<string, unknown>;
  dispatcher?: Dispatcher;
  /** Stands in for `Math.random` in the looks' jitter. */
  random?: () => number;
  /** Workers will be exchanged: this server forgets the tasks that it kept for a cached workflow. */
  uncached?: boolean;
}

/** Worlds of tests that ran into their time-out: their servers would outlive the run. */
const open = new Set<SkippingWorld>();

afterAll(async () => {
  for (const world of open) await world.close();
});

export async function skippingWorld(options: SkippingOptions): Promise<SkippingWorld> {
  installRuntime('ERROR');
  const path = await testServerPath();
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  const clock = new ServerClock(async () => await env.currentTimeMs());
  await clock.sync();
  const archive = memoryArchive();
  const { registry } = options;
  const settings = settingsOf(
    {
      ...options.configuration,
      installation: 'test01',
      accounts: { account: { ...options.account, looks: options.looks ?? {} } },
    },
    null,
    '/',
    registry,
    {},
  );
  const activities = following(
    clock,
    createActivities({
      settings,
      registry,
      archive,
      dispatcher: options.dispatcher as Dispatcher,
      now: clock.now,
      ...(options.random && { random: options.random }),
    }),
  );
  let running: { workers: Worker[]; ended: Promise<unknown> } | null = null;

  const startWorkers = async (bundle?: WorkflowBundleOption): Promise<void> => {
    const workflowBundle = bundle ?? { codePath: await workflowBundlePath() };
    const buildId = await buildIdOf(workflowBundle);
    const common = { connection: env.nativeConnection, activities: { ...activities }, buildId };
    const workers = await Promise.all([
      Worker.create({
        ...common,
        taskQueue: workflowQueue(),
        workflowBundle,
        ...(options.uncached && { maxCachedWorkflows: 0 }),
      }),
      Worker.create({ ...common, taskQueue: accountQueue('account') }),
    ]);
    running = { workers, ended: Promise.all(workers.map(async (worker) => await worker.run())) };
  };
  const stopWorkers = async (): Promise<void> => {
    if (!running) return;
    for (const worker of running.workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await running.ended;
    running = null;
  };
  await startWorkers();

  const world: SkippingWorld = {
    client: env.client,
    settings,
    archive,
    clock,
    startWorkers,
    stopWorkers,
    async sleepUntil(at) {
      const now = await clock.sync();
      if (at > now) await env.sleep(at - now);
      await clock.sync();
    },
    async recordOf(sessionId, key) {
      await env.client.workflow.getHandle(filesWorkflowId(sessionId)).result();
      for (const folder of await sessionFolders(archive, key)) {
        const record = folder.endsWith(sessionId) ? await readSession(archive, folder) : undefined;
        if (record) return record;
      }
      throw new Error('The session left nothing in the archive.');
    },
    async close() {
      open.delete(world);
      await stopWorkers();
      await env.teardown();
    },
  };
  open.add(world);
  return world;
}

function following(clock: ServerClock, activities: Activities): Activities {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (input: never) => {
      await clock.sync();
      return await (activity as (input: never) => Promise<unknown>)(input);
    },
  ]);
  return Object.fromEntries(wrapped) as Activities;
}
