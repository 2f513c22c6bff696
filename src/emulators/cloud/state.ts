import type { Identities } from './identities.ts';
import type { Bucket } from './objects.ts';
import type { CloudError } from './xml.ts';

/** All that controls can change. */
export interface CloudState {
  identities: Identities;
  buckets: Map<string, Bucket>;
  /** Nobody listens until then. */
  downUntil: number;
  /** No credentials are minted until then, and what is said instead. */
  mintFails: { untilMs: number; error: CloudError } | null;
}
