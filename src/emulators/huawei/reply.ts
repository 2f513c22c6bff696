/** Huawei's envelopes: the service says `{error_code, error_msg}`, the gateway before it adds `request_id`. */
import type { EmulatorResponse } from '../emulator.ts';

const JSON_HEADERS = { 'Content-Type': 'application/json' };

export function reply(status: number, body: unknown, headers: Record<string, string> = {}): EmulatorResponse {
  return { status, headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify(body) };
}

/** Truly empty: a command or a removal has nothing to tell beside its request id. */
export function emptyReply(status: number): EmulatorResponse {
  return { status, headers: { 'content-length': '0' }, body: '' };
}

export const serviceSays = (status: number, code: string, message: string): EmulatorResponse =>
  reply(status, { error_code: code, error_msg: message });

/** `request_id` is put in when the reply leaves, for it is the one of the header. */
export const gatewaySays = (status: number, code: string, message: string): EmulatorResponse =>
  reply(status, { error_msg: message, error_code: code, request_id: '' });

/** Thrown for what is answered with an error. */
export class Refusal extends Error {
  readonly response: EmulatorResponse;

  constructor(response: EmulatorResponse) {
    // The canonical request has the security token in it, and this goes into the truth log.
    super(response.body.replace(/, canonicalRequest:[^"]*/, ''));
    this.response = response;
  }
}

export function refuse(status: number, code: string, message: string): never {
  throw new Refusal(serviceSays(status, code, message));
}

export function refuseAtGateway(status: number, code: string, message: string): never {
  throw new Refusal(gatewaySays(status, code, message));
}

/** The one code for wrong parameters, and for a stream, rule or record that is not there. */
export const ILLEGAL = 'LIVE.100011001';
export const ALREADY_RECORDING = 'LIVE.100011022';

/** Operation page, status code 400; what is wrong is our own hint. */
export function illegal(hint: string): never {
  refuse(400, ILLEGAL, `Request Illegal: ${hint}`);
}

export const ILLEGAL_TEXT = 'Request Illegal';
/** Operation page, status code 404, word by word. */
export const MISSING_TEXT = 'The resource to access is not exists';

export function missing(status: 400 | 404 = 404): never {
  refuse(status, ILLEGAL, MISSING_TEXT);
}
