/** From a request to Live Station's reply, in the order of its checks. */
import type { EmulatorRequest, EmulatorResponse } from '../emulator.ts';
import type { Outcome } from '../faulty.ts';
import { channelInfo, listChannels } from './channels.ts';
import { stopAtGateway } from './gateway.ts';
import { opaque } from './ids.ts';
import { deleteRecords, record, records, startRecord, stopRecord, upload } from './records.ts';
import { Refusal, serviceSays } from './reply.ts';
import { routeOf, type Op, type Route } from './routes.ts';
import { nextOf, type NaverState } from './state.ts';
import { advance } from './timeline.ts';

type Handler = (state: NaverState, route: Route, body: string) => Outcome;

const HANDLERS: Partial<Record<Op, Handler>> = {
  channels: listChannels,
  channel: channelInfo,
  startRecord,
  stopRecord,
  records,
  record,
  deleteRecords,
  upload,
};

export function applyRequest(state: NaverState, request: EmulatorRequest, now: number): Outcome {
  advance(state, now);
  const outcome = answer(state, request, now);
  return { ...outcome, response: withTraceId(state, outcome.response) };
}

/** Support asks for it. */
export function withTraceId(state: NaverState, response: EmulatorResponse): EmulatorResponse {
  const id = opaque(26, `${state.config.seed}/trace/${nextOf(state, 'trace')}`);
  return { ...response, headers: { ...response.headers, 'x-ncp-trace-id': id } };
}

function answer(state: NaverState, request: EmulatorRequest, now: number): Outcome {
  const route = routeOf(state.config.prefix, request);
  const stopped = stopAtGateway(state, request, route, now);
  if (stopped) return { response: stopped, detail: 'refused by the gateway' };
  try {
    return HANDLERS[route.op]!(state, route, request.body);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return {
      response: serviceSays(state.config.unknowns, error.error, error.message),
      detail: error.message,
    };
  }
}
