/** Live Station's envelopes: `content` and `total`, or `error`; the gateway before it has codes of its own. */
import type { EmulatorResponse } from '../emulator.ts';
import type { NaverError, NaverUnknowns } from './options.ts';

const HEADERS = { 'Content-Type': 'application/json;charset=UTF-8' };

export function reply(body: Record<string, unknown>): EmulatorResponse {
  return { status: 200, headers: HEADERS, body: JSON.stringify(body) };
}

/** Where a page documents no body. */
export function emptyReply(): EmulatorResponse {
  return { status: 200, headers: HEADERS, body: '' };
}

/** Names of the codes that the emulator uses ("Live Station error codes"). */
const NAMES = {
  250000: 'EXCEPTION',
  250002: 'INVALID_FORMAT',
  250003: 'REQUIRED_HEADER',
  250004: 'NOT_FOUND',
  250005: 'NOT_AVAILABLE',
  250006: 'UNAUTHORIZED',
  250008: 'REQUEST_FAILED',
  250010: 'POLICY_CHECK_FAILED',
  250011: 'NEED_VALUE',
  250012: 'JSON_PARSE_GENERAL_ERROR',
  250014: 'FORMVALIDATION_FAILED',
  250016: 'INTERNAL_SERVER_ERROR',
  250018: 'OPEN_API_BAD_REQUEST',
  250019: 'OPEN_API_UNSUPPORTED_REGION',
  250020: 'OPEN_API_INVALID_REGION_CODE',
  250021: 'OPEN_API_PARAM_TYPE_ERROR',
} as const satisfies Record<number, string>;

export function serviceSays(
  unknowns: NaverUnknowns,
  { status, code }: NaverError,
  message: string,
): EmulatorResponse {
  const errorCode = unknowns.codeType === 'number' ? code : String(code);
  const errorName = NAMES[code as keyof typeof NAMES] ?? 'EXCEPTION';
  return { status, headers: HEADERS, body: JSON.stringify({ error: { errorCode, message, errorName } }) };
}

export function gatewaySays(
  unknowns: NaverUnknowns,
  status: number,
  errorCode: string,
  message: string,
  details: string = message,
): EmulatorResponse {
  const error = { errorCode, message, ...(unknowns.gatewayDetails === 'there' && { details }) };
  return { status, headers: HEADERS, body: JSON.stringify({ error }) };
}

/** Too many requests, in the gateway's words. */
export function quotaSays(unknowns: NaverUnknowns): EmulatorResponse {
  const { code, retryAfterS } = unknowns.quota;
  const message = { 400: 'Quota Exceeded', 410: 'Throttle Limited', 420: 'Rate Limited' }[code];
  const response = gatewaySays(unknowns, 429, code, message);
  if (retryAfterS === undefined) return response;
  return { ...response, headers: { ...response.headers, 'Retry-After': String(retryAfterS) } };
}

/** Thrown for what the service answers with an error. */
export class Refusal extends Error {
  readonly error: NaverError;

  constructor(error: NaverError, message: string) {
    super(message);
    this.error = error;
  }
}

/** A wrong value: "{0}: invalid value.". */
export function invalid(field: string): never {
  throw new Refusal({ status: 400, code: 250002 }, `${field}: invalid value.`);
}

export function missing(field: string): never {
  throw new Refusal({ status: 400, code: 250011 }, `${field} is required.`);
}

/** A verb in the wrong state: "{0} not available.". */
export function notAvailable(unknowns: NaverUnknowns, what: string): never {
  throw new Refusal(unknowns.stateError, `${what} not available.`);
}
