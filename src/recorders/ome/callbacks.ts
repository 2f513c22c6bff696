/**
 * Admission webhooks and alerts of OvenMediaEngine: two forms at one address, signed alike. None of them proves that
 * anything is recorded, so each is followed by a look.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { OmeAccount } from '../../contract/vendors/ome.ts';
import type { CallbackReading, CallbackRequest, Callbacks } from '../callbacks.ts';
import { isAdmission, readAdmission } from './admission.ts';
import { isAlert, readAlert } from './alerts.ts';

export const omeCallbacks: Callbacks<OmeAccount> = {
  read(account, request): CallbackReading {
    const body = parsed(request.body);
    const signed = isSigned(account.callbacks?.keys ?? [], request);
    const { receivedAt } = request;
    if (isAdmission(body)) return readAdmission(account, body, { signed, receivedAt });
    if (!isAlert(body))
      return { verdict: 'malformed', why: 'it is neither an admission request nor an alert' };
    if (!signed) return { verdict: 'forged', why: 'no key of ours makes its signature' };
    return readAlert(account, body, receivedAt);
  },
  // Server.xml is read when the server starts (AdmissionWebhooks; Alert).
  byHand: [
    'In Server.xml, below <Server>: an <Alert> with <Url> the address, <SecretKey> callbacks.keys of the account, <Timeout>3000</Timeout> and <Rules> with <Ingress><StreamStatus /></Ingress><Egress><StreamStatus /></Egress>.',
    'Beside it or instead, in each <VirtualHost>: <AdmissionWebhooks> with <ControlServerUrl> the address, the same <SecretKey> and <Timeout>, and <Enables><Providers>rtmp,webrtc,srt</Providers></Enables>.',
    'Restart OvenMediaEngine; keeprolling_callbacks_total of the gateway counts what comes.',
  ],
};

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * `X-OME-Signature`: base64url, without padding, of HMAC-SHA1 with the `<SecretKey>` over the body as it came
 * (admission_webhooks.cpp and notification.cpp). Compared as text, for the last letter has bits that decode to nothing.
 */
function isSigned(keys: string[], { headers, body }: CallbackRequest): boolean {
  const given = Buffer.from(headers['x-ome-signature'] ?? '');
  const matches = keys.map((key) => {
    const own = Buffer.from(createHmac('sha1', key).update(body).digest('base64url'));
    return own.length === given.length && timingSafeEqual(own, given);
  });
  return matches.includes(true);
}
