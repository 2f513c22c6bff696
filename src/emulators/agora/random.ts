/** Random names that are the same for the same seed and number, in whatever order they are asked for. */
import { createHash } from 'node:crypto';

export interface RandomNames {
  hex(length: number, kind: string, serial: number): string;
  /** Letters and digits, `-` and `_`. */
  opaque(length: number, kind: string, serial: number): string;
  /** A uid of the channel, from 1 to 2^32 - 1. */
  uid(kind: string, serial: number): number;
}

export function randomNames(seed: number): RandomNames {
  const block = (kind: string, serial: number, index: number) =>
    createHash('sha256').update(`${seed}/${kind}/${serial}/${index}`).digest();
  const long = (length: number, kind: string, serial: number, encoding: 'hex' | 'base64url') => {
    let text = '';
    for (let index = 0; text.length < length; index += 1)
      text += block(kind, serial, index).toString(encoding);
    return text.slice(0, length);
  };
  return {
    hex: (length, kind, serial) => long(length, kind, serial, 'hex'),
    opaque: (length, kind, serial) => long(length, kind, serial, 'base64url'),
    uid: (kind, serial) => block(kind, serial, 0).readUInt32LE(0) || 1,
  };
}
