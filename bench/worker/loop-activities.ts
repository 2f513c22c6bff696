/** The activities of the loop: what a session's own look and refresh answer, without a vendor. */
import type { Look, Refreshed } from '../../src/session/facts.ts';

export interface LoopActivities {
  lookLike(): Promise<{ look: Look; memory: null }>;
  refreshLike(): Promise<Refreshed>;
}

/** `now` is the time-skipping server's, as for the session beside it. */
export function loopActivities(now: () => Promise<number>): LoopActivities {
  return {
    async lookLike() {
      const at = await now();
      return {
        look: {
          at,
          seen: [{ take: 1, actual: 'recording', lastGoodAt: at, source: 'synthetic status' }],
          sentence: 'recording',
        },
        memory: null,
      };
    },
    async refreshLike() {
      const at = await now();
      return {
        at,
        credentials: { mintedAt: at, expiresAt: at + 4 * 3_600_000, fingerprint: `f${at}` },
      };
    },
  };
}
