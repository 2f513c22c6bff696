/** Which operation a request is. Paths are case-sensitive, and a wrong verb is no route. */
import type { EmulatorRequest } from '../emulator.ts';
import type { Mode } from './state.ts';

export type Op = 'acquire' | 'start' | 'query' | 'update' | 'updateLayout' | 'stop' | 'ncsIp' | 'unknown';

export interface Route {
  op: Op;
  appId: string;
  resourceId: string;
  sid: string;
  mode: Mode;
}

const PREFIX = '^/v1/apps/([^/]+)/cloud_recording';
const ACQUIRE = new RegExp(`${PREFIX}/acquire$`);
const START = new RegExp(`${PREFIX}/resourceid/([^/]+)/mode/(individual|mix|web)/start$`);
const CONTROL = new RegExp(
  `${PREFIX}/resourceid/([^/]+)/sid/([^/]+)/mode/(individual|mix|web)/(query|update|updateLayout|stop)$`,
);

const UNKNOWN: Route = { op: 'unknown', appId: '', resourceId: '', sid: '', mode: 'mix' };

export function routeOf(request: EmulatorRequest): Route {
  const path = request.target.split('?', 1)[0] ?? '';
  const isPost = request.method === 'POST';
  const acquire = ACQUIRE.exec(path);
  if (acquire) return isPost ? { ...UNKNOWN, op: 'acquire', appId: acquire[1] ?? '' } : UNKNOWN;
  const start = START.exec(path);
  if (start) {
    const [, appId = '', resourceId = '', mode] = start;
    return isPost ? { op: 'start', appId, resourceId, sid: '', mode: mode as Mode } : UNKNOWN;
  }
  const control = CONTROL.exec(path);
  if (control) {
    const [, appId = '', resourceId = '', sid = '', mode, op] = control;
    const fits = op === 'query' ? request.method === 'GET' : isPost;
    return fits ? { op: op as Op, appId, resourceId, sid, mode: mode as Mode } : UNKNOWN;
  }
  if (/^\/v[12]\/ncs\/ip$/.test(path) && request.method === 'GET') return { ...UNKNOWN, op: 'ncsIp' };
  return UNKNOWN;
}
