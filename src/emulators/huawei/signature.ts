/**
 * SDK-HMAC-SHA256 as a server sees it (API Gateway, "AK/SK signing"): rebuilt from the client's own list of signed headers
 * and from the bytes that came. No date scope, no derived key.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { EmulatorRequest } from '../emulator.ts';

const ALGORITHM = 'SDK-HMAC-SHA256';

export interface Claim {
  access: string;
  signedHeaders: string[];
  signature: string;
}

/** undefined where the header is not of this form. */
export function readClaim(authorization: string): Claim | undefined {
  const match =
    /^SDK-HMAC-SHA256 +Access=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  if (!match) return undefined;
  const [, access = '', headers = '', signature = ''] = match;
  return { access, signedHeaders: headers.toLowerCase().split(';'), signature };
}

/** `20260422T030405Z` as epoch milliseconds. */
export function readSdkDate(text: string | undefined): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

export function canonicalRequest(
  { method, target, headers, body }: EmulatorRequest,
  signed: string[],
): string {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark + 1);
  return [
    method,
    canonicalPath(path),
    canonicalQuery(query),
    ...signed.map((name) => `${name}:${(headers[name] ?? '').trim()}`),
    '',
    signed.join(';'),
    headers['x-sdk-content-sha256'] ?? sha256(body),
  ].join('\n');
}

export function signatureOf(secretKey: string, date: string, canonical: string): string {
  return createHmac('sha256', secretKey)
    .update([ALGORITHM, date, sha256(canonical)].join('\n'))
    .digest('hex');
}

export function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** It always ends in a slash, whether or not the path does. */
function canonicalPath(path: string): string {
  const encoded = path
    .split('/')
    .map((segment) => encode(decode(segment)))
    .join('/');
  return encoded.endsWith('/') ? encoded : `${encoded}/`;
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [encode(decodeQuery(name)), encode(decodeQuery(value.join('=')))] as const;
    })
    .toSorted(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** In a query a plus is a blank. */
function decodeQuery(text: string): string {
  return decode(text.replaceAll('+', ' '));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** RFC 3986: everything but letters, digits, `-`, `_`, `.` and `~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
