/** A Huawei Cloud Live in the process with a clock that stands still, and short words to speak with it. */
import { createHash, createHmac } from 'node:crypto';
import { createHuaweiEmulator, ManualClock } from '../../src/emulators/index.ts';
import type { HuaweiEmulatorOptions, TruthEntry } from '../../src/emulators/index.ts';
import type { Delivery } from '../../src/emulators/outbox.ts';

export const T0 = Date.UTC(2026, 0, 1, 12);
export const PROJECT = '0123456789abcdef0123456789abcdef';
export const ACCESS_KEY = 'HWAKFAKE0000EXAMPLE1';
export const SECRET_KEY = 'HwSkFakeSecretForTestVectorsOnly0000000001';
export const DOMAIN = 'push.example.com';
const HOST = 'live.test';

type Fields = Record<string, unknown>;

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- replies are looked into freely by tests
  json: any;
}

export interface Keys {
  access: string;
  secret: string;
  /** X-Security-Token. */
  token?: string;
}

export const RULE = {
  publish_domain: DOMAIN,
  app: 'live',
  stream: 'cam1',
  record_type: 'COMMAND_RECORD',
  default_record_config: {
    record_format: ['HLS'],
    obs_addr: { bucket: 'recordings', location: 'cn-north-4', object: 'archive' },
    hls_config: { record_cycle: 3600, record_max_duration_to_merge_file: 60 },
  },
};

/** A rule of one format that merges for so long. */
export function ruleOf(merge: number, more: Fields = {}, format: 'HLS' | 'FLV' | 'MP4' = 'HLS'): Fields {
  return {
    ...RULE,
    default_record_config: {
      ...RULE.default_record_config,
      record_format: [format],
      [`${format.toLowerCase()}_config`]: { record_cycle: 3600, record_max_duration_to_merge_file: merge },
    },
    ...more,
  };
}

export const stampOf = (at: number) => `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

/** Written from the pages for these tests alone: the emulator must take it, and has no part in it. */
export function signed(
  at: number,
  { access, secret, token }: Keys,
  method: string,
  target: string,
  body: string,
): Record<string, string> {
  const [path = '', query = ''] = target.split('?');
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    host: HOST,
    'x-project-id': PROJECT,
    'x-sdk-date': stampOf(at),
    ...(token !== undefined && { 'x-security-token': token }),
  };
  const names = Object.keys(headers).toSorted();
  const sha = (text: string) => createHash('sha256').update(text).digest('hex');
  const canonical = [
    method,
    `${path}/`,
    canonicalQuery(query),
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    sha(body),
  ].join('\n');
  const text = ['SDK-HMAC-SHA256', headers['x-sdk-date'], sha(canonical)].join('\n');
  const signature = createHmac('sha256', secret).update(text).digest('hex');
  const authorization = `SDK-HMAC-SHA256 Access=${access}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...headers, authorization };
}

function canonicalQuery(query: string): string {
  return [...new URLSearchParams(query)]
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .toSorted()
    .join('&');
}

export type HuaweiKit = ReturnType<typeof huaweiKit>;

export function huaweiKit(options: Partial<HuaweiEmulatorOptions> & { at?: number } = {}) {
  const clock = new ManualClock(options.at ?? T0);
  const emulator = createHuaweiEmulator({
    clock: clock.now,
    projectId: PROJECT,
    accessKey: ACCESS_KEY,
    secretKey: SECRET_KEY,
    seed: 1,
    ...options,
  });
  const keys: Keys = { access: ACCESS_KEY, secret: SECRET_KEY };
  const raw = (method: string, target: string, headers: Record<string, string>, body = ''): Reply => {
    const got = emulator.handle({ method, target, headers, body }, clock.now());
    if (got.kind !== 'response') throw new Error(`The emulator answered with ${got.kind}.`);
    const { status, headers: sent, body: said } = got.response;
    return { status, headers: sent, body: said, json: said === '' ? undefined : JSON.parse(said) };
  };
  const send = (method: string, target: string, body?: unknown, by: Keys = keys): Reply => {
    const text = body === undefined ? '' : JSON.stringify(body);
    return raw(method, target, signed(clock.now(), by, method, target, text), text);
  };
  const call = (method: string, rest: string, body?: unknown, by?: Keys) =>
    send(method, `/v1/${PROJECT}${rest}`, body, by);
  const control = (name: string, input: Fields = {}): unknown => {
    const found = emulator.controls[name];
    if (!found) throw new Error(`The emulator has no control ${name}.`);
    return found(input, clock.now());
  };
  const command = (action: string, stream = 'cam1', by?: Keys) =>
    call('POST', `/record/control?action=${action}`, { publish_domain: DOMAIN, app: 'live', stream }, by);
  const truth = <T extends TruthEntry['type']>(type: T) => {
    emulator.settle(clock.now());
    return emulator.truth.entries.filter((one): one is Extract<TruthEntry, { type: T }> => one.type === type);
  };

  return {
    clock,
    emulator,
    raw,
    send,
    call,
    control,
    truth,
    start: (stream?: string, by?: Keys) => command('START', stream, by),
    stop: (stream?: string, by?: Keys) => command('STOP', stream, by),
    rule: (rule: Fields = RULE) => call('POST', '/record/rules', rule),
    push: (stream = 'cam1') => control('source.start', { stream }),
    unpush: (stream = 'cam1') => control('source.stop', { stream }),
    /** Lets time pass. */
    wait: (ms: number) => clock.advance(ms),
    /** Whether a recording runs, as only the truth log knows. */
    recording: () => {
      const last = truth('recording').at(-1);
      return last?.event === 'began';
    },
    /** Lets time pass from callback to callback, answers all with 200, and returns what was told. */
    told: (ms: number): Told[] => {
      const until = clock.now() + ms;
      const all: Told[] = [];
      for (;;) {
        for (const delivery of emulator.callbacks.due(clock.now())) {
          emulator.callbacks.answered(delivery.id, { status: 200, body: '' }, clock.now());
          all.push({ ...delivery, at: clock.now(), json: JSON.parse(delivery.body) });
        }
        const next = emulator.callbacks.nextAt(clock.now());
        if (next === undefined || next > until) break;
        clock.set(Math.max(next, clock.now()));
      }
      clock.set(until);
      return all;
    },
  };
}

export interface Told extends Delivery {
  at: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- callbacks are looked into freely by tests
  json: any;
}
