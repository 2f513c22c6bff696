/** How callbacks leave. No page tells of retries, time limits or an order. */
import { onTimeline, Outbox, type EmulatorCallbacks } from '../outbox.ts';
import type { TruthLog } from '../truth.ts';
import { opaque } from './ids.ts';
import type { NaverConfig } from './options.ts';
import type { NaverState } from './state.ts';
import { advance, nextInstant } from './timeline.ts';

const RETRIES_MS = [1_000, 10_000, 60_000];
const TIMEOUT_MS = 10_000;

export function outboxOf({ seed, callbackRates, unknowns }: NaverConfig, truth: TruthLog): Outbox {
  let drawn = 0;
  const random = (): number => {
    drawn += 1;
    return Buffer.from(opaque(8, `${seed}/fate of a callback/${drawn}`), 'base64').readUInt32LE(0) / 2 ** 32;
  };
  const retriesMs = unknowns.callbackRetries === 'some' ? RETRIES_MS : [];
  return new Outbox({ truth, retriesMs, timeoutMs: TIMEOUT_MS, rates: callbackRates, random });
}

export function callbacksOf(state: NaverState): EmulatorCallbacks {
  const timed = onTimeline({
    outbox: state.outbox,
    silent: false,
    advance: (now) => advance(state, now),
    nextInstant: () => nextInstant(state),
  });
  // An endpoint can be set at any time, so whether anybody listens is asked each time.
  return { ...timed, nextAt: (now) => (hasEndpoint(state) ? timed.nextAt(now) : undefined) };
}

function hasEndpoint(state: NaverState): boolean {
  if (state.defaultCallback || state.outbox.nextAt() !== undefined) return true;
  return [...state.channels.values()].some(({ callbackUrl }) => callbackUrl !== undefined);
}
