/** What stands before the service: routes, signatures and tokens, projects, calls a minute, IAM actions. */
import type { EmulatorRequest } from '../emulator.ts';
import { compactUtc } from './fields.ts';
import { gatewaySays, refuse, refuseAtGateway, Refusal } from './reply.ts';
import type { Route } from './routes.ts';
import { canonicalRequest, isSame, readClaim, readSdkDate, signatureOf } from './signature.ts';
import type { HuaweiState } from './state.ts';

/** "The difference must be within 15 minutes" (API signing guide). */
const SKEW_MS = 15 * 60_000;
const MINUTE_MS = 60_000;

/** @throws Refusal */
export function admit(state: HuaweiState, request: EmulatorRequest, route: Route): void {
  const gone = route.op === 'listContents' && state.config.unknowns.contents === 'absent';
  if (route.op === 'unknown' || gone)
    refuseAtGateway(404, 'APIGW.0101', 'The API does not exist or has not been published in the environment');
  const way = identify(state, request);
  checkProject(state, request, route, way);
  countCall(state, route);
  checkAction(state, route);
}

/** Who calls: whoever has a token, or the keys. */
export function identify(state: HuaweiState, request: EmulatorRequest): 'token' | 'keys' {
  if (state.at < state.lockedUntil) wrong('the account is locked for a while after too many failures');
  const token = request.headers['x-auth-token'];
  if (token === undefined) {
    checkSignature(state, request);
    return 'keys';
  }
  checkToken(state, token);
  return 'token';
}

export function checkToken(state: HuaweiState, token: string): void {
  const endsAt = state.tokens.get(token);
  if (endsAt === undefined) wrong('decrypt token fail');
  if (serverTime(state) >= endsAt) refuseAtGateway(401, 'APIGW.0307', 'The token must be updated.');
}

/** The gateway's and IAM's clock, which a test can put wrong. */
function serverTime(state: HuaweiState): number {
  return state.at + state.skewMs;
}

function checkSignature(state: HuaweiState, request: EmulatorRequest): void {
  const { authorization, 'x-sdk-date': date = '' } = request.headers;
  if (authorization === undefined) wrong('Authorization header is missing');
  const claim = readClaim(authorization);
  if (!claim) wrong('the Authorization header is not of the form SDK-HMAC-SHA256');
  const signedAt = readSdkDate(date);
  if (signedAt === undefined || !claim.signedHeaders.includes('x-sdk-date'))
    wrong('X-Sdk-Date is missing, not signed or not of the form YYYYMMDDTHHMMSSZ');
  if (Math.abs(serverTime(state) - signedAt) > SKEW_MS)
    wrong(`signature expired, timestamp is ${date}, server time is ${compactUtc(serverTime(state))}`);
  const canonical = canonicalRequest(request, claim.signedHeaders);
  const secretKey = secretOf(state, request, claim.access, claim.signedHeaders);
  if (!isSame(claim.signature, signatureOf(secretKey, date, canonical)))
    wrong(`verify aksk signature fail, canonicalRequest:${canonical.replaceAll('\n', '|')}`);
}

function secretOf(state: HuaweiState, request: EmulatorRequest, access: string, signed: string[]): string {
  const { accessKey, secretKey, unknowns } = state.config;
  const token = request.headers['x-security-token'];
  const temporary = state.temporaryKeys.get(access);
  if (!temporary) {
    if (access !== accessKey || token !== undefined)
      wrong(`Get secretKey failed,ak:${access},err:ak not exist`);
    return secretKey;
  }
  if (token !== temporary.token || !signed.includes('x-security-token'))
    wrong('X-Security-Token is missing, not signed or another one');
  if (serverTime(state) >= temporary.endsAt) {
    if (unknowns.endedKeysCode === 'APIGW.0307')
      refuseAtGateway(401, 'APIGW.0307', 'The token must be updated.');
    wrong(`Get secretKey failed,ak:${access},err:ak expired`);
  }
  return temporary.secretKey;
}

function wrong(what: string): never {
  throw new Refusal(notAuthenticated(what));
}

export const notAuthenticated = (what: string) =>
  gatewaySays(401, 'APIGW.0301', `Incorrect IAM authentication information: ${what}`);

/** Operation page: X-Project-Id is mandatory with AK/SK. */
function checkProject(
  state: HuaweiState,
  request: EmulatorRequest,
  route: Route,
  way: 'token' | 'keys',
): void {
  const { projectId } = state.config;
  const header = request.headers['x-project-id'] ?? (way === 'token' ? projectId : undefined);
  if (route.projectId !== projectId || header !== projectId)
    refuse(401, 'LIVE.100011015', 'Project ID is missing or does not match');
}

/** @throws Refusal where the user has called the group's operations too often in this minute, which begins with a call */
export function countCall(state: HuaweiState, { limit: group }: Pick<Route, 'limit'>): void {
  const limit = state.config.limits[group];
  const known = state.windows.get(group);
  const current = known && state.at < known.from + MINUTE_MS ? known : { from: state.at, calls: 0 };
  state.windows.set(group, current);
  if (current.calls >= limit) throw new Refusal(throttled(state, limit));
  current.calls += 1;
}

export const throttled = (state: HuaweiState, limit: number) =>
  gatewaySays(
    state.config.unknowns.throttledStatus,
    'APIGW.0308',
    `The throttling threshold has been reached: policy user over ratelimit,limit:${limit},time:1 minute`,
  );

function checkAction(state: HuaweiState, { action }: Route): void {
  if (state.account === 'frozen') refuse(401, 'LIVE.100011014', 'The account is frozen or in arrears');
  if (action === undefined || !state.denied.has(action)) return;
  if (state.config.unknowns.deniedBy === 'service') refuse(401, 'LIVE.100011003', 'No permission');
  refuseAtGateway(403, 'APIGW.0302', `The IAM user is not allowed to access the API: ${action}`);
}
