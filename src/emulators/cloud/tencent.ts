/**
 * AssumeRole of Tencent Cloud's STS (2018-08-13), with signature TC3-HMAC-SHA256. Errors are answered with 200.
 * Sources: Security Token Service, AssumeRole; Tencent Cloud API 3.0, "Signature algorithm v3".
 */
import { createHash, createHmac } from 'node:crypto';
import type { EmulatorRequest, EmulatorResponse } from '../emulator.ts';
import type { Outcome } from '../faulty.ts';
import type { Caller, Identities } from './identities.ts';
import { CloudError } from './xml.ts';

const SKEW_S = 300;
const ALGORITHM = 'TC3-HMAC-SHA256';
/** Where the caller says no duration. */
const USUAL_S = 7200;

interface Asked {
  RoleArn?: string;
  RoleSessionName?: string;
  DurationSeconds?: number;
  Policy?: string;
  ExternalId?: string;
}

/** Of what keeprolling sends, only this API has its action in a header of this name. */
export function isForTencent({ headers }: EmulatorRequest): boolean {
  return headers['x-tc-action'] !== undefined;
}

/** @throws CloudError */
export function applyTencent(
  identities: Identities,
  request: EmulatorRequest,
  now: number,
  requestId: string,
): Outcome {
  const caller = authenticate(identities, request, now);
  const { headers } = request;
  if (headers['x-tc-action'] !== 'AssumeRole' || headers['x-tc-version'] !== '2018-08-13')
    throw refusal('InvalidAction', 'The requested action does not exist.');
  const asked = JSON.parse(request.body) as Asked;
  const { RoleArn: arn = '', DurationSeconds: seconds = USUAL_S } = asked;
  checkForm(asked, seconds);
  const role = identities.roles.get(arn);
  if (!role) throw refusal('ResourceNotFound.RoleNotFound', 'The role does not exist.');
  const trusted = role.trusts?.includes(caller.principal) ?? caller.session === null;
  if (!trusted || (role.externalId !== undefined && role.externalId !== asked.ExternalId))
    throw refusal('UnauthorizedOperation', 'You are not authorized to perform this operation.');
  if (seconds * 1000 > (role.maxSessionMs ?? USUAL_S * 1000))
    throw refusal('InvalidParameter.OverTimeError', 'The expiration time exceeds the threshold.');
  const session = identities.mint(arn, null, now, seconds * 1000);
  const end = new Date(session.expiresAt).toISOString().replace('.000Z', 'Z');
  const body = {
    Credentials: {
      Token: session.token,
      TmpSecretId: session.accessKey,
      TmpSecretKey: session.secretKey,
    },
    ExpiredTime: session.expiresAt / 1000,
    Expiration: end,
  };
  return { response: answer(body, requestId), detail: `${arn} until ${end}` };
}

export function tencentError({ status, code, message }: CloudError, requestId: string): EmulatorResponse {
  const told = answer({ Error: { Code: code, Message: message } }, requestId);
  return { ...told, status };
}

function answer(body: Record<string, unknown>, requestId: string): EmulatorResponse {
  const headers = { 'content-type': 'application/json' };
  return { status: 200, headers, body: JSON.stringify({ Response: { ...body, RequestId: requestId } }) };
}

function refusal(code: string, message: string): CloudError {
  return new CloudError(200, code, message);
}

function checkForm({ RoleSessionName: session = '', Policy: policy }: Asked, seconds: number): void {
  if (!/^[\w+=,.@-]{2,128}$/.test(session) || !Number.isInteger(seconds))
    throw refusal('InvalidParameter.ParamError', 'Parameter error.');
  if (policy === undefined) return;
  try {
    const read = JSON.parse(decodeURIComponent(policy)) as Record<string, unknown>;
    if (read['version'] !== '2.0' || read['statement'] === undefined) throw new Error('not of CAM');
  } catch {
    throw refusal('InvalidParameter.StrategyFormatError', 'Policy syntax error.');
  }
}

function authenticate(identities: Identities, request: EmulatorRequest, now: number): Caller {
  const { headers } = request;
  const claim =
    /^TC3-HMAC-SHA256 Credential=([^/]+)\/([\d-]+)\/(\w+)\/tc3_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/.exec(
      headers['authorization'] ?? '',
    );
  if (!claim) throw refusal('AuthFailure.InvalidAuthorization', 'The authorization is malformed.');
  const [, key, date, service, signed, signature] = claim as unknown as string[];
  const timestamp = Number(headers['x-tc-timestamp']);
  if (!(Math.abs(timestamp - now / 1000) <= SKEW_S))
    throw refusal('AuthFailure.SignatureExpire', 'The signature has expired.');
  const recognised = identities.recognise(key!, headers['x-tc-token'], now);
  if ('refused' in recognised) {
    if (recognised.refused === 'unknown-key')
      throw refusal('AuthFailure.SecretIdNotFound', 'The SecretId is not found.');
    throw refusal('AuthFailure.TokenFailure', 'The token is wrong.');
  }
  const { caller } = recognised;
  const isToday = new Date(timestamp * 1000).toISOString().slice(0, 10) === date;
  const scope = `${date}/${service}/tc3_request`;
  const stringToSign = [ALGORITHM, timestamp, scope, sha256(canonical(request, signed!))].join('\n');
  const expected = hmac(signingKey(caller.secretKey, date!, service!), stringToSign).toString('hex');
  if (!isToday || service !== hostOf(request).split('.')[0] || expected !== signature)
    throw refusal('AuthFailure.SignatureFailure', 'The provided credentials could not be validated.');
  return caller;
}

/** The SDK leaves the port out of what it signs. */
function hostOf({ headers }: EmulatorRequest): string {
  return (headers['host'] ?? '').replace(/:\d+$/, '');
}

function canonical(request: EmulatorRequest, signed: string): string {
  const headers: Record<string, string> = { ...request.headers, host: hostOf(request) };
  const lines = signed.split(';').map((name) => `${name}:${(headers[name] ?? '').trim()}\n`);
  const [path = '/', query = ''] = request.target.split('?');
  return [request.method, path, query, lines.join(''), signed, sha256(request.body)].join('\n');
}

function signingKey(secretKey: string, date: string, service: string): Buffer {
  return hmac(hmac(hmac(`TC3${secretKey}`, date), service), 'tc3_request');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
