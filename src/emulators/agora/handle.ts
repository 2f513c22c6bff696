/** From a request to Agora's reply, in the order of its checks. */
import type { EmulatorRequest, EmulatorResponse } from '../emulator.ts';
import type { Outcome } from '../faulty.ts';
import { acquire } from './acquire.ts';
import { isFields, withoutNulls, type Fields } from './fields.ts';
import { stopAtGateway } from './gateway.ts';
import { query } from './query.ts';
import { bad, noWorker, refuseOld, Refusal, reply } from './reply.ts';
import { routeOf, type Route } from './routes.ts';
import { start } from './start.ts';
import { nextSerial, type AgoraState, type Resource, type Task } from './state.ts';
import { stop } from './stop.ts';
import { advance } from './timeline.ts';
import { update, updateLayout } from './update.ts';

export function applyRequest(state: AgoraState, request: EmulatorRequest, now: number): Outcome {
  advance(state, now);
  const route = routeOf(request);
  const outcome = answer(state, request, route);
  const named = outcome.recording ?? (state.tasks.has(route.sid) ? route.sid : undefined);
  return {
    ...outcome,
    response: withRequestId(state, outcome.response),
    ...(named !== undefined && { recording: named }),
  };
}

/** Support asks for it. */
export function withRequestId(state: AgoraState, response: EmulatorResponse): EmulatorResponse {
  const id = state.config.names.hex(32, 'request', nextSerial(state));
  return { ...response, headers: { ...response.headers, 'X-Request-Id': id } };
}

function answer(state: AgoraState, request: EmulatorRequest, route: Route): Outcome {
  const stopped = stopAtGateway(state, request, route, state.at);
  if (stopped) return { response: stopped, detail: 'refused by the gateway' };
  if (route.op === 'ncsIp')
    return { response: reply(200, { data: { service: { hosts: [{ primaryIP: '192.0.2.1' }] } } }) };
  try {
    return answerService(state, request, route);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { response: error.response, detail: error.message };
  }
}

function answerService(state: AgoraState, request: EmulatorRequest, route: Route): Outcome {
  if (route.op === 'query') return query(state, findTask(state, route));
  const words = wordOf(route.op);
  const body = readBody(state, request);
  const { cname, uid } = readIdentity(words, body);
  if (body['clientRequest'] === undefined || !isFields(body['clientRequest'])) bad(words, 'clientRequest');
  const asked = body['clientRequest'];
  if (route.op === 'acquire') return acquire(state, route, { cname, uid, asked });
  const resource = findResource(state, route);
  if (route.op === 'start') {
    checkIdentity(state, resource, route, cname, uid);
    return start(state, route, resource, asked);
  }
  const task = findTask(state, route);
  checkIdentity(state, resource, route, cname, uid);
  if (route.op === 'stop') return stop(state, task, asked);
  return route.op === 'update' ? update(state, task, asked) : updateLayout(state, task, asked);
}

/** "Acquire", "Start", "UpdateLayout": the first word of a reason. */
function wordOf(op: string): string {
  return op.slice(0, 1).toUpperCase() + op.slice(1);
}

function readBody(state: AgoraState, request: EmulatorRequest): Fields {
  const type = request.headers['content-type'] ?? '';
  const { unknowns } = state.config;
  if (!/^application\/json(\s*;|$)/i.test(type)) refuseOld(unknowns, 8, 'invalid Content-Type');
  let body: unknown;
  try {
    body = withoutNulls(JSON.parse(request.body));
  } catch {
    return refuseOld(unknowns, 8, 'invalid JSON');
  }
  if (!isFields(body)) refuseOld(unknowns, 8, 'invalid JSON');
  return body;
}

function readIdentity(op: string, body: Fields): { cname: string; uid: string } {
  const { cname, uid } = body;
  if (typeof cname !== 'string' || cname === '') bad(op, 'cname');
  if (typeof uid !== 'string') bad(op, 'uid');
  return { cname, uid };
}

/** A resource id says by itself that it is one, so one that is unknown cannot be decoded. */
function findResource(state: AgoraState, route: Route): Resource {
  const resource = state.resources.get(route.resourceId);
  if (!resource) refuseOld(state.config.unknowns, 1001, 'resourceId cannot be decoded');
  return resource;
}

function checkIdentity(state: AgoraState, of: Resource, route: Route, cname: string, uid: string): void {
  if (of.appId !== route.appId || of.cname !== cname || of.uid !== uid)
    refuseOld(state.config.unknowns, 432, 'cname, uid or appid differ from those of acquire');
}

/** The task that a control call means, if it may still be controlled. */
function findTask(state: AgoraState, route: Route): Task {
  const { unknowns } = state.config;
  const { task, appId } = findResource(state, route);
  if (appId !== route.appId || task?.sid !== route.sid)
    refuseOld(unknowns, 1003, 'appid or sid does not belong to the resourceId');
  if (task.mode !== route.mode) noWorker();
  if (state.at >= task.expiresAt) {
    if (unknowns.expiredResource === '433') refuseOld(unknowns, 433, 'resourceId has expired');
    noWorker();
  }
  return task;
}
