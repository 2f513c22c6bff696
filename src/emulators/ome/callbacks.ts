/**
 * How admission webhooks and alerts leave: once. The vendor sends an alert up to twice more, at once, when nobody answers
 * at all (alert.cpp); the fault `doubled` stands for that.
 */
import { Outbox, type EmulatorCallbacks } from '../outbox.ts';
import type { TruthLog } from '../truth.ts';
import type { OmeConfig } from './options.ts';
import { advance, nextInstant } from './process.ts';
import type { OmeServer } from './state.ts';

export function outboxOf({ callbackRates, random }: OmeConfig, truth: TruthLog): Outbox {
  return new Outbox({ truth, timeoutMs: 3_000, rates: callbackRates, random });
}

/** What time alone does may tell something, and an answer that comes too late admits nobody. */
export function callbacksOf(server: OmeServer): EmulatorCallbacks {
  const { outbox, config } = server;
  const silent = !config.admission && !config.alerts;
  return {
    nextAt: (now) => {
      if (silent) return undefined;
      advance(server, now);
      const instants = [outbox.nextAt(), nextInstant(server)].filter((at) => at !== undefined);
      return instants.length === 0 ? undefined : Math.min(...instants);
    },
    due: (now) => {
      if (silent) return [];
      advance(server, now);
      return outbox.due(now);
    },
    answered: (id, answer, now) => {
      advance(server, now);
      outbox.answered(id, answer, now);
    },
    arm: (fault) => outbox.arm(fault),
  };
}
