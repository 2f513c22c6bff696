/** Signature Version 4, checked from the documentation of AWS and not from anybody's client. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { EmulatorRequest } from '../emulator.ts';

export interface Claim {
  accessKey: string;
  /** `20260101` */
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

/** undefined where the header is not of this form. */
export function readClaim(authorization: string): Claim | undefined {
  const match =
    /^AWS4-HMAC-SHA256 +Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/([^/,]+)\/aws4_request, *SignedHeaders=([a-z0-9;-]+), *Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  if (!match) return undefined;
  const [, accessKey = '', date = '', region = '', service = '', headers = '', signature = ''] = match;
  return { accessKey, date, region, service, signedHeaders: headers.split(';'), signature };
}

/** `20260101T120000Z` as epoch milliseconds. */
export function readAmzDate(text: string | undefined): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Which headers must be signed and are not. */
export function unsignedHeaders(request: EmulatorRequest, claim: Claim): string[] {
  return Object.keys(request.headers).filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !claim.signedHeaders.includes(name),
  );
}

export function isSignedWith(secretKey: string, claim: Claim, request: EmulatorRequest): boolean {
  const { date, region, service } = claim;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = [
    'AWS4-HMAC-SHA256',
    request.headers['x-amz-date'] ?? '',
    scope,
    sha256(canonicalRequest(claim, request)),
  ].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secretKey}`);
  return timingSafeEqual(hmac(key, text), Buffer.from(claim.signature, 'hex'));
}

function canonicalRequest(claim: Claim, { method, target, headers, body }: EmulatorRequest): string {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark + 1);
  return [
    method,
    canonicalPath(path, claim.service),
    canonicalQuery(query),
    ...claim.signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    claim.signedHeaders.join(';'),
    headers['x-amz-content-sha256'] ?? sha256(body),
  ].join('\n');
}

/** S3 alone encodes the path once; every other service encodes what was sent once more. */
function canonicalPath(path: string, service: string): string {
  const decoded = service === 's3' ? decode(path) : path;
  return decoded.split('/').map(encode).join('/') || '/';
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [encode(decode(name)), encode(decode(value.join('=')))] as const;
    })
    .toSorted(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
