/** What the gateway makes of callbacks and announcements; it counts through these. */
import { Counter, type Registry } from 'prom-client';

export interface CallbackMetrics {
  /** A request was judged. `account` is a name of the configuration or `-`: nobody from outside can make new series. */
  count(account: string, verdict: string): void;
  /** An announced stream fitted a rule of `onPublish`. */
  started(account: string, result: string): void;
}

export function callbackMetrics(registry: Registry): CallbackMetrics {
  const registers = [registry];
  const callbacks = new Counter({
    name: 'keeprolling_callbacks_total',
    help: 'Requests to this gateway, by what they were found to be. The account - stands for addresses that are none.',
    labelNames: ['account', 'verdict'] as const,
    registers,
  });
  const starts = new Counter({
    name: 'keeprolling_published_starts_total',
    help: 'Announced streams that a rule of onPublish fits, by what came of their start.',
    labelNames: ['account', 'result'] as const,
    registers,
  });
  return {
    count: (account, verdict) => callbacks.inc({ account, verdict }),
    started: (account, result) => starts.inc({ account, result }),
  };
}
