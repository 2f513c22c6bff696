/** The configuration of record callbacks. Its key is taken and never shown. */
import type { Outcome } from '../faulty.ts';
import { checkDomain } from './domains.ts';
import {
  choiceAt,
  choicesAt,
  neededText,
  queryInteger,
  readBody,
  textAt,
  utc,
  type Fields,
} from './fields.ts';
import { emptyReply, illegal, missing, refuse, reply } from './reply.ts';
import type { Route } from './routes.ts';
import { EVENTS, nextSerial, type CallbackConfig, type HuaweiState } from './state.ts';

type Parts = Omit<CallbackConfig, 'id' | 'createdAt' | 'updatedAt'>;

export function createCallback(state: HuaweiState, body: string): Outcome {
  const parts = readParts(readBody(body));
  checkDomain(state, parts.publishDomain);
  checkEvents(state, parts);
  checkOthers(state, parts);
  const id = state.config.names.hex(32, 'callback configuration', nextSerial(state));
  const one: CallbackConfig = { id, ...parts, createdAt: state.at, updatedAt: undefined };
  state.callbacks.set(id, one);
  return { response: reply(201, shown(one)), detail: `callbacks ${id} ${one.publishDomain}/${one.app}` };
}

export function listCallbacks(state: HuaweiState, { query }: Route): Outcome {
  const offset = queryInteger(query, 'offset', { least: 0, most: 4096, usual: 0 });
  const limit = queryInteger(query, 'limit', { least: 1, most: 100, usual: 10 });
  const found = [...state.callbacks.values()].filter(
    ({ publishDomain, app }) =>
      (query.get('publish_domain') ?? publishDomain) === publishDomain && (query.get('app') ?? app) === app,
  );
  const page = found.slice(offset, offset + limit);
  return { response: reply(200, { total: found.length, callback_config: page.map(shown) }) };
}

export function showCallback(state: HuaweiState, { id }: Route): Outcome {
  return { response: reply(200, shown(find(state, id))) };
}

/** Without a key the old one stays. */
export function updateCallback(state: HuaweiState, { id }: Route, body: string): Outcome {
  const before = find(state, id);
  const parts = readParts(readBody(body), before.key);
  if (parts.publishDomain !== before.publishDomain) illegal('publish_domain of a configuration stays');
  checkEvents(state, parts);
  checkOthers(state, parts, id);
  const one: CallbackConfig = { ...before, ...parts, updatedAt: state.at };
  state.callbacks.set(id, one);
  return { response: reply(200, shown(one)), detail: `callbacks ${id}` };
}

export function deleteCallback(state: HuaweiState, { id }: Route): Outcome {
  find(state, id);
  state.callbacks.delete(id);
  return { response: emptyReply(204), detail: `callbacks ${id}` };
}

function find(state: HuaweiState, id: string): CallbackConfig {
  return state.callbacks.get(id) ?? missing(state.config.unknowns.missingStatus);
}

function checkEvents({ config }: HuaweiState, { events }: Parts): void {
  if (config.unknowns.startSubscription === 'refused' && events.includes('RECORD_START'))
    illegal('notify_event_subscription');
}

function checkOthers(state: HuaweiState, { publishDomain, app }: Parts, id?: string): void {
  const byDomain = state.config.unknowns.callbackConfigs === 'domain';
  const taken = [...state.callbacks.values()].some(
    (one) => one.id !== id && one.publishDomain === publishDomain && (byDomain || one.app === app),
  );
  if (taken) refuse(400, 'LIVE.103011018', 'The record callback configuration already exists');
}

function readParts(body: Fields, keyBefore = ''): Parts {
  const url = neededText(body, 'notify_callback_url', 1024);
  checkUrl(url, 'notify_callback_url');
  const key = textAt(body, 'key') ?? keyBefore;
  // "Letters and digits, at least 32"; without one nothing secret is in the signature.
  if (key !== '' && !/^[A-Za-z0-9]{32,}$/.test(key)) illegal('key');
  return {
    publishDomain: neededText(body, 'publish_domain', 255),
    app: neededText(body, 'app', 128),
    url,
    events: choicesAt(body, 'notify_event_subscription', EVENTS) ?? ['RECORD_FILE_COMPLETE'],
    signType: choiceAt(body, 'sign_type', ['HMACSHA256', 'MD5']) ?? 'HMACSHA256',
    key,
  };
}

/** "No message headers or parameters": an address alone. */
export function checkUrl(url: string, name: string): void {
  if (!/^https?:\/\/[^\s?#]+$/.test(url)) illegal(name);
}

function shown({
  id,
  publishDomain,
  app,
  url,
  events,
  signType,
  createdAt,
  updatedAt,
}: CallbackConfig): Fields {
  return {
    id,
    publish_domain: publishDomain,
    app,
    notify_callback_url: url,
    notify_event_subscription: events,
    sign_type: signType,
    create_time: utc(createdAt),
    update_time: utc(updatedAt ?? createdAt),
  };
}
