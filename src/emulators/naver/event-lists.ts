/** Where callbacks go, and the lists of what has happened. */
import type { Outcome } from '../faulty.ts';
import { channelFor, showChannel } from './channels.ts';
import { needed, readBody, textAt } from './fields.ts';
import { invalid, reply } from './reply.ts';
import type { Route } from './routes.ts';
import type { LiveEvent, NaverState } from './state.ts';

export function setCallback(state: NaverState, _route: Route, body: string): Outcome {
  state.defaultCallback = { url: readUrl(body, 'callbackUrl'), updatedAt: state.at };
  return callback(state);
}

export function callback({ defaultCallback }: NaverState): Outcome {
  if (!defaultCallback) return { response: reply({ content: {} }) };
  const { url, updatedAt } = defaultCallback;
  return { response: reply({ content: { callbackUrl: url, updateTime: updatedAt } }) };
}

/** It counts before the default one. */
export function setChannelCallback(state: NaverState, route: Route, body: string): Outcome {
  const channel = channelFor(state, route.id);
  channel.callbackUrl = readUrl(body, 'callbackEndpoint');
  return { response: reply({ content: showChannel(state, channel) }) };
}

function readUrl(body: string, name: string): string {
  const url = needed(textAt(readBody(body), name), name);
  if (!/^https?:\/\/[^\s]+$/.test(url)) invalid(name);
  return url;
}

export function events(state: NaverState, { query }: Route): Outcome {
  const channelId = query.get('channelId');
  return listed(state.events.filter((event) => channelId === null || event.channelId === channelId));
}

export function channelEvents(state: NaverState, route: Route): Outcome {
  const { id } = channelFor(state, route.id);
  return listed(state.events.filter(({ channelId }) => channelId === id));
}

export function publishLog(state: NaverState, route: Route): Outcome {
  const { id } = channelFor(state, route.id);
  return listed(
    state.events.filter(({ channelId, eventCode }) => channelId === id && eventCode.startsWith('PUBLISH_')),
  );
}

function listed(found: LiveEvent[]): Outcome {
  const content = found.map(({ logLevel, eventCode, description, timestamp, channelId }) => ({
    logLevel,
    eventCode,
    description,
    timestamp,
    channelId,
  }));
  return { response: reply({ content, total: content.length }) };
}
