/** How notifications leave: ten seconds for each try, three more tries, each when it is due by the emulator's clock. */
import { onTimeline, Outbox, type EmulatorCallbacks } from '../outbox.ts';
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

export function callbacksOf(state: AgoraState): EmulatorCallbacks {
  return onTimeline({
    outbox: state.outbox,
    silent: state.config.notices.url === '',
    advance: (now) => advance(state, now),
    nextInstant: () => nextInstant(state),
  });
}
