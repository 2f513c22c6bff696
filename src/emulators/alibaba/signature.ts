/** Both signatures as the server computes them: V3 (ACS3-HMAC-SHA256, in a header) and V1 (HMAC-SHA1, a parameter). */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { EmulatorRequest } from '../emulator.ts';
import { canonicalQuery, encode, type Rpc } from './rpc.ts';

export interface Claim {
  keyId: string;
  signature: string;
  nonce: string;
  timestamp: string;
  token: string | undefined;
  /** What the server signs. */
  stringToSign: string;
  /** The signature that a secret makes. */
  sign: (secret: string) => string;
}

const AUTHORIZATION = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]+)$/;
/** Without these a V3 signature proves nothing. */
const REQUIRED = ['host', 'x-acs-action', 'x-acs-version', 'x-acs-date', 'x-acs-signature-nonce'];

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Undefined where the header is not of that form, or leaves out what must be signed. */
export function claimV3(request: EmulatorRequest, rpc: Rpc): Claim | undefined {
  const { headers, body } = request;
  const found = AUTHORIZATION.exec(headers['authorization'] ?? '');
  if (!found) return undefined;
  const [, keyId = '', list = '', signature = ''] = found;
  const signed = list.split(';');
  const mustBe = Object.keys(headers).filter((name) => name.startsWith('x-acs-'));
  if ([...REQUIRED, ...mustBe].some((name) => !signed.includes(name))) return undefined;
  const stated = headers['x-acs-content-sha256'];
  if (stated !== undefined && stated !== sha256(body)) return undefined;
  const lines = signed.map((name) => `${name}:${(headers[name] ?? '').trim()}\n`).join('');
  const path = request.target.split('?', 1)[0] ?? '/';
  const canonical = [request.method, path, canonicalQuery(rpc.query), lines, list, sha256(body)].join('\n');
  const stringToSign = `ACS3-HMAC-SHA256\n${sha256(canonical)}`;
  return {
    keyId,
    signature,
    nonce: headers['x-acs-signature-nonce'] ?? '',
    timestamp: headers['x-acs-date'] ?? '',
    token: headers['x-acs-security-token'],
    stringToSign,
    sign: (secret) => createHmac('sha256', secret).update(stringToSign, 'utf8').digest('hex'),
  };
}

export function claimV1(request: EmulatorRequest, { query, form, parameters }: Rpc): Claim | undefined {
  const signature = parameters.get('Signature');
  if (signature === undefined || parameters.get('SignatureMethod') !== 'HMAC-SHA1') return undefined;
  const pairs = [...query, ...form].filter(([name]) => name !== 'Signature');
  const stringToSign = `${request.method}&%2F&${encode(canonicalQuery(pairs))}`;
  return {
    keyId: parameters.get('AccessKeyId') ?? '',
    signature,
    nonce: parameters.get('SignatureNonce') ?? '',
    timestamp: parameters.get('Timestamp') ?? '',
    token: parameters.get('SecurityToken'),
    stringToSign,
    sign: (secret) => createHmac('sha1', `${secret}&`).update(stringToSign, 'utf8').digest('base64'),
  };
}

export function isSignedWith(claim: Claim, secret: string): boolean {
  const [ours, theirs] = [Buffer.from(claim.sign(secret)), Buffer.from(claim.signature)];
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}
