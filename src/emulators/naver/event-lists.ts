/** Where callbacks go, and the lists of what has happened. */
import type { Outcome } from '../faulty.ts';
import { channelFor, showChannel } from './channels.ts';
import { needed, readBody, textAt } from './fields.ts';
import { invalid, reply } from './reply.ts';
import type { Route } from './routes.ts';
import { told, type LiveEvent, type NaverState } from './state.ts';

export function setCallback(state: NaverState, _route: Route, body: string): Outcome {
  const url = readUrl(state, body, 'callbackUrl');
  state.defaultCallback = url === undefined ? undefined : { url, updatedAt: state.at };
  return callback(state);
}

export function callback(state: NaverState): Outcome {
  const { defaultCallback } = state;
  if (!defaultCallback) return { response: reply({ content: {} }) };
  const { url, updatedAt } = defaultCallback;
  return { response: reply({ content: { callbackUrl: url, updateTime: told(state, updatedAt) } }) };
}

/** It counts before the default one. */
export function setChannelCallback(state: NaverState, route: Route, body: string): Outcome {
  const channel = channelFor(state, route.id);
  channel.callbackUrl = readUrl(state, body, 'callbackEndpoint');
  return { response: reply({ content: showChannel(state, channel) }) };
}

/** Undefined takes it away, where an empty one does that: there is no verb for it. */
function readUrl(state: NaverState, body: string, name: string): string | undefined {
  const fields = readBody(body);
  if (fields[name] === '' && state.config.unknowns.emptyEndpoint === 'removes') return undefined;
  const url = needed(textAt(fields, name), name);
  if (!/^https?:\/\/[^\s]+$/.test(url)) invalid(name);
  return url;
}

export function events(state: NaverState, { query }: Route): Outcome {
  const channelId = query.get('channelId');
  return listed(
    state,
    state.events.filter((event) => channelId === null || event.channelId === channelId),
  );
}

export function channelEvents(state: NaverState, route: Route): Outcome {
  const { id } = channelFor(state, route.id);
  return listed(
    state,
    state.events.filter(({ channelId }) => channelId === id),
  );
}

export function publishLog(state: NaverState, route: Route): Outcome {
  const { id } = channelFor(state, route.id);
  return listed(
    state,
    state.events.filter(({ channelId, eventCode }) => channelId === id && eventCode.startsWith('PUBLISH_')),
  );
}

function listed(state: NaverState, found: LiveEvent[]): Outcome {
  const content = found.map(({ logLevel, eventCode, description, timestamp, channelId }) => ({
    logLevel,
    eventCode,
    description,
    timestamp: told(state, timestamp),
    channelId,
  }));
  return { response: reply({ content, total: content.length }) };
}
