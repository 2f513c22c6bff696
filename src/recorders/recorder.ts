/**
 * The interface between keeprolling and one vendor. A recorder classifies every error of its vendor, hides every
 * secret, and turns the vendor's states into `Observation`s; it holds no state of its own between calls.
 */
import type { Dispatcher } from 'undici';
import type { SecretReference } from '../contract/secrets.ts';
import type { StorageAccess } from '../credentials/minted.ts';
import type { ChangeKind } from '../session/changes.ts';
import type {
  AccountChange,
  Asserted,
  Changed,
  Done,
  Failure,
  FileSeen,
  Held,
  Json,
  Look,
  Prepared,
  Refreshed,
  Reserved,
  Started,
  Stopped,
  TakeName,
} from '../session/facts.ts';
import type { Policy } from '../session/plan.ts';
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
  /**
   * Waits until this process may send one more request on the named quota of `Recorder.quotas`; to be awaited just
   * before a request is signed and sent. Absent where nobody counts. @throws VendorFailure E_VENDOR_THROTTLED, not
   * applied, where the turn would come too late for the call
   */
  turn?: (quota: string) => Promise<void>;
  /**
   * One reading that serves many callers of this process: `read` is called unless one with this key was begun less than
   * `maxAgeMs` ago. Looks tell the instant of the reading, and not their own. Absent where nobody shares.
   */
  share?: <T>(key: string, maxAgeMs: number, read: () => Promise<T>) => Promise<T>;
}

/** How many requests a vendor takes of one account. */
export interface Quota {
  name: string;
  /** For people: which calls count. */
  calls: string;
  limit: number;
  perMs: number;
  /** The vendor's page. */
  source: string;
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
  /** Since when starts are refused as foreign (E_FOREIGN_RECORDING); absent at the first. */
  foreignSince?: number;
  /** Handle of this session's take before it. */
  former?: Json;
}

export interface PrepareRequest<Target, Options> extends Subject<Target, Options> {
  policy: Policy;
  /** An earlier attempt was sent then and its reply lost: what has been made since is ours. */
  unknownSince?: number;
}

export interface TakeInQuestion {
  take: number;
  handle: Json;
  /** As in `StartRequest`: a take whose start was never answered has a name and no handle. */
  name: TakeName;
  /**
   * What is believed of it (an `Actual`, or why that is not known), for a look that has no memory yet. A look that cannot see
   * the vendor's pause answers `paused` while that is believed.
   */
  belief?: string;
  /** Of one that is over: its last media, as far as is known. What begins later is of another take. */
  endedAt?: number;
  /** For its files: how many it has at least, and when they were last asked for; what had ended well before is known. */
  fileCount?: number;
  collectedAt?: number;
}

/** A take that is to be changed while it goes on, with what stands in it: a vendor may forget what is not repeated. */
export interface StandingTake extends TakeInQuestion {
  /** Changes that are in effect in it. */
  settings: ChangeValues;
  /** It is held by the vendor's own pause. */
  held: boolean;
}

/** What records in an account just now, as the vendor lists it. */
export interface Running<Target> {
  target: Target;
  /** As in `Started`. */
  recording: string;
  /** Whose it is, by the name that it bears at the vendor; null: by none of ours, or the vendor keeps no names. */
  name: TakeName | null;
  /** For a stop, as in `Started`. */
  handle: Json;
  /** Since when the vendor has it; null where that is not told. */
  since: number | null;
  /** How the vendor says it is, one phrase. */
  state: string;
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
  /** How many requests it takes of an account; each call waits for its turn on one of them. */
  readonly quotas: readonly Quota[];
  /**
   * The vendor's list of which one reading serves the looks of many sessions (`context.share`), in a word; absent where each
   * take is asked for by itself.
   */
  readonly sharedList?: string;
  /** What `recordings` can find: all that records in an account, what records at a target that is known, or nothing. */
  readonly lists: 'account' | 'target' | 'none';
  /** What ends a recording that nobody stops, one phrase. */
  readonly unattended: string;

  /**
   * The changes in the vendor's account that `prepare` would make now, none where all is there; reads only. Only with
   * `traits.prepares`. @throws VendorFailure, as `prepare` would, where what is there stands in the way
   */
  plan?(
    context: RecorderContext<Account>,
    request: PrepareRequest<Target, Options>,
  ): Promise<AccountChange[]>;
  /**
   * Makes what is missing, or with `policy.account: require` only checks. Repeatable: what is there already as wanted is
   * left alone. Only with `traits.prepares`. @throws VendorFailure E_ACCOUNT_UNREADY where it is missing and may not be made,
   * or where another one stands in its way
   */
  prepare?(context: RecorderContext<Account>, request: PrepareRequest<Target, Options>): Promise<Prepared>;
  /** Cuts the source off once, so that it connects anew (`policy.repush: force`). @throws VendorFailure */
  repush?(context: RecorderContext<Account>, subject: Subject<Target, Options>): Promise<Done>;
  /** Takes away what `prepare` made, as long as it is still as it was made. Repeatable. @throws VendorFailure */
  release?(
    context: RecorderContext<Account>,
    subject: Subject<Target, Options>,
    made: AccountChange[],
  ): Promise<Done>;

  /** What a start needs, had just before it. Only with `traits.reserves`. Repeatable. @throws VendorFailure */
  reserve?(context: RecorderContext<Account>, request: ReserveRequest<Target, Options>): Promise<Reserved>;

  /**
   * Fails with E_NOT_IN_FORCE where the running push began before what it needs was in the account, and with
   * E_ACCOUNT_UNREADY where that is gone. @throws VendorFailure with `applied: 'unknown'` where the vendor may have started
   * all the same
   */
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

  /** The start once more, after a new push: does the take go on? Only with `traits.asserts`. Repeatable. @throws VendorFailure */
  assert?(
    context: RecorderContext<Account>,
    subject: Subject<Target, Options>,
    take: TakeInQuestion,
  ): Promise<Asserted>;

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

  /**
   * All files of a take, of one that runs too, and where they are now: those in `known`, as they are or as they have become,
   * and what the vendor names beside them. Never throws for a missing file: that is a state. @throws VendorFailure
   */
  files?(
    context: RecorderContext<Account>,
    subject: Subject<Target, Options>,
    take: TakeInQuestion,
    known: FileSeen[],
  ): Promise<FileSeen[]>;

  /**
   * What records now, whoever began it; only where `lists` is not `none`. Reads only.
   * @param known targets of ours: where `lists` is `target` these alone are asked for. @throws VendorFailure
   */
  recordings?(context: RecorderContext<Account>, known: Target[]): Promise<Running<Target>[]>;

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
