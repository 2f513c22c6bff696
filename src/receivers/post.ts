/** One attempt to give a notice to a receiver, signed as Standard Webhooks say (https://www.standardwebhooks.com). */
import { Webhook } from 'standardwebhooks';
import type { Dispatcher } from 'undici';
import type { Receiver } from '../contract/receivers.ts';
import type { NoticeEvent } from './event.ts';

const TIMEOUT_MS = 10_000;
const GONE = 410;

/** `failed`: why, without address or key. */
export type Posted = 'delivered' | 'gone' | { failed: string };

/** What the receiver does is answered, and never thrown. Redirects are not followed, and what the answer says beside its status is not read. */
export async function post(
  dispatcher: Dispatcher,
  receiver: Receiver,
  event: NoticeEvent,
  now: number,
): Promise<Posted> {
  const url = new URL(receiver.url);
  const body = JSON.stringify(event);
  const headers = {
    'content-type': 'application/cloudevents+json',
    ...signed(receiver.keys, event.id, now, body),
  };
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(), TIMEOUT_MS);
  try {
    const answer = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'POST',
      headers,
      body,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      signal: cut.signal,
    });
    // Its connection is of use again; whether the rest of the answer comes does not matter.
    await answer.body.dump({ limit: 65_536 }).catch(() => undefined);
    const { statusCode } = answer;
    if (statusCode >= 200 && statusCode < 300) return 'delivered';
    return statusCode === GONE ? 'gone' : { failed: `${url.host} answered ${statusCode}` };
  } catch (error) {
    const why = cut.signal.aborted ? 'did not answer within 10 s' : `gave no answer${codeOf(error)}`;
    return { failed: `${url.host} ${why}` };
  } finally {
    clearTimeout(timer);
  }
}

/** One signature for each key: whoever verifies may still have the old one, or already the new. */
function signed(keys: string[], id: string, now: number, body: string): Record<string, string> {
  const at = new Date(now);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now / 1000)),
    'webhook-signature': keys.map((key) => new Webhook(key).sign(id, at, body)).join(' '),
  };
}

/** `ECONNREFUSED`, `UND_ERR_SOCKET`, …: messages may quote more than that. */
function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[A-Z_0-9]+$/.test(code) ? ` (${code})` : '';
}
