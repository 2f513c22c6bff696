/**
 * How admission webhooks and alerts leave: once. The vendor sends an alert up to twice more, at once, when nobody answers
 * at all (alert.cpp); the fault `doubled` stands for that.
 */
import { onTimeline, Outbox, type EmulatorCallbacks } from '../outbox.ts';
import type { TruthLog } from '../truth.ts';
import type { OmeConfig } from './options.ts';
import { advance, nextInstant } from './process.ts';
import type { OmeServer } from './state.ts';

export function outboxOf({ callbackRates, random }: OmeConfig, truth: TruthLog): Outbox {
  return new Outbox({ truth, timeoutMs: 3_000, rates: callbackRates, random });
}

export function callbacksOf(server: OmeServer): EmulatorCallbacks {
  const { outbox, config } = server;
  return onTimeline({
    outbox,
    silent: !config.admission && !config.alerts,
    advance: (now) => advance(server, now),
    nextInstant: () => nextInstant(server),
  });
}
