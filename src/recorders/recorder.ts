/**
 * The interface between keeprolling and one vendor. A recorder classifies every error of its vendor, hides every
 * secret, and turns the vendor's states into `Observation`s; it holds no state of its own between calls.
 */
import type { Dispatcher } from 'undici';
import type {
  Failure,
  FileSeen,
  Held,
  Json,
  Look,
  Refreshed,
  Started,
  Stopped,
  TakeName,
} from '../session/facts.ts';
import type { Traits } from '../session/traits.ts';

/** What a recorder gets to work with for one call. */
export interface RecorderContext<Account> {
  /** The account as configured, its secrets resolved just now. */
  account: Account;
  dispatcher: Dispatcher;
  /** Epoch milliseconds. */
  now: () => number;
  /** Only looks and checks listen to it: a write is never cut by a worker's shutdown. */
  signal?: AbortSignal;
}

/** The vendor's part of a specification, validated by the recorder's own schemas. */
export interface Subject<Target, Options> {
  target: Target;
  options: Options;
}

export interface StartRequest<Target, Options> extends Subject<Target, Options> {
  name: TakeName;
  /** From 1; a start whose reply was lost is sent again under the same name, and its files must not meet the first one's. */
  attempt: number;
  /** For people who look at the vendor: the session's name. */
  title: string;
  /** When the vendor should end by itself if nobody stops it. Vendors without such a bound ignore it. */
  endBy: number;
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
  readonly traits: Traits;

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
    take: TakeInQuestion,
  ): Promise<Held>;
  resume?(
    context: RecorderContext<Account>,
    subject: Subject<Target, Options>,
    take: TakeInQuestion,
  ): Promise<Held>;

  /** Mints new storage credentials and applies them, in one. Only with `traits.refreshEveryMs`. @throws VendorFailure */
  refresh?(
    context: RecorderContext<Account>,
    subject: Subject<Target, Options>,
    take: TakeInQuestion,
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
