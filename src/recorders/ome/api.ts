/**
 * A typed client of OvenMediaEngine's recording API, usable on its own (`keeprolling/ome`). No method repeats a
 * request; a refusal is thrown as a `VendorFailure` whose `failure` says who must act, whether
 * a repetition helps, and whether the call may have taken effect. The access token is in no error.
 *
 * Sources: the vendor's pages "REST API, v1" and OvenMediaEngine v0.20.0, api_server/controllers/v1.
 */
import type { Dispatcher } from 'undici';
import type { z } from 'zod';
import { createHttpAgent, send } from '../http.ts';
import type { HttpReply, HttpRequest } from '../http.ts';
import { VendorFailure } from '../recorder.ts';
import { malformed, refusalOf } from './errors.ts';
import type { OmeCall, Refusal } from './errors.ts';
import {
  envelopeSchema,
  nameListSchema,
  omeStreamSchema,
  omeVersionSchema,
  oneRecordSchema,
  recordListSchema,
} from './wire.ts';
import type { OmeRecord, OmeStream, OmeVersion } from './wire.ts';

export { VendorFailure } from '../recorder.ts';
export { omeInstant } from './wire.ts';
export type { OmeRecord, OmeStream, OmeVersion } from './wire.ts';

export interface OmeApiOptions {
  /** Where `<Bind><Managers><API>` listens: `http://ome.example.com:8081`. A path before `/v1` is kept. */
  url: string;
  /** `<Managers><API><AccessToken>` of Server.xml. */
  accessToken: string;
  /** Default: one of its own, with keep-alive below the server's 65 s. */
  dispatcher?: Dispatcher;
  /** Wait for headers, and between two pieces of the body, in ms. Default 10 s. */
  timeoutMs?: number;
}

/** An application; record ids are unique within it. */
export interface OmeApp {
  vhost: string;
  app: string;
}

export interface OmeStartRecord {
  /** Unique within the application; any characters. */
  id: string;
  /** `name` is the OUTPUT stream; without `variantNames` all its tracks are recorded. */
  stream: { name: string; variantNames?: string[] };
  metadata?: string;
  /** Template below `<RootPath>`; its extension chooses the container (`.ts`, `.mp4`, `.webm`). */
  filePath?: string;
  infoPath?: string;
  /** Milliseconds per file; not together with `schedule`. */
  interval?: number;
  /** `second minute hour` in the server's local time. */
  schedule?: string;
  segmentationRule?: 'continuity' | 'discontinuity';
}

export interface OmeCallOptions {
  /** Only reads listen to it. */
  signal?: AbortSignal;
  timeoutMs?: number;
  /** The whole exchange, in ms. */
  deadlineMs?: number;
}

/** A refusal of the vendor that code must tell apart, besides the failure for people. */
export class OmeRefusal extends VendorFailure {
  readonly is: Refusal;
  readonly status: number;

  constructor(is: Refusal, status: number, failure: VendorFailure['failure']) {
    super(failure);
    this.is = is;
    this.status = status;
  }
}

export interface OmeApi {
  /** `GET /v1/version`: absent before 0.16.x, where this throws a refusal with status 404. */
  version(call?: OmeCallOptions): Promise<OmeVersion>;
  /** `GET /v1/vhosts`: names of all virtual hosts. */
  vhosts(call?: OmeCallOptions): Promise<string[]>;
  /** `GET /v1/vhosts/{vhost}/apps`: names of its applications. */
  apps(vhost: string, call?: OmeCallOptions): Promise<string[]>;
  /** `GET …/streams`: names of the INPUT streams that are there now. */
  streams(app: OmeApp, call?: OmeCallOptions): Promise<string[]>;
  /** `GET …/streams/{input}`: the input stream with its outputs, or null when it is not there. */
  stream(app: OmeApp, input: string, call?: OmeCallOptions): Promise<OmeStream | null>;
  /**
   * `POST …:records`: all tasks of the application, or the one of this id; an empty list when there is none. (Up to
   * 0.15.3 that is a 404; the version is asked then, since a newer server's 404 is a fault and no empty list.)
   */
  records(app: OmeApp, id?: string, call?: OmeCallOptions): Promise<OmeRecord[]>;
  /**
   * `POST …:startRecord`. A stream that is not there is no error: the task is `ready` and starts with it. A task
   * that cannot write is no error either: look for the state `error`. A known id is refused as `duplicate-id`.
   */
  startRecord(app: OmeApp, request: OmeStartRecord, call?: OmeCallOptions): Promise<OmeRecord>;
  /**
   * `POST …:stopRecord`: finalises the file and forgets the task; an unknown id is refused as `no-record`. Do not
   * trust the totals of the reply (see `OmeRecord`); ask `records` just before.
   */
  stopRecord(app: OmeApp, id: string, call?: OmeCallOptions): Promise<OmeRecord>;
}

export function createOmeApi(options: OmeApiOptions): OmeApi {
  const base = options.url.replace(/\/+$/, '');
  const credentials = Buffer.from(options.accessToken, 'utf8').toString('base64');
  const dispatcher = options.dispatcher ?? createHttpAgent();

  async function exchange<S extends z.ZodType>(
    call: OmeCall & { method: 'GET' | 'POST'; path: string; body?: unknown },
    schema: S,
    how: OmeCallOptions = {},
  ): Promise<z.output<S>> {
    const timeoutMs = how.timeoutMs ?? options.timeoutMs;
    const reply = await sendToOwn(dispatcher, {
      operation: call.operation,
      effect: call.effect,
      method: call.method,
      url: `${base}${call.path}`,
      headers: {
        // The whole token is encoded: the vendor compares the decoded bytes and splits nothing at a colon.
        authorization: `Basic ${credentials}`,
        ...(call.body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(how.deadlineMs !== undefined && { deadlineMs: how.deadlineMs }),
      ...(how.signal && { signal: how.signal }),
    });
    if (reply.status < 200 || reply.status >= 300) throw refusal(call, reply);
    return parse(call, reply, schema);
  }

  function refusal(call: OmeCall, reply: HttpReply): OmeRefusal {
    const { is, failure } = refusalOf(call, reply);
    return new OmeRefusal(is, reply.status, { ...failure, message: withoutSecrets(failure.message) });
  }

  /** A proxy may well put the request's headers into its error page. */
  function withoutSecrets(text: string): string {
    return text.replaceAll(credentials, '***').replaceAll(options.accessToken, '***');
  }

  const version: OmeApi['version'] = (how) =>
    exchange(
      { operation: 'version', effect: 'read', method: 'GET', path: '/v1/version' },
      omeVersionSchema,
      how,
    );

  /** Up to 0.15.3 an empty list is a 404. A server that can tell its version is newer: there the 404 is a fault. */
  async function isOld(how: OmeCallOptions | undefined): Promise<boolean> {
    try {
      await version(how);
      return false;
    } catch (error) {
      if (error instanceof OmeRefusal && error.status === 404) return true;
      throw error;
    }
  }

  return {
    version,

    vhosts: (how) =>
      exchange(
        { operation: 'vhosts', effect: 'read', method: 'GET', path: '/v1/vhosts' },
        nameListSchema,
        how,
      ),

    apps: (vhost, how) =>
      exchange(
        { operation: 'apps', effect: 'read', method: 'GET', path: `/v1/vhosts/${part(vhost)}/apps` },
        nameListSchema,
        how,
      ),

    streams: (app, how) =>
      exchange(
        { operation: 'streams', effect: 'read', method: 'GET', path: `${appPath(app)}/streams` },
        nameListSchema,
        how,
      ),

    async stream(app, input, how) {
      const path = `${appPath(app)}/streams/${part(input)}`;
      try {
        return await exchange(
          { operation: 'stream', effect: 'read', method: 'GET', path },
          omeStreamSchema,
          how,
        );
      } catch (error) {
        if (isRefusal(error, 'no-stream')) return null;
        throw error;
      }
    },

    async records(app, id, how) {
      const body = id === undefined ? {} : { id };
      const call = {
        operation: 'records',
        effect: 'read',
        method: 'POST',
        path: `${appPath(app)}:records`,
        body,
      } as const;
      try {
        return await exchange(call, recordListSchema, how);
      } catch (error) {
        if (isRefusal(error, 'no-record') && (await isOld(how))) return [];
        throw error;
      }
    },

    startRecord: (app, request, how) =>
      exchange(
        {
          operation: 'startRecord',
          effect: 'write',
          method: 'POST',
          path: `${appPath(app)}:startRecord`,
          body: request,
        },
        oneRecordSchema,
        how,
      ),

    stopRecord: (app, id, how) =>
      exchange(
        {
          operation: 'stopRecord',
          effect: 'write',
          method: 'POST',
          path: `${appPath(app)}:stopRecord`,
          body: { id },
        },
        oneRecordSchema,
        how,
      ),
  };
}

/** It is a process of one's own: whoever runs it must start it, no vendor will. */
async function sendToOwn(dispatcher: Dispatcher, request: HttpRequest): Promise<HttpReply> {
  try {
    return await send(dispatcher, request);
  } catch (error) {
    if (!(error instanceof VendorFailure) || error.failure.code !== 'E_VENDOR_UNREACHABLE') throw error;
    throw new VendorFailure({ ...error.failure, who: 'you' });
  }
}

export function isRefusal(error: unknown, is: Refusal): error is OmeRefusal {
  return error instanceof OmeRefusal && error.is === is;
}

/** The colon of `:startRecord` is added after this and must not be encoded: `app%3AstartRecord` is a 404. */
function appPath({ vhost, app }: OmeApp): string {
  return `/v1/vhosts/${part(vhost)}/apps/${part(app)}`;
}

function part(name: string): string {
  if (name === '' || name === '.' || name === '..')
    throw new TypeError(`"${name}" cannot be a name in a path.`);
  return encodeURIComponent(name);
}

function parse<S extends z.ZodType>(call: OmeCall, reply: HttpReply, schema: S): z.output<S> {
  let body: unknown;
  try {
    body = JSON.parse(reply.text);
  } catch {
    throw new VendorFailure(malformed(call, reply, 'a body that is not JSON'));
  }
  const envelope = envelopeSchema.safeParse(body);
  const told = envelope.success ? schema.safeParse(envelope.data.response) : null;
  if (told?.success) return told.data;
  const where = told?.error.issues[0]?.path.join('.') ?? '';
  throw new VendorFailure(
    malformed(call, reply, `a body that is not the documented form${where ? ` at "response.${where}"` : ''}`),
  );
}
