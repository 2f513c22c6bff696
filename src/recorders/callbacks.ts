/**
 * The interface between the gateway and one vendor's callbacks: a request comes in, and what it tells comes out.
 * Pure: no clock, no I/O, no state. A scheme verifies before it believes, and never throws.
 */
import type { RecorderEvent } from '../session/events.ts';
import type { RecorderContext } from './recorder.ts';
import type { Json } from '../session/facts.ts';

export interface CallbackRequest {
  method: string;
  /** Of the address, decoded; some vendors tell by GET. */
  query?: Record<string, string>;
  /** Lower-cased names. */
  headers: Record<string, string>;
  /** As it came: signatures are over its bytes. */
  body: Buffer;
  /** Epoch milliseconds, our clock. */
  receivedAt: number;
}

export interface CallbackReply {
  status: number;
  /** Sent as JSON. */
  body: Json;
}

/** Something that one or more sessions may want to know. */
export interface News {
  /** Key parts (see `VendorContract.keyParts`) of the targets that it may be about: their open sessions are told. */
  targets: string[][];
  event: RecorderEvent;
  /** A look at once would show it. */
  look?: true;
  /** A stream was announced: whether it is to be recorded, the rules of `onPublish` say. */
  announced?: {
    /** The same for the same announcement, however often and to whomever it is made; the request id of a start. */
    id: string;
    target: Record<string, Json>;
  };
}

/** Why a request tells nothing. `forged`: its signature does not hold. `stale`: it is too old, or replayed. */
export type CallbackRefusal = 'forged' | 'stale' | 'malformed';

export type CallbackReading =
  /** Verified. Without news it is of no interest to us: another product, an event of no consequence, a test. */
  | {
      verdict: 'genuine';
      news: News[];
      reply: CallbackReply;
      /** Whoever waits for the reply must not wait for Temporal: it is sent first, and the sessions are told afterwards. */
      replyFirst?: true;
    }
  /** `reply` only where the vendor must get another than the status of the refusal. `why`: one phrase without secrets. */
  | { verdict: CallbackRefusal; why: string; reply?: CallbackReply };

/** Generic in the account as its schema gives it back, secrets resolved; `callbacks` of it is there. */
export interface Callbacks<Account> {
  read(account: Account, request: CallbackRequest): CallbackReading;
  /** Some of its callbacks come with GET and tell by their query. Without it a GET tries the address, and is answered. */
  takesGet?: true;
  /**
   * How the vendor is told where to call; absent where only its console can do that, and then `byHand` says how.
   * `address`: the whole address, its secret part included. `domains`: where the vendor has one configuration a domain.
   */
  setup?: CallbackSetup<Account>;
  /** What to enter where at the vendor, as sentences, without secrets; where there is no `setup`. */
  byHand?: readonly string[];
}

export interface CallbackWish {
  address: string;
  domains: readonly string[];
}

/** One setting of the vendor's for callbacks, as it is and as it should be. Nothing in it is secret. */
export interface CallbackSetting {
  /** `record callback of push.example.com`. */
  what: string;
  state: 'as-wanted' | 'missing' | 'differs' | 'of-others';
  /** Sentences: what differs, what of others' is kept. */
  differences: string[];
}

export interface CallbackSetup<Account> {
  /**
   * Where the vendor has one setting a domain, `callbacks.domains` of the account names them: which domains they are, in
   * the plural, and one as an example.
   */
  domains?: { are: string; example: string };
  /** Reads only. @throws VendorFailure */
  check(context: RecorderContext<Account>, wish: CallbackWish): Promise<CallbackSetting[]>;
  /** Makes what is missing or differs, and leaves what is of others unless `replace`. @throws VendorFailure */
  install(
    context: RecorderContext<Account>,
    wish: CallbackWish & { replace: boolean },
  ): Promise<CallbackSetting[]>;
  /** Removes what calls this address, and nothing else. @throws VendorFailure */
  remove(context: RecorderContext<Account>, wish: CallbackWish): Promise<CallbackSetting[]>;
}

/** Status of a refusal: what a vendor makes of it is not known to differ. */
export const REFUSED_STATUS: Record<CallbackRefusal, number> = { forged: 401, stale: 401, malformed: 400 };
