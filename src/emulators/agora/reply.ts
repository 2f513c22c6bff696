/** Agora's envelopes: the gateway says `{message}`, the service behind it `{code, reason}`. */
import type { EmulatorResponse } from '../emulator.ts';
import type { AgoraUnknowns, OldCode } from './options.ts';

const HEADERS = { 'Content-Type': 'application/json; charset=utf-8' };

export function reply(status: number, body: Record<string, unknown>): EmulatorResponse {
  return { status, headers: HEADERS, body: JSON.stringify(body) };
}

export const gatewaySays = (status: number, message: string) => reply(status, { message });
export const serviceSays = (status: number, code: number, reason: string) => reply(status, { code, reason });

/** Thrown for what the service answers with an error. */
export class Refusal extends Error {
  readonly response: EmulatorResponse;

  constructor(response: EmulatorResponse) {
    super(response.body);
    this.response = response;
  }
}

export function refuse(status: number, code: number, reason: string): never {
  throw new Refusal(serviceSays(status, code, reason));
}

/** A wrong field, in the words of the new table: "Acquire: invalid resourceExpiredHour value!". */
export function bad(op: string, field: string): never {
  refuse(400, 2, `${op}: invalid ${field} value!`);
}

export function noWorker(): never {
  refuse(404, 404, 'failed to find worker');
}

/** What the new table says where the old one had a code of its own. */
const NEW_WORDS: Record<OldCode, [status: number, code: number, reason: string]> = {
  8: [400, 2, 'invalid request'],
  50: [504, 62, 'request timeout'],
  109: [400, 2, 'invalid token'],
  110: [400, 2, 'invalid token'],
  432: [400, 2, 'invalid parameter'],
  433: [400, 2, 'invalid resourceId'],
  501: [404, 404, 'failed to find worker'],
  1001: [400, 2, 'invalid resourceId'],
  1003: [404, 404, 'failed to find worker'],
  1013: [400, 401, 'invalid_channel_name'],
  1028: [400, 2, 'invalid parameter'],
};

/** The new table has a code for these, so only the old table still uses the old one. */
const REPLACED: readonly OldCode[] = [1013, 1028];

/** Refuses with an old code, or with what the new table has instead. */
export function refuseOld(unknowns: AgoraUnknowns, code: OldCode, reason: string): never {
  const { errorTable, oldStatus } = unknowns;
  if (errorTable === 'new' || (errorTable === 'mixed' && REPLACED.includes(code))) {
    const [status, instead, words] = NEW_WORDS[code];
    refuse(status, instead, words);
  }
  refuse(oldStatus[code], code, reason);
}
