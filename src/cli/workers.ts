/** Workers in this process: started once a server has answered, and drained before it goes. */
import type { Settings } from '../config/settings.ts';
import type { Environment } from '../config/values.ts';
import type { Workers } from '../worker.ts';

const SERVER_MS = 2_000;

export interface RunningWorkers {
  queues: string[];
  /** Settles when all have stopped; rejects when one failed. */
  ended: Promise<void>;
  /** Calls in flight are finished first. */
  drain: () => Promise<void>;
}

/** @throws KeepRollingError E_SERVER_UNREACHABLE within 3 s */
export async function runWorkers(settings: Settings, env: Environment): Promise<RunningWorkers> {
  await untilServerAnswers(settings, env);
  // The native core is loaded here only: no other command needs it.
  const { installRuntime } = await import('../runtime.ts');
  const { startWorkers } = await import('../worker.ts');
  installRuntime();
  const workers: Workers = await startWorkers({ settings, env });
  const ended = workers.run();
  // Whoever waits gets the error; that nobody waits yet is no crash.
  ended.catch(() => {});
  return {
    queues: workers.queues,
    ended,
    drain: async () => {
      workers.shutdown();
      await ended;
    },
  };
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
