const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A ULID from an instant and the workflow's own deterministic UUID: the library draws its randomness elsewhere. */
export function ulidLike(at: number, uuid: string): string {
  let time = '';
  for (let rest = at, i = 0; i < 10; i += 1, rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32]! + time;
  let bits = BigInt(`0x${uuid.replaceAll('-', '')}`) & ((1n << 80n) - 1n);
  let random = '';
  for (let i = 0; i < 16; i += 1, bits >>= 5n) random = ALPHABET[Number(bits & 31n)]! + random;
  return time + random;
}
