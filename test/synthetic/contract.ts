/** What the synthetic vendor's own schema file would give to the contract, and its peculiarities beside the traits. */
import { z } from 'zod';
import type { Place } from '../../src/contract/destinations.ts';
import type { CallbackFaultKind } from '../../src/emulators/outbox.ts';
import type { VendorContract } from '../../src/contract/vendor.ts';

export interface SyntheticOptions {
  /** The vendor ends every recording so long after its start, and says so. */
  takeLifeMs?: number;
  reservationMs?: number;
  /** Names of places that files can go to; with them a session can name one, and change it. */
  destinations?: string[];
  /** Subscriptions can be changed. */
  changes?: boolean;
  /** A start without a source is accepted all the same. */
  acceptsSourceless?: boolean;
  /** The reply to a stop tells that nothing was recorded. */
  tellsEmpty?: boolean;
  /** Looks do not see a missing source; after so long without one the vendor ends a recording by itself. */
  blindMs?: number;
  /** A recording is not ready for so long. */
  startingMs?: number;
  /** It calls back what `traits.callbacks` says. */
  callbacks?: { rates?: Partial<Record<CallbackFaultKind, number>>; seed?: number };
}

/** Nobody can subscribe to this user, and only the vendor knows. */
export const FORBIDDEN = 'forbidden';

const subscribe = z.strictObject({ uids: z.array(z.string().min(1)).min(1).max(4) });
const storage = z.union([
  z.strictObject({ destination: z.string().min(1) }),
  z.strictObject({ refresh: z.literal('now') }),
]);

export function syntheticContract({ changes, destinations }: SyntheticOptions = {}): VendorContract {
  return {
    vendor: 'synthetic',
    account: z.strictObject({ vendor: z.literal('synthetic'), secret: z.string() }),
    target: z.strictObject({ channel: z.string().min(1) }),
    options: z.strictObject({}),
    keyParts: (target) => [String(target.channel)],
    identity: () => 'synthetic',
    ...(destinations && {
      storageProblems: (_subject, place) =>
        place === null || destinations.includes(place.name)
          ? []
          : [{ where: 'storage', problem: 'the vendor writes to no such place' }],
    }),
    ...((changes ?? destinations) && {
      changes: () => ({ ...(changes && { subscribe }), ...(destinations && { storage }) }),
    }),
  };
}

export function placeNamed(name: string): Place {
  return {
    name,
    cloud: 's3-compatible',
    bucket: name,
    region: null,
    endpoint: 'https://store.example.com',
    prefix: null,
    hasCredentials: true,
    shortLived: true,
    lifeMs: null,
    refreshMs: 3_600_000,
  };
}
