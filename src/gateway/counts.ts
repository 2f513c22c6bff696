/** What becomes of callbacks and announcements, for whoever counts them. */

export const VERDICTS = [
  /** An open session was told. */
  'delivered',
  /** Genuine, and no session is open for it. */
  'no-session',
  /** Genuine, and of no interest to us. */
  'ignored',
  /** The signature does not hold. */
  'forged',
  /** Too old, or replayed. */
  'stale',
  /** Not a callback of the vendor's. */
  'malformed',
  'oversized',
  /** No such address: the account, or its secret. */
  'unknown',
  /** Genuine, and Temporal or the account's secrets could not be had: the vendor is asked to send it again. */
  'unavailable',
  /** Genuine, was answered before the sessions could be told, and then they could not be. */
  'dropped',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Of an announcement that a rule fits. `existing`: the same one started it before. `busy`: the target is recorded otherwise. */
export const STARTS = ['started', 'existing', 'busy', 'refused'] as const;
export type StartResult = (typeof STARTS)[number];

/** Stands for the account of a request that names none of ours. No account can be called so. */
export const NO_ACCOUNT = '-';

export interface CallbackCounts {
  /** Once for each request. */
  count(account: string, verdict: Verdict): void;
  /** Once for each announcement that a rule fits. */
  started?(account: string, result: StartResult): void;
}
