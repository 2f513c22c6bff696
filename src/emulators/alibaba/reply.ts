/** Alibaba Cloud's envelopes: a reply is a JSON object with `RequestId`, an error one with `Code` and `Message`. */
import type { EmulatorResponse } from '../emulator.ts';
import { nextSerial, type AlibabaState } from './state.ts';

const HOST = 'live.aliyuncs.com';

export function reply(
  state: AlibabaState,
  status: number,
  body: Record<string, unknown>,
  headers: Record<string, string> = {},
): EmulatorResponse {
  const id = state.config.names.uuid('request', nextSerial(state));
  return {
    status,
    headers: { 'content-type': 'application/json;charset=utf-8', 'x-acs-request-id': id, ...headers },
    body: JSON.stringify({ ...body, RequestId: id }),
  };
}

/** The second status that the page of common codes gives to some codes. */
const OTHER_STATUS: Record<string, number> = {
  'InvalidAccessKeyId.NotFound': 400,
  'InvalidAccessKeyId.Inactive': 404,
  SignatureDoesNotMatch: 403,
  Forbidden: 400,
  'Forbidden.RAM': 400,
  IllegalOperation: 403,
  MissingParameter: 404,
  'InvalidDomain.NotFound': 400,
};

export interface Said {
  status: number;
  code: string;
  message: string;
  headers?: Record<string, string>;
}

export function errorReply(state: AlibabaState, { status, code, message, headers }: Said): EmulatorResponse {
  const recommend = `https://api.aliyun.com/troubleshoot?q=${code}&product=live`;
  const { unknowns } = state.config;
  const other = unknowns.commonStatus === 'other' ? OTHER_STATUS[code] : undefined;
  return reply(
    state,
    other ?? status,
    { HostId: HOST, Code: code, Message: message, ...(unknowns.recommend && { Recommend: recommend }) },
    headers,
  );
}

/** Thrown for whatever is answered with an error. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export function refuse(status: number, code: string, message: string): never {
  throw new Refusal(status, code, message);
}

/** "Throttling is HTTP 400": the SDK looks for the word in the code, and waits for `x-acs-retry-after` milliseconds. */
export function throttled(state: AlibabaState, retryAfterMs: number): Refusal {
  return new Refusal(
    state.config.unknowns.throttlingStatus,
    'Throttling.User',
    'Request was denied due to user flow control.',
    { 'x-acs-retry-after': String(Math.ceil(retryAfterMs)) },
  );
}
