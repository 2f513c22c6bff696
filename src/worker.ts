/** Wiring only: one worker for the workflows, and one for each account, so that each vendor keeps its own pace. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { Dispatcher } from 'undici';
import { createActivities } from './activities/index.ts';
import { workerIdentity } from './archive/marker.ts';
import { openArchive } from './archive/open.ts';
import { loadDataConverter } from './config/codec.ts';
import { connectOptions } from './config/connect.ts';
import type { Settings } from './config/settings.ts';
import type { Environment } from './config/values.ts';
import type { Metrics } from './metrics/metrics.ts';
import { createHttpAgent } from './recorders/http.ts';
import { VENDORS, type Registry } from './recorders/registry.ts';
import { accountQueue, workflowQueue } from './session/names.ts';

export { readSettings } from './config/read.ts';
export type { ReadOptions, ReadSettings } from './config/read.ts';

export interface WorkersOptions {
  settings: Settings;
  registry?: Registry;
  env: Environment;
  /** Instead of the prebuilt bundle in the package. */
  workflowBundle?: WorkflowBundleOption;
  dispatcher?: Dispatcher;
  /** Numbers for whoever watches, see docs/metrics.md. */
  metrics?: Metrics | undefined;
  /** Workflows kept in memory; an evicted one is replayed when it is needed. */
  maxCachedWorkflows?: number;
}

export interface Workers {
  /** Until `shutdown`, or until a worker fails. */
  run(): Promise<void>;
  shutdown(): void;
  /** All of them are at work. */
  running: () => boolean;
  queues: string[];
}

/** Longer than the longest vendor write: a deploy must not turn calls in flight into unknown outcomes. */
const SHUTDOWN_GRACE = '35 seconds';

/** @throws when no server answers, or when the package was not built */
export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const { settings, registry = VENDORS } = options;
  const { connectionOptions, namespace } = connectOptions(settings, options.env);
  const connection = await NativeConnection.connect(connectionOptions);
  const dispatcher = options.dispatcher ?? createHttpAgent();
  const workflowBundle = options.workflowBundle ?? { codePath: bundlePath() };
  const archive = openArchive(settings, { dispatcher });
  const activities = createActivities({
    settings,
    registry,
    archive,
    dispatcher,
    metrics: options.metrics,
  });
  const common = {
    connection,
    namespace,
    activities: { ...activities },
    dataConverter: (await loadDataConverter(settings.codec())) ?? {},
    buildId: await buildIdOf(workflowBundle),
    shutdownGraceTime: SHUTDOWN_GRACE,
  };
  const prefix = settings.queuePrefix();
  const sessions = await Worker.create({
    ...common,
    taskQueue: workflowQueue(prefix),
    workflowBundle,
    // `doctor` and `sweep` compare what is in it. This worker alone writes the archive; every byte of it is in every event.
    identity: await workerIdentity(archive, settings.hasInstallation() ? settings.installation() : null),
    // After a worker has died, its sessions wait this long for it before another takes them over.
    stickyQueueScheduleToStartTimeout: '3 seconds',
    ...(options.maxCachedWorkflows !== undefined && { maxCachedWorkflows: options.maxCachedWorkflows }),
  });
  const accounts = await Promise.all(
    settings
      .accountNames()
      .map(async (account) => await Worker.create({ ...common, taskQueue: accountQueue(account, prefix) })),
  );
  const workers = [sessions, ...accounts];

  const shutdown = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  return {
    queues: workers.map((worker) => worker.options.taskQueue),
    shutdown,
    running: () => workers.every((worker) => worker.getState() === 'RUNNING'),
    async run() {
      try {
        // One that fails takes the others with it: half a worker would look alive.
        await Promise.all(workers.map(async (worker) => await worker.run().finally(shutdown)));
      } finally {
        await connection.close();
        if (!options.dispatcher) await dispatcher.close();
      }
    },
  };
}

/** The server writes it into history up to three times a turn: the SDK's own is 85 bytes long. */
export async function buildIdOf(bundle: WorkflowBundleOption): Promise<string> {
  const code = 'code' in bundle ? bundle.code : await readFile(bundle.codePath, 'utf8');
  return `kr-${createHash('sha256').update(code).digest('hex').slice(0, 8)}`;
}

function bundlePath(): string {
  const path = fileURLToPath(new URL('./workflow-bundle.js', import.meta.url));
  if (existsSync(path)) return path;
  throw new Error('The workflow bundle is missing: run npm run build.');
}
