/** Random names that are the same for the same seed, kind and number, in whatever order they are asked for. */
import { createHash } from 'node:crypto';

export interface RandomNames {
  /** `16A96B9A-F203-4EC5-8E43-CB92E68F4CD8` */
  uuid(kind: string, serial: number): string;
  /** Letters and digits. */
  opaque(length: number, kind: string, serial: number): string;
  /** From 0 up to, and without, 1. */
  fraction(kind: string, serial: number): number;
}

export function randomNames(seed: number): RandomNames {
  const block = (kind: string, serial: number, index = 0): Buffer =>
    createHash('sha256').update(`${seed}/${kind}/${serial}/${index}`).digest();
  return {
    uuid(kind, serial) {
      const hex = block(kind, serial).toString('hex').toUpperCase();
      return [
        hex.slice(0, 8),
        hex.slice(8, 12),
        hex.slice(12, 16),
        hex.slice(16, 20),
        hex.slice(20, 32),
      ].join('-');
    },
    opaque(length, kind, serial) {
      let text = '';
      for (let index = 0; text.length < length; index += 1)
        text += block(kind, serial, index)
          .toString('base64')
          .replaceAll(/[^A-Za-z0-9]/g, '');
      return text.slice(0, length);
    },
    fraction: (kind, serial) => block(kind, serial).readUInt32LE(0) / 2 ** 32,
  };
}
