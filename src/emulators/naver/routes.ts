/** Which operation a request is. Paths are case-sensitive, and a wrong verb is no route. */
import type { EmulatorRequest } from '../emulator.ts';

/** Verb and path below the prefix; `{id}` is the channel, or of `upload` the bucket. */
const ROUTES = {
  createChannel: ['POST', '/channels'],
  channels: ['GET', '/channels'],
  channel: ['GET', '/channels/{id}'],
  updateChannel: ['PUT', '/channels/{id}'],
  deleteChannel: ['DELETE', '/channels/{id}'],
  offChannel: ['PUT', '/channels/{id}/off'],
  onChannel: ['PUT', '/channels/{id}/on'],
  switchStream: ['PUT', '/channels/{id}/switch-stream'],
  startRecord: ['PUT', '/channels/{id}/startRecord'],
  stopRecord: ['PUT', '/channels/{id}/stopRecord'],
  records: ['GET', '/channels/{id}/records'],
  record: ['GET', '/channels/{id}/records/{recordId}'],
  deleteRecords: ['DELETE', '/channels/{id}/records'],
  upload: ['POST', '/buckets/{id}/upload'],
  qualitySets: ['GET', '/qualitySets'],
  serviceUrls: ['GET', '/channels/{id}/serviceUrls'],
  setCallback: ['POST', '/events/callbackEndpoint'],
  callback: ['GET', '/events/callbackEndpoint'],
  setChannelCallback: ['POST', '/channels/{id}/callbackEndpoint'],
  events: ['GET', '/events'],
  channelEvents: ['GET', '/channels/{id}/events'],
  publishLog: ['GET', '/channels/{id}/publish-log'],
} as const satisfies Record<string, readonly [method: string, path: string]>;

export type Op = keyof typeof ROUTES | 'unknown';

export interface Route {
  op: Op;
  /** Channel or bucket. */
  id: string;
  recordId: string;
  query: URLSearchParams;
}

const MATCHERS = Object.entries(ROUTES).map(([op, [method, path]]) => ({
  op: op as Op,
  method,
  pattern: new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

export function routeOf(prefix: string, request: EmulatorRequest): Route {
  const [path = '', search = ''] = request.target.split('?', 2);
  const none: Route = { op: 'unknown', id: '', recordId: '', query: new URLSearchParams(search) };
  if (!path.startsWith(prefix)) return none;
  const below = path.slice(prefix.length);
  for (const { op, method, pattern } of MATCHERS) {
    const found = method === request.method ? pattern.exec(below) : null;
    if (found)
      return { ...none, op, id: found.groups?.['id'] ?? '', recordId: found.groups?.['recordId'] ?? '' };
  }
  return none;
}
