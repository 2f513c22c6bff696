/**
 * ApsaraVideo Live as a function of requests and time: recording configs, the commands of manual recording, streams,
 * files, and callbacks; and AssumeRole of STS at the same address.
 */
import type { Emulator } from '../emulator.ts';
import { FaultPlan, type Fault } from '../faults.ts';
import { faultyHandle } from '../faulty.ts';
import type { EmulatorCallbacks } from '../outbox.ts';
import { TruthLog } from '../truth.ts';
import { callbacksOf, outboxOf } from './callbacks.ts';
import { alibabaControls } from './controls.ts';
import { applyRequest } from './handle.ts';
import {
  DEFAULT_ACCESS_KEY_ID,
  DEFAULT_ACCESS_KEY_SECRET,
  DEFAULT_BUCKET,
  DEFAULT_PLAY_DOMAIN,
  DEFAULT_PUSH_DOMAIN,
  DEFAULT_ROLE,
  resolveConfig,
  type AlibabaEmulatorOptions,
  type AlibabaKey,
} from './options.ts';
import { errorReply, throttled } from './reply.ts';
import { rpcOf } from './rpc.ts';
import type { AlibabaState, PushNotify, RecordNotify } from './state.ts';
import { advance, settle } from './timeline.ts';

export interface AlibabaEmulator extends Emulator {
  readonly callbacks: EmulatorCallbacks;
}

export function createAlibabaEmulator(options: AlibabaEmulatorOptions): AlibabaEmulator {
  const faults = options.faults ?? new FaultPlan();
  const state = createState(options);
  state.truth.add({ type: 'process', at: state.at, event: 'started' });
  const isDown = (now: number): boolean => {
    advance(state, now);
    return state.downUntil !== undefined;
  };
  const say = (status: number, code: string, message: string) => errorReply(state, { status, code, message });
  const handle = faultyHandle({
    faults,
    truth: state.truth,
    vendor: {
      classify: (request) => rpcOf(request).action || 'unknown',
      apply: (request, now) => applyRequest(state, request, now),
      isDown,
      bodies: {
        refused: (_op, { status = 403 }) =>
          status === 403
            ? say(403, 'Forbidden', 'User not authorized to operate on the specified resource.')
            : say(status, 'IllegalOperation', 'Illegal domain, operation is not permitted.'),
        throttled: () => errorReply(state, throttled(state, 1000)),
        notFound: (op) =>
          op === 'RealTimeRecordCommand'
            ? say(409, 'StreamNotFound', 'The stream does not exist.')
            : say(404, 'InvalidDomain.NotFound', 'The domain provided does not belong to you.'),
        failed: (_op, fault) => say(...failure(fault)),
      },
    },
  });

  return {
    vendor: 'alibaba',
    clock: options.clock,
    faults,
    truth: state.truth,
    handle,
    settle: (now) => settle(state, now),
    callbacks: callbacksOf(state),
    controls: alibabaControls(state, faults, options.clock),
    downUntil: (now) => (isDown(now) ? state.downUntil : undefined),
  };
}

function failure({ status = 500 }: Fault): [status: number, code: string, message: string] {
  if (status === 503)
    return [503, 'ServiceUnavailable', 'The request has failed due to a temporary failure of the server.'];
  return [status, 'InternalError', 'The request processing has failed due to some unknown error.'];
}

function createState(options: AlibabaEmulatorOptions): AlibabaState {
  const config = resolveConfig(options);
  const truth = options.truth ?? new TruthLog();
  const {
    keys = [{ id: DEFAULT_ACCESS_KEY_ID, secret: DEFAULT_ACCESS_KEY_SECRET }],
    roles = [{ arn: DEFAULT_ROLE }],
    domains = [{ play: DEFAULT_PLAY_DOMAIN, push: DEFAULT_PUSH_DOMAIN }],
    buckets = [{ name: DEFAULT_BUCKET }],
    callbacks,
  } = options;
  if (domains.length === 0) throw new Error('An account of ApsaraVideo Live has at least one domain.');
  return {
    config,
    truth,
    outbox: outboxOf(config, truth),
    keys: new Map(keys.flatMap((key) => (key.token === undefined ? [[key.id, { ...key }]] : []))),
    minted: mintedOf(keys),
    roles: new Map(roles.map((role) => [role.arn, role])),
    domains,
    buckets: new Map(
      buckets.map(({ name, region = config.region }) => [name, { name, region, state: 'ok' as const }]),
    ),
    records: [],
    vod: new Set(),
    streams: new Map(),
    recordNotify: new Map(callbacks && domains.map(({ play }) => [play, recordNotifyOf(play, callbacks)])),
    pushNotify: new Map(callbacks && domains.map(({ push }) => [push, pushNotifyOf(push, callbacks)])),
    notifyRecords: [],
    index: [],
    denied: new Set(),
    nonces: new Map(),
    calls: new Map(),
    skewMs: 0,
    at: options.clock(),
    downUntil: undefined,
    serial: 0,
  };
}

function mintedOf(keys: readonly AlibabaKey[]): AlibabaState['minted'] {
  const minted: AlibabaState['minted'] = new Map();
  for (const { id, secret, token } of keys)
    if (token !== undefined) minted.set(id, { id, secret, token, endsAt: Infinity });
  return minted;
}

type Callbacks = NonNullable<AlibabaEmulatorOptions['callbacks']>;

function recordNotifyOf(domain: string, { url, key = '' }: Callbacks): RecordNotify {
  return { domain, url, onDemandUrl: '', status: true, auth: key !== '', key };
}

function pushNotifyOf(domain: string, { url, key = '' }: Callbacks): PushNotify {
  return { domain, url, exceptionUrl: '', switchUrl: '', auth: key !== '', key };
}
