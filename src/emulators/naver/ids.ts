/** Ids and names as Live Station forms them, without chance: the same seed and number make the same. */
import { createHash } from 'node:crypto';

/** Korean Standard Time: names carry local dates. */
const KST_MS = 9 * 3_600_000;

export const CHANNEL_ID = /^ls-\d{14}-[A-Za-z0-9]{5}$/;

/** Letters and digits. */
export function opaque(length: number, of: string): string {
  let text = '';
  for (let index = 0; text.length < length; index += 1)
    text += createHash('sha256').update(`${of}/${index}`).digest('base64').replaceAll(/[+/=]/g, '');
  return text.slice(0, length);
}

/** `YYYYMMDDhhmmss`. */
export function stamp(at: number): string {
  return new Date(at + KST_MS).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '');
}

export function channelIdAt(at: number, of: string): string {
  return `ls-${stamp(at)}-${opaque(5, of)}`;
}

/** The channel that stands for a stream of this name where tests want one each. */
export function channelIdFor(stream: string): string {
  return channelIdAt(Date.UTC(2026, 0, 1), `stream ${stream}`);
}
