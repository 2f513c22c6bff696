/** From a request to Live Station's reply, in the order of its checks. */
import type { EmulatorRequest, EmulatorResponse } from '../emulator.ts';
import type { Outcome } from '../faulty.ts';
import { channelInfo, listChannels } from './channels.ts';
import {
  callback,
  channelEvents,
  events,
  publishLog,
  setCallback,
  setChannelCallback,
} from './event-lists.ts';
import { stopAtGateway } from './gateway.ts';
import { opaque } from './ids.ts';
import {
  createChannel,
  deleteChannel,
  offChannel,
  onChannel,
  switchStream,
  updateChannel,
} from './manage.ts';
import { qualitySets, serviceUrls } from './playback.ts';
import { deleteRecords, record, records, startRecord, stopRecord, upload } from './records.ts';
import { gatewaySays, Refusal, serviceSays } from './reply.ts';
import { routeOf, type Op, type Route } from './routes.ts';
import { nextOf, told, type NaverState } from './state.ts';
import { advance } from './timeline.ts';

type Handler = (state: NaverState, route: Route, body: string) => Outcome;

const HANDLERS: Record<Exclude<Op, 'unknown'>, Handler> = {
  createChannel,
  channels: listChannels,
  channel: channelInfo,
  updateChannel,
  deleteChannel,
  offChannel,
  onChannel,
  switchStream,
  startRecord,
  stopRecord,
  records,
  record,
  deleteRecords,
  upload,
  qualitySets,
  serviceUrls,
  setCallback,
  callback,
  setChannelCallback,
  events,
  channelEvents,
  publishLog,
};

export function applyRequest(state: NaverState, request: EmulatorRequest, now: number): Outcome {
  advance(state, now);
  const outcome = answer(state, request, now);
  return { ...outcome, response: withHeaders(state, outcome.response) };
}

/** Support asks for the trace id; the date is that of NAVER's clock. */
export function withHeaders(state: NaverState, response: EmulatorResponse): EmulatorResponse {
  const id = opaque(26, `${state.config.seed}/trace/${nextOf(state, 'trace')}`);
  const date = new Date(told(state, state.at)).toUTCString();
  return { ...response, headers: { ...response.headers, Date: date, 'x-ncp-trace-id': id } };
}

function answer(state: NaverState, request: EmulatorRequest, now: number): Outcome {
  const route = routeOf(state.config.prefix, request);
  if (route.op === 'unknown')
    return { response: gatewaySays(state.config.unknowns, 404, '300', 'Not Found Exception') };
  const stopped = stopAtGateway(state, route.op, request, now);
  if (stopped) return { response: stopped, detail: 'refused by the gateway' };
  try {
    return HANDLERS[route.op](state, route, request.body);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return {
      response: serviceSays(state.config.unknowns, error.error, error.message),
      detail: error.message,
    };
  }
}
