/**
 * A call at an address of the user's, at each interval in which all is well: who watches from outside notices that it
 * stays away, whatever has died. The address may be a secret: it stands in no line and no error.
 */
import { request } from 'undici';
import type { Settings } from '../config/settings.ts';
import { KeepRollingError } from '../contract/errors.ts';
import type { Metrics } from './metrics.ts';
import { repeat, type Repeated } from './repeat.ts';

export interface HeartbeatOptions {
  settings: Pick<Settings, 'heartbeat'>;
  metrics: Metrics;
  /** What is not well, as a phrase; null when all is. Asked before each call. */
  unwell: () => Promise<string | null>;
  say: (line: string) => void;
}

const TIMEOUT_MS = 10_000;
/** A worker that has just begun is not known to the server yet. */
const FIRST_MS = 5_000;

/** null where the configuration names no address. @throws KeepRollingError E_CONFIG_INVALID for one that cannot be resolved */
export function startHeartbeat(options: HeartbeatOptions): Repeated | null {
  const first = options.settings.heartbeat();
  if (first === null) return null;
  let said: string | null = null;
  /** Once at each change. */
  const tell = (line: string | null): void => {
    if (line !== said) options.say(line ?? 'heartbeat: sent again, all is well');
    said = line;
  };
  return repeat(
    first.everyMs,
    async () => {
      const { result, line } = await beat(options);
      options.metrics.collected.heartbeat(result);
      tell(line);
    },
    Math.min(FIRST_MS, first.everyMs),
  );
}

interface Beat {
  result: 'ok' | 'failed' | 'held-back';
  line: string | null;
}

async function beat({ settings, unwell }: HeartbeatOptions): Promise<Beat> {
  const reason = await unwell();
  if (reason !== null) return { result: 'held-back', line: `heartbeat: held back, ${reason}` };
  try {
    // Resolved anew: a secret in a file may have changed.
    const status = await call(settings.heartbeat()!.url);
    if (status < 400) return { result: 'ok', line: null };
    return { result: 'failed', line: `heartbeat: its address answers ${status}` };
  } catch (error) {
    return { result: 'failed', line: `heartbeat: its address cannot be called: ${wordOf(error)}` };
  }
}

async function call(url: string): Promise<number> {
  const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  await body.dump();
  return statusCode;
}

/** Messages of others may quote the address. */
function wordOf(error: unknown): string {
  if (error instanceof KeepRollingError) return error.message;
  if (!(error instanceof Error)) return 'unknown';
  return (error as NodeJS.ErrnoException).code?.toString() ?? error.name;
}
