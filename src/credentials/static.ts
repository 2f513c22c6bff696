import type { CredentialSource } from '../contract/destinations.ts';
import { lifeOf, refused, type Obtain } from './provider.ts';

type StaticProvider = Extract<CredentialSource, { provider: 'static' }>;

/** Keys as they stand in the configuration, or in the files that it names: these may change at any time. */
export const staticKeys: Obtain<StaticProvider> = async (provider, { name, now }) => {
  const { accessKey, secretKey, token, expiresAt } = provider;
  if (token === undefined || expiresAt === undefined) return { accessKey, secretKey, life: null };
  const end = Date.parse(expiresAt);
  if (end <= now()) {
    throw refused(
      name,
      'its credentials have expired: write new ones, and their expiresAt, where they stand',
    );
  }
  return { accessKey, secretKey, token, life: lifeOf(accessKey, token, now(), end) };
};
