/** A Live Station in the process with a clock that stands still, and short words to speak with it. */
import { createHmac } from 'node:crypto';
import { createNaverEmulator, ManualClock } from '../../src/emulators/index.ts';
import type { NaverEmulatorOptions, TruthEntry } from '../../src/emulators/index.ts';

export const T0 = Date.UTC(2026, 0, 1, 12);
export const ACCESS = 'EXAMPLEACCESSKEY0001';
export const SECRET = 'exampleSecretKey/not+real0001';
export const CHANNEL = 'ls-20250101000000-AbCdE';
export const OTHER = 'ls-20250101000001-FgHiJ';

export interface Reply {
  status: number;
  headers: Record<string, string>;
  text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- replies are looked into freely by tests
  json: any;
}

type Fields = Record<string, unknown>;

/** Written out here once more, so that the emulator's own way of signing is tried against another. */
export function sign(method: string, target: string, timestamp: string, secret = SECRET): string {
  return createHmac('sha256', secret).update(`${method} ${target}\n${timestamp}\n${ACCESS}`).digest('base64');
}

export type NaverKit = ReturnType<typeof naverKit>;

export function naverKit(options: Partial<NaverEmulatorOptions> & { at?: number } = {}) {
  const clock = new ManualClock(options.at ?? T0);
  const emulator = createNaverEmulator({
    clock: clock.now,
    accessKey: ACCESS,
    secretKey: SECRET,
    channels: [{ channelId: CHANNEL }, { channelId: OTHER }],
    ...options,
  });
  const signed = (method: string, target: string): Record<string, string> => {
    const timestamp = String(clock.now());
    return {
      'x-ncp-apigw-timestamp': timestamp,
      'x-ncp-iam-access-key': ACCESS,
      'x-ncp-apigw-signature-v2': sign(method, target, timestamp),
      'x-ncp-region_code': 'KR',
    };
  };
  const send = (method: string, target: string, body?: unknown, more: Record<string, string> = {}): Reply => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const type = body === undefined ? undefined : { 'content-type': 'application/json' };
    const headers = { ...signed(method, target), ...type, ...more };
    const got = emulator.handle({ method, target, headers, body: text }, clock.now());
    if (got.kind !== 'response') throw new Error(`The emulator answered with ${got.kind}.`);
    const { status, headers: sent, body: said } = got.response;
    return { status, headers: sent, text: said, json: said === '' ? null : JSON.parse(said) };
  };
  const control = (name: string, input: Fields = {}) => {
    const found = emulator.controls[name];
    if (!found) throw new Error(`The emulator has no control ${name}.`);
    return found(input, clock.now());
  };
  const of = (id: string, rest = '') => `/api/v2/channels/${id}${rest}`;
  /** Entries of a `recordList`, in the order of their ids, each with its id. */
  const listed = (reply: Reply): (Fields & { recordId: number })[] =>
    Object.entries(reply.json.content.recordList as Record<string, Fields>)
      .map(([id, entry]) => ({ recordId: Number(id), ...entry }))
      .toSorted((a, b) => a.recordId - b.recordId);

  return {
    clock,
    emulator,
    signed,
    send,
    control,
    listed,
    wait: (ms: number) => clock.advance(ms),
    push: (channel = CHANNEL) => control('source.start', { channel }),
    leave: (channel = CHANNEL) => control('source.stop', { channel }),
    start: (id = CHANNEL) => send('PUT', of(id, '/startRecord')),
    stop: (id = CHANNEL) => send('PUT', of(id, '/stopRecord')),
    info: (id = CHANNEL) => send('GET', of(id)).json.content as Fields,
    records: (id = CHANNEL) => listed(send('GET', of(id, '/records'))),
    statuses: (id = CHANNEL) => listed(send('GET', of(id, '/records'))).map(({ status }) => status),
    truth: <T extends TruthEntry['type']>(type: T): Extract<TruthEntry, { type: T }>[] => {
      emulator.settle(clock.now());
      return emulator.truth.entries.filter(
        (entry): entry is Extract<TruthEntry, { type: T }> => entry.type === type,
      );
    },
  };
}

/** What a refusal says: the HTTP status and the code. */
export function codeOf({ status, json }: Reply): [status: number, code: unknown] {
  return [status, json?.error?.errorCode];
}

/** What was recorded, neighbours joined: which recording, and seconds since T0. */
export function stretches(kit: NaverKit): [recordSeq: number, from: number, to: number][] {
  const joined: [number, number, number][] = [];
  for (const { recording, from, to } of kit.truth('media')) {
    const seq = Number(recording.split('/')[1]);
    const last = joined.at(-1);
    const [a, b] = [(from - T0) / 1000, (to - T0) / 1000];
    if (last?.[0] === seq && last[2] === a) last[2] = b;
    else joined.push([seq, a, b]);
  }
  return joined;
}

/** The recordings' beginnings and ends, in seconds since T0. */
export function life(kit: NaverKit): string[] {
  return kit.truth('recording').map(({ at, recording, event, reason }) => {
    const what = `${recording.split('/')[1]} ${event}${reason === undefined ? '' : ` (${reason})`}`;
    return `${(at - T0) / 1000} ${what}`;
  });
}
