/** The gateway in this process, its numbers beside its callbacks. */
import type { Settings } from '../config/settings.ts';
import type { Environment } from '../config/values.ts';

export interface RunningGateway {
  url: string;
  /** What each vendor is to be given: the address without its secret. */
  addresses: { account: string; path: string }[];
  close: () => Promise<void>;
}

export interface Listen {
  host?: string | undefined;
  /** 0: a free one. */
  port?: number | undefined;
  /** Told of the heartbeat. Absent where the worker of the same process collects and sends it. */
  say?: (line: string) => void;
}

/** @throws KeepRollingError E_CONFIG_INVALID, E_INSTALLATION_MISSING */
export async function runGateway(
  settings: Settings,
  env: Environment,
  { host, port, say }: Listen,
): Promise<RunningGateway> {
  // Loaded here only: no other command needs them.
  const { startGateway } = await import('../gateway/index.ts');
  const { createMetrics } = await import('../metrics/metrics.ts');
  const { observe } = await import('../metrics/observe.ts');
  const metrics = createMetrics();
  const { url, accounts, close } = await startGateway({
    settings,
    env,
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    counts: metrics.callbacks,
    extra: (app) =>
      app.get('/metrics', async (_request, reply) =>
        reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics.text()),
      ),
  });
  const observer = say && (await observe({ settings, env, metrics, running: () => true, say }));
  const addresses = accounts.map((account) => ({ account, path: `/callbacks/${account}/…` }));
  return {
    url,
    addresses,
    close: async () => {
      await observer?.close();
      await close();
    },
  };
}
