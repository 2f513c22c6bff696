/** Random names that are the same for the same seed and number, in whatever order they are asked for. */
import { createHash } from 'node:crypto';

export interface RandomNames {
  hex(length: number, kind: string, serial: number): string;
  uuid(kind: string, serial: number): string;
  /** From 0 up to, and without, 1. */
  share(kind: string, serial: number): number;
}

export function randomNames(seed: number): RandomNames {
  const block = (kind: string, serial: number, index: number) =>
    createHash('sha256').update(`${seed}/${kind}/${serial}/${index}`).digest();
  const hex = (length: number, kind: string, serial: number) => {
    let text = '';
    for (let index = 0; text.length < length; index += 1) text += block(kind, serial, index).toString('hex');
    return text.slice(0, length);
  };
  return {
    hex,
    uuid: (kind, serial) =>
      hex(32, kind, serial).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    share: (kind, serial) => block(kind, serial, 0).readUInt32LE(0) / 2 ** 32,
  };
}
