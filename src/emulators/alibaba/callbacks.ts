/** How callbacks leave: each waits 5 s for a 200, and is sent 5 times more. */
import { onTimeline, Outbox, type EmulatorCallbacks } from '../outbox.ts';
import type { TruthLog } from '../truth.ts';
import type { AlibabaConfig } from './options.ts';
import type { AlibabaState } from './state.ts';
import { advance, nextInstant } from './timeline.ts';

const TIMEOUT_MS = 5_000;
const RETRIES = 5;

export function outboxOf(config: AlibabaConfig, truth: TruthLog): Outbox {
  const { names, callbackRates, unknowns } = config;
  let drawn = 0;
  const random = (): number => names.fraction('fate of a callback', (drawn += 1));
  // Older pages: at random between 100 ms and 10 s.
  const retriesMs = Array.from({ length: RETRIES }, (_, index) =>
    unknowns.retries === 'newer' ? 1_000 : 100 + Math.floor(names.fraction('wait', index) * 9_900),
  );
  return new Outbox({ truth, retriesMs, timeoutMs: TIMEOUT_MS, rates: callbackRates, random });
}

export function callbacksOf(state: AlibabaState): EmulatorCallbacks {
  return onTimeline({
    outbox: state.outbox,
    silent: false,
    advance: (now) => advance(state, now),
    nextInstant: () => nextInstant(state),
  });
}
