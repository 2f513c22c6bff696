/** Workers in this process: started once a server has answered, watched, and drained before it goes. */
import type { Settings } from '../config/settings.ts';
import type { Environment } from '../config/values.ts';
import { observing } from './observing.ts';

const SERVER_MS = 2_000;

export interface RunningWorkers {
  queues: string[];
  /** `host:port` of the metrics; null where nobody asked for them. */
  metrics: string | null;
  /** Settles when all have stopped; rejects when one failed. */
  ended: Promise<void>;
  /** Calls in flight are finished first. */
  drain: () => Promise<void>;
}

export interface RunOptions {
  /** Where metrics, health and readiness are served: `127.0.0.1:9464`. */
  metrics?: string | undefined;
  /** A line of what goes on meanwhile. */
  say: (line: string) => void;
}

/** @throws KeepRollingError E_SERVER_UNREACHABLE within 3 s; E_USAGE for an address that cannot be listened on */
export async function runWorkers(
  settings: Settings,
  env: Environment,
  options: RunOptions,
): Promise<RunningWorkers> {
  await untilServerAnswers(settings, env);
  const watching = await observing({ settings, env, ...options });
  try {
    // The native core is loaded here only: no other command needs it.
    const { startWorkers } = await import('../worker.ts');
    const workers = await startWorkers({ settings, env, metrics: watching.metrics });
    const ended = workers.run().finally(watching.close);
    // Whoever waits gets the error; that nobody waits yet is no crash.
    ended.catch(() => {});
    await watching.begin(workers.running);
    return {
      queues: workers.queues,
      metrics: watching.address,
      ended,
      drain: async () => {
        workers.shutdown();
        await ended;
      },
    };
  } catch (error) {
    await watching.close();
    throw error;
  }
}

/** The native connection tries for long and tells little; the client's way tells why, and soon. */
async function untilServerAnswers(settings: Settings, env: Environment): Promise<void> {
  const { reachOf } = await import('../client/reach.ts');
  const reach = reachOf(settings, env, { payloadCodecs: [] });
  try {
    await reach.within(SERVER_MS, async ({ workflowService }) =>
      workflowService.describeNamespace({ namespace: reach.namespace }),
    );
  } finally {
    await reach.close();
  }
}
