/** The configuration of stream status notifications: one for each ingest domain. */
import type { Outcome } from '../faulty.ts';
import { checkUrl } from './callback-configs.ts';
import { checkDomain } from './domains.ts';
import { choiceAt, neededText, readBody, textAt } from './fields.ts';
import { emptyReply, illegal, missing, reply } from './reply.ts';
import type { Route } from './routes.ts';
import type { HuaweiState, Notification } from './state.ts';

export function showNotification(state: HuaweiState, route: Route): Outcome {
  const { url, key, area } = find(state, domainOf(state, route));
  const shown = state.config.unknowns.notificationKey === 'shown' && key !== '';
  return {
    response: reply(200, {
      url,
      ...(shown && { auth_sign_key: key }),
      ...(area !== undefined && { call_back_area: area }),
    }),
  };
}

export function updateNotification(state: HuaweiState, route: Route, body: string): Outcome {
  const domain = domainOf(state, route);
  const asked = readBody(body);
  const url = neededText(asked, 'url', 1024);
  checkUrl(url, 'url');
  const before = state.notifications.get(domain);
  const key = textAt(asked, 'auth_sign_key') ?? before?.key ?? '';
  if (key !== '' && (key.length < 32 || key.length > 128)) illegal('auth_sign_key');
  const area = choiceAt(asked, 'call_back_area', ['mainland_china', 'outside_mainland_china']);
  state.notifications.set(domain, { url, key, area });
  // "200: modified, 201: added."
  return { response: emptyReply(before ? 200 : 201), detail: domain };
}

export function deleteNotification(state: HuaweiState, route: Route): Outcome {
  const domain = domainOf(state, route);
  find(state, domain);
  state.notifications.delete(domain);
  return { response: emptyReply(204), detail: domain };
}

function domainOf(state: HuaweiState, { query }: Route): string {
  const domain = query.get('domain') || illegal('domain');
  checkDomain(state, domain);
  return domain;
}

function find(state: HuaweiState, domain: string): Notification {
  return state.notifications.get(domain) ?? missing(state.config.unknowns.missingStatus);
}
