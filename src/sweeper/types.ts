/** What a sweep works with, and what it finds. Instants are ISO 8601 in what it answers, epoch milliseconds else. */
import type { Archive } from '../archive/archive.ts';
import type { RecorderContext } from '../recorders/recorder.ts';
import type { Vendor } from '../recorders/registry.ts';

/** The session that has the lock of a target, or had it last. */
export interface Lock {
  /** null: it has begun and not yet told its id. */
  sessionId: string | null;
  open: boolean;
  /** It runs on the queues of this configuration. */
  onOurQueues: boolean;
  /** Temporal's word: RUNNING, COMPLETED, TERMINATED… */
  status: string;
  /** How it ended; null where its workflow did not say. */
  outcome: string | null;
}

/** A take that a session counts among those that may be recording. */
export interface LiveTake {
  number: number;
  /** null: its start is not answered. */
  recording: string | null;
}

/** What Temporal knows, by describe and query alone: a list may lag. @throws KeepRollingError E_SERVER_UNREACHABLE */
export interface Sessions {
  /** null where Temporal knows no session of this target. */
  lockOf(key: string): Promise<Lock | null>;
  /** The key of the session whose files are kept under this id; null where Temporal knows no such keeper. */
  keyOf(sessionId: string): Promise<string | null>;
  /** As the session itself says; null where it does not answer soon, or is another one. */
  takesOf(key: string, sessionId: string): Promise<LiveTake[] | null>;
}

export interface SweptAccount {
  name: string;
  vendor: Vendor;
  /** A problem where the account cannot be asked from here. */
  context: RecorderContext<Record<string, unknown>> | Problem;
}

export interface Problem {
  code: string;
  text: string;
}

export interface Surroundings {
  installation: string;
  accounts: SweptAccount[];
  sessions: Sessions;
  archive: Archive | null;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

export interface SweepOptions {
  /** Only this one of the configuration's accounts. */
  account?: string;
  /** Stop what had no open session in two passes at least 10 minutes apart. */
  stop?: boolean;
  /** Make both passes now, which takes those 10 minutes; always so without an archive. */
  wait?: boolean;
  /** An installation that is lost: its recordings count as ours. */
  adopt?: string;
  /** Where the second pass is waited for: what the first one has found. `nextAt` is when the second one comes. */
  onFirstPass?: (first: Sweep) => void;
}

/**
 * `session-open`: an open session of its id has it, or does not say that it has not. `left-behind`: its session is open and
 * does not count it among its takes any more. `no-session`: no open session has its id.
 */
export type FindingState = 'session-open' | 'left-behind' | 'no-session';

/** A recording of ours that goes on at a vendor. */
export interface Finding {
  account: string;
  key: string;
  recording: string;
  installation: string;
  sessionId: string;
  take: number;
  /** Since when the vendor has it; null where it does not tell. */
  since: string | null;
  /** How the vendor says it is. */
  vendorState: string;
  state: FindingState;
  /** How its session is, in Temporal's word, or the outcome that it told; null where Temporal does not know it. */
  session: string | null;
  /** The first pass that saw it without an open session; null while it has one. */
  unownedSince: string | null;
  /** What this sweep did; null where nothing was to be done. */
  stopped: { at: string; how: 'stopped' | 'over' | 'absent' } | null;
  /** Why it could not be stopped. */
  problem: string | null;
}

/** A session of which nobody can say that its recording has ended: its vendor cannot be asked. */
export interface Unproved {
  account: string;
  key: string;
  sessionId: string;
  name: string;
  /** Those that had not ended by the ledger; empty where all had, and the session might have begun another. */
  takes: number[];
  /** How far its ledger goes. */
  asOf: string;
  why: 'no-end' | 'written-off' | 'failed-to-stop';
  /** By when the vendor ends it; null where no instant is known. */
  boundAt: string | null;
  /** What ends it at the vendor, one phrase. */
  bound: string;
}

export interface SweptAccountView {
  account: string;
  vendor: string;
  lists: 'account' | 'target' | 'none';
  /** Recordings that are not ours; they are never touched. */
  ofOthers: number;
  foreign: number;
  /** Why it could not be asked. */
  problem: Problem | null;
}

export interface Sweep {
  at: string;
  installation: string;
  adopted: string | null;
  findings: Finding[];
  unproved: Unproved[];
  /** Why the archive could not be asked for those; null where it was, or there is none. */
  archiveProblem: Problem | null;
  accounts: SweptAccountView[];
  /** From when on a sweep with `stop` would stop what is left over; null where nothing is, or nothing was to be stopped. */
  nextAt: string | null;
}
