/** `ALI-LIVE-…` headers: an MD5 over a domain, the instant of sending and the key. It says nothing of the body. */
import { createHash } from 'node:crypto';

/** Nothing is signed without a key. `domain`: see its callers, for the two kinds of callbacks take different ones. */
export function authHeaders(domain: string, key: string | undefined, sentAt: number): Record<string, string> {
  if (key === undefined) return {};
  const timestamp = String(Math.floor(sentAt / 1000));
  const signature = createHash('md5').update(`${domain}|${timestamp}|${key}`).digest('hex');
  return { 'ALI-LIVE-TIMESTAMP': timestamp, 'ALI-LIVE-SIGNATURE': signature };
}
