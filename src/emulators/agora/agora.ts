/**
 * Agora Cloud Recording as a function of requests and time: acquire, start, query, update, updateLayout and stop of
 * the modes individual, mix and web, behind its gateway, and what it tells by notifications.
 */
import type { Emulator, EmulatorResponse } from '../emulator.ts';
import { FaultPlan, type Fault } from '../faults.ts';
import { faultyHandle } from '../faulty.ts';
import type { EmulatorCallbacks } from '../outbox.ts';
import { TruthLog } from '../truth.ts';
import { callbacksOf, outboxOf } from './callbacks.ts';
import { agoraControls } from './controls.ts';
import { applyRequest, withRequestId } from './handle.ts';
import type { Notice } from './notices.ts';
import { capacityOf, resolveConfig, type AgoraEmulatorOptions } from './options.ts';
import { gatewaySays, serviceSays } from './reply.ts';
import { routeOf } from './routes.ts';
import type { AgoraState } from './state.ts';
import { advance, settle } from './timeline.ts';

export interface AgoraEmulator extends Emulator {
  /** All notifications so far, in the order in which they happened. */
  readonly notices: readonly Notice[];
  readonly callbacks: EmulatorCallbacks;
}

export function createAgoraEmulator(options: AgoraEmulatorOptions): AgoraEmulator {
  const faults = options.faults ?? new FaultPlan();
  const state = createState(options);
  state.truth.add({ type: 'process', at: state.at, event: 'started' });
  const isDown = (now: number) => {
    advance(state, now);
    return state.downUntil !== undefined;
  };
  const say = (response: EmulatorResponse) => withRequestId(state, response);
  const handle = faultyHandle({
    faults,
    truth: state.truth,
    vendor: {
      classify: (request) => routeOf(request).op,
      apply: (request, now) => applyRequest(state, request, now),
      isDown,
      bodies: {
        refused: (op, { status = 400 }) => say(refusedBody(op, status)),
        throttled: () => say(gatewaySays(429, 'API rate limit exceeded')),
        notFound: () => say(serviceSays(404, 404, 'failed to find worker')),
        failed: (op, fault) => say(failedBody(op, fault)),
      },
    },
  });

  return {
    vendor: 'agora',
    clock: options.clock,
    faults,
    truth: state.truth,
    notices: state.notices,
    handle: (request, now) => {
      state.replyDelayMs = 0;
      const answer = handle(request, now);
      if (answer.kind === 'refused' || answer.delayMs > 0) return answer;
      return { ...answer, delayMs: state.replyDelayMs };
    },
    settle: (now) => settle(state, now),
    callbacks: callbacksOf(state),
    controls: agoraControls(state, faults, options.clock),
    downUntil: (now) => (isDown(now) ? state.downUntil : undefined),
  };
}

function createState(options: AgoraEmulatorOptions): AgoraState {
  if (options.apps.length === 0) throw new Error('An Agora project has at least one app.');
  const config = resolveConfig(options);
  const truth = options.truth ?? new TruthLog();
  return {
    config,
    truth,
    store: options.store,
    apps: new Map(options.apps.map((app) => [app.appId, app])),
    capacity: capacityOf(options.pcw),
    at: options.clock(),
    downUntil: undefined,
    buckets: new Map(),
    resources: new Map(),
    tasks: new Map(),
    active: new Set(),
    left: new Map(),
    channels: new Map(),
    pages: new Map(),
    account: 'ok',
    uploadsDenied: false,
    uploadMs: 0,
    updateMs: 0,
    replyDelayMs: 0,
    serial: 0,
    notices: [],
    outbox: outboxOf(config, truth),
  };
}

function refusedBody(op: string, status: number): EmulatorResponse {
  if (status === 401) return gatewaySays(401, 'Invalid authentication credentials');
  if (status === 404) return serviceSays(404, 404, 'failed to find worker');
  const word = op.slice(0, 1).toUpperCase() + op.slice(1);
  return serviceSays(status, 2, `${word}: invalid parameter!`);
}

/** Each call has its own ways to fail, and the status of the fault picks among them. */
function failedBody(op: string, { status = defaultFailure(op) }: Fault): EmulatorResponse {
  if (status === 206) return serviceSays(206, 65, 'request not completed');
  if (op === 'acquire') {
    const reason = { 501: 'no_worker_manager_available', 504: 'allocate_timeout' }[status];
    return reason === undefined
      ? serviceSays(status, 500, 'internal_error')
      : serviceSays(500, status, reason);
  }
  return status === 502
    ? serviceSays(500, 502, 'Failed to allocate worker')
    : serviceSays(status, 62, 'request timeout');
}

function defaultFailure(op: string): number {
  return op === 'start' ? 206 : 504;
}
