/** Who watches the workers of this process: a scraper where an address was given, and the heartbeat's receiver. */
import type { Settings } from '../config/settings.ts';
import type { Environment } from '../config/values.ts';
import type { Endpoint } from '../metrics/endpoint.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Observer } from '../metrics/observe.ts';
import { usageError } from './failure.ts';

const LOOPBACK = '127.0.0.1';

export interface Observing {
  /** undefined where nobody watches: then nothing is counted. */
  metrics: Metrics | undefined;
  /** `host:port` of the endpoint; null without one. */
  address: string | null;
  /** From now on there is something to watch: until then the process is alive and not ready. */
  begin: (running: () => boolean) => Promise<void>;
  close: () => Promise<void>;
}

interface Options {
  settings: Settings;
  env: Environment;
  /** Where to serve: `127.0.0.1:9464`, or a port of this host. */
  metrics?: string | undefined;
  say: (line: string) => void;
  /** How often Temporal is asked. @default 30 s */
  everyMs?: number;
}

/**
 * Installs the SDK's runtime too: it must know before the first connection where to serve its own numbers.
 * @throws KeepRollingError E_USAGE for an address that cannot be listened on, E_CONFIG_INVALID for the heartbeat's
 */
export async function observing(options: Options): Promise<Observing> {
  const { settings, env, say, everyMs } = options;
  const { installRuntime } = await import('../runtime.ts');
  // Resolved here, so that an address that cannot be is told before anything runs.
  const heartbeat = settings.heartbeat();
  if (options.metrics === undefined && heartbeat === null) {
    installRuntime();
    const nothing = async (): Promise<void> => await Promise.resolve();
    return { metrics: undefined, address: null, begin: nothing, close: nothing };
  }
  const { createMetrics } = await import('../metrics/metrics.ts');
  const { observe } = await import('../metrics/observe.ts');
  const metrics = createMetrics();
  let observer: Observer | undefined;
  const unready = (): string | null => (observer ? observer.unready() : 'it is starting');
  const { endpoint, sdk } = await served(options.metrics, metrics, unready);
  installRuntime('WARN', sdk);
  return {
    metrics,
    address: endpoint?.address ?? null,
    async begin(running) {
      observer = await observe({ settings, env, metrics, running, say, everyMs });
    },
    async close() {
      await Promise.all([endpoint?.close(), observer?.close()]);
    },
  };
}

async function served(
  address: string | undefined,
  metrics: Metrics,
  unready: () => string | null,
): Promise<{ endpoint?: Endpoint; sdk?: string }> {
  if (address === undefined) return {};
  const { listenAddress, serveEndpoint } = await import('../metrics/endpoint.ts');
  const { freePort } = await import('../server/ports.ts');
  const listen = listenAddress(address);
  if (listen === undefined)
    throw usageError(`--metrics: "${address}" is no address, such as 127.0.0.1:9464 or 9464.`);
  const sdk = `${LOOPBACK}:${await freePort(LOOPBACK)}`;
  return { endpoint: await serveEndpoint(listen, { metrics, sdk, unready }), sdk };
}
