/** The SDK's process-wide runtime: quiet unless something is wrong, and signals left to us. */
import { DefaultLogger, makeTelemetryFilterString, Runtime, type LogLevel } from '@temporalio/worker';

let installed = false;

/**
 * Once a process, before any connection of a worker. Lines go to stderr as JSON.
 * @param metricsAddress `host:port` at which the SDK is to serve its own numbers
 */
export function installRuntime(level: LogLevel = 'WARN', metricsAddress?: string): void {
  if (installed) return;
  installed = true;
  const logger = new DefaultLogger(level, ({ level: at, message, timestampNanos, meta }) => {
    // An account's queue has activities only, as it should.
    if (message.startsWith('No workflows registered')) return;
    const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
    process.stderr.write(`${JSON.stringify({ time, level: at, message, ...meta })}\n`);
  });
  Runtime.install({
    logger,
    // The core warns at every poll while a server is away: its errors are enough.
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }), forward: {} },
      ...(metricsAddress !== undefined && {
        metrics: { prometheus: { bindAddress: metricsAddress } },
      }),
    },
    shutdownSignals: [],
  });
}
