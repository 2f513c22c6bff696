/**
 * The interface between keeprolling and one vendor. A recorder classifies every error of its vendor, hides every
 * secret, and turns the vendor's states into `Observation`s; it holds no state of its own between calls.
 */
import type { Dispatcher } from 'undici';
import type { SecretReference } from '../contract/secrets.ts';
import type { StorageAccess } from '../credentials/minted.ts';
import type { ChangeKind } from '../session/changes.ts';
import type {
  Changed,
  Failure,
  FileSeen,
  Held,
  Json,
  Look,
  Refreshed,
  Reserved,
  Started,
  Stopped,
  TakeName,
} from '../session/facts.ts';
import type { ChangeValues } from '../session/state.ts';
import type { Traits } from '../session/traits.ts';

/** What a recorder gets to work with for one call. */
export interface RecorderContext<Account> {
  /** The account as configured, its secrets resolved just now. */
  account: Account;
  dispatcher: Dispatcher;
  /** Epoch milliseconds. */
  now: () => number;
  /** The secret behind a `{secret: name}`, looked up just now. @throws KeepRollingError E_CONFIG_INVALID */
  secret: (reference: SecretReference) => string;
  /** The destination for files, where the session names one and the call needs it. */
  storage?: StorageAccess;
  /** Only looks and checks listen to it: a write is never cut by a worker's shutdown. */
  signal?: AbortSignal;
}

/** The vendor's part of a specification, validated by the recorder's own schemas. */
export interface Subject<Target, Options> {
  target: Target;
  options: Options;
}

export interface ReserveRequest<Target, Options> extends Subject<Target, Options> {
  name: TakeName;
  /** When the vendor should end by itself if nobody stops it. Vendors without such a bound ignore it. */
  endBy: number;
  /** The longest that a missing source is borne, milliseconds; null: until the session ends. */
  patienceMs: number | null;
  /** Changes that were made before this take. */
  settings: ChangeValues;
}

export interface StartRequest<Target, Options> extends ReserveRequest<Target, Options> {
  /** What `reserve` gave, or null for vendors without it. */
  reservation: Json;
  /** From 1; a start whose reply was lost is sent again under the same name, and its files must not meet the first one's. */
  attempt: number;
  /** The vendor's identity of the recording, told by a callback: it runs, nothing is to be sent, its handle is wanted. */
  named?: string;
  /** For people who look at the vendor: the session's name. */
  title: string;
  /** Take over a recording that somebody else started (`policy.foreign: adopt`). */
  adoptForeign: boolean;
}

export interface TakeInQuestion {
  take: number;
  handle: Json;
  /** As in `StartRequest`: a take whose start was never answered has a name and no handle. */
  name: TakeName;
  /** What is believed of it (an `Actual`, or why that is not known), for a look that has no memory yet. */
  belief?: string;
}

/** A take that is to be changed while it goes on, with what stands in it: a vendor may forget what is not repeated. */
export interface StandingTake extends TakeInQuestion {
  /** Changes that are in effect in it. */
  settings: ChangeValues;
  /** It is held by the vendor's own pause. */
  held: boolean;
}

/** A line of `keeprolling doctor`. */
export interface Check {
  what: string;
  ok: boolean;
  detail: string;
  /** What to do about it; only when not ok. */
  remedy?: string;
}

export interface Recorder<Account, Target, Options> {
  readonly vendor: string;
  /** How the vendor behaves for this very subject: a mode of its own may be like another vendor. */
  traits(subject: Subject<Target, Options>): Traits;

  /** What a start needs, had just before it. Only with `traits.reserves`. Repeatable. @throws VendorFailure */
  reserve?(context: RecorderContext<Account>, request: ReserveRequest<Target, Options>): Promise<Reserved>;

  /** @throws VendorFailure with `applied: 'unknown'` where the vendor may have started all the same */
  start(context: RecorderContext<Account>, request: StartRequest<Target, Options>): Promise<Started>;

  /**
   * Looks once at the given takes. Never throws for a vendor's failure: that is `unreachable`.
   * `memory` is what the former look of this watch returned, or null; it must stay under 1 KiB a take.
   */
  look(
    context: RecorderContext<Account>,
    subject: Subject<Target, Options>,
    takes: TakeInQuestion[],
    memory: Json,
  ): Promise<{ look: Look; memory: Json }>;

  /** Repeatable: stopping what is not there answers `absent`. @throws VendorFailure */
  stop(
    context: RecorderContext<Account>,
    subject: Subject<Target, Options>,
    take: TakeInQuestion,
  ): Promise<Stopped>;

  /** Native pause and its end, only with `traits.nativePause`. @throws VendorFailure */
  pause?(
    context: RecorderContext<Account>,
    subject: Subject<Target, Options>,
    take: StandingTake,
  ): Promise<Held>;
  resume?(
    context: RecorderContext<Account>,
    subject: Subject<Target, Options>,
    take: StandingTake,
  ): Promise<Held>;

  /** A change in mid-session, of a kind that the vendor's contract lists. @throws VendorFailure */
  change?(
    context: RecorderContext<Account>,
    subject: Subject<Target, Options>,
    take: StandingTake,
    change: { kind: ChangeKind; value: Json },
  ): Promise<Changed>;

  /** Mints new storage credentials and applies them, in one. Only with `traits.refreshEveryMs`. @throws VendorFailure */
  refresh?(
    context: RecorderContext<Account>,
    subject: Subject<Target, Options>,
    take: StandingTake,
  ): Promise<Refreshed>;

  /** Where the files of an ended take are now. Never throws for a missing file: that is a state. @throws VendorFailure */
  files?(
    context: RecorderContext<Account>,
    subject: Subject<Target, Options>,
    take: TakeInQuestion,
    known: FileSeen[],
  ): Promise<FileSeen[]>;

  /** Can this account do what a session needs? For `doctor` and before the first start. */
  check(context: RecorderContext<Account>, subject?: Subject<Target, Options>): Promise<Check[]>;
}

/** What a recorder throws; its `failure` is all that crosses into history, so no secret may be in it. */
export class VendorFailure extends Error {
  override readonly name = 'VendorFailure';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}
