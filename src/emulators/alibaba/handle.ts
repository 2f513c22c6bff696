/** From a request to the vendor's reply, in the order of its checks: who asks, whether they may, how often, and then what. */
import type { EmulatorRequest } from '../emulator.ts';
import type { Outcome } from '../faulty.ts';
import { authenticate, checkPermission } from './access.ts';
import { checkRate } from './limits.ts';
import { operationOf } from './operations.ts';
import { errorReply, refuse, Refusal, reply } from './reply.ts';
import { rpcOf, type Rpc } from './rpc.ts';
import type { AlibabaState } from './state.ts';
import { advance } from './timeline.ts';

export function applyRequest(state: AlibabaState, request: EmulatorRequest, now: number): Outcome {
  advance(state, now);
  const rpc = rpcOf(request);
  const before = recordingOf(state, rpc);
  try {
    const body = answer(state, request, rpc, now);
    const recording = recordingOf(state, rpc) ?? before;
    return { response: reply(state, 200, body), recording, detail: detailOf(rpc) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // Not its message: that of a wrong signature shows what was signed, a security token among it.
    const detail = [detailOf(rpc), error.code].filter(Boolean).join('; ');
    return { response: errorReply(state, error), recording: before, detail };
  }
}

function answer(
  state: AlibabaState,
  request: EmulatorRequest,
  rpc: Rpc,
  now: number,
): Record<string, unknown> {
  const { method } = request;
  if (method !== 'POST' && method !== 'GET')
    refuse(400, 'UnsupportedHTTPMethod', 'This http method is not supported.');
  const known = operationOf(rpc.version, rpc.action);
  if (!known)
    refuse(404, 'InvalidAction.NotFound', 'Specified api is not found, please check your url and method.');
  const caller = authenticate(state, request, rpc, now);
  checkPermission(state, known.permission);
  checkRate(state, rpc.action, now);
  return known.operation(state, rpc.parameters, caller);
}

/** Of the stream that a command names. */
function recordingOf(state: AlibabaState, { action, parameters }: Rpc): string | undefined {
  if (action !== 'RealTimeRecordCommand') return undefined;
  return state.streams.get(tripleText(parameters))?.task?.id;
}

function detailOf({ action, parameters }: Rpc): string | undefined {
  if (action !== 'RealTimeRecordCommand') return undefined;
  return `${parameters.get('Command') ?? ''} ${tripleText(parameters)}`;
}

function tripleText(parameters: Map<string, string>): string {
  return ['DomainName', 'AppName', 'StreamName'].map((name) => parameters.get(name) ?? '').join('/');
}
