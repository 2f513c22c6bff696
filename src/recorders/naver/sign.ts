/**
 * Signature v2 of NAVER Cloud Platform's API gateway. The request target is signed as it is sent, query included and host
 * not; the body is not signed. The key is the secret as text: it looks like base64 and is never decoded.
 * Source: "Ncloud API, common", signature; the vendor's own Go signer (ncloud-sdk-go-v2, hmac.go) does the same.
 */
import { createHmac } from 'node:crypto';

/** The gateway refuses a timestamp that is further than this from its own clock. */
export const MAX_SKEW_MS = 5 * 60_000;

export interface Keys {
  accessKey: string;
  secretKey: string;
}

/** `target`: path and query, as in the first line of the request. `timestamp`: epoch milliseconds. */
export function signatureOf(method: string, target: string, timestamp: number, keys: Keys): string {
  const text = `${method} ${target}\n${timestamp}\n${keys.accessKey}`;
  return createHmac('sha256', Buffer.from(keys.secretKey, 'utf8')).update(text, 'utf8').digest('base64');
}

/** The names are NAVER's own, underscore included. */
export function signedHeaders(
  method: string,
  target: string,
  timestamp: number,
  keys: Keys,
): Record<string, string> {
  return {
    'x-ncp-apigw-timestamp': String(timestamp),
    'x-ncp-iam-access-key': keys.accessKey,
    'x-ncp-apigw-signature-v2': signatureOf(method, target, timestamp, keys),
  };
}
