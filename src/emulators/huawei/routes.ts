/** Which operation a request is, the IAM action that it needs, and whose calls a minute it counts to. */
import type { EmulatorRequest } from '../emulator.ts';
import type { HuaweiLimits } from './options.ts';

export type Op =
  | 'start'
  | 'stop'
  | 'control'
  | 'createRule'
  | 'listRules'
  | 'showRule'
  | 'updateRule'
  | 'deleteRule'
  | 'createCallback'
  | 'listCallbacks'
  | 'showCallback'
  | 'updateCallback'
  | 'deleteCallback'
  | 'showNotification'
  | 'updateNotification'
  | 'deleteNotification'
  | 'listStreams'
  | 'listContents'
  | 'createIndex'
  | 'listHistory'
  | 'blockOnce'
  | 'createToken'
  | 'createKeys'
  | 'listProjects'
  | 'unknown';

interface Known {
  op: Op;
  method: string;
  /** After `/v1/{project_id}`, or of IAM the whole path. */
  path: RegExp;
  iam?: boolean;
  action?: string;
  limit: keyof HuaweiLimits;
}

export interface Route {
  op: Op;
  projectId: string;
  /** Of a rule or a callback configuration. */
  id: string;
  query: URLSearchParams;
  iam: boolean;
  action: string | undefined;
  limit: keyof HuaweiLimits;
}

/** Actions that the pages of the operations name; that of dropping a push, of contents and of the history are named after the SDK's operations. */
const KNOWN: readonly Known[] = [
  known('control', 'POST', '/record/control', 'live:record:createCommand', 'record'),
  known('createRule', 'POST', '/record/rules', 'live:record:createRule', 'record'),
  known('listRules', 'GET', '/record/rules', 'live:record:listRules', 'record'),
  known('showRule', 'GET', '/record/rules/ID', 'live:record:listRules', 'record'),
  known('updateRule', 'PUT', '/record/rules/ID', 'live:record:updateRule', 'record'),
  known('deleteRule', 'DELETE', '/record/rules/ID', 'live:record:deleteRule', 'record'),
  known('createCallback', 'POST', '/record/callbacks', 'live:record:createCallback', 'callbacks'),
  known('listCallbacks', 'GET', '/record/callbacks', 'live:record:listCallbacks', 'callbacks'),
  known('showCallback', 'GET', '/record/callbacks/ID', 'live:record:listCallbacks', 'callbacks'),
  known('updateCallback', 'PUT', '/record/callbacks/ID', 'live:record:updateCallback', 'callbacks'),
  known('deleteCallback', 'DELETE', '/record/callbacks/ID', 'live:record:deleteCallback', 'callbacks'),
  known(
    'showNotification',
    'GET',
    '/notifications/publish',
    'live:domain:getStreamNotifications',
    'notifications',
  ),
  known(
    'updateNotification',
    'PUT',
    '/notifications/publish',
    'live:domain:updateStreamNotification',
    'notifications',
  ),
  known(
    'deleteNotification',
    'DELETE',
    '/notifications/publish',
    'live:domain:deleteStreamNotification',
    'notifications',
  ),
  known('listStreams', 'GET', '/realtime/streams', 'live:stream:listLiveStreamsOnline', 'streams'),
  known('listContents', 'GET', '/record/contents', 'live:record:listContents', 'other'),
  known('createIndex', 'POST', '/record/indexes', 'live:record:createIndex', 'indexes'),
  known('blockOnce', 'POST', '/stream/block-once', 'live:stream:createStreamForbiddenOnce', 'other'),
  {
    op: 'listHistory',
    method: 'GET',
    path: /^\/v2\/([^/]+)\/stats\/history\/streams$/,
    action: 'live:stream:listHistoryStreams',
    limit: 'other',
  },
  { op: 'createToken', method: 'POST', path: /^\/v3\/auth\/tokens$/, iam: true, limit: 'other' },
  {
    op: 'createKeys',
    method: 'POST',
    path: /^\/v3\.0\/OS-CREDENTIAL\/securitytokens$/,
    iam: true,
    limit: 'other',
  },
  { op: 'listProjects', method: 'GET', path: /^\/v3\/projects$/, iam: true, limit: 'other' },
];

function known(op: Op, method: string, rest: string, action: string, limit: keyof HuaweiLimits): Known {
  const path = new RegExp(`^/v1/([^/]+)${rest.replace('/ID', '/([^/]+)')}$`);
  return { op, method, path, action, limit };
}

export function routeOf({ method, target }: EmulatorRequest): Route {
  const [path = '', ...rest] = target.split('?');
  const query = new URLSearchParams(rest.join('?'));
  const plain = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  for (const one of KNOWN) {
    const match = method === one.method ? one.path.exec(plain) : null;
    if (!match) continue;
    const [, projectId = '', id = ''] = match;
    const { action, limit, iam = false } = one;
    return { op: named(one.op, query), projectId, id: decodeURIComponent(id), query, iam, action, limit };
  }
  return { op: 'unknown', projectId: '', id: '', query, iam: false, action: undefined, limit: 'other' };
}

/** START and STOP are one operation at Huawei, and two for whoever wants to disturb one of them. */
function named(op: Op, query: URLSearchParams): Op {
  if (op !== 'control') return op;
  const action = query.get('action');
  if (action === 'START') return 'start';
  return action === 'STOP' ? 'stop' : 'control';
}
