/** How OvenMediaEngine signs what it sends of its own accord (v0.20.0, admission_webhooks.cpp and notification.cpp). */
import { createHmac } from 'node:crypto';
import { sorted } from './reply.ts';

/** Headers and body as they leave: compact JSON with sorted keys, and base64url of its HMAC-SHA1 without padding. */
export function signedRequest(
  content: unknown,
  secretKey: string,
): { headers: Record<string, string>; body: string } {
  const body = JSON.stringify(sorted(content));
  const signature = createHmac('sha1', secretKey).update(body).digest('base64url');
  return {
    headers: {
      'X-OME-Signature': signature,
      'Content-Type': 'application/json',
      Accept: 'application/json',
    },
    body,
  };
}
