/** What all providers share: how they are asked, what they answer, and how they refuse. */
import { createHash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { CredentialSource, Destination } from '../contract/destinations.ts';
import type { CredentialLife, Failure } from '../session/facts.ts';
import { StorageFailure, type Minted } from './minted.ts';

export interface ObtainContext {
  /** The destination's name in keeprolling.yaml. */
  name: string;
  destination: Destination;
  dispatcher: Dispatcher;
  now: () => number;
}

/** Credentials, anew at each call. @throws StorageFailure */
export type Obtain<Provider extends CredentialSource> = (
  provider: Provider,
  context: ObtainContext,
) => Promise<Minted>;

export function lifeOf(
  accessKey: string,
  token: string | undefined,
  mintedAt: number,
  expiresAt: number,
): CredentialLife {
  const fingerprint = createHash('sha256')
    .update(`${accessKey}${token ?? ''}`)
    .digest('hex')
    .slice(0, 12);
  return { mintedAt, expiresAt, fingerprint };
}

export function failed(failure: Failure): StorageFailure {
  return new StorageFailure(failure);
}

/** What only a change of the configuration, or of what it names, can mend. */
export function refused(name: string, sentence: string): StorageFailure {
  return failed({
    code: 'E_DESTINATION',
    message: `${name}: ${sentence}.`,
    who: 'you',
    applied: 'no',
    retry: 'later',
    cause: 'credentials',
  });
}
