/**
 * NAVER Cloud Live Station as a function of requests and time: channels and their pushes, recordings and the way of
 * their files to a bucket, behind its API gateway, and what it tells by callbacks.
 */
import type { Emulator, EmulatorResponse } from '../emulator.ts';
import { FaultPlan } from '../faults.ts';
import { faultyHandle } from '../faulty.ts';
import type { EmulatorCallbacks } from '../outbox.ts';
import { TruthLog } from '../truth.ts';
import { callbacksOf, outboxOf } from './callbacks.ts';
import { addChannel } from './channels.ts';
import { naverControls } from './controls.ts';
import { applyRequest, withHeaders } from './handle.ts';
import { resolveConfig, type NaverEmulatorOptions, type NaverUnknowns } from './options.ts';
import { gatewaySays, quotaSays, serviceSays } from './reply.ts';
import { routeOf } from './routes.ts';
import type { NaverState } from './state.ts';
import { advance, settle } from './timeline.ts';

export interface NaverEmulator extends Emulator {
  readonly callbacks: EmulatorCallbacks;
}

export function createNaverEmulator(options: NaverEmulatorOptions): NaverEmulator {
  const faults = options.faults ?? new FaultPlan();
  const state = createState(options);
  const { unknowns, prefix } = state.config;
  state.truth.add({ type: 'process', at: state.at, event: 'started' });
  const isDown = (now: number) => {
    advance(state, now);
    return state.downUntil !== undefined;
  };
  const say = (response: EmulatorResponse) => withHeaders(state, response);

  return {
    vendor: 'naver',
    clock: options.clock,
    faults,
    truth: state.truth,
    handle: faultyHandle({
      faults,
      truth: state.truth,
      vendor: {
        classify: (request) => routeOf(prefix, request).op,
        apply: (request, now) => applyRequest(state, request, now),
        isDown,
        bodies: {
          refused: (_op, { status }) => say(refusedBody(unknowns, status)),
          throttled: () => say(quotaSays(unknowns)),
          notFound: () => say(serviceSays(unknowns, unknowns.channelError, 'Channel not found.')),
          failed: (_op, { status = 500 }) => say(failedBody(unknowns, status)),
        },
      },
    }),
    settle: (now) => settle(state, now),
    callbacks: callbacksOf(state),
    controls: naverControls(state, faults, options.clock),
    downUntil: (now) => (isDown(now) ? state.downUntil : undefined),
  };
}

function createState(options: NaverEmulatorOptions): NaverState {
  const config = resolveConfig(options);
  const truth = options.truth ?? new TruthLog();
  const at = options.clock();
  const state: NaverState = {
    config,
    truth,
    outbox: outboxOf(config, truth),
    at,
    quietUntil: Infinity,
    downUntil: undefined,
    skewMs: 0,
    channels: new Map(),
    files: new Map(),
    pending: new Set(),
    events: [],
    defaultCallback:
      options.callbackUrl === undefined ? undefined : { url: options.callbackUrl, updatedAt: at },
    deniedBuckets: new Set(),
    processingFails: false,
    forbidden: new Map(),
    tokens: undefined,
    // The sizes that the page of startRecord shows.
    last: { channel: 0, streamSeq: 361_544, recordSeq: 1_307_132, recordId: 2_700_000, event: 0, trace: 0 },
  };
  for (const channel of options.channels ?? []) addChannel(state, channel, 'READY');
  return state;
}

function refusedBody(unknowns: NaverUnknowns, status = unknowns.stateError.status): EmulatorResponse {
  if (status === 401) return gatewaySays(unknowns, 401, '200', 'Authentication Failed');
  if (status === 403) return gatewaySays(unknowns, 403, '230', 'Forbidden');
  return serviceSays(unknowns, { ...unknowns.stateError, status }, 'Record not available.');
}

/** From 502 on the gateway speaks: the service behind it has not answered, or not in time. */
function failedBody(unknowns: NaverUnknowns, status: number): EmulatorResponse {
  if (status === 504) return gatewaySays(unknowns, 504, '510', 'Endpoint Timeout');
  if (status > 500) return gatewaySays(unknowns, status, '500', 'Endpoint Error');
  return serviceSays(unknowns, { status, code: 250016 }, 'Server error');
}
