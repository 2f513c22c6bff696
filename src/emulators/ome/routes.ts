/** Which operation a request is. Paths are matched as sent, nothing decoded; a wrong method is an unknown route. */
import type { EmulatorRequest } from '../emulator.ts';
import type { OmeTraits } from './options.ts';

export interface Route {
  op: string;
  vhost: string;
  app: string;
  /** The input stream's name, where the path has one. */
  stream: string;
}

const APP = '^/v1/vhosts/([^/]*)/apps/([^/:]*)';
const ACTION = new RegExp(`${APP}:([A-Za-z]+)$`);
const STREAMS = new RegExp(`${APP}/streams$`);
const STREAM = new RegExp(`${APP}/streams/([^/]*)$`);
const APPS = /^\/v1\/vhosts\/([^/]*)\/apps$/;

const ACTIONS: Record<string, readonly string[]> = {
  startRecord: ['POST'],
  stopRecord: ['POST'],
  records: ['POST', 'GET'],
  startPush: ['POST'],
  stopPush: ['POST'],
  pushes: ['POST', 'GET'],
};

const UNKNOWN: Route = { op: 'unknown', vhost: '', app: '', stream: '' };

export function routeOf(request: EmulatorRequest, traits: OmeTraits): Route {
  const { method } = request;
  if (method === 'OPTIONS') return { ...UNKNOWN, op: 'options' };
  const path = request.target.split('?', 1)[0] ?? '';
  if (path === '/v1/version')
    return method === 'GET' && traits.versionRoute ? { ...UNKNOWN, op: 'version' } : UNKNOWN;
  if (path === '/v1/vhosts') return method === 'GET' ? { ...UNKNOWN, op: 'vhosts' } : UNKNOWN;
  const apps = APPS.exec(path);
  if (apps) return method === 'GET' ? { ...UNKNOWN, op: 'apps', vhost: apps[1] ?? '' } : UNKNOWN;
  const action = ACTION.exec(path);
  if (action) {
    const op = action[3] ?? '';
    return ACTIONS[op]?.includes(method) ? at(op, action) : UNKNOWN;
  }
  const list = STREAMS.exec(path);
  if (list)
    return method === 'GET' ? at('streams', list) : method === 'POST' ? at('createStream', list) : UNKNOWN;
  const one = STREAM.exec(path);
  if (one)
    return method === 'GET' ? at('stream', one) : method === 'DELETE' ? at('deleteStream', one) : UNKNOWN;
  return UNKNOWN;
}

function at(op: string, match: RegExpExecArray): Route {
  const stream = op === 'stream' || op === 'deleteStream' ? (match[3] ?? '') : '';
  return { op, vhost: match[1] ?? '', app: match[2] ?? '', stream };
}
