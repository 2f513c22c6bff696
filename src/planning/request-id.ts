import { contentHash } from '../contract/keys.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * The session id of a request: always the same for the same request id and installation. So two starts at once mean
 * one session, whichever of them comes first, and a launcher of it can be found by describe, which does not lag. In
 * form it is a ULID; its time part says nothing.
 */
export function sessionIdOfRequest(installation: string, requestId: string): string {
  let bits = BigInt(`0x${contentHash({ installation, requestId })}`) & ((1n << 128n) - 1n);
  let id = '';
  for (let i = 0; i < 26; i += 1, bits >>= 5n) id = ALPHABET[Number(bits & 31n)]! + id;
  return id;
}
