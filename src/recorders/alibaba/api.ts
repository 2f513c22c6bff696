/**
 * A typed client of ApsaraVideo Live, usable on its own (`keeprolling/alibaba`): `call(operation, request)`, with names as
 * on the vendor's pages. A request is checked whole before it leaves (`KeepRollingError` E_SPEC_INVALID). Nothing is sent
 * twice. A refusal is thrown as an `AlibabaRefusal` whose `failure` says who must act, whether a repetition helps, and
 * whether the call may have taken effect; no secret is in it.
 *
 * Sources: the vendor's pages of API version 2016-11-01; signature V3.
 */
import { randomBytes } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { problemsOf, refuse } from '../../contract/problems.ts';
import {
  REQUESTS,
  type AlibabaOperation,
  type AlibabaRequest,
} from '../../contract/vendors/alibaba/requests.ts';
import { DEFAULT_URL } from '../../contract/vendors/alibaba.ts';
import { signRpc, type AlibabaKeys } from '../../credentials/alibaba/sign.ts';
import { createHttpAgent, send, type HttpReply } from '../http.ts';
import { VendorFailure } from '../recorder.ts';
import { malformed, refusalOf, requestIdOf, type AlibabaCall, type Refusal } from './errors.ts';
import { flat } from './flat.ts';
import { REPLIES, type AlibabaReply } from './wire.ts';

export { VendorFailure } from '../recorder.ts';
export type { AlibabaKeys } from '../../credentials/alibaba/sign.ts';
export type {
  AlibabaOperation,
  AlibabaRequest,
  RecordCommand,
} from '../../contract/vendors/alibaba/requests.ts';
export type { Refusal } from './errors.ts';
export { alibabaQuotas } from './quotas.ts';
export type { AlibabaReply, IndexFile, NotifyRecord, OnlineStream, RecordConfig } from './wire.ts';

export const VERSION = '2016-11-01';

export interface AlibabaApiOptions {
  /** The keys, or what has them just before each call: temporary ones are renewed by whoever gives them. */
  keys: AlibabaKeys | (() => Promise<AlibabaKeys>);
  /** Default: `https://live.aliyuncs.com`. */
  url?: string;
  /** Default: one of its own. */
  dispatcher?: Dispatcher;
  /** Epoch milliseconds; default the clock of this machine. */
  now?: () => number;
  /** Awaited just before each request is signed, with the name of its operation. */
  turn?: (operation: AlibabaOperation) => Promise<void>;
  /** Told that the keys were not accepted. */
  refused?: () => void;
}

export interface AlibabaCallOptions {
  /** Only calls that read listen to it. */
  signal?: AbortSignal;
  /** Wait for headers, and between two pieces of the body, in ms. Default 10 s. */
  timeoutMs?: number;
  /** The whole exchange, in ms. Default 20 s. */
  deadlineMs?: number;
}

/** A refusal of the vendor that code must tell apart, besides the failure for people. */
export class AlibabaRefusal extends VendorFailure {
  readonly is: Refusal;
  readonly status: number;

  constructor(is: Refusal, status: number, failure: VendorFailure['failure']) {
    super(failure);
    this.is = is;
    this.status = status;
  }
}

export interface AlibabaApi {
  call<O extends AlibabaOperation>(
    operation: O,
    request: AlibabaRequest<O>,
    how?: AlibabaCallOptions,
  ): Promise<AlibabaReply<O>>;
}

/** What asks: everything else changes something, or may. */
const READS = /^Describe/;

export function createAlibabaApi(options: AlibabaApiOptions): AlibabaApi {
  const { keys, url = DEFAULT_URL, dispatcher = createHttpAgent(), now = Date.now, turn } = options;
  const { host, origin } = new URL(url);

  return {
    async call(operation, request, how = {}) {
      const parameters = flat(checked(operation, request));
      const pair = typeof keys === 'function' ? await keys() : keys;
      const call: AlibabaCall = {
        operation,
        effect: READS.test(operation) ? 'read' : 'write',
        secrets: [pair.accessKeySecret, ...(pair.securityToken === undefined ? [] : [pair.securityToken])],
      };
      await turn?.(operation);
      const nonce = randomBytes(16).toString('hex');
      const signed = signRpc(
        { host, action: operation, version: VERSION, parameters, at: now(), nonce },
        pair,
      );
      const reply = await sent(options, () =>
        send(dispatcher, {
          operation,
          effect: call.effect,
          method: 'POST',
          url: `${origin}${signed.path}`,
          headers: { ...signed.headers, accept: 'application/json' },
          ...how,
        }),
      );
      try {
        // Its schema is that of this very operation.
        return read(call, reply) as AlibabaReply<typeof operation>;
      } catch (error) {
        if (isRefusal(error, 'auth')) options.refused?.();
        throw error;
      }
    },
  };
}

/** A proxy or an emulator is one's own: no vendor will mend it. */
async function sent(
  { url = DEFAULT_URL }: AlibabaApiOptions,
  attempt: () => Promise<HttpReply>,
): Promise<HttpReply> {
  try {
    return await attempt();
  } catch (error) {
    const isOwn = url !== DEFAULT_URL && error instanceof VendorFailure;
    if (!isOwn || error.failure.code !== 'E_VENDOR_UNREACHABLE') throw error;
    throw new VendorFailure({ ...error.failure, who: 'you' });
  }
}

export function isRefusal(error: unknown, ...is: Refusal[]): error is AlibabaRefusal {
  return error instanceof AlibabaRefusal && is.includes(error.is);
}

/** Nothing of the request is quoted: it may hold a key. */
function checked<O extends AlibabaOperation>(
  operation: O,
  request: AlibabaRequest<O>,
): Record<string, unknown> {
  const told = REQUESTS[operation].safeParse(request);
  if (told.success) return told.data;
  const problems = problemsOf(told.error, request).map(({ found: _found, ...problem }) => problem);
  throw refuse('E_SPEC_INVALID', operation, problems, 'nothing was sent');
}

function read(call: AlibabaCall, reply: HttpReply): unknown {
  const { status, text } = reply;
  if (status < 200 || status > 299) {
    const { is, failure } = refusalOf(call, reply);
    throw new AlibabaRefusal(is, status, failure);
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new VendorFailure(malformed(call, reply, 'a body that is not JSON'));
  }
  const told = REPLIES[call.operation].safeParse(body);
  if (!told.success) {
    const where = told.error.issues[0]?.path.join('.');
    throw new VendorFailure(
      malformed(call, reply, `a body that is not the documented form${where ? ` at "${where}"` : ''}`),
    );
  }
  const { RequestId, ...rest } = told.data as { RequestId?: string };
  const id = requestIdOf(call, RequestId);
  return { ...rest, ...(id !== undefined && { RequestId: id }) };
}
