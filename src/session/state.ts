import type { ChangeKind } from './changes.ts';
import type {
  AccountChange,
  Actual,
  CredentialLife,
  Edge,
  Evidence,
  Failure,
  FileSeen,
  GapCause,
  Json,
  TakeName,
  Who,
} from './facts.ts';
import type { Neighbour, NeighbourWord } from './neighbours.ts';
import type { Plan } from './plan.ts';
import type { Told } from './words.ts';

export type Phase = 'waiting' | 'starting' | 'recording' | 'paused' | 'stopping' | 'released';
export type Condition = 'suspect' | 'degraded' | 'unstored';
export type Outcome =
  'completed' | 'limit-reached' | 'cancelled' | 'failed-to-start' | 'failed-to-stop' | 'failed';
export type Verdict = 'complete' | 'partial' | 'nothing';

/** What is wanted, since when, and by whom. */
export interface Desired {
  state: 'recording' | 'paused' | 'stopped';
  since: number;
  /** For people; `via` is what rules look at. */
  by: string;
  via: 'plan' | 'command' | 'absence';
  reason: string | null;
  /** End of a pause, if it has one. */
  until: number | null;
  /** The outcome that a stop leads to. */
  outcome: Outcome | null;
}

/** A stretch of media within a take. `n` counts within the take, so that a later copy replaces an earlier one. */
export interface Span {
  n: number;
  from: Edge;
  /** null while it goes on. */
  to: Edge | null;
  evidence: Evidence;
  /** Up to here the evidence holds; what follows is inferred. */
  provedTo: number;
  /** Sequences of the files that hold it, where known. */
  files: { first: number; last: number } | null;
}

export type TakeStatus = 'starting' | 'unanswered' | 'open' | 'ended' | 'written-off';

export interface Take {
  number: number;
  name: TakeName;
  status: TakeStatus;
  handle: Json;
  recording: string | null;
  calledAt: number;
  /** How often its start was sent. */
  attempts: number;
  /** A name of ours that callbacks about it return. */
  mark: string | null;
  /** The vendor's identity of it, told by a callback before any answer to its start did. */
  named: string | null;
  /** When it was at work by that callback's word. */
  namedAt: number | null;
  /** When it was named although it had been written off: it is taken up again only to be stopped. */
  revivedAt: number | null;
  /** What callbacks have told of its source, and of its media. */
  told: Told;
  /** A callback says that something happened to it: a look is to tell. */
  hint: Hint | null;
  /** The last callback about it was heard then. */
  heardAt: number | null;
  /** Up to here something else than its source kept it from writing, such as a pause. */
  idleTo: number;
  /** What its start needs, where the vendor wants one. */
  reservation: { value: Json; expiresAt: number } | null;
  /** It runs, or must be taken to run, and nobody can name it: only a callback can. */
  unnamed: boolean;
  /** By when it must be over: the vendor ends it then, or takes no more calls for it. */
  endsAt: number | null;
  /** By when the vendor ends it by itself, should nobody be able to name it. */
  orphanUntil: number | null;
  /** When the vendor ends it by itself, media may have ended so long before. */
  blindMs: number;
  /** The destination that its files go to. */
  storage: string | null;
  /** Revision of each change that is in effect in it. */
  changed: Partial<Record<ChangeKind, number>>;
  acceptedAt: number | null;
  provedAt: number | null;
  actual: Actual | null;
  /** Since when the belief is in doubt: not found although it may live, or nobody answers. */
  suspectSince: number | null;
  /** Since when it is not found; not being answered at all does not count. */
  absentSince: number | null;
  /** Its span was ended since the recorder seemed to be down; it goes on if that was not so. */
  cutByOutage: boolean;
  /** The vendor last answered a start or a resume then: what was read before it says nothing of it. */
  touchedAt: number;
  /** Its source came anew then, and whether it goes on with it has not been told yet. */
  cameAt: Edge | null;
  /** A pause or its end was sent then, and nobody knows what became of it. */
  holdUnknown: { op: 'pause' | 'resume'; at: number } | null;
  /** Another start was sent then after a new push of its source, and nobody knows what became of it. */
  assertedAt: number | null;
  failure: Failure | null;
  lastGoodAt: number | null;
  spans: Span[];
  nextSpan: number;
  files: FileKept[];
  fileCount: number;
  /** Files told one after another hold the media from here to there without a hole. */
  filed: { from: number; to: number } | null;
  credentials: CredentialLife | null;
  /** First stop whose reply was lost: the recording may have ended then. */
  stopAskedAt: number | null;
  /** A stop is wanted for this take alone (it failed, or was handed over). */
  retire: GapCause | 'handed-over' | null;
  ended: { at: number; how: string } | null;
  /** A written-off take can go on at the vendor until here; null when nothing is known to end it. */
  boundAt: number | null;
  requestIds: string[];
}

/** `fresh`: it is in no part yet as it is now. */
export type FileKept = FileSeen & { fresh?: true };

/** `final`: nothing of it goes on anywhere. */
export interface Hint {
  kind: 'moved' | 'failed' | 'ended';
  at: number;
  final: boolean;
  failure: Failure | null;
}

/** From `at` on, media that is missing is missing for this reason; null: it should be there. */
export interface CauseMark {
  at: number;
  cause: GapCause | null;
  detail: string | null;
}

export interface CommandRecord {
  id: string;
  at: number;
  command: CommandName;
  by: string;
  reason: string | null;
  until: number | null;
  revision: number;
  /** Of `change`: the values by kind. */
  change?: ChangeValues;
}

export type CommandName = 'pause' | 'resume' | 'stop' | 'extend' | 'join' | 'change';
export type ChangeValues = Partial<Record<ChangeKind, Json>>;

/** What was last wished for of one kind. */
export interface Setting {
  value: Json;
  revision: number;
  /** The vendor has taken it, in a change or with a start. */
  taken: boolean;
  /** What is gone back to when the vendor refuses it: the wish before, and below that one that the vendor took. */
  former: Setting | null;
}

export interface LogEntry {
  /** From 1, without holes, over all runs of the session. */
  sequence: number;
  at: number;
  kind: 'phase' | 'take' | 'gap' | 'command' | 'warning' | 'recovered' | 'files' | 'verdict';
  text: string;
  /** The same for programs, where there is more to it. */
  data?: { [field: string]: Json };
}

/** A trouble that lasts: what it is about, who must act, since when. */
export interface Trouble {
  about: TroubleSubject;
  who: Who;
  code: string;
  text: string;
  cause: GapCause;
  since: number;
  times: number;
  requestId: string | null;
}
export type TroubleSubject =
  | 'prepare'
  | 'start'
  | 'stop'
  | 'refresh'
  | 'hold'
  | 'change'
  | 'look'
  | 'worker'
  | 'archive'
  | 'pause'
  | 'release';

export type Operation =
  | 'prepare'
  | 'reserve'
  | 'start'
  | 'assert'
  | 'repush'
  | 'stop'
  | 'release'
  | 'pause'
  | 'resume'
  | 'change'
  | 'refresh'
  | 'look';

export interface Lane {
  id: number;
  op: Operation;
  take: number;
  since: number;
  /** What is being changed, and the revision of the wish. */
  change?: ChangeKind;
  revision?: number;
  /** A start that sends nothing, of a take that a callback has named. */
  naming?: true;
}

/** Somebody waits for the effect of a command. */
export interface Waiter {
  id: string;
  command: CommandName;
  revision: number;
  deadline: number;
  /** The vendor refused it for good. */
  refused?: string;
  /** Of `change`: the kinds that it asked for. */
  kinds?: ChangeKind[];
  /** Of a `stop` that ended a claim and not the recording: whose. */
  claimOf?: string;
}

export interface Totals {
  recordedMs: number;
  byEvidence: Record<Evidence, number>;
  gapMs: Partial<Record<GapCause, number>>;
}

/** Somebody wants the target recorded until then; null: until the session's own limit. */
export interface Claim {
  owner: string;
  until: number | null;
  since: number;
  /** The recording that was asked for, and its session id where it would have had one of its own. */
  name: string;
  sessionId: string | null;
}

export type KnownNeighbour = Neighbour & { word: NeighbourWord['word'] };

export interface SessionState {
  stateVersion: 1;
  /** Level of the rules in `src/session`; fixed for a run at its first task. */
  behaviour: number;
  plan: Plan;
  at: number;
  begunAt: number;
  runBegunAt: number;
  phase: Phase;
  phaseSince: number;
  desired: Desired;
  /** Present end of the window, moved by `extend`. */
  untilMs: number | null;
  /** Who wants it recorded: it ends with the last of them. */
  claims: Claim[];
  /** The last of them that was over while others went on: should those be withdrawn, its padding and overrun are left. */
  lapsed?: Claim;
  /** Windows of others on the same target, as their launchers tell of them. */
  neighbours: KnownNeighbour[];
  revision: number;
  /** Changes that are wished for, by kind. */
  settings: Partial<Record<ChangeKind, Setting>>;
  /** The destination for files, moved by a change. */
  storage: { destination: string | null; revision: number };
  takes: Take[];
  nextTake: number;
  nextCall: number;
  lane: Lane | null;
  /** Earliest instant of the next attempt, by operation. */
  retry: Partial<Record<Operation, { failures: number; notBefore: number }>>;
  restart: { count: number; notBefore: number };
  /** End of the last vendor recording, for the vendor's rule about the next start. */
  lastEndAt: number | null;
  /** What takes need in the vendor's account. */
  account: {
    /** It was there then; null: it is to be made, or checked. */
    preparedAt: number | null;
    /** An attempt to make it was sent then, and nobody knows what became of it. */
    unknownSince: number | null;
    /** What this session has made there. */
    made: AccountChange[];
    /** The source was cut off then, so that it connects anew. */
    repushedAt: number | null;
    /** What was made is gone again, or is left there for good. */
    released: boolean;
  };
  source: {
    state: 'unknown' | 'up' | 'down';
    since: number | null;
    drops: number;
    /** Of the drops that are over. */
    longestMs: number;
    /** Begin of the last drop; one that lasts is since then. */
    droppedAt: number | null;
    /** Who said so last. */
    toldBy: 'look' | 'callback' | null;
    /** Where looks are to confirm it: when a callback last told that it came. */
    announcedAt: number | null;
  };
  callbacks: {
    /** They tell what looks would find: looks come seldom. */
    healthy: boolean;
    lastAt: number | null;
    heard: number;
    /** About other sessions, earlier takes, or told before. */
    ignored: number;
  };
  /** Until then looks come often, since a callback gave a reason for it. */
  doubtUntil: number | null;
  /** Announced work at the recorder: what is missing meanwhile is missing for that. */
  maintenance: { from: number; until: number; by: string; reason: string | null } | null;
  everRecorded: boolean;
  everAccepted: boolean;
  pauseWarned: boolean;
  watch: { version: number; belief: string } | null;
  /** What the last look told us to remember for the next one; the recorder's own affair. */
  lookMemory: Json;
  marks: CauseMark[];
  stickyCause: { cause: GapCause; detail: string | null };
  commands: CommandRecord[];
  seenIds: string[];
  /** Of events, apart from those of commands: a busy channel tells of many. */
  heardIds: string[];
  waiters: Waiter[];
  log: LogEntry[];
  nextLog: number;
  troubles: Partial<Record<TroubleSubject, Trouble>>;
  /** What is before `settledTo` has left the state: its parts are handed over, its sums are here. */
  settledTo: number;
  settled: Totals;
  /** Of the log, what the receivers have been handed. */
  toldTo: number;
  part: { next: number; spans: string[]; marksTo: number; logTo: number; commandsTo: number };
  renewal: 'no' | 'due' | 'looking' | 'ready';
  outcome: Outcome | null;
  released: boolean;
  dueAt: number | null;
}
