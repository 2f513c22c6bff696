/** One request: its turn, its credentials, its signature, its reply. Every attempt is signed anew. */
import type { Dispatcher } from 'undici';
import type { z } from 'zod';
import { send, type HttpReply } from '../http.ts';
import type { HuaweiAuth } from './credentials.ts';
import { isRefusal, malformed, refusalOf, requestIdOf, type HuaweiCall } from './errors.ts';
import type { Operation } from './operations.ts';
import { encoded3986, queryOf, signed } from './sign.ts';
import { parsed } from './wire.ts';

export interface HuaweiCallOptions {
  /** Only what reads listens to it. */
  signal?: AbortSignal;
  timeoutMs?: number;
  deadlineMs?: number;
}

export interface Exchange {
  operation: Operation;
  effect: 'read' | 'write';
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the project: `record/control`, with ids encoded by `inPath`. */
  path: string;
  /** `v1` unless told. */
  version?: 'v2';
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  /** Values in the body that no reply may repeat. */
  secrets?: readonly string[];
}

export interface Access {
  /** `https://live.cn-north-4.myhuaweicloud.com` */
  endpoint: string;
  projectId: string;
  dispatcher: Dispatcher;
  now: () => number;
  auth: () => Promise<HuaweiAuth>;
  /** The credentials were refused: what is kept of them is of no use. */
  refused: () => void;
  turn?: (quota: string) => Promise<void>;
}

/** Ids are opaque and go into a path. */
export function inPath(name: string): string {
  if (name === '' || name === '.' || name === '..')
    throw new TypeError(`"${name}" cannot be a name in a path.`);
  return encoded3986(name);
}

/** @throws VendorFailure, HuaweiRefusal */
export async function exchange<S extends z.ZodType>(
  access: Access,
  asked: Exchange,
  schema: S,
  how: HuaweiCallOptions = {},
): Promise<{ body: z.output<S>; requestId?: string }> {
  const { operation, effect } = asked;
  const auth = await access.auth();
  const call: HuaweiCall = { operation, effect, secrets: [...auth.secrets, ...(asked.secrets ?? [])] };
  await access.turn?.(operation.quota);
  const reply = await sent(access, asked, auth, how);
  if (reply.status < 200 || reply.status > 299) {
    const refusal = refusalOf(call, reply);
    // What is not permitted is so with other keys of the same user too.
    if (isRefusal(refusal, 'auth') && reply.status === 401) access.refused();
    throw refusal;
  }
  const requestId = requestIdOf(call, reply);
  // A success without a body is one: `record/control` and deletions have none.
  const read = schema.safeParse(reply.text === '' ? {} : parsed(reply.text));
  if (!read.success) throw malformed(call, reply, `a body that lacks ${where(read.error)}`);
  return { body: read.data, ...(requestId !== undefined && { requestId }) };
}

function where({ issues }: z.ZodError): string {
  return issues[0]?.path.map(String).join('.') || 'its documented form';
}

async function sent(
  { endpoint, projectId, dispatcher, now }: Access,
  asked: Exchange,
  auth: HuaweiAuth,
  { signal, timeoutMs, deadlineMs }: HuaweiCallOptions,
): Promise<HttpReply> {
  const { operation, effect, method } = asked;
  const query = plain(asked.query ?? {});
  const base = new URL(endpoint);
  const path = `${base.pathname.replace(/\/+$/, '')}/${asked.version ?? 'v1'}/${inPath(projectId)}/${asked.path}`;
  const body = asked.body === undefined ? '' : JSON.stringify(asked.body);
  const headers =
    'keys' in auth
      ? signed({ method, host: base.host, path, query, body, projectId, at: now() }, auth.keys)
      : { 'content-type': 'application/json', 'x-auth-token': auth.token, 'x-project-id': projectId };
  const search = queryOf(query);
  return await send(dispatcher, {
    operation: operation.name,
    effect,
    method,
    url: `${base.origin}${path}${search === '' ? '' : `?${search}`}`,
    headers,
    ...(body !== '' && { body }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(signal && { signal }),
  });
}

function plain(query: Record<string, string | number | undefined>): Record<string, string> {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}
