/** `acquire`: a resource id for one recording of (app, cname, uid), good for five minutes. */
import type { Outcome } from '../faulty.ts';
import { fieldsAt, integerAt, textAt, textsAt, type Fields } from './fields.ts';
import { bad, refuse, refuseOld, reply } from './reply.ts';
import type { Route } from './routes.ts';
import { nextSerial, type AgoraState, type Resource } from './state.ts';
import { isUid } from './subscription.ts';

const OP = 'Acquire';
const HOUR_MS = 3_600_000;
const DEFAULT_HOURS = 72;
const RESOURCE_ID_LENGTH = 228;
export const WEB_SCENE = 1;
export const POSTPONED_SCENE = 2;
const LABEL_BYTES = 1024;
const REGIONS = ['CN', 'AP', 'EU', 'NA'];
/** "Under 64 bytes": letters, digits, space and these. */
const CHANNEL_NAME = /^[A-Za-z0-9 !#$%&()+\-:;<=.>?@[\]^_{}|~,]{1,63}$/;

export interface Asked {
  cname: string;
  uid: string;
  asked: Fields;
}

export function acquire(state: AgoraState, route: Route, { cname, uid, asked }: Asked): Outcome {
  if (!isUid(uid)) bad(OP, 'uid');
  if (state.account === 'invalid') refuse(400, 400, 'invalid_appid');
  if (state.account === 'overdue') refuse(400, 405, 'no_active_status');
  const scene = integerAt(OP, asked, 'scene', { least: 0, most: POSTPONED_SCENE }) ?? 0;
  checkName(state, cname, scene);
  const hours = integerAt(OP, asked, 'resourceExpiredHour', { least: 1, most: 720 }) ?? DEFAULT_HOURS;
  const region = textAt(OP, asked, 'region');
  if (region !== undefined && !REGIONS.includes(region)) bad(OP, 'region');
  integerAt(OP, asked, 'regionAffinity', { least: 0, most: 4 });
  if (asked['excludeResourceIds'] !== undefined) textsAt(OP, asked, 'excludeResourceIds');
  checkCapacity(state, route.appId, scene);
  const resource: Resource = {
    id: state.config.names.opaque(RESOURCE_ID_LENGTH, 'resource', nextSerial(state)),
    appId: route.appId,
    cname,
    uid,
    scene,
    acquiredAt: state.at,
    expiresAfterMs: hours * HOUR_MS,
    // It only places the task better; what is wrong with it comes out at the start.
    startParameter: fieldsAt(OP, asked, 'startParameter'),
    task: undefined,
  };
  state.resources.set(resource.id, resource);
  const response = reply(200, { cname, uid, resourceId: resource.id });
  return { response, detail: `cname=${cname} uid=${uid}` };
}

function checkName(state: AgoraState, cname: string, scene: number): void {
  if (scene === WEB_SCENE) {
    if (Buffer.byteLength(cname) > LABEL_BYTES) bad(OP, 'cname');
  } else if (!CHANNEL_NAME.test(cname)) {
    refuseOld(state.config.unknowns, 1013, 'invalid_channel_name');
  }
}

function checkCapacity(state: AgoraState, appId: string, scene: number): void {
  const isWeb = scene === WEB_SCENE;
  const busy = [...state.active].filter(
    (task) => task.appId === appId && (task.mode === 'web') === isWeb && task.phase === 'running',
  );
  if (busy.length >= (isWeb ? state.capacity.web : state.capacity.rtc)) refuse(400, 406, 'vendor_over_load');
}
