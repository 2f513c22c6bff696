/** What stands before the service: the caller, the clock, requests a second, the region. */
import type { EmulatorRequest, EmulatorResponse } from '../emulator.ts';
import { gatewaySays, quotaSays, serviceSays } from './reply.ts';
import type { Op } from './routes.ts';
import { isSignedBy } from './signature.ts';
import { told, type NaverState } from './state.ts';

/** "A difference of more than 5 minutes from the gateway's time makes the request invalid" ("Ncloud API overview"). */
const SKEW_MS = 300_000;

/** Regions of NAVER Cloud that have no Live Station of this zone. */
const OTHER_REGIONS = ['KR', 'FKR', 'JPN', 'SGN', 'USWN', 'DEN'];

/** The refusal before any channel is looked at; undefined when the request may pass. */
export function stopAtGateway(
  state: NaverState,
  op: Op,
  request: EmulatorRequest,
  now: number,
): EmulatorResponse | undefined {
  const { unknowns, accessKey, secretKey } = state.config;
  const refuse = (details: string) => gatewaySays(unknowns, 401, '200', 'Authentication Failed', details);
  const { headers, method, target } = request;
  const [timestamp, key, signature] = [
    headers['x-ncp-apigw-timestamp'],
    headers['x-ncp-iam-access-key'],
    headers['x-ncp-apigw-signature-v2'],
  ];
  if (!timestamp || !key || !signature) return refuse('Authentication information are missing.');
  if (!/^\d+$/.test(timestamp)) return refuse('Invalid timestamp.');
  if (Math.abs(told(state, now) - Number(timestamp)) > SKEW_MS) return refuse('Expired timestamp.');
  if (key !== accessKey || !isSignedBy({ method, target, timestamp, accessKey }, signature, secretKey))
    return refuse('Invalid authentication information.');
  const forbidding = state.forbidden.get(op) ?? state.forbidden.get('*');
  if (forbidding === 'gateway') return gatewaySays(unknowns, 401, '210', 'Permission Denied');
  if (forbidding === 'service')
    return serviceSays(unknowns, { status: 403, code: 250010 }, 'Policy check failed.');
  if (!takeToken(state, now)) return quotaSays(unknowns);
  const region = headers['x-ncp-region_code'];
  if (region === undefined || lacksContentType(state, request))
    return serviceSays(unknowns, { status: 400, code: 250003 }, 'Missing required header.');
  if (region === state.config.region) return undefined;
  const code = OTHER_REGIONS.includes(region) ? 250019 : 250020;
  return serviceSays(unknowns, { status: 400, code }, `Region ${region} is not available.`);
}

function lacksContentType(state: NaverState, { headers, body }: EmulatorRequest): boolean {
  if (state.config.unknowns.contentType === 'with-body' && body === '') return false;
  return !/^application\/json(\s*;|$)/i.test(headers['content-type'] ?? '');
}

function takeToken(state: NaverState, now: number): boolean {
  const { requestsPerSecond } = state.config;
  if (requestsPerSecond === undefined) return true;
  const { left, at } = state.tokens ?? { left: requestsPerSecond, at: now };
  const refilled = left + (Math.max(0, now - at) * requestsPerSecond) / 1000;
  state.tokens = { left: Math.min(requestsPerSecond, refilled), at: Math.max(at, now) };
  if (state.tokens.left < 1) return false;
  state.tokens.left -= 1;
  return true;
}
