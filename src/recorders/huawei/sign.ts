/**
 * SDK-HMAC-SHA256, with which Huawei Cloud's services are called by access key. No date scope, no derived key: a signature
 * counts for 15 minutes around its date.
 * Sources: "API request signing", the vendor's Node and Python cores; the vectors of the tests.
 */
import { createHash, createHmac } from 'node:crypto';

export const ALGORITHM = 'SDK-HMAC-SHA256';

export interface HuaweiKeys {
  accessKey: string;
  secretKey: string;
  /** Of temporary keys; it is signed too. */
  securityToken?: string;
}

export interface Signable {
  method: string;
  /** With its port unless that is the scheme's own. */
  host: string;
  /** Decoded or not, as it is sent: its segments are encoded here. */
  path: string;
  query: Record<string, string>;
  /** As it is sent; empty for none. */
  body: string;
  projectId: string;
  /** Epoch milliseconds. */
  at: number;
}

/** All headers of the request, its authorization among them. */
export function signed(request: Signable, keys: HuaweiKeys): Record<string, string> {
  const { host, projectId, at } = request;
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    host,
    'x-project-id': projectId,
    'x-sdk-date': sdkDate(at),
    ...(keys.securityToken !== undefined && { 'x-security-token': keys.securityToken }),
  };
  return { ...headers, authorization: authorizationOf(request, headers, keys) };
}

function authorizationOf(request: Signable, headers: Record<string, string>, keys: HuaweiKeys): string {
  const canonical = sha256(canonicalRequest(request, headers));
  const stringToSign = [ALGORITHM, headers['x-sdk-date'], canonical].join('\n');
  const signature = createHmac('sha256', keys.secretKey).update(stringToSign).digest('hex');
  return `${ALGORITHM} Access=${keys.accessKey}, SignedHeaders=${namesOf(headers).join(';')}, Signature=${signature}`;
}

export function canonicalRequest(request: Signable, headers: Record<string, string>): string {
  const { method, path, query, body } = request;
  const names = namesOf(headers);
  const lines = names.map((name) => `${name}:${headers[name]!.trim()}\n`).join('');
  return [method, canonicalPath(path), queryOf(query), lines, names.join(';'), sha256(body)].join('\n');
}

function namesOf(headers: Record<string, string>): string[] {
  return Object.keys(headers).toSorted();
}

/** It ends in `/`, whether or not the path does. */
function canonicalPath(path: string): string {
  const encoded = path.split('/').map(encoded3986).join('/');
  return encoded.endsWith('/') ? encoded : `${encoded}/`;
}

/** Sent as it stands. */
export function queryOf(query: Record<string, string>): string {
  return Object.keys(query)
    .toSorted()
    .map((name) => `${encoded3986(name)}=${encoded3986(query[name]!)}`)
    .join('&');
}

/** RFC 3986: only letters, digits and `-_.~` stay. */
export function encoded3986(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `20260422T030405Z`. */
export function sdkDate(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
