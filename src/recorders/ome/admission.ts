/**
 * Admission webhooks: the server asks whether an encoder may push, and waits. Anything but 200 with `allowed: true` cuts
 * the encoder off, so whoever asks is admitted, also one whom we do not believe (admission_webhooks.cpp).
 */
import type { OmeAccount } from '../../contract/vendors/ome.ts';
import type { CallbackReading, CallbackReply, News } from '../callbacks.ts';
import { fieldsOf, idOf, instantOf, MAX_AGE_MS, newsOfInput, type Input } from './inputs.ts';

/** All that makes a request for admission: one that we understand only in part is still one whom somebody waits for. */
export function isAdmission(body: unknown): boolean {
  const { request } = fieldsOf(body);
  return typeof request === 'object' && request !== null && !Array.isArray(request);
}

export function readAdmission(
  account: OmeAccount,
  body: unknown,
  { signed, receivedAt }: { signed: boolean; receivedAt: number },
): CallbackReading {
  const request = fieldsOf(fieldsOf(body).request);
  const reply: CallbackReply = { status: 200, body: request.status === 'closing' ? {} : { allowed: true } };
  if (!signed) return { verdict: 'forged', why: 'no key of ours makes its signature', reply };
  const at = instantOf(request.time);
  if (at === null) return { verdict: 'malformed', why: 'it does not tell its time', reply };
  if (Math.abs(at - receivedAt) > MAX_AGE_MS) {
    return { verdict: 'stale', why: 'its time is more than 10 min from ours', reply };
  }
  const news = newsOf(account, fieldsOf(fieldsOf(body).client), request, at, receivedAt);
  return { verdict: 'genuine', news, reply, replyFirst: true };
}

/**
 * What an encoder's request proves. `opening`: somebody wants to push; the stream does not exist yet and may still be
 * refused by the server. `closing`: that connection is over, and with it the stream, unless the connection never had
 * one: RTMP sends it for an encoder that was refused, SRT for one whose name was taken (rtmp_stream.cpp,
 * srt_provider.cpp). A request of direction `outgoing` is a player's.
 */
function newsOf(
  account: OmeAccount,
  client: Record<string, unknown>,
  { direction, status, url, new_url: redirected }: Record<string, unknown>,
  at: number,
  receivedAt: number,
): News[] {
  if (direction !== 'incoming' || (status !== 'opening' && status !== 'closing')) return [];
  // Where it was redirected the stream has the name of the new address; `closing` always tells it.
  const input = inputOf(account, redirected ?? url);
  if (!input) return [];
  const id = idOf({ status, at, ...input, address: textOf(client.address), port: textOf(client.port) });
  const opening = status === 'opening';
  return newsOfInput(account, input, {
    id,
    // A server whose clock is ahead tells nothing of our future; one whose clock is behind tells old news, at worst.
    at: Math.min(at, receivedAt),
    kind: opening ? 'source-up' : 'source-down',
    ...(opening && { announcement: id }),
  });
}

/**
 * The input of `scheme://[id:password@]host[:port]/app/stream[/file][?query]`, the same of RTMP, WebRTC and SRT, whose
 * streamid the server has resolved by then (srt_stream_url_resolver.cpp). Names are taken as they stand, as the server
 * takes them (url.cpp). What may hold a secret, user and query, is cut off first.
 */
function inputOf(account: OmeAccount, url: unknown): Input | null {
  if (typeof url !== 'string') return null;
  const address = url.split('?', 1)[0]!;
  const scheme = address.indexOf('://');
  if (scheme < 0) return null;
  const rest = address.slice(scheme + 3);
  const user = rest.slice(0, rest.lastIndexOf('@')).includes(':') ? rest.lastIndexOf('@') : -1;
  const [place = '', app = '', stream = ''] = rest.slice(user + 1).split('/');
  const host = place.replace(/:\d+$/, '').toLowerCase();
  return { vhost: vhostOf(account, host), app, stream };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

/** By the account's `hosts`. SRT may name the virtual host itself. */
function vhostOf({ callbacks }: OmeAccount, host: string): string {
  const hosts = Object.entries(callbacks?.hosts ?? {});
  const named =
    hosts.find(([name]) => name.toLowerCase() === host) ??
    hosts.find(([, vhost]) => vhost.toLowerCase() === host);
  return named?.[1] ?? 'default';
}
