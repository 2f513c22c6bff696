/**
 * Huawei Cloud Live's recording as a function of requests and time: rules, START and STOP, online streams, files, the
 * configuration of callbacks, what it tells by them, and the part of IAM that gives out credentials.
 */
import type { Emulator, EmulatorResponse } from '../emulator.ts';
import { FaultPlan, type Fault } from '../faults.ts';
import { faultyHandle } from '../faulty.ts';
import type { EmulatorCallbacks } from '../outbox.ts';
import { TruthLog } from '../truth.ts';
import { notAuthenticated, throttled } from './access.ts';
import { callbacksOf, outboxOf } from './callbacks.ts';
import { huaweiControls } from './controls.ts';
import { applyRequest, withRequestId } from './handle.ts';
import { resolveConfig, type HuaweiEmulatorOptions } from './options.ts';
import { ILLEGAL, ILLEGAL_TEXT, MISSING_TEXT, serviceSays } from './reply.ts';
import { routeOf } from './routes.ts';
import type { HuaweiState } from './state.ts';
import { advance, settle } from './timeline.ts';

export interface HuaweiEmulator extends Emulator {
  readonly callbacks: EmulatorCallbacks;
}

export function createHuaweiEmulator(options: HuaweiEmulatorOptions): HuaweiEmulator {
  const faults = options.faults ?? new FaultPlan();
  const state = createState(options);
  state.truth.add({ type: 'process', at: state.at, event: 'started' });
  const isDown = (now: number) => {
    advance(state, now);
    return state.downUntil !== undefined;
  };
  const say = (response: EmulatorResponse) => withRequestId(state, response);

  return {
    vendor: 'huawei',
    clock: options.clock,
    faults,
    truth: state.truth,
    handle: faultyHandle({
      faults,
      truth: state.truth,
      vendor: {
        classify: (request) => routeOf(request).op,
        apply: (request, now) => applyRequest(state, request, now),
        isDown,
        bodies: {
          refused: (_op, fault) => say(refusedBody(fault)),
          throttled: () => say(throttled(state, state.config.limits.record)),
          notFound: () => say(serviceSays(404, ILLEGAL, MISSING_TEXT)),
          failed: (_op, { status = 500 }) =>
            say(serviceSays(status, 'LIVE.100011005', 'Internal Error, please try again later')),
        },
      },
    }),
    settle: (now) => settle(state, now),
    callbacks: callbacksOf(state),
    controls: huaweiControls(state, faults, options.clock),
    downUntil: (now) => (isDown(now) ? state.downUntil : undefined),
  };
}

function createState(options: HuaweiEmulatorOptions): HuaweiState {
  const config = resolveConfig(options);
  const truth = options.truth ?? new TruthLog();
  return {
    config,
    truth,
    outbox: outboxOf(config, truth),
    at: options.clock(),
    downUntil: undefined,
    rules: new Map(),
    streams: new Map(),
    returning: new Map(),
    pushes: [],
    tasks: new Map(),
    stoppedAt: new Map(),
    contents: new Map(),
    callbacks: new Map(),
    notifications: new Map(),
    tokens: new Map(),
    temporaryKeys: new Map(),
    denied: new Set(),
    account: 'ok',
    uploadsDenied: false,
    lockedUntil: 0,
    skewMs: 0,
    windows: new Map(),
    serial: 0,
  };
}

function refusedBody({ status = 400 }: Fault): EmulatorResponse {
  if (status === 401) return notAuthenticated('verify aksk signature fail');
  if (status === 403) return serviceSays(403, 'LIVE.103011016', 'Illegal content');
  return serviceSays(status, ILLEGAL, status === 404 ? MISSING_TEXT : ILLEGAL_TEXT);
}
