/** From a request to Huawei's reply. */
import type { EmulatorRequest, EmulatorResponse } from '../emulator.ts';
import type { Outcome } from '../faulty.ts';
import { admit } from './access.ts';
import {
  createCallback,
  deleteCallback,
  listCallbacks,
  showCallback,
  updateCallback,
} from './callback-configs.ts';
import { command } from './commands.ts';
import { createIndex, listContents, listHistory } from './contents.ts';
import { createKeys, createToken, listProjects } from './iam.ts';
import { deleteNotification, showNotification, updateNotification } from './notifications.ts';
import { Refusal } from './reply.ts';
import { routeOf, type Op, type Route } from './routes.ts';
import { createRule, deleteRule, listRules, showRule, updateRule } from './rules.ts';
import { nextSerial, type HuaweiState } from './state.ts';
import { blockOnce, listStreams } from './streams.ts';
import { advance } from './timeline.ts';

type Operation = (state: HuaweiState, route: Route, request: EmulatorRequest) => Outcome;

const OPERATIONS: Partial<Record<Op, Operation>> = {
  control: (state, route, { body }) => command(state, route, body),
  start: (state, route, { body }) => command(state, route, body),
  stop: (state, route, { body }) => command(state, route, body),
  createRule: (state, _route, { body }) => createRule(state, body),
  listRules,
  showRule,
  updateRule: (state, route, { body }) => updateRule(state, route, body),
  deleteRule,
  createCallback: (state, _route, { body }) => createCallback(state, body),
  listCallbacks,
  showCallback,
  updateCallback: (state, route, { body }) => updateCallback(state, route, body),
  deleteCallback,
  showNotification,
  updateNotification: (state, route, { body }) => updateNotification(state, route, body),
  deleteNotification,
  listStreams,
  listContents,
  createIndex: (state, _route, { body }) => createIndex(state, body),
  listHistory,
  blockOnce: (state, _route, { body }) => blockOnce(state, body),
  createToken: (state, _route, { body }) => createToken(state, body),
  createKeys: (state, _route, request) => createKeys(state, request),
  listProjects: (state, route, request) => listProjects(state, route, request),
};

export function applyRequest(state: HuaweiState, request: EmulatorRequest, now: number): Outcome {
  advance(state, now);
  const route = routeOf(request);
  const outcome = answer(state, request, route);
  return { ...outcome, response: withRequestId(state, outcome.response) };
}

function answer(state: HuaweiState, request: EmulatorRequest, route: Route): Outcome {
  try {
    if (!route.iam) admit(state, request, route);
    return OPERATIONS[route.op]!(state, route, request);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { response: error.response, detail: error.message };
  }
}

const HOST = 'live-emulated-1';

/** Operation page: `X-request-id` is a UUID, a timestamp and the name of the server, joined by hyphens. */
export function withRequestId(state: HuaweiState, response: EmulatorResponse): EmulatorResponse {
  const id = `${state.config.names.uuid('request', nextSerial(state))}-${Math.floor(state.at / 1000)}-${HOST}`;
  const body = response.body.replace('"request_id":""', `"request_id":"${id}"`);
  return { ...response, headers: { ...response.headers, 'X-request-id': id }, body };
}
