/**
 * How much life the storage credentials of running takes have left. A worker knows those that it has minted itself; it
 * forgets them when another one must have renewed them.
 */
import { Gauge, type Registry } from 'prom-client';

export interface RefreshSlack {
  /** A start or a refresh has given the take new credentials. `everyMs`: the longest that the vendor lets pass between two refreshes. */
  minted(take: TakeRef, life: { mintedAt: number; expiresAt: number }, everyMs: number | null): void;
  /** A refresh has failed; what the take has ends at `endsAt`. */
  failing(take: TakeRef, endsAt: number): void;
  stopped(take: Omit<TakeRef, 'account'>): void;
  sessionEnded(sessionId: string): void;
}

export interface TakeRef {
  account: string;
  sessionId: string;
  take: number;
}

/** Longer than an interval between two refreshes: another worker has made the next one, or the session has ended. */
const MISSED = 1.25;
/** A session refreshes after two thirds of the life of its credentials at the latest. */
const LIFE = 2 / 3;
/** A failing refresh is tried again every five minutes: after three of them another worker has succeeded. */
const FAILING_MS = 15 * 60_000;

interface Remembered {
  account: string;
  expiresAt: number;
  forgetAt: number;
}

export function refreshSlack(registry: Registry, now: () => number): RefreshSlack {
  const known = new Map<string, Remembered>();
  const keyOf = ({ sessionId, take }: Omit<TakeRef, 'account'>): string => `${sessionId}/${take}`;

  const gauge = new Gauge({
    name: 'keeprolling_refresh_slack_least_seconds',
    help: 'Until the first storage credentials of a running take end, of those that this worker has minted. Below 0 files are being lost.',
    labelNames: ['account'] as const,
    registers: [],
    collect() {
      this.reset();
      for (const [account, expiresAt] of least(known, now()))
        this.set({ account }, (expiresAt - now()) / 1000);
    },
  });
  registry.registerMetric(gauge);

  return {
    minted(take, { mintedAt, expiresAt }, everyMs) {
      const intervalMs = Math.min(everyMs ?? Infinity, (expiresAt - mintedAt) * LIFE);
      known.set(keyOf(take), { account: take.account, expiresAt, forgetAt: now() + MISSED * intervalMs });
    },
    failing(take, endsAt) {
      known.set(keyOf(take), { account: take.account, expiresAt: endsAt, forgetAt: now() + FAILING_MS });
    },
    stopped: (take) => void known.delete(keyOf(take)),
    sessionEnded(sessionId) {
      for (const key of known.keys()) if (key.startsWith(`${sessionId}/`)) known.delete(key);
    },
  };
}

/** By account; what is to be forgotten is. */
function least(known: Map<string, Remembered>, now: number): Map<string, number> {
  const ends = new Map<string, number>();
  for (const [key, { account, expiresAt, forgetAt }] of known) {
    if (now >= forgetAt) known.delete(key);
    else ends.set(account, Math.min(expiresAt, ends.get(account) ?? Infinity));
  }
  return ends;
}
