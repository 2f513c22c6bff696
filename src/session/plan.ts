import type { Changes } from './changes.ts';
import type { AccountChange, Json } from './facts.ts';
import type { Traits } from './traits.ts';

/** How long a missing source is borne. */
export type AbsencePolicy = { kind: 'wait' } | { kind: 'end' | 'fail'; afterMs: number };

export interface Window {
  /** Begin of the window, without padding. */
  fromMs: number;
  /** End of the window without padding; null when only `maxDuration` ends it. */
  untilMs: number | null;
  /** `fromMs` + maxDuration: a hard end that no command moves; null without one. */
  limitMs: number | null;
  beforeMs: number;
  afterMs: number;
  /** Go on past the end while the source is up, at most so long. */
  overrunMs: number;
  /** IANA zone for people; UTC when none was written. */
  zone: string;
}

/** A specification with every default filled in, durations in milliseconds and instants absolute. Holds no secret. */
export interface NormalSpecification {
  name: string;
  owner: string | null;
  labels: Record<string, string>;
  account: string;
  vendor: string;
  target: Record<string, Json>;
  window: Window;
  source: { late: AbsencePolicy; gone: AbsencePolicy };
  pause: { warnAfterMs: number; maxMs: number | null };
  storage: string | null;
  options: Record<string, Json>;
  policy: Policy;
  /** Receivers that are told what happens, by name; absent where there are none. */
  notify?: string[];
  /** The window's words as the user wrote them, for memo and messages. */
  written: Record<string, string>;
}

/** What may be done to the vendor's account and to others' work in it. */
export interface Policy {
  /** A recording of the target that somebody else started. */
  foreign: 'refuse' | 'adopt';
  /** `ensure`: what a take needs in the account is made where it is missing. `require`: nothing is ever written. */
  account: 'ensure' | 'require';
  /** `force`: an encoder that was there before what a take needs is cut off once, so that it connects anew. */
  repush: 'never' | 'force';
  /** What the session made in the account: `remove` takes it away when it ends. */
  made: 'keep' | 'remove';
  /** What is wished for where another session records the target when this window begins; absent where nothing was said. */
  busy?: Busy;
}

/** `queue`: wait for its end. `extend`: the running session goes on and covers this window too. `skip`: leave it out. */
export type Busy = 'queue' | 'extend' | 'skip';

export interface LookPace {
  everyMs: number;
  doubtMs: number;
  withCallbacksMs: number;
}

/** All that a session knows of the world when it begins; it never changes while the session runs. */
export interface Plan {
  installation: string;
  sessionId: string;
  /** The target's key, which makes the workflow id. */
  key: string;
  requestId: string | null;
  /** Of what the request asked for at first, where its window was moved since. */
  requestHash?: string;
  /** Of the specification without name, owner and labels: two sessions with the same hash record the same. */
  specificationHash: string;
  /** Of account, target, options and storage alone: two windows with the same hash can be one recording. */
  recordingHash?: string;
  /** From the session that recorded the target just before. */
  inherited?: Inherited;
  specification: NormalSpecification;
  traits: Traits;
  /** What may be changed while it records, and what the values must look like. */
  changes: Changes;
  looks: LookPace;
  /** The vendor calls us back for this account. */
  callbacks?: true;
  /** Troubles of the account and its destinations are told once for all sessions, to the configuration's own receivers. */
  sharesTroubles?: true;
  queues: { workflows: string; account: string };
  /** Whether the namespace has our search attributes: an unknown one would stop the workflow for ever. */
  searchAttributes: boolean;
  /** A new run begins at the first quiet moment after this. */
  renewAfterMs: number;
}

/** What a session that takes a target over must know of the one before. */
export interface Inherited {
  /** The session that recorded the target. */
  from: { sessionId: string; name: string };
  /** When it let the target go. */
  freedAt: number;
  /** When its last recording ended at the vendor, for the vendor's rule about the next start. */
  lastEndAt: number | null;
  /** What it made in the vendor's account and left there. */
  made: AccountChange[];
}

/** When recording begins: the window's begin less padding. */
export function recordingFrom(window: Window): number {
  return window.fromMs - window.beforeMs;
}
