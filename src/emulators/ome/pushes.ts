/** Re-publishing by `:startPush`, `:stopPush`, `:pushes`, as plain as needed beside recording. */
import { intsOf, isEmpty, member, refuse, textOf, textsOf } from './json-body.ts';
import type { Json } from './json-body.ts';
import { toIso } from './local-time.ts';
import { sorted } from './reply.ts';
import type { App, OmeServer, Push } from './state.ts';

const PROTOCOLS = ['rtmp', 'srt', 'mpegts'];

/** The control loop that connects a push runs once a second. */
const CONNECT_MS = 1000;

export function startPush(app: App, body: Json, now: number): Push {
  const push = readPush(body, now);
  const protocol = push.protocol.toLowerCase();
  if (!PROTOCOLS.includes(protocol))
    refuse(400, `Could not find protocol '${protocol}': [${app.vhost}/${app.name}]`);
  const missing = [
    ['id', push.id],
    ['stream.name', push.streamName],
    ['url', push.url],
  ].flatMap(([name, value]) => (value === '' ? [` ${name}`] : []));
  if (missing.length > 0) refuse(400, `There is no required parameter [${missing.join('')}]`);
  if (app.pushes.has(push.id)) refuse(400, 'Duplicate ID');
  app.pushes.set(push.id, push);
  return push;
}

export function stopPush(app: App, body: Json): void {
  const id = textOf(member(body, 'id'));
  if (id === '') refuse(400, 'There is no required parameter [ id]');
  if (!app.pushes.delete(id)) refuse(404, `Could not find id '${id}': [${app.vhost}/${app.name}]`);
}

export function listPushes(server: OmeServer, app: App, body: Json, now: number): unknown[] {
  const id = textOf(member(body, 'id'));
  return [...app.pushes.values()]
    .filter((push) => id === '' || push.id === id)
    .map((push) => pushObject(server, app, push, now));
}

export function pushObject(server: OmeServer, app: App, push: Push, now: number): unknown {
  const stream = app.streams.get(push.streamName);
  const startAt = stream ? Math.max(push.createdAt, stream.source.startedAt) + CONNECT_MS : Infinity;
  const isPushing = startAt <= now;
  const iso = (at: number) => toIso(at, server.config.zoneOffsetMinutes);
  const bitrate = stream?.tracks.reduce((sum, track) => sum + track.bitrate, 0) ?? 0;
  const sentTime = isPushing ? now - startAt : 0;
  const sentBytes = Math.floor((sentTime * bitrate) / 8000);
  return sorted({
    id: push.id,
    vhost: app.vhost,
    app: app.name,
    stream: { name: push.streamName, trackIds: push.trackIds, variantNames: push.variantNames },
    state: isPushing ? 'pushing' : 'ready',
    protocol: push.protocol,
    url: push.url,
    ...(push.streamKey !== '' && { streamKey: push.streamKey }),
    sentBytes,
    sentTime,
    totalsentBytes: sentBytes,
    totalsentTime: sentTime,
    sequence: 0,
    startTime: iso(isPushing ? startAt : 0),
    finishTime: iso(0),
    createdTime: iso(push.createdAt),
    isConfig: false,
  });
}

function readPush(body: Json, now: number): Push {
  const stream = member(body, 'stream');
  const selection = typeof stream === 'object' && !Array.isArray(stream) ? stream : null;
  const trackIds = member(selection, 'trackIds');
  return {
    id: textOf(member(body, 'id')),
    streamName: textOf(member(selection, 'name')),
    trackIds: intsOf(isEmpty(trackIds) ? member(selection, 'tracks') : trackIds),
    variantNames: textsOf(member(selection, 'variantNames')),
    protocol: textOf(member(body, 'protocol')),
    url: textOf(member(body, 'url')).replace(/\/+$/, ''),
    streamKey: textOf(member(body, 'streamKey')),
    createdAt: now,
  };
}
