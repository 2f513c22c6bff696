/**
 * An OvenMediaEngine as a function of requests and time: recording by REST API with its state machine, its files and
 * its known faults, as of v0.20.0 and, where replies differ, of older versions; admission webhooks, and alerts about
 * streams that come and go.
 */
import type { Emulator, EmulatorRequest, EmulatorResponse } from '../emulator.ts';
import { FaultPlan } from '../faults.ts';
import { faultyHandle } from '../faulty.ts';
import type { EmulatorCallbacks } from '../outbox.ts';
import { TruthLog } from '../truth.ts';
import { callbacksOf, outboxOf } from './callbacks.ts';
import { omeControls } from './controls.ts';
import { applyRequest } from './handle.ts';
import { DEFAULT_VHOSTS, resolveConfig } from './options.ts';
import type { OmeEmulatorOptions, OmeVhostOptions } from './options.ts';
import { advance, settle } from './process.ts';
import { parseBody } from './json-body.ts';
import { readRecordRequest } from './record-request.ts';
import { exception, failure, ok } from './reply.ts';
import { routeOf } from './routes.ts';
import type { App, OmeServer } from './state.ts';

export interface OmeEmulator extends Emulator {
  readonly callbacks: EmulatorCallbacks;
}

export function createOmeEmulator(options: OmeEmulatorOptions): OmeEmulator {
  const faults = options.faults ?? new FaultPlan();
  const server = createServer(options);
  server.truth.add({ type: 'process', at: server.at, event: 'started' });
  const isDown = (now: number) => {
    advance(server, now);
    return server.downUntil !== undefined;
  };

  return {
    vendor: 'ome',
    clock: options.clock,
    faults,
    truth: server.truth,
    handle: faultyHandle({
      faults,
      truth: server.truth,
      vendor: {
        classify: (request) => routeOf(request, server.config.traits).op,
        apply: (request, now) => applyRequest(server, request, now),
        isDown,
        bodies: {
          refused: (_op, fault) => failure(fault.status ?? 400, 'Bad Request'),
          // The vendor itself never throttles; this is a proxy before it.
          throttled: () => failure(429, 'Too Many Requests'),
          notFound: (op, _fault, request) => notFound(server, op, request),
          failed: (_op, fault) => ({
            ...exception('Internal Server Error'),
            ...(fault.status && { status: fault.status }),
          }),
        },
      },
    }),
    settle: (now) => settle(server, now),
    controls: omeControls(server, faults, options.clock),
    callbacks: callbacksOf(server),
    downUntil: (now) => (isDown(now) ? server.downUntil : undefined),
  };
}

/** What the vendor says of a thing that it does not have; a list that finds nothing is empty since 0.15.4. */
function notFound(server: OmeServer, op: string, request: EmulatorRequest): EmulatorResponse {
  if (op === 'records') {
    return server.config.traits.emptyRecordsAre404 ? failure(404, 'There is no record information') : ok([]);
  }
  if (op !== 'stopRecord') return failure(404, 'Controller not found');
  const { id } = readRecordRequest(parseBody(request.body));
  return failure(404, `There is no record information related to the ID [${id}]`);
}

function createServer(options: OmeEmulatorOptions): OmeServer {
  const vhosts = (options.vhosts ?? DEFAULT_VHOSTS).map((vhost): [string, Map<string, App>] => [
    vhost.name,
    new Map(vhost.apps.map((app) => [app.name, createApp(vhost.name, app)])),
  ]);
  const config = resolveConfig(options);
  const truth = options.truth ?? new TruthLog();
  return {
    config,
    truth,
    vhosts: new Map(vhosts),
    at: options.clock(),
    downUntil: undefined,
    diskFull: false,
    unusable: new Set(),
    finalised: new Map(),
    serial: 0,
    connections: 0,
    outbox: outboxOf(config, truth),
  };
}

function createApp(vhost: string, options: OmeVhostOptions['apps'][number]): App {
  const { file = true } = options;
  const templates = typeof file === 'object' ? file : {};
  return {
    vhost,
    name: options.name,
    file:
      file === false ? undefined : { filePath: templates.filePath ?? '', infoPath: templates.infoPath ?? '' },
    tasks: new Map(),
    order: [],
    sources: new Map(),
    streams: new Map(),
    pushes: new Map(),
  };
}
