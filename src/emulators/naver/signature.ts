/**
 * Signature v2 of NAVER Cloud's API gateway ("Ncloud API overview"): HMAC-SHA256, keyed with the secret as text, over
 * method, target exactly as sent, timestamp and access key. The body is not signed.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface Signed {
  method: string;
  /** Path and query as sent. */
  target: string;
  timestamp: string;
  accessKey: string;
}

export function signatureOf({ method, target, timestamp, accessKey }: Signed, secretKey: string): string {
  const text = `${method} ${target}\n${timestamp}\n${accessKey}`;
  return createHmac('sha256', secretKey).update(text, 'utf8').digest('base64');
}

export function isSignedBy(signed: Signed, signature: string, secretKey: string): boolean {
  const [expected, given] = [Buffer.from(signatureOf(signed, secretKey)), Buffer.from(signature)];
  return expected.length === given.length && timingSafeEqual(expected, given);
}
