/** An ApsaraVideo Live in the process with a clock that stands still, and short words to speak with it. */
import { createHash, createHmac } from 'node:crypto';
import { createAlibabaEmulator, ManualClock } from '../../src/emulators/index.ts';
import type { AlibabaEmulatorOptions, EmulatorRequest, TruthEntry } from '../../src/emulators/index.ts';
import type { Delivery, DeliveryAnswer } from '../../src/emulators/outbox.ts';
import {
  DEFAULT_ACCESS_KEY_ID,
  DEFAULT_ACCESS_KEY_SECRET,
  DEFAULT_BUCKET,
  DEFAULT_PLAY_DOMAIN,
  DEFAULT_PUSH_DOMAIN,
} from '../../src/emulators/alibaba/options.ts';

export const T0 = Date.UTC(2026, 0, 1, 12);
export const PLAY = DEFAULT_PLAY_DOMAIN;
export const PUSH = DEFAULT_PUSH_DOMAIN;
export const BUCKET = DEFAULT_BUCKET;
export const TRIPLE = { DomainName: PLAY, AppName: 'live', StreamName: 'cam1' };
export const PREFIX = 'record/{AppName}/{StreamName}/{Sequence}_{EscapedStartTime}_{EscapedEndTime}';
export const SLICES = 'record/{AppName}/{StreamName}/{UnixTimestamp}_{Sequence}';

export type Fields = Record<string, string | number | boolean>;

export const CONFIG: Fields = {
  ...TRIPLE,
  StreamName: '*',
  OssEndpoint: 'oss-cn-shanghai.aliyuncs.com',
  OssBucket: BUCKET,
  OnDemand: 7,
  'RecordFormat.1.Format': 'mp4',
  'RecordFormat.1.OssObjectPrefix': PREFIX,
};

export interface Reply {
  status: number;
  headers: Record<string, string>;
  // oxlint-disable-next-line typescript/no-explicit-any -- replies are looked into freely by tests
  json: any;
}

export interface Keys {
  id: string;
  secret: string;
  token?: string;
}

export const KEYS: Keys = { id: DEFAULT_ACCESS_KEY_ID, secret: DEFAULT_ACCESS_KEY_SECRET };

const HOST = '127.0.0.1:8085';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** Written from the page on signature V3, for tests alone. */
export function signed(
  action: string,
  fields: Fields,
  {
    at,
    nonce,
    keys = KEYS,
    version = '2016-11-01',
  }: { at: number; nonce: string; keys?: Keys; version?: string },
): EmulatorRequest {
  const query = Object.entries(fields)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encode(name)}=${encode(String(value))}`)
    .join('&');
  const headers: Record<string, string> = {
    host: HOST,
    'x-acs-action': action,
    'x-acs-content-sha256': sha256(''),
    'x-acs-date': `${new Date(at).toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': nonce,
    'x-acs-version': version,
    ...(keys.token !== undefined && {
      'x-acs-accesskey-id': keys.id,
      'x-acs-security-token': keys.token,
    }),
  };
  const names = Object.keys(headers).toSorted();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const canonical = `POST\n/\n${query}\n${lines}\n${names.join(';')}\n${sha256('')}`;
  const signature = createHmac('sha256', keys.secret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex');
  const authorization = `ACS3-HMAC-SHA256 Credential=${keys.id},SignedHeaders=${names.join(';')},Signature=${signature}`;
  return { method: 'POST', target: `/?${query}`, headers: { ...headers, authorization }, body: '' };
}

export type AlibabaKit = ReturnType<typeof alibabaKit>;

export function alibabaKit(options: Partial<AlibabaEmulatorOptions> & { at?: number } = {}) {
  const clock = new ManualClock(options.at ?? T0);
  const emulator = createAlibabaEmulator({ clock: clock.now, seed: 1, qps: false, ...options });
  let nonces = 0;
  const answer = (action: string, fields: Fields = {}, more: { keys?: Keys; version?: string } = {}) => {
    nonces += 1;
    const request = signed(action, fields, { at: clock.now(), nonce: `nonce-${nonces}`, ...more });
    return emulator.handle(request, clock.now());
  };
  const send = (action: string, fields?: Fields, more?: { keys?: Keys; version?: string }): Reply => {
    const got = answer(action, fields, more);
    if (got.kind !== 'response') throw new Error(`The emulator answered with ${got.kind}.`);
    const { status, headers, body } = got.response;
    return { status, headers, json: JSON.parse(body) };
  };
  const control = (name: string, input: Record<string, unknown> = {}) => {
    const found = emulator.controls[name];
    if (!found) throw new Error(`The emulator has no control ${name}.`);
    return found(input, clock.now());
  };
  return {
    clock,
    emulator,
    answer,
    send,
    control,
    /** A refusal as `status Code`, `200` for a success. */
    code: (action: string, fields?: Fields, more?: { keys?: Keys; version?: string }) => {
      const { status, json } = send(action, fields, more);
      return status === 200 ? '200' : `${status} ${json.Code}`;
    },
    command: (command: string, fields: Fields = TRIPLE) => {
      const { status, json } = send('RealTimeRecordCommand', { ...fields, Command: command });
      return status === 200 ? '200' : `${status} ${json.Code}`;
    },
    up: (more: Record<string, unknown> = {}) => control('source.start', { stream: 'cam1', ...more }),
    down: () => control('source.stop', { stream: 'cam1' }),
    wait: (ms: number) => clock.advance(ms),
    truth: <T extends TruthEntry['type']>(type: T): Extract<TruthEntry, { type: T }>[] => {
      emulator.settle(clock.now());
      return emulator.truth.entries.filter(
        (entry): entry is Extract<TruthEntry, { type: T }> => entry.type === type,
      );
    },
  };
}

/** One with a config for manual recording, and a stream that is pushed under it. */
export function livingKit(options: Parameters<typeof alibabaKit>[0] = {}, config: Fields = {}): AlibabaKit {
  const kit = alibabaKit(options);
  const added = kit.code('AddLiveAppRecordConfig', { ...CONFIG, ...config });
  if (added !== '200') throw new Error(`AddLiveAppRecordConfig: ${added}`);
  kit.up();
  return kit;
}

/** What was recorded, neighbours joined, in seconds since T0. */
export function stretches(kit: AlibabaKit): [from: number, to: number][] {
  const joined: [number, number][] = [];
  for (const { from, to } of kit.truth('media')) {
    const last = joined.at(-1);
    const [a, b] = [(from - T0) / 1000, (to - T0) / 1000];
    if (last && last[1] === a) last[1] = b;
    else joined.push([a, b]);
  }
  return joined;
}

/** The files in the order of their ends: when, what happened, and what of the stream is in them, in seconds since T0. */
export function files(kit: AlibabaKit): [at: number, event: string, from: number, to: number][] {
  return kit
    .truth('file')
    .map(({ at, event, from = T0, to = T0 }) => [
      (at - T0) / 1000,
      event,
      (from - T0) / 1000,
      (to - T0) / 1000,
    ]);
}

/** Beginnings and ends of recordings, in seconds since T0. */
export function lives(kit: AlibabaKit): [seconds: number, what: string][] {
  return kit
    .truth('recording')
    .map(({ at, event, reason }) => [(at - T0) / 1000, event === 'began' ? 'began' : (reason ?? 'ended')]);
}

export interface Arrived extends Delivery {
  at: number;
}

/** Delivers all that falls due until an instant, waking only when the emulator says so. */
export function deliver(
  kit: AlibabaKit,
  until: number,
  answer: (arrived: Arrived) => DeliveryAnswer | null = () => ({ status: 200, body: '{}' }),
): Arrived[] {
  const { callbacks } = kit.emulator;
  const arrived: Arrived[] = [];
  for (;;) {
    const next = callbacks.nextAt(kit.clock.now());
    if (next === undefined || next > until) break;
    kit.clock.set(Math.max(next, kit.clock.now()));
    const at = kit.clock.now();
    for (const delivery of callbacks.due(at)) {
      const one = { ...delivery, at };
      arrived.push(one);
      callbacks.answered(delivery.id, answer(one), at);
    }
  }
  kit.clock.set(until);
  return arrived;
}
