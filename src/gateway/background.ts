/**
 * What is done after the answer was given: tried again for a while, so many at a time and no more. The order is not kept,
 * since sessions take events in any.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Work {
  /** Repeatable. */
  attempt: () => Promise<void>;
  /** It is given up. */
  lost: (error: unknown) => void;
}

export interface Background {
  /** false: too much waits already, and it is not taken. */
  add(work: Work): boolean;
  /** Waits for what it holds; nothing is tried again from now on. */
  close(): Promise<void>;
}

export interface BackgroundOptions {
  most: number;
  /** Nothing is tried again after so long. */
  forMs: number;
  firstPauseMs: number;
}

const USUAL: BackgroundOptions = { most: 1_000, forMs: 30_000, firstPauseMs: 500 };
const LONGEST_PAUSE_MS = 5_000;

export function background({ most, forMs, firstPauseMs }: BackgroundOptions = USUAL): Background {
  const running = new Set<Promise<void>>();
  const closing = new AbortController();

  async function run({ attempt, lost }: Work): Promise<void> {
    const until = Date.now() + forMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        return await attempt();
      } catch (error) {
        if (Date.now() + pauseMs > until || closing.signal.aborted) return lost(error);
      }
      await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  return {
    add(work) {
      if (running.size >= most) return false;
      const one = run(work).finally(() => running.delete(one));
      running.add(one);
      return true;
    },
    async close() {
      closing.abort();
      await Promise.all(running);
    },
  };
}
