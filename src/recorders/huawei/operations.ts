/** Every call that is made, with the quota on which it counts and the permission that it takes. */
import type { Quota } from '../recorder.ts';

export interface Operation {
  /** Path and verb, for people. */
  name: string;
  quota: QuotaName;
  /** IAM action that an IAM user needs; the account itself may do all. */
  permission?: string;
}

export type QuotaName = 'control' | 'streams' | 'callbacks' | 'notifications' | 'indexes';

const operation = (name: string, quota: QuotaName, permission?: string): Operation => ({
  name,
  quota,
  ...(permission !== undefined && { permission }),
});

export const OPERATIONS = {
  start: operation('record/control START', 'control', 'live:record:createCommand'),
  stop: operation('record/control STOP', 'control', 'live:record:createCommand'),
  createRule: operation('record/rules create', 'control', 'live:record:createRule'),
  listRules: operation('record/rules list', 'control', 'live:record:listRules'),
  getRule: operation('record/rules get', 'control', 'live:record:listRules'),
  updateRule: operation('record/rules update', 'control', 'live:record:updateRule'),
  deleteRule: operation('record/rules delete', 'control', 'live:record:deleteRule'),
  listStreams: operation('realtime/streams', 'streams', 'live:stream:listLiveStreamsOnline'),
  createCallback: operation('record/callbacks create', 'callbacks', 'live:record:createCallback'),
  listCallbacks: operation('record/callbacks list', 'callbacks', 'live:record:listCallbacks'),
  getCallback: operation('record/callbacks get', 'callbacks', 'live:record:listCallbacks'),
  updateCallback: operation('record/callbacks update', 'callbacks', 'live:record:updateCallback'),
  deleteCallback: operation('record/callbacks delete', 'callbacks', 'live:record:deleteCallback'),
  putNotification: operation(
    'notifications/publish set',
    'notifications',
    'live:domain:updateStreamNotification',
  ),
  getNotification: operation(
    'notifications/publish get',
    'notifications',
    'live:domain:getStreamNotifications',
  ),
  deleteNotification: operation(
    'notifications/publish delete',
    'notifications',
    'live:domain:deleteStreamNotification',
  ),
  // Of these three no page tells the rate: they count with what is scarcest.
  blockOnce: operation('stream/block-once', 'control'),
  listContents: operation('record/contents', 'control'),
  listHistory: operation('stats/history/streams', 'control'),
  createIndex: operation('record/indexes', 'indexes'),
  // IAM is asked a few times a day, and no turn is waited for.
  userToken: operation('IAM auth/tokens', 'control'),
  securityToken: operation('IAM OS-CREDENTIAL/securitytokens', 'control'),
} as const satisfies Record<string, Operation>;

const MINUTE = 60_000;
const PAGE = '"Live, constraints of API calls": per user and minute';

export const huaweiQuotas: readonly Quota[] = [
  { name: 'control', calls: 'record/control and record/rules', limit: 300, perMs: MINUTE, source: PAGE },
  { name: 'streams', calls: 'realtime/streams', limit: 1_000, perMs: MINUTE, source: PAGE },
  { name: 'callbacks', calls: 'record/callbacks', limit: 300, perMs: MINUTE, source: PAGE },
  { name: 'notifications', calls: 'notifications/publish', limit: 300, perMs: MINUTE, source: PAGE },
  { name: 'indexes', calls: 'record/indexes', limit: 1_200, perMs: MINUTE, source: PAGE },
];
