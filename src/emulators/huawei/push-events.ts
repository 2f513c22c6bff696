/** Stream status notifications: that a push began or ended ("Stream Status Notifications"). */
import { createHmac } from 'node:crypto';
import { publish } from './publish.ts';
import { keyOf, type HuaweiState, type Triple } from './state.ts';

export type PushEvent = 'PUBLISH' | 'PUBLISH_DONE';

/** Both events of a push have its beginning as `publish_timestamp`. */
export function tellPush(
  state: HuaweiState,
  triple: Triple,
  at: number,
  event: PushEvent,
  pushedAt: number,
): void {
  const { publishDomain: domain, app, stream } = triple;
  const address = state.notifications.get(domain) ?? state.config.callbacks;
  if (!address) return;
  const { url, key } = address;
  publish(state, at, {
    event: `${event} ${keyOf(triple)}`,
    url,
    make: (expiry) => ({
      domain,
      app,
      stream,
      user_args: '',
      client_ip: '192.0.2.10',
      node_ip: '192.0.2.1',
      publish_timestamp: String(Math.floor(pushedAt / 1000)),
      event,
      ...(key !== '' && {
        auth_timestamp: expiry,
        auth_sign: pushSign(key, expiry, { event, domain, app, stream }),
      }),
    }),
  });
}

/** Another order of fields than that of record callbacks. */
export function pushSign(
  key: string,
  expiry: number,
  { event, domain, app, stream }: Record<'event' | 'domain' | 'app' | 'stream', string>,
): string {
  return createHmac('sha256', key).update(`${event}${domain}${app}${stream}${expiry}`).digest('hex');
}
