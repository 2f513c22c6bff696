/**
 * Signature V3 of Alibaba Cloud, ACS3-HMAC-SHA256, for whatever calls one of its RPC services. Parameters travel in the
 * query of a POST without a body.
 * Source: page "Request structure and signature method V3"; the vectors of the tests.
 */
import { createHash, createHmac } from 'node:crypto';

export const ALGORITHM = 'ACS3-HMAC-SHA256';

export interface AlibabaKeys {
  accessKeyId: string;
  accessKeySecret: string;
  /** Of temporary keys from STS. */
  securityToken?: string;
}

export interface RpcRequest {
  /** As it stands in the address, with its port unless that is the scheme's own: it is signed. */
  host: string;
  action: string;
  /** `2016-11-01` of ApsaraVideo Live, `2015-04-01` of STS. */
  version: string;
  /** Flat: lists as `RecordFormat.1.Format`. */
  parameters: Record<string, string>;
  /** Epoch milliseconds; the service takes 15 minutes of difference. */
  at: number;
  /** Used once: the service refuses it a second time, also in a repeat of the same call. */
  nonce: string;
}

/** The path with its query, and all headers that are to be sent. */
export interface SignedRpc {
  path: string;
  headers: Record<string, string>;
}

export function signRpc(request: RpcRequest, keys: AlibabaKeys): SignedRpc {
  const { host, action, version, parameters, at, nonce } = request;
  const headers: Record<string, string> = {
    host,
    'x-acs-action': action,
    'x-acs-version': version,
    'x-acs-date': `${new Date(at).toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': nonce,
    'x-acs-content-sha256': sha256(''),
    ...(keys.securityToken !== undefined && {
      'x-acs-accesskey-id': keys.accessKeyId,
      'x-acs-security-token': keys.securityToken,
    }),
  };
  const query = canonicalQuery(parameters);
  const authorization = authorizationOf({ method: 'POST', path: '/', query, headers }, keys);
  return { path: query === '' ? '/' : `/?${query}`, headers: { ...headers, authorization } };
}

interface Signable {
  method: string;
  path: string;
  /** Canonical, and sent as it stands. */
  query: string;
  /** Lower-cased names; `host`, `content-type` and `x-acs-*` are signed. */
  headers: Record<string, string>;
}

export function authorizationOf(
  request: Signable,
  { accessKeyId, accessKeySecret }: Pick<AlibabaKeys, 'accessKeyId' | 'accessKeySecret'>,
): string {
  const stringToSign = `${ALGORITHM}\n${sha256(canonicalRequest(request))}`;
  const signature = createHmac('sha256', accessKeySecret).update(stringToSign).digest('hex');
  const signedHeaders = signedNames(request.headers).join(';');
  return `${ALGORITHM} Credential=${accessKeyId},SignedHeaders=${signedHeaders},Signature=${signature}`;
}

export function canonicalRequest({ method, path, query, headers }: Signable): string {
  const names = signedNames(headers);
  const lines = names.map((name) => `${name}:${headers[name]!.trim()}\n`).join('');
  return [method, path, query, lines, names.join(';'), headers['x-acs-content-sha256'] ?? ''].join('\n');
}

function signedNames(headers: Record<string, string>): string[] {
  const isSigned = (name: string): boolean =>
    name === 'host' || name === 'content-type' || name.startsWith('x-acs-');
  return Object.keys(headers).filter(isSigned).toSorted();
}

export function canonicalQuery(parameters: Record<string, string>): string {
  return Object.keys(parameters)
    .toSorted()
    .map((name) => `${percentEncoded(name)}=${percentEncoded(parameters[name]!)}`)
    .join('&');
}

/** RFC 3986: also what `encodeURIComponent` leaves alone, but for `~`. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
