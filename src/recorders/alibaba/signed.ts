/**
 * Whether a callback was sent by ApsaraVideo: ALI-LIVE-SIGNATURE is the MD5 of `domain|timestamp|key`. It says nothing of
 * what the callback tells, so the secret address and TLS must keep that from others.
 * Source: page "Callback authentication".
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { CallbackRefusal } from '../callbacks.ts';

/** A repeat is signed anew or comes within half a minute: only clocks and the network come between. */
const WINDOW_MS = 10 * 60_000;

export function signatureFor(domain: string, timestamp: string, key: string): string {
  return createHash('md5').update(`${domain}|${timestamp}|${key}`).digest('hex');
}

/** null: it holds. `domains`: what may have been signed with. */
export function fault(
  headers: Record<string, string>,
  { domains, keys, receivedAt }: { domains: readonly string[]; keys: readonly string[]; receivedAt: number },
): { verdict: CallbackRefusal; why: string } | null {
  const timestamp = headers['ali-live-timestamp'];
  const signature = headers['ali-live-signature'];
  if (timestamp === undefined || signature === undefined)
    return { verdict: 'forged', why: 'it has no signature: NotifyReqAuth may be off at ApsaraVideo' };
  // Each pair is compared, whichever holds.
  const held = keys.flatMap((key) =>
    domains.map((domain) => equal(signature, signatureFor(domain, timestamp, key))),
  );
  if (!held.includes(true)) return { verdict: 'forged', why: 'its signature does not hold' };
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(receivedAt - Number(timestamp) * 1000) > WINDOW_MS)
    return { verdict: 'stale', why: 'it was signed more than 10 minutes from now' };
  return null;
}

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
