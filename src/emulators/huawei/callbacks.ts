/** How callbacks leave: each try when it is due by the emulator's clock. */
import { onTimeline, Outbox, type EmulatorCallbacks } from '../outbox.ts';
import type { TruthLog } from '../truth.ts';
import type { HuaweiConfig } from './options.ts';
import type { HuaweiState } from './state.ts';
import { advance, nextInstant } from './timeline.ts';

/** Neither the time-out nor the number of tries is told; these are ours. */
const TIMEOUT_MS = 10_000;
const RETRIES_MS = [1_000, 5_000, 30_000];

export function outboxOf({ names, callbackRates, unknowns }: HuaweiConfig, truth: TruthLog): Outbox {
  let drawn = 0;
  const random = (): number => {
    drawn += 1;
    return names.share('fate of a callback', drawn);
  };
  const retriesMs = unknowns.callbackRetries === 'some' ? RETRIES_MS : [];
  return new Outbox({ truth, retriesMs, timeoutMs: TIMEOUT_MS, rates: callbackRates, random });
}

export function callbacksOf(state: HuaweiState): EmulatorCallbacks {
  return onTimeline({
    outbox: state.outbox,
    silent: false,
    advance: (now) => advance(state, now),
    nextInstant: () => nextInstant(state),
  });
}
