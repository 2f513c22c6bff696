/**
 * Looks at the installation every half minute for as long as a worker or a gateway runs: for the numbers that only
 * Temporal knows, for readiness, and for the heartbeat. A look that fails leaves the former numbers and ends nothing.
 */
import { loadDataConverter } from '../config/codec.ts';
import type { Settings } from '../config/settings.ts';
import type { Environment } from '../config/values.ts';
import { reachOf, type Reach } from '../client/reach.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { Metrics } from './metrics.ts';
import { repeat } from './repeat.ts';
import { sessionsNow, standingNow, trouble, type Asked, type Standing } from './standing.ts';

export interface ObserveOptions {
  settings: Settings;
  env: Environment;
  metrics: Metrics;
  /** This process itself is at work: its workers run, or its gateway listens. */
  running: () => boolean;
  /** A line for whoever reads the log; never with a secret. */
  say: (line: string) => void;
  /** @default 30 s */
  everyMs?: number | undefined;
  now?: () => number;
}

export interface Observer {
  /** Why this process should get no work now; null when it is ready. */
  unready: () => string | null;
  close: () => Promise<void>;
}

const EVERY_MS = 30_000;
/** So many looks may be missing before the last one says nothing any more. */
const STALE = 3;

/** Begins at once; the first answers are there a moment later. */
export async function observe(options: ObserveOptions): Promise<Observer> {
  const { settings, env, metrics, running, say, everyMs = EVERY_MS, now = Date.now } = options;
  const converter = await loadDataConverter(settings.codec());
  const reach: Reach = reachOf(settings, env, { payloadCodecs: converter?.payloadCodecs ?? [] });
  const asked: Asked = { settings, reach };
  let last: Standing | null = null;

  const looking = repeat(everyMs, async () => {
    last = await standingNow(asked, now);
    metrics.collected.stands(last);
    if (last.server) await collect(asked, metrics, now);
  });
  const unwell = async (): Promise<string | null> =>
    running() ? trouble(await standingNow(asked, now)) : 'this process is ending';
  const heartbeat = startHeartbeat({ settings, metrics, unwell, say });

  return {
    unready() {
      if (!running()) return 'not running';
      if (last === null) return 'the Temporal server has not been asked yet';
      if (!last.server) return 'the Temporal server does not answer';
      return now() - last.at > STALE * everyMs ? 'the Temporal server has not been asked for long' : null;
    },
    async close() {
      await Promise.all([looking.stop(), heartbeat?.stop()]);
      await reach.close();
    },
  };
}

async function collect(asked: Asked, metrics: Metrics, now: () => number): Promise<void> {
  try {
    metrics.collected.sessions(await sessionsNow(asked), now());
  } catch {
    // keeprolling_collected_timestamp_seconds tells that the numbers are old.
  }
}
