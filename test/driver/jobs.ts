/** What happens when: the one queue of a virtual clock, on which everything in a test waits its turn. */
import type { RecorderEvent } from '../../src/session/events.ts';
import type { World } from './driver.ts';

interface Job {
  at: number;
  run: () => Promise<void> | void;
}

export interface Jobs {
  /** At that instant, or now if it has passed; of several for one instant the first comes first. */
  at: (instant: number, run: Job['run']) => void;
  /** Until all is over, or nothing is left to do, or the time is up. */
  run: (giveUpAt: number, isOver: () => boolean, afterEach: () => void) => Promise<void>;
}

export function jobsOn(clock: { now: number }): Jobs {
  const jobs: Job[] = [];
  return {
    at(instant, run) {
      const job = { at: Math.max(instant, clock.now), run };
      let index = jobs.length;
      while (index > 0 && jobs[index - 1]!.at > job.at) index -= 1;
      jobs.splice(index, 0, job);
    },
    async run(giveUpAt, isOver, afterEach) {
      while (!isOver()) {
        const job = jobs.shift();
        if (!job || job.at > giveUpAt) return;
        clock.now = Math.max(clock.now, job.at);
        await job.run();
        afterEach();
      }
    },
  };
}

/** From the vendor through the gateway to the session: sooner than the answer to the call that caused it. */
const CALLBACK_MS = 3;

/** Called after whatever has happened, it wakes when the vendor's next callback is due. */
export function callbackPump(
  { clock, callbacks: told }: World,
  { at }: Jobs,
  hear: (event: RecorderEvent) => Promise<void>,
): () => void {
  if (!told) return () => undefined;
  const { callbacks, read } = told;
  let wakesAt = Infinity;
  return () => {
    const next = callbacks.nextAt(clock.now);
    if (next === undefined || next >= wakesAt) return;
    wakesAt = next;
    at(next + CALLBACK_MS, async () => {
      if (wakesAt === next) wakesAt = Infinity;
      for (const delivery of callbacks.due(clock.now)) {
        const { events, answer } = read(delivery);
        callbacks.answered(delivery.id, answer, clock.now);
        for (const event of events) await hear(event);
      }
    });
  };
}
