/**
 * The facts that cross between the session and a recorder, as plain data: what is asked of a recorder, and what it
 * answers. Recorders make them, activities carry them, `step` reads them. All instants are epoch milliseconds, all
 * durations milliseconds.
 */

/** Anything that survives JSON. What is in it is the recorder's own affair. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Who must act when something is wrong. */
export type Who = 'you' | 'vendor' | 'destination' | 'source' | 'keeprolling';

/** Why a stretch of the window is in no span. */
export type GapCause =
  | 'paused'
  | 'source-absent'
  | 'vendor-fault'
  /** Seconds that a rule of the vendor costs, such as Huawei's 10 s between STOP and START. */
  | 'vendor-rule'
  | 'destination'
  | 'credentials'
  | 'maintenance'
  /** Our own lateness, and nothing else. */
  | 'late-start'
  /** A bug: tests assert that it never comes. */
  | 'unknown';

/** How we know of a span, weakest first. Raised when more is learned, never lowered without a gap. */
export type Evidence = 'inferred' | 'observed' | 'filed' | 'stored';

/** An instant with its uncertainty to either side. */
export interface Edge {
  at: number;
  plusMinusMs: number;
}

/** What a take is called, for the recorder to put into the vendor's alphabet. */
export interface TakeName {
  installation: string;
  sessionId: string;
  take: number;
  /** Eight characters of `a-z0-9`, new for every take. */
  nonce: string;
  /** When the take was decided; names that must sort by creation begin with it. */
  at: number;
}

/** Why a call at the vendor failed, already classified by the recorder from the vendor's own table. */
export interface Failure {
  /** `E_…`, see contract/errors.ts. */
  code: string;
  /** One sentence, without secrets. */
  message: string;
  who: Who;
  /**
   * May the call have taken effect all the same? `unnamed`, of a start: it has, or must be taken to have, and no repeat
   * can name what it made; only a callback can.
   */
  applied: 'no' | 'unknown' | 'unnamed';
  /** `never`: the same call can only fail again. A number: not before so many milliseconds. */
  retry: 'never' | 'later' | number;
  /** Which gap the failure makes while it lasts. */
  cause: GapCause;
  vendor?: { operation: string; status?: number; code?: string; requestId?: string };
}

/** A file that a vendor names, or that is due under a name of ours. */
export interface FileSeen {
  name: string;
  /** The vendor's or our own count within the take, from 0. */
  sequence: number;
  state: 'open' | 'named' | 'stored' | 'missing';
  from?: number;
  to?: number;
  /** Media in it, where the vendor tells it apart from `from` and `to`. */
  durationMs?: number;
  bytes?: number;
  /** Which of several renditions, in the vendor's words: `1920x1080`. */
  quality?: string;
  /** Where it is, as the vendor writes it: the address of an object, without anything secret. */
  place?: string;
  /** The vendor deletes it then unless it has been stored elsewhere. */
  expiresAt?: number;
  /** Why it is not where it belongs, one phrase. */
  trouble?: string;
  /** `head`: its state was seen in the bucket by ourselves. Else the vendor's word is all there is. */
  by?: 'head';
}

/**
 * What one take really is at the vendor, at one look.
 * `starting`: accepted and not ready yet, which proves nothing. `recording`: media is being written. `armed`: it will record as soon as the source comes. `stalled`: the vendor
 * says that it records and nothing arrives. `presumed`: its source is there, and nothing says that it does not record.
 * `unsure`: its source has come anew (`since`), and only another start tells whether the take goes on. `paused`: held by the vendor's own pause. `failed`: it will never record
 * again under this name. `absent`: the vendor does not know it (for `traits.absence.proofMs` this may be a lie).
 */
export type Actual =
  'starting' | 'recording' | 'presumed' | 'armed' | 'stalled' | 'unsure' | 'paused' | 'failed' | 'absent';

export interface Observation {
  take: number;
  actual: Actual;
  /** When the present stretch of media began; only where the vendor or two looks tell. */
  since?: Edge;
  /** When the former stretch ended; only where the vendor or two looks tell. */
  endedAt?: Edge;
  /** The last instant at which media is known to have been written. */
  lastGoodAt?: number;
  /** Interruptions that began and ended between two looks, oldest first. */
  interruptions?: { from: Edge; to: Edge }[];
  /** The vendor names a file that holds the media up to here. */
  filedUntil?: number;
  /** New or changed files, as far as the vendor names them; at most 200, the latest. */
  files?: FileSeen[];
  /** How many files this take has in all, where known. */
  fileCount?: number;
  /** The vendor says that nothing at all was recorded under this name. */
  empty?: boolean;
  /** For `failed`: why, and who must act. */
  failure?: Failure;
  /** Where the knowledge comes from, one phrase: `records state "recording"`. */
  source: string;
  requestId?: string;
}

/** A look at all takes of a session: either what was seen, or why nothing could be. */
export type Look =
  | { at: number; seen: Observation[]; sentence: string }
  | { at: number; unreachable: Failure; sentence: string };

/** Answer to a start that the vendor accepted. */
export interface Started {
  at: number;
  /** All that later calls need to name this recording. No secrets. */
  handle: Json;
  /** The vendor's identity of the recording, for people and for the ledger. */
  recording: string;
  /** What the reply itself already proves; without it the take is accepted, and no more. */
  observation?: Observation;
  /** The vendor was already recording under our own name: an earlier reply was lost. */
  wasOurs?: boolean;
  requestId?: string;
  credentials?: CredentialLife;
  /** By when it must be over: the vendor ends it then, or takes no more calls for it. Absent without such an end. */
  endsAt?: number;
  /**
   * Nothing but a callback tells that the source has gone while it lives on: when the vendor has ended it by itself,
   * media may have ended so long before. Absent where looks see it.
   */
  blindMs?: number;
}

/** Answer to what must be had before a start is sent, where a vendor has such a call. No secrets. */
export interface Reserved {
  at: number;
  /** Goes into the start. */
  reservation: Json;
  /** A start with it is refused from then on. */
  expiresAt: number;
  /** A name of ours that the vendor's callbacks return for what is started with it, such as a uid. */
  mark?: string;
  /** By when the vendor ends by itself what is started with it, should nobody be able to name it; absent without such an end. */
  orphanUntil?: number;
  requestId?: string;
}

/** Answer to a stop. */
export interface Stopped {
  at: number;
  /**
   * `stopped` by this call; `over`: the vendor says that it had ended, or was ending; `absent`: the vendor does not
   * know it (ended or forgotten; for `traits.absence.proofMs` this may be a lie).
   */
  how: 'stopped' | 'over' | 'absent';
  /** What was seen just before, and what the reply adds. */
  observation?: Observation;
  /** For a take that had ended unseen: when the watch last knew media to be written. */
  lastGoodAt?: number;
  requestId?: string;
}

/** Life of short-lived storage credentials that a vendor has confirmed. */
export interface CredentialLife {
  mintedAt: number;
  expiresAt: number;
  /** Tells two credentials apart without telling what they are. */
  fingerprint: string;
}

export interface Refreshed {
  at: number;
  /** null: what was applied has no end. */
  credentials: CredentialLife | null;
  requestId?: string;
}

/** Answer to a change in mid-session. */
export interface Changed {
  at: number;
  requestId?: string;
}

/** Answer to a native pause or resume. */
export interface Held {
  at: number;
  /** Instead of the one that the take had. */
  handle?: Json;
  requestId?: string;
}

/** Answer to a start that was sent again after a new push of the source. */
export interface Asserted {
  at: number;
  /** The vendor was still recording: the take goes on. Else it has begun another recording, which is the next take. */
  goesOn: boolean;
  /** Of what records now. */
  handle: Json;
  recording: string;
  /** `presumed` or `recording`; its `since` is when the source came. */
  observation: Observation;
  requestId?: string;
}

/** One change in the vendor's account, made or to be made. No secrets. */
export interface AccountChange {
  action: 'create' | 'update' | 'delete' | 'cut-off';
  /** `recording rule`, `record config`, in the vendor's words. */
  what: string;
  /** What it is about: the target, a domain. */
  where: string;
  /** Its identity at the vendor, once it has one. */
  id?: string;
  before: Json;
  after: Json;
  /** For others: each a sentence, such as which streams no longer follow an existing rule. */
  overrides: string[];
}

/** Answer to what makes or checks what a take needs in the account. */
export interface Prepared {
  at: number;
  /** By this call, or by an earlier one whose reply was lost: what `release` takes away. */
  made: AccountChange[];
  /** For the ledger: one phrase. */
  found: string;
  requestId?: string;
}

/** Answer to a call that cut the source off, or took away what was made. */
export interface Done {
  at: number;
  requestId?: string;
}
