import type { Failure, CredentialLife } from '../session/facts.ts';
import type { Place } from '../contract/destinations.ts';

/** Credentials for one destination, in hand for one call. Secret: they go to the vendor and nowhere else. */
export interface Minted {
  accessKey: string;
  secretKey: string;
  /** Session token; only short-lived credentials have one. */
  token?: string;
  /** null: they have no end that we know of. */
  life: CredentialLife | null;
}

/** What a recorder asks of credentials. */
export interface MintNeed {
  /** The vendor refuses credentials with less life than this, milliseconds. */
  minLifeMs: number;
  /** Where in the bucket the probe is written: the folder of the take, without `/` at either end. */
  folder: string;
}

/** One destination, as a recorder sees it during one call. */
export interface StorageAccess {
  place: Place;
  /** Mints, and proves by a write to the bucket that they work. @throws StorageFailure */
  mint(need: MintNeed): Promise<Minted>;
}

/** Why there are no usable credentials; nothing in it is secret. */
export class StorageFailure extends Error {
  override readonly name = 'StorageFailure';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}
