import type { ChangeKind } from './changes.ts';
import type {
  AccountChange,
  Asserted,
  Changed,
  Done,
  Failure,
  Held,
  Look,
  Prepared,
  Refreshed,
  Reserved,
  Started,
  Stopped,
} from './facts.ts';
import type { Json, TakeName, Who } from './facts.ts';
import type { Neighbour, NeighbourWord } from './neighbours.ts';
import type { Policy } from './plan.ts';
import type {
  CauseMark,
  ChangeValues,
  CommandName,
  CommandRecord,
  LogEntry,
  Operation,
  Outcome,
  Span,
  Totals,
  Verdict,
} from './state.ts';
import type { FileSeen } from './facts.ts';

/** Every event carries its instant and a nonce: `step` has neither a clock nor randomness of its own. */
interface Occasion {
  at: number;
  nonce: string;
}

export interface Command {
  command: CommandName;
  /** Repeats with the same id are dropped. */
  id: string;
  by: string;
  reason: string | null;
  until: number | null;
  /** Of `change`: the values by kind. */
  change?: ChangeValues;
  /** Of `stop`: the recording, whoever else wants it. */
  all?: boolean;
  /** Of `join`: what is to be recorded. */
  join?: { name: string; recordingHash: string | null };
  /** The sender waits for the effect. */
  waits: boolean;
}

export type Answer =
  | { op: 'prepare'; ok: Prepared }
  | { op: 'reserve'; ok: Reserved }
  | { op: 'start'; ok: Started }
  | { op: 'assert'; ok: Asserted }
  | { op: 'stop'; ok: Stopped }
  | { op: 'repush' | 'release'; ok: Done }
  | { op: 'pause' | 'resume'; ok: Held }
  | { op: 'change'; ok: Changed }
  | { op: 'refresh'; ok: Refreshed }
  | { op: 'look'; ok: { look: Look; memory: Json } }
  | { op: Operation; failed: Failure };

export const RECORDER_EVENTS = [
  /** A stream of the source comes, or goes. */
  'source-up',
  'source-down',
  /** The recorder is at work, which does not mean that media flows. */
  'recorder-started',
  /** It writes media, from `since` on. */
  'recorder-recording',
  /** Another machine of the vendor's goes on with it. */
  'recorder-moved',
  /** It is in trouble, or has given up: a look tells. */
  'recorder-failed',
  /** It has ended, by a stop or by itself. */
  'recorder-ended',
  'file-ready',
  /** A neighbour's window begins. */
  'boundary',
  /** Work at the recorder is announced. */
  'maintenance',
] as const;
export type RecorderEventKind = (typeof RECORDER_EVENTS)[number];

/**
 * What a vendor tells of its own accord, in the gateway's words, or a neighbour or an operator. A wire contract: other
 * programs may send it as the signal `recorderEvent`.
 */
export interface RecorderEvent {
  /** A doubled one is dropped. */
  id: string;
  /** When it happened, on our clock, epoch milliseconds. */
  at: number;
  kind: RecorderEventKind;
  /** The vendor's identity of the recording that it is about, or a name of ours that the vendor returned; none: about the target. */
  recording?: string;
  mark?: string;
  /** Of source events: which of its streams. */
  part?: string;
  /** Of `recorder-recording`: since when media is written, where that is told. */
  since?: number;
  files?: FileSeen[];
  /** Of `recorder-failed` and `recorder-ended`: what is wrong. */
  failure?: Failure;
  /** Of `recorder-ended`: nothing of it goes on, also on no other machine. */
  final?: true;
  /** Of `maintenance`: until when, by whom and why. */
  until?: number;
  by?: string;
  reason?: string;
  /** Of `boundary`: whose window begins. */
  neighbour?: Neighbour;
}

export type SessionEvent = Occasion &
  (
    | { kind: 'begin' }
    | { kind: 'command'; command: Command }
    /** A signal that could not be understood: it is told in the ledger and changes nothing. */
    | { kind: 'refused-signal'; text: string }
    | { kind: 'answer'; call: number; answer: Answer }
    | {
        kind: 'report';
        version: number;
        look: Look;
        /** By take, the last instant at which the watch knew media to be written. */
        lastGood: Record<string, number>;
        /** The look before, which found all as believed. */
        lastLookAt: number | null;
        memory: Json;
      }
    /** The watch itself broke: no worker took it, or it failed in a way that is not a look. */
    | { kind: 'watch-lost'; version: number; failure: Failure }
    | { kind: 'recorder'; event: RecorderEvent }
    | { kind: 'archive'; ok: boolean; text: string }
    | { kind: 'due' }
    /** `temporal workflow cancel`: a stop with all its steps. */
    | { kind: 'cancel' }
    | { kind: 'renew' }
  );

/** What a take begins with, the same for its reservation and its start. */
export interface Beginning {
  /** When the vendor should end it by itself if nobody does. */
  endBy: number;
  /** The longest that a missing source is borne; null: until the session ends. */
  patienceMs: number | null;
  /** The destination for its files. */
  storage: string | null;
  /** Changes made before, but that of the storage. */
  settings: ChangeValues;
}

/** What stands in a take when it is touched: a vendor may forget what an update does not repeat. */
export interface Standing {
  /** Changes that are in effect in it. */
  settings: ChangeValues;
  /** It is held by the vendor's own pause. */
  held: boolean;
}

/** What a start is sent with, beside that. */
export interface Starting {
  attempt: number;
  reservation: Json;
  /** It is known to run as this; nothing is sent, its handle alone is wanted. */
  named?: string;
  /** For people who look at the vendor: the session's name. */
  title: string;
  /** Take over a recording that somebody else started. */
  adoptForeign: boolean;
  /** Since when starts are refused because the target is being recorded by nobody of ours; absent where this is the first. */
  foreignSince?: number;
  /** Handle of the take before it, where there was one: a vendor may have gone on with it under another name. */
  former?: Json;
}

/** What making or checking what a take needs in the account is told. */
export interface Preparing {
  policy: Policy;
  /** The destination for files. */
  storage: string | null;
  /** An earlier attempt was sent then and its reply lost: what has been made since is ours. */
  unknownSince?: number;
}

export type Call = { id: number; take: number; name: TakeName; handle: Json } & (
  | ({ op: 'prepare' } & Preparing)
  | ({ op: 'reserve' } & Beginning)
  | ({ op: 'start' } & Starting & Beginning)
  | { op: 'assert' }
  | { op: 'repush' }
  | { op: 'release'; made: AccountChange[] }
  | { op: 'stop' }
  | ({ op: 'pause' } & Standing)
  | ({ op: 'resume' } & Standing)
  | ({ op: 'change'; kind: ChangeKind; value: Json } & Standing)
  /** `endsAt`: when what it has now ends; told once a refresh has failed. */
  | ({ op: 'refresh'; storage: string | null; endsAt?: number } & Standing)
  | { op: 'look'; takes: WatchedTake[]; memory: Json }
);

export interface WatchedTake {
  take: number;
  name: TakeName;
  handle: Json;
  /** What is believed of it: `recording`, `armed`, `absent`, ..., or `unreachable E_…`. */
  belief: string;
}

/** Input of the watch: whatever differs from it is reported. */
export interface Watch {
  version: number;
  takes: WatchedTake[];
  doubt: boolean;
  /** From then on nothing is in doubt: looks come at their usual pace. Absent where the doubt has no such end. */
  doubtUntil?: number;
  /** Callbacks tell what looks would find: the pace with callbacks will do. */
  seldom?: true;
  /** It is known that no worker takes the looks: wait long for one instead of sounding the alarm again. */
  patient: boolean;
  /** What the last look of the watch before remembered. */
  memory: Json;
  /** The first look comes after so long; null: somewhere within the pace. */
  firstMs: number | null;
}

/** An immutable piece of the ledger. Instants are epoch milliseconds. */
export interface Part {
  sessionId: string;
  number: number;
  at: number;
  takes: {
    number: number;
    recording: string | null;
    status: string;
    spans: Span[];
    files: FileSeen[];
    fileCount: number;
    ended: { at: number; how: string } | null;
    boundAt: number | null;
    requestIds: string[];
  }[];
  marks: CauseMark[];
  commands: CommandRecord[];
  log: LogEntry[];
}

export interface EndedTake {
  take: number;
  name: TakeName;
  handle: Json;
  fileCount: number;
  recording?: string | null;
  /** The destination of its files. */
  storage?: string | null;
  /** Its last media, as far as is known: what begins later is of another take. */
  endedAt?: number;
}

/** What a session's workflow returns. */
export interface SessionResult {
  sessionId: string;
  key: string;
  name: string;
  outcome: Outcome;
  verdict: Verdict;
  windowMs: number;
  totals: Totals;
  takes: number;
  parts: number;
}

export interface SharedTrouble {
  /** `account/<name>` or `destination/<name>`. */
  scope: string;
  state: 'on' | 'off';
  code: string;
  who: Who;
  text: string;
  since: number;
  /** When it begins to cost something that has been kept so far, such as the end of credentials; null: it does already, or never. */
  deadline: number | null;
}

export interface CommandAnswer {
  accepted: boolean;
  applied: boolean;
  revision: number;
  /** Why it was not applied, if it was not. */
  note: string | null;
}

export type Effect =
  | { kind: 'call'; call: Call }
  | { kind: 'watch'; watch: Watch | null }
  /** A part for the archive, and the takes that ended with it: their files are to be looked after from now on. */
  | { kind: 'archive'; part: Part; ended: EndedTake[]; opened?: EndedTake[] }
  | { kind: 'answer'; id: string; answer: CommandAnswer }
  /** For the launcher of another window on the target; `freed` goes when the lock is about to be. */
  | { kind: 'tell-neighbour'; launcher: string; word: NeighbourWord }
  /** For the receivers of this session. */
  | { kind: 'notify'; entries: LogEntry[] }
  /** A trouble of the account or the destination, which many sessions have at once: it is told once for all of them. */
  | { kind: 'shared-trouble'; trouble: SharedTrouble }
  | { kind: 'continue' }
  | { kind: 'close'; result: SessionResult };
