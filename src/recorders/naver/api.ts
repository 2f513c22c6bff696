/**
 * A typed client of NAVER Live Station, usable on its own (`keeprolling/naver`). Requests are signed by signature v2. No
 * method repeats a request; a refusal is thrown as a `NaverRefusal` whose `failure` says who must act, whether a
 * repetition helps, and whether the call may have taken effect. No secret is in any error.
 *
 * Sources: the vendor's pages "Live Station API" of 2026 (api.ncloud-docs.com).
 */
import type { Dispatcher } from 'undici';
import type { z } from 'zod';
import { problemsOf, refuse } from '../../contract/problems.ts';
import { NAVER_REGIONS, NAVER_URL, type NaverAccessControl } from '../../contract/vendors/naver.ts';
import type { NaverRegion } from '../../contract/vendors/naver.ts';
import {
  channelQuerySchema,
  createChannelSchema,
  recordIdsSchema,
  updateChannelSchema,
  uploadSchema,
} from '../../contract/vendors/naver/requests.ts';
import { createHttpAgent, send, type HttpReply } from '../http.ts';
import { VendorFailure } from '../recorder.ts';
import { isRefused, malformed, refusalOf, requestIdOf, type NaverCall, type Refusal } from './errors.ts';
import { signedHeaders } from './sign.ts';
import {
  anyListSchema,
  anyReplySchema,
  callbackEndpointSchema,
  channelListSchema,
  channelReplySchema,
  createdSchema,
  eventListSchema,
  recordListSchema,
  recordReplySchema,
  stopReplySchema,
  uploadReplySchema,
  type ChannelStatus,
  type NaverChannel,
  type NaverEvent,
  type NaverRecord,
} from './wire.ts';

export { VendorFailure } from '../recorder.ts';
export type { NaverAccessControl, NaverRegion } from '../../contract/vendors/naver.ts';
export type { Refusal } from './errors.ts';
export { MAX_SKEW_MS, signatureOf } from './sign.ts';
export type { ChannelStatus, NaverChannel, NaverEvent, NaverRecord, RecordStatus } from './wire.ts';

export interface NaverApiOptions {
  accessKey: string;
  /** Its UTF-8 bytes are the key: it is not decoded. */
  secretKey: string;
  /** Default `KR`. `FKR`, the finance zone, has another prefix in its paths. */
  regionCode?: NaverRegion;
  /** Scheme, host and port. Default: NAVER's own address. */
  url?: string;
  /** Default: one of its own. */
  dispatcher?: Dispatcher;
  /** Wait for headers, and between two pieces of the body, in ms. Default 10 s. */
  timeoutMs?: number;
  /** Clock of the signature, epoch milliseconds: more than 5 minutes off is refused. Default: the system's. */
  now?: () => number;
}

export interface NaverCallOptions {
  /** Only reads listen to it. */
  signal?: AbortSignal;
  timeoutMs?: number;
  /** The whole exchange, in ms. Default 20 s. */
  deadlineMs?: number;
}

export interface NaverChannelQuery {
  /** From 1. */
  pageNo?: number;
  /** 1 to 100. */
  pageSizeNo?: number;
  channelStatus?: ChannelStatus;
  /** Whole or in part. */
  id?: string;
  /** Whole or in part. */
  channelName?: string;
}

export interface NaverRecordSettings {
  type: 'NO_RECORD' | 'AUTO_UPLOAD' | 'MANUAL_UPLOAD';
  /** Of AUTO_UPLOAD, as the fields below. */
  format?: 'MP4' | 'HLS' | 'ALL';
  bucketName?: string;
  filePath?: string;
  accessControl?: NaverAccessControl;
}

/** Create channel; update takes the same fields, of which a part may be refused later on. */
export interface NaverChannelFields {
  /** 3 to 20 characters: Korean, Latin, digits, `_`. */
  channelName: string;
  cdn: {
    createCdn: boolean;
    cdnType: 'GLOBAL_EDGE';
    profileId?: number;
    /** With `createCdn`. */
    regionType?: 'KOREA' | 'JAPAN' | 'GLOBAL';
    /** Without. */
    cdnDomain?: string;
    cdnInstanceNo?: number;
  };
  qualitySetId: number;
  useDvr: boolean;
  record: NaverRecordSettings;
  drmEnabledYn: boolean;
  envType?: 'REAL' | 'DEV' | 'STAGE';
  outputProtocol?: string;
  /** Records from the first moment of each publish on. */
  immediateOnAir?: boolean;
  /** Minutes; needed with `useDvr`, and only 360. */
  timemachineMin?: number;
  isStreamFailOver?: boolean;
  drm?: Record<string, unknown>;
  ingestProtocol?: string;
}

/** What a reply shows, and NAVER's trace id of the request. */
export interface Answered<T> {
  value: T;
  requestId?: string;
  /** NAVER's clock when it answered, to the second, epoch milliseconds; where the reply has a `Date`. */
  answeredAt?: number;
}

/** A refusal of the vendor that code must tell apart, besides the failure for people. */
export class NaverRefusal extends VendorFailure {
  readonly is: Refusal;
  readonly status: number;

  constructor(is: Refusal, status: number, failure: VendorFailure['failure']) {
    super(failure);
    this.is = is;
    this.status = status;
  }
}

type Reply<T> = Promise<Answered<T>>;
type Loose = Record<string, unknown>;

export interface NaverApi {
  /** `GET /channels`: one page. `total` counts all pages. */
  channels(
    query?: NaverChannelQuery,
    call?: NaverCallOptions,
  ): Reply<{ channels: NaverChannel[]; total: number }>;
  /** `GET /channels/{channelId}`. */
  channel(channelId: string, call?: NaverCallOptions): Reply<NaverChannel>;
  /** `POST /channels`. */
  createChannel(fields: NaverChannelFields, call?: NaverCallOptions): Reply<Loose & { channelId: string }>;
  /** `PUT /channels/{channelId}`. */
  updateChannel(
    channelId: string,
    fields: Partial<NaverChannelFields>,
    call?: NaverCallOptions,
  ): Reply<unknown>;
  /** `PUT …/on`: lifts a suspension. */
  turnOn(channelId: string, call?: NaverCallOptions): Reply<unknown>;
  /** `PUT …/off`: suspends the channel, and cuts a broadcast that is on. */
  turnOff(channelId: string, call?: NaverCallOptions): Reply<unknown>;
  /** `DELETE /channels/{channelId}`: only one that is READY. */
  deleteChannel(channelId: string, call?: NaverCallOptions): Reply<unknown>;
  /** `PUT …/switch-stream`: between main and backup stream. */
  switchStream(channelId: string, call?: NaverCallOptions): Reply<unknown>;
  /** `GET …/serviceUrls`. */
  serviceUrls(
    channelId: string,
    serviceUrlType: 'GENERAL' | 'TIMEMACHINE' | 'THUMBNAIL',
    call?: NaverCallOptions,
  ): Reply<Loose[]>;
  /** `PUT …/startRecord`: only while PUBLISHING. One recording, one file for each quality and type. */
  startRecord(channelId: string, call?: NaverCallOptions): Reply<NaverRecord[]>;
  /** `PUT …/stopRecord`: ends whatever the channel records. */
  stopRecord(channelId: string, call?: NaverCallOptions): Reply<NaverRecord[]>;
  /** `GET …/records`: the files of the channel, by ascending id. */
  records(channelId: string, call?: NaverCallOptions): Reply<NaverRecord[]>;
  /** `GET …/records/{recordId}`. */
  record(channelId: string, recordId: string, call?: NaverCallOptions): Reply<NaverRecord>;
  /** `DELETE …/records`: of the temporary store; what is in a bucket stays there. */
  deleteRecords(channelId: string, recordIds: readonly string[], call?: NaverCallOptions): Reply<unknown>;
  /** `POST /buckets/{bucketName}/upload`: of files that are TRANSFER_READY or TRANSFER_FAIL. */
  upload(
    bucketName: string,
    request: { recordIds: readonly string[]; accessControl?: NaverAccessControl },
    call?: NaverCallOptions,
  ): Reply<Loose>;
  /** `GET /events/callbackEndpoint`: the default of all channels, null without one. */
  callbackEndpoint(call?: NaverCallOptions): Reply<string | null>;
  /** `POST /events/callbackEndpoint`. */
  setCallbackEndpoint(callbackUrl: string, call?: NaverCallOptions): Reply<unknown>;
  /** `POST /channels/{channelId}/callbackEndpoint`: counts before the default. */
  setChannelCallbackEndpoint(
    channelId: string,
    callbackEndpoint: string,
    call?: NaverCallOptions,
  ): Reply<unknown>;
  /** `GET /events`, of one channel where one is given. */
  events(query?: { channelId?: string }, call?: NaverCallOptions): Reply<NaverEvent[]>;
  /** `GET /channels/{channelId}/events`. */
  channelEvents(channelId: string, call?: NaverCallOptions): Reply<NaverEvent[]>;
  /** `GET /channels/{channelId}/publish-log`. */
  publishLog(channelId: string, call?: NaverCallOptions): Reply<Loose[]>;
  /** `GET /qualitySets`, for a new channel. */
  qualitySets(query?: { genType?: string; type?: string }, call?: NaverCallOptions): Reply<Loose[]>;
}

interface Exchange<S extends z.ZodType> {
  operation: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  reply: S;
}

export function createNaverApi(options: NaverApiOptions): NaverApi {
  const { accessKey, secretKey, regionCode = 'KR', dispatcher = createHttpAgent(), now = Date.now } = options;
  const origin = (options.url ?? NAVER_URL).replace(/\/$/, '');
  const prefix = NAVER_REGIONS[regionCode];

  async function exchange<S extends z.ZodType>(
    asked: Exchange<S>,
    how: NaverCallOptions = {},
  ): Reply<z.output<S>> {
    const { operation, method, path, query = {}, body } = asked;
    const effect = method === 'GET' ? 'read' : 'write';
    const call: NaverCall = { operation, effect, secrets: [secretKey, accessKey] };
    const target = `${prefix}${path}${queryOf(query)}`;
    const timeoutMs = how.timeoutMs ?? options.timeoutMs;
    const reply = await reached(() =>
      send(dispatcher, {
        operation,
        effect,
        method,
        url: `${origin}${target}`,
        headers: {
          ...signedHeaders(method, target, now(), { accessKey, secretKey }),
          'x-ncp-region_code': regionCode,
          // The overview wants it of every request, the page of a start leaves it out: it harms nowhere.
          'content-type': 'application/json',
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(timeoutMs !== undefined && { timeoutMs }),
        ...(how.deadlineMs !== undefined && { deadlineMs: how.deadlineMs }),
        ...(how.signal && { signal: how.signal }),
      }),
    );
    return read(call, reply, asked.reply);
  }

  /** A proxy or an emulator is one's own: no vendor will mend it. */
  async function reached(attempt: () => Promise<HttpReply>): Promise<HttpReply> {
    try {
      return await attempt();
    } catch (error) {
      const isOwn = options.url !== undefined && error instanceof VendorFailure;
      if (!isOwn || error.failure.code !== 'E_VENDOR_UNREACHABLE') throw error;
      throw new VendorFailure({ ...error.failure, who: 'you' });
    }
  }

  const of = (channelId: string, rest = ''): string => `/channels/${part(channelId)}${rest}`;
  const act = (operation: string, method: 'PUT' | 'DELETE', path: string, how?: NaverCallOptions) =>
    exchange({ operation, method, path, reply: anyReplySchema }, how);

  return {
    async channels(query = {}, how) {
      check('channels', channelQuerySchema, query);
      return await exchange(
        {
          operation: 'channels',
          method: 'GET',
          path: '/channels',
          query: { ...query },
          reply: channelListSchema,
        },
        how,
      );
    },
    async channel(channelId, how) {
      const path = of(channelId);
      const found = await exchange(
        { operation: 'channel', method: 'GET', path, reply: channelReplySchema },
        how,
      );
      return { ...found, value: found.value.content };
    },
    async createChannel(body, how) {
      check('createChannel', createChannelSchema, body);
      return await exchange(
        { operation: 'createChannel', method: 'POST', path: '/channels', body, reply: createdSchema },
        how,
      );
    },
    async updateChannel(channelId, body, how) {
      check('updateChannel', updateChannelSchema, body);
      return await exchange(
        { operation: 'updateChannel', method: 'PUT', path: of(channelId), body, reply: anyReplySchema },
        how,
      );
    },
    turnOn: (channelId, how) => act('turnOn', 'PUT', of(channelId, '/on'), how),
    turnOff: (channelId, how) => act('turnOff', 'PUT', of(channelId, '/off'), how),
    deleteChannel: (channelId, how) => act('deleteChannel', 'DELETE', of(channelId), how),
    switchStream: (channelId, how) => act('switchStream', 'PUT', of(channelId, '/switch-stream'), how),
    serviceUrls: (channelId, serviceUrlType, how) =>
      exchange(
        {
          operation: 'serviceUrls',
          method: 'GET',
          path: of(channelId, '/serviceUrls'),
          query: { serviceUrlType },
          reply: anyListSchema,
        },
        how,
      ),
    startRecord: (channelId, how) =>
      exchange(
        {
          operation: 'startRecord',
          method: 'PUT',
          path: of(channelId, '/startRecord'),
          reply: recordListSchema,
        },
        how,
      ),
    stopRecord: (channelId, how) =>
      exchange(
        {
          operation: 'stopRecord',
          method: 'PUT',
          path: of(channelId, '/stopRecord'),
          reply: stopReplySchema,
        },
        how,
      ),
    records: (channelId, how) =>
      exchange(
        { operation: 'records', method: 'GET', path: of(channelId, '/records'), reply: recordListSchema },
        how,
      ),
    record: (channelId, recordId, how) =>
      exchange(
        {
          operation: 'record',
          method: 'GET',
          path: of(channelId, `/records/${part(recordId)}`),
          reply: recordReplySchema,
        },
        how,
      ),
    async deleteRecords(channelId, recordIds, how) {
      check('deleteRecords', recordIdsSchema, recordIds);
      return await exchange(
        {
          operation: 'deleteRecords',
          method: 'DELETE',
          path: of(channelId, '/records'),
          body: { recordIds: recordIds.map(Number) },
          reply: anyReplySchema,
        },
        how,
      );
    },
    async upload(bucketName, { recordIds, accessControl }, how) {
      check('upload', uploadSchema, { recordIds, accessControl });
      return await exchange(
        {
          operation: 'upload',
          method: 'POST',
          path: `/buckets/${part(bucketName)}/upload`,
          body: { recordIds: recordIds.map(Number), ...(accessControl && { accessControl }) },
          reply: uploadReplySchema,
        },
        how,
      );
    },
    callbackEndpoint: (how) =>
      exchange(
        {
          operation: 'callbackEndpoint',
          method: 'GET',
          path: '/events/callbackEndpoint',
          reply: callbackEndpointSchema,
        },
        how,
      ),
    setCallbackEndpoint: (callbackUrl, how) =>
      exchange(
        {
          operation: 'setCallbackEndpoint',
          method: 'POST',
          path: '/events/callbackEndpoint',
          body: { callbackUrl },
          reply: anyReplySchema,
        },
        how,
      ),
    setChannelCallbackEndpoint: (channelId, callbackEndpoint, how) =>
      exchange(
        {
          operation: 'setChannelCallbackEndpoint',
          method: 'POST',
          path: of(channelId, '/callbackEndpoint'),
          body: { callbackEndpoint },
          reply: anyReplySchema,
        },
        how,
      ),
    events: (query = {}, how) =>
      exchange(
        { operation: 'events', method: 'GET', path: '/events', query: { ...query }, reply: eventListSchema },
        how,
      ),
    channelEvents: (channelId, how) =>
      exchange(
        { operation: 'channelEvents', method: 'GET', path: of(channelId, '/events'), reply: eventListSchema },
        how,
      ),
    publishLog: (channelId, how) =>
      exchange(
        { operation: 'publishLog', method: 'GET', path: of(channelId, '/publish-log'), reply: anyListSchema },
        how,
      ),
    qualitySets: (query = {}, how) =>
      exchange(
        {
          operation: 'qualitySets',
          method: 'GET',
          path: '/qualitySets',
          query: { ...query },
          reply: anyListSchema,
        },
        how,
      ),
  };
}

export function isRefusal(error: unknown, is: Refusal): error is NaverRefusal {
  return error instanceof NaverRefusal && error.is === is;
}

/** A request is checked before it leaves. @throws KeepRollingError E_SPEC_INVALID */
function check(operation: string, schema: z.ZodType, request: unknown): void {
  const checked = schema.safeParse(request);
  if (checked.success) return;
  throw refuse('E_SPEC_INVALID', operation, problemsOf(checked.error, request), 'nothing was sent');
}

/** Names go into a path, and are signed as they are sent. */
function part(name: string): string {
  if (name === '' || name === '.' || name === '..')
    throw new TypeError(`"${name}" cannot be a name in a path.`);
  return encodeURIComponent(name);
}

function queryOf(query: Record<string, string | number | undefined>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function read<S extends z.ZodType>(call: NaverCall, reply: HttpReply, schema: S): Answered<z.output<S>> {
  if (isRefused(reply)) {
    const { is, failure } = refusalOf(call, reply);
    throw new NaverRefusal(is, reply.status, failure);
  }
  const requestId = requestIdOf(call, reply);
  const answeredAt = Date.parse(reply.headers['date'] ?? '');
  const traced = {
    ...(requestId !== undefined && { requestId }),
    ...(Number.isFinite(answeredAt) && { answeredAt }),
  };
  const told = schema.safeParse(parsed(reply.text));
  if (told.success) return { value: told.data, ...traced };
  const where = told.error.issues[0]?.path.join('.');
  throw new VendorFailure(
    malformed(call, reply, `a body that is not the documented form${where ? ` at "${where}"` : ''}`),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
