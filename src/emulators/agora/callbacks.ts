/** How notifications leave: ten seconds for each try, three more tries, each when it is due by the emulator's clock. */
import { Outbox, type EmulatorCallbacks } from '../outbox.ts';
import type { TruthLog } from '../truth.ts';
import type { AgoraConfig } from './options.ts';
import type { AgoraState } from './state.ts';
import { advance, nextInstant } from './timeline.ts';

/** "Immediately resends … the interval gradually increases … stops after three retries" ("Webhooks"); the gaps are ours. */
const RETRIES_MS = [0, 1_000, 5_000];
const TIMEOUT_MS = 10_000;

export function outboxOf({ names, callbackRates }: AgoraConfig, truth: TruthLog): Outbox {
  let drawn = 0;
  const random = (): number => {
    drawn += 1;
    return names.uid('fate of a notification', drawn) / 2 ** 32;
  };
  return new Outbox({ truth, retriesMs: RETRIES_MS, timeoutMs: TIMEOUT_MS, rates: callbackRates, random });
}

/** What time alone does may tell something: whoever delivers on a virtual clock must wake for that, too. */
export function callbacksOf(state: AgoraState): EmulatorCallbacks {
  const { outbox, config } = state;
  const silent = config.notices.url === '';
  return {
    nextAt: (now) => {
      if (silent) return undefined;
      advance(state, now);
      const instants = [outbox.nextAt(), nextInstant(state)].filter((at) => at !== undefined);
      return instants.length === 0 ? undefined : Math.min(...instants);
    },
    due: (now) => {
      if (silent) return [];
      advance(state, now);
      return outbox.due(now);
    },
    answered: (id, answer, now) => outbox.answered(id, answer, now),
    arm: (fault) => outbox.arm(fault),
  };
}
