/**
 * A typed client of Agora Cloud Recording, usable on its own (`keeprolling/agora`). A request is checked whole before
 * it leaves (`KeepRollingError` E_SPEC_INVALID). No method repeats a call that may have arrived; only one that certainly
 * was not sent goes to the next of Agora's hosts. A refusal is thrown as an `AgoraRefusal` whose `failure` says who must
 * act, whether a repetition helps, and whether the call may have taken effect. No secret of the request is in it.
 *
 * Sources: the vendor's pages "Cloud Recording REST API", 2026-06, and "Response status codes".
 */
import type { Dispatcher } from 'undici';
import type { z } from 'zod';
import { problemsOf, refuse } from '../../contract/problems.ts';
import type { AgoraMode } from '../../contract/vendors/agora.ts';
import {
  acquireSchema,
  querySchema as queryRequestSchema,
  startSchema,
  stopSchema as stopRequestSchema,
  updateLayoutSchema,
  updateSchema,
  type AgoraAcquireFields,
  type AgoraLayoutFields,
  type AgoraStartFields,
  type AgoraUpdateFields,
} from '../../contract/vendors/agora/requests.ts';
import { createHttpAgent, send, type HttpReply } from '../http.ts';
import { VendorFailure } from '../recorder.ts';
import { addressesOf, firstReached, type AgoraPlace } from './domains.ts';
import {
  malformed,
  refusalOf,
  requestIdOf,
  type AgoraCall,
  type AgoraOperation,
  type Refusal,
} from './errors.ts';
import {
  acquiredSchema,
  errorOf,
  querySchema,
  startedSchema,
  stopSchema,
  updatedSchema,
  type AgoraAcquired,
  type AgoraQuery,
  type AgoraStarted,
  type AgoraStop,
  type AgoraUpdated,
} from './wire.ts';

export { VendorFailure } from '../recorder.ts';
export type { AgoraApiRegion, AgoraDomain, AgoraMode } from '../../contract/vendors/agora.ts';
export type { AgoraPlace } from './domains.ts';
export type {
  AgoraAcquireFields,
  AgoraLayoutFields,
  AgoraStartFields,
  AgoraUpdateFields,
} from '../../contract/vendors/agora/requests.ts';
export type { AgoraOperation, Refusal } from './errors.ts';
export { agoraInstant } from './wire.ts';
export type {
  AgoraAcquired,
  AgoraFile,
  AgoraPage,
  AgoraQuery,
  AgoraStarted,
  AgoraStop,
  AgoraUpdated,
  UploadingStatus,
} from './wire.ts';

export interface AgoraApiOptions extends AgoraPlace {
  /** Of the channel that is recorded, or the one for which web page recording is enabled. */
  appId: string;
  customerId: string;
  customerSecret: string;
  /** What no answer is quoted with, besides the secrets of the call itself: a reply may repeat an earlier one's. */
  secrets?: readonly string[];
  /** Default: one of its own. */
  dispatcher?: Dispatcher;
  /** Awaited before each request: its turn on the account's quota. */
  turn?: () => Promise<void>;
  /** Wait for headers, and between two pieces of the body, in ms. Default 10 s; of a stop that waits 22 s. */
  timeoutMs?: number;
}

export interface AgoraAcquireRequest {
  /** The channel; in web page recording a label. */
  cname: string;
  /** Decimal text, 1 to 2^32 − 1, of nobody in the channel. */
  uid: string;
  /** `scene: 1` for web pages. */
  clientRequest: AgoraAcquireFields;
}

/** A recording before its start: all as in its acquire. */
export interface AgoraNaming {
  resourceId: string;
  mode: AgoraMode;
  cname: string;
  uid: string;
}
/** A recording from its start on. */
export interface AgoraRecording extends AgoraNaming {
  sid: string;
}

export interface AgoraCallOptions {
  /** Only `acquire` and `query` listen to it. */
  signal?: AbortSignal;
  timeoutMs?: number;
  /** All hosts together, in ms. Default 20 s; of a stop that waits 23 s. */
  deadlineMs?: number;
}

/** A refusal of the vendor that code must tell apart, besides the failure for people. */
export class AgoraRefusal extends VendorFailure {
  readonly is: Refusal;
  readonly status: number;

  constructor(is: Refusal, status: number, failure: VendorFailure['failure']) {
    super(failure);
    this.is = is;
    this.status = status;
  }
}

export interface AgoraApi {
  /** `POST …/acquire`: lives 5 minutes, serves one start. Repeatable: one that is not used is nothing. */
  acquire(request: AgoraAcquireRequest, call?: AgoraCallOptions): Promise<AgoraAcquired>;
  /**
   * `POST …/start`. Repeatable with the same resource id: it makes no second recording. 200 says only that it was
   * accepted; parameters, keys and token are looked at later, and `query` shows what became of it.
   */
  start(
    request: AgoraNaming & { clientRequest: AgoraStartFields },
    call?: AgoraCallOptions,
  ): Promise<AgoraStarted>;
  /** `GET …/query`. */
  query(recording: Omit<AgoraRecording, 'cname' | 'uid'>, call?: AgoraCallOptions): Promise<AgoraQuery>;
  /** `POST …/update`: send the next one only after the answer. What it shows is nothing; ask `query`. */
  update(
    request: AgoraRecording & { clientRequest: AgoraUpdateFields },
    call?: AgoraCallOptions,
  ): Promise<AgoraUpdated>;
  /** `POST …/updateLayout`, mode mix: all that is left out goes back to its default. */
  updateLayout(
    request: AgoraRecording & { clientRequest: AgoraLayoutFields },
    call?: AgoraCallOptions,
  ): Promise<AgoraUpdated>;
  /** `POST …/stop`. Waits for the upload unless `async`: Agora promises 20 s, then code 50. */
  stop(request: AgoraRecording & { async?: boolean }, call?: AgoraCallOptions): Promise<AgoraStop>;
}

/**
 * A stop that waits is answered within 20 s, or with code 50 then. It must end below the 30 s that one write of a
 * session has, with a question of 5 s before it.
 */
export const STOP_TIMEOUT_MS = 22_000;
export const STOP_DEADLINE_MS = 23_000;

interface Exchange<S extends z.ZodType> {
  operation: AgoraOperation;
  effect: AgoraCall['effect'];
  method: 'GET' | 'POST';
  path: string;
  body?: unknown;
  reply: S;
}

/**
 * The page "start" writes `unsubscribeAudioUids`; the subscription guide and Agora's own clients `unSubscribeAudioUids`.
 * Which one the service honours is unknown, so both are said.
 */
function bothSpellings(_field: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { unsubscribeAudioUids: audio, unsubscribeVideoUids: video } = value as Record<string, unknown>;
  if (audio === undefined && video === undefined) return value;
  return {
    ...value,
    ...(audio !== undefined && { unSubscribeAudioUids: audio }),
    ...(video !== undefined && { unSubscribeVideoUids: video }),
  };
}

export function createAgoraApi(options: AgoraApiOptions): AgoraApi {
  const { appId, customerId, customerSecret, dispatcher = createHttpAgent() } = options;
  const addresses = addressesOf(options);
  const credentials = Buffer.from(`${customerId}:${customerSecret}`, 'utf8').toString('base64');
  const prefix = `/v1/apps/${part(appId)}/cloud_recording`;

  async function exchange<S extends z.ZodType>(
    asked: Exchange<S>,
    how: AgoraCallOptions = {},
  ): Promise<{ body: z.output<S>; requestId?: string; error: ReturnType<typeof errorOf> }> {
    const call: AgoraCall = {
      operation: asked.operation,
      effect: asked.effect,
      secrets: [customerSecret, credentials, ...(options.secrets ?? []), ...secretsIn(asked.body)],
    };
    const timeoutMs = how.timeoutMs ?? options.timeoutMs;
    await options.turn?.();
    const reply = await reached(how.deadlineMs, ({ address, deadlineMs }) =>
      send(dispatcher, {
        operation: call.operation,
        effect: call.effect,
        method: asked.method,
        url: `${address}${prefix}${asked.path}`,
        headers: {
          authorization: `Basic ${credentials}`,
          ...(asked.body !== undefined && { 'content-type': 'application/json;charset=utf-8' }),
        },
        ...(asked.body !== undefined && { body: JSON.stringify(asked.body, bothSpellings) }),
        ...(timeoutMs !== undefined && { timeoutMs }),
        deadlineMs,
        ...(how.signal && { signal: how.signal }),
      }),
    );
    return read(call, reply, asked.reply);
  }

  /** A proxy or an emulator is one's own: no vendor will mend it. */
  async function reached(
    deadlineMs: number | undefined,
    attempt: Parameters<typeof firstReached<HttpReply>>[2],
  ): Promise<HttpReply> {
    try {
      return await firstReached(addresses, deadlineMs, attempt);
    } catch (error) {
      const isOwn = options.url !== undefined && error instanceof VendorFailure;
      if (!isOwn || error.failure.code !== 'E_VENDOR_UNREACHABLE') throw error;
      throw new VendorFailure({ ...error.failure, who: 'you' });
    }
  }

  const path = ({ resourceId, mode, sid }: { resourceId: string; mode: AgoraMode; sid?: string }): string =>
    `/resourceid/${part(resourceId)}${sid === undefined ? '' : `/sid/${part(sid)}`}/mode/${mode}`;

  return {
    async acquire(request, how) {
      check('acquire', acquireSchema, request);
      const { body, requestId } = await exchange(
        {
          operation: 'acquire',
          effect: 'read',
          method: 'POST',
          path: '/acquire',
          body: request,
          reply: acquiredSchema,
        },
        how,
      );
      return { ...body, ...(requestId && { requestId }) };
    },

    async start(request, how) {
      check('start', startSchema(request.mode), request);
      const { cname, uid, clientRequest } = request;
      const { body, requestId, error } = await exchange(
        {
          operation: 'start',
          effect: 'write',
          method: 'POST',
          path: `${path(request)}/start`,
          body: { cname, uid, clientRequest },
          reply: startedSchema,
        },
        how,
      );
      return { ...body, already: error.code === ALREADY_STARTED, ...(requestId && { requestId }) };
    },

    async query(request, how) {
      check('query', queryRequestSchema(request.mode), request);
      const { body, requestId } = await exchange(
        {
          operation: 'query',
          effect: 'read',
          method: 'GET',
          path: `${path(request)}/query`,
          reply: querySchema,
        },
        how,
      );
      return { ...body, ...(requestId && { requestId }) };
    },

    async update(request, how) {
      check('update', updateSchema(request.mode), request);
      const { cname, uid, clientRequest } = request;
      const { body, requestId } = await exchange(
        {
          operation: 'update',
          effect: 'write',
          method: 'POST',
          path: `${path(request)}/update`,
          body: { cname, uid, clientRequest },
          reply: updatedSchema,
        },
        how,
      );
      return { ...body, ...(requestId && { requestId }) };
    },

    async updateLayout(request, how) {
      check('updateLayout', updateLayoutSchema, request);
      const { cname, uid, clientRequest } = request;
      const { body, requestId } = await exchange(
        {
          operation: 'updateLayout',
          effect: 'write',
          method: 'POST',
          path: `${path(request)}/updateLayout`,
          body: { cname, uid, clientRequest },
          reply: updatedSchema,
        },
        how,
      );
      return { ...body, ...(requestId && { requestId }) };
    },

    async stop(request, how) {
      check('stop', stopRequestSchema(request.mode), request);
      const { cname, uid, async = false } = request;
      const wait = { timeoutMs: STOP_TIMEOUT_MS, deadlineMs: STOP_DEADLINE_MS };
      const { body, requestId } = await exchange(
        {
          operation: 'stop',
          effect: 'write',
          method: 'POST',
          path: `${path(request)}/stop`,
          body: { cname, uid, clientRequest: { async_stop: async } },
          reply: stopSchema,
        },
        async ? how : { ...wait, ...how },
      );
      return { ...body, ...(requestId && { requestId }) };
    },
  };
}

export function isRefusal(error: unknown, is: Refusal): error is AgoraRefusal {
  return error instanceof AgoraRefusal && error.is === is;
}

/** Nothing of the request is quoted: it holds keys. */
function check(operation: AgoraOperation, schema: z.ZodType, request: unknown): void {
  const checked = schema.safeParse(request);
  if (checked.success) return;
  const problems = problemsOf(checked.error, request).map(({ found: _found, ...problem }) => problem);
  throw refuse('E_SPEC_INVALID', operation, problems, 'nothing was sent');
}

/** Ids are opaque and go into a path. */
function part(name: string): string {
  if (name === '' || name === '.' || name === '..')
    throw new TypeError(`"${name}" cannot be a name in a path.`);
  return encodeURIComponent(name);
}

/** Fields of requests that are secret, or may hold a secret. */
const SECRET_FIELDS = new Set([
  'token',
  'accessKey',
  'secretKey',
  'stsToken',
  'secret',
  'salt',
  'rtmpUrl',
  'url',
  'backgroundImage',
  'defaultUserBackgroundImage',
  'image_url',
  'privateParams',
]);

function secretsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, inner]: [string, unknown]) =>
    SECRET_FIELDS.has(field) && typeof inner === 'string' ? [inner] : secretsIn(inner),
  );
}

const ALREADY_STARTED = 7;

function read<S extends z.ZodType>(
  call: AgoraCall,
  reply: HttpReply,
  schema: S,
): { body: z.output<S>; requestId?: string; error: ReturnType<typeof errorOf> } {
  const { status, text } = reply;
  const requestId = requestIdOf(call, reply);
  const error = errorOf(text);
  // 201 is "already started", an answer where it names the sid; 206 is never one.
  const isAnswer =
    (status >= 200 && status < 300 && status !== 201 && status !== 206) || namesOwn(call, reply);
  if (!isAnswer) {
    const { is, failure } = refusalOf(call, reply);
    throw new AgoraRefusal(is, status, failure);
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new VendorFailure(malformed(call, reply, 'a body that is not JSON'));
  }
  const told = schema.safeParse(body);
  if (told.success) return { body: told.data, error, ...(requestId && { requestId }) };
  const where = told.error.issues[0]?.path.join('.');
  throw new VendorFailure(
    malformed(call, reply, `a body that is not the documented form${where ? ` at "${where}"` : ''}`),
  );
}

function namesOwn(call: AgoraCall, { status, text }: HttpReply): boolean {
  return call.operation === 'start' && status === 201 && errorOf(text).sid !== undefined;
}
