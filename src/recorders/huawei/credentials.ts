/**
 * What a request is authorized with: keys, a user's token, or temporary keys that are fetched here from IAM, kept in this
 * process alone, and renewed well before they end.
 * Sources: IAM, "Obtaining a User Token Through Password Authentication", "Obtaining Temporary Access Keys".
 */
import { createHash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { send, type HttpReply } from '../http.ts';
import { malformed, refusalOf, type HuaweiCall } from './errors.ts';
import { OPERATIONS } from './operations.ts';
import type { HuaweiKeys } from './sign.ts';
import { huaweiInstant, parsed } from './wire.ts';

/** `secrets`: what no message may repeat. */
export type HuaweiAuth =
  { keys: HuaweiKeys; secrets: readonly string[] } | { token: string; secrets: readonly string[] };

export type HuaweiCredentials =
  | { accessKey: string; secretKey: string; securityToken?: string }
  /** A user's token, valid for 24 hours. */
  | { token: string }
  | { temporary: TemporaryCredentials };

export interface TemporaryCredentials {
  /** IAM's address. */
  iam: string;
  /** A user of that account, by password; or its token. */
  by: { domain: string; user: string; password: string } | { token: string };
  /** Seconds, 900 to 86400. */
  durationSeconds: number;
}

export interface AuthSource {
  auth(): Promise<HuaweiAuth>;
  /** They were refused: what is kept is of no use. */
  refused(): void;
}

export function authSource(
  credentials: HuaweiCredentials,
  { projectId, dispatcher, now }: { projectId: string; dispatcher: Dispatcher; now: () => number },
): AuthSource {
  if ('token' in credentials) {
    const { token } = credentials;
    return { auth: async () => await Promise.resolve({ token, secrets: [token] }), refused: () => undefined };
  }
  if ('accessKey' in credentials) {
    const auth = authOf(credentials);
    return { auth: async () => await Promise.resolve(auth), refused: () => undefined };
  }
  const { temporary } = credentials;
  const kept = cacheOf(dispatcher);
  const key = fingerprint(temporary, projectId);
  return {
    auth: async () => authOf(await current(kept, key, now, () => fetched(temporary, projectId, dispatcher))),
    refused: () => void kept.delete(key),
  };
}

function authOf(keys: HuaweiKeys): HuaweiAuth {
  const { secretKey, securityToken } = keys;
  return { keys, secrets: [secretKey, ...(securityToken === undefined ? [] : [securityToken])] };
}

interface Kept {
  keys: Promise<TemporaryKeys>;
  /** From then on they are renewed; before that they are used. */
  renewAt: number;
  endsAt: number;
}
type TemporaryKeys = HuaweiKeys & { endsAt: number };

/** By the process's own HTTP client, so that they live as long as that does. */
const CACHES = new WeakMap<Dispatcher, Map<string, Kept>>();

function cacheOf(dispatcher: Dispatcher): Map<string, Kept> {
  const found = CACHES.get(dispatcher) ?? new Map<string, Kept>();
  CACHES.set(dispatcher, found);
  return found;
}

/** Another password is another entry. */
function fingerprint(temporary: TemporaryCredentials, projectId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([projectId, temporary]))
    .digest('hex');
}

/** Renewed after two thirds of their life: IAM may be away for the last third. */
const RENEW_AFTER = 2 / 3;

async function current(
  kept: Map<string, Kept>,
  key: string,
  now: () => number,
  fetchKeys: () => Promise<TemporaryKeys>,
): Promise<TemporaryKeys> {
  const former = kept.get(key);
  if (former && now() < former.renewAt) return await former.keys;
  const at = now();
  // Until it is answered, whoever else asks waits for the same answer.
  const next: Kept = { keys: fetchKeys(), renewAt: Infinity, endsAt: Infinity };
  kept.set(key, next);
  try {
    const keys = await next.keys;
    next.endsAt = keys.endsAt;
    next.renewAt = at + (keys.endsAt - at) * RENEW_AFTER;
    return keys;
  } catch (error) {
    if (kept.get(key) === next) kept.delete(key);
    if (!former || now() >= former.endsAt) throw error;
    // IAM is away, and the former ones are still good: the next call asks again.
    kept.set(key, former);
    return await former.keys;
  }
}

async function fetched(
  { iam, by, durationSeconds }: TemporaryCredentials,
  projectId: string,
  dispatcher: Dispatcher,
): Promise<TemporaryKeys> {
  const address = iam.replace(/\/+$/, '');
  const token = 'token' in by ? by.token : await userToken(address, by, projectId, dispatcher);
  const call: HuaweiCall = { operation: OPERATIONS.securityToken, effect: 'read', secrets: [token] };
  const reply = await post(
    call,
    `${address}/v3.0/OS-CREDENTIAL/securitytokens`,
    { 'x-auth-token': token },
    { auth: { identity: { methods: ['token'], token: { id: token, duration_seconds: durationSeconds } } } },
    dispatcher,
  );
  const read = credentialReply.safeParse(parsed(reply.text));
  if (!read.success) throw malformed(call, reply, 'a body without credentials');
  return read.data;
}

const credentialReply = z
  .looseObject({
    credential: z.looseObject({
      access: z.string().min(1),
      secret: z.string().min(1),
      securitytoken: z.string().min(1),
      expires_at: z.string().transform(huaweiInstant).pipe(z.number()),
    }),
  })
  .transform(({ credential }): TemporaryKeys => ({
    accessKey: credential.access,
    secretKey: credential.secret,
    securityToken: credential.securitytoken,
    endsAt: credential.expires_at,
  }));

async function userToken(
  address: string,
  { domain, user, password }: { domain: string; user: string; password: string },
  projectId: string,
  dispatcher: Dispatcher,
): Promise<string> {
  const call: HuaweiCall = { operation: OPERATIONS.userToken, effect: 'read', secrets: [password] };
  const identity = {
    methods: ['password'],
    password: { user: { name: user, password, domain: { name: domain } } },
  };
  const scope = { project: { id: projectId } };
  const reply = await post(call, `${address}/v3/auth/tokens`, {}, { auth: { identity, scope } }, dispatcher);
  const token = reply.headers['x-subject-token'];
  if (!token) throw malformed(call, reply, 'no header X-Subject-Token');
  return token;
}

async function post(
  call: HuaweiCall,
  url: string,
  headers: Record<string, string>,
  body: unknown,
  dispatcher: Dispatcher,
): Promise<HttpReply> {
  const reply = await send(dispatcher, {
    operation: call.operation.name,
    effect: 'read',
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    timeoutMs: 4_000,
    deadlineMs: 4_500,
  });
  if (reply.status < 200 || reply.status > 299) throw refusalOf(call, reply);
  return reply;
}
