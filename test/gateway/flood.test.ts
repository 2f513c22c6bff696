/**
 * Ten thousand requests that must not get through, and a good one now and then that must: with the schemes of the real
 * vendors. Made from a seed, so that a failure can be had again.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { emulatedAccount } from '../../src/emulators/registry.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { settingsWith, stubGateway } from './kit.ts';

const PATH = 'a-path-secret-CANARY-1';
const KEY = 'a-signing-key-CANARY-2';
const accountOf = (vendor: string) => ({
  vendor,
  ...emulatedAccount(vendor, {
    url: 'http://127.0.0.1:1',
    token: 'CANARY-token',
    callbacks: { path: PATH, key: KEY },
  }),
});

let gateway: ReturnType<typeof stubGateway>;
afterEach(async () => await gateway.close());
const begin = (more: Record<string, unknown> = {}) => {
  const accounts = { own: { ...accountOf('ome'), ...more }, service: { ...accountOf('agora'), ...more } };
  const settings = settingsWith({ accounts }, VENDORS);
  gateway = stubGateway({ settings, registry: VENDORS });
  gateway.world.open.add('recording/ome/own/default/app/cam1');
  gateway.world.open.add('recording/agora/service/news/mix');
  return gateway;
};

/** mulberry32 */
function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Sent {
  url: string;
  headers: Record<string, string>;
  payload: Buffer;
}

/** What each vendor sends, when all is well. */
const KINDS = ['admission', 'alert', 'notice'] as const;
type Kind = (typeof KINDS)[number];

function bodyOf(kind: Kind, at: number, serial: number): Record<string, unknown> {
  const time = new Date(at).toISOString();
  switch (kind) {
    case 'admission':
      return {
        client: { address: '198.51.100.7', port: 40_000 + (serial % 20_000) },
        request: {
          direction: 'incoming',
          protocol: 'rtmp',
          status: 'opening',
          url: 'rtmp://host:1935/app/cam1',
          time,
        },
      };
    case 'alert':
      return {
        type: 'INGRESS',
        sourceUri: '#default#app/cam1',
        sourceInfo: { createdTime: time },
        messages: [{ code: 'INGRESS_STREAM_CREATED', description: `n ${serial}` }],
      };
    case 'notice':
      return {
        noticeId: `n${serial}`,
        productId: 3,
        eventType: 40,
        notifyMs: at,
        payload: {
          cname: 'news',
          uid: '1',
          sid: 'a'.repeat(32),
          sequence: serial,
          sendts: at,
          serviceType: 0,
          details: { msgName: 'recorder_started', status: 0 },
        },
      };
  }
}

function signaturesOf(kind: Kind, payload: Buffer, key: string): Record<string, string> {
  const hmac = (algorithm: string, encoding: 'hex' | 'base64url'): string =>
    createHmac(algorithm, key).update(payload).digest(encoding);
  return kind === 'notice'
    ? { 'agora-signature': hmac('sha1', 'hex'), 'agora-signature-v2': hmac('sha256', 'hex') }
    : { 'x-ome-signature': hmac('sha1', 'base64url') };
}

const urlOf = (kind: Kind, secret = PATH): string =>
  `/callbacks/${kind === 'notice' ? 'service' : 'own'}/${secret}`;

function sent(kind: Kind, at: number, serial: number, key = KEY): Sent {
  const payload = Buffer.from(JSON.stringify(bodyOf(kind, at, serial)));
  const headers = { 'content-type': 'application/json', ...signaturesOf(kind, payload, key) };
  return { url: urlOf(kind), headers, payload };
}

interface Bad extends Partial<Sent> {
  method?: 'PUT' | 'DELETE' | 'PATCH' | 'OPTIONS';
  /** What it may be answered with, where it is no request for admission that is recognised as one. */
  status: number[];
}

type Random = () => number;
const between = (random: Random, from: number, to: number): number =>
  from + Math.floor(random() * (to - from));

function oneOf<T>(list: readonly T[], random: Random): T {
  return list[between(random, 0, list.length)]!;
}

/** Each spoils a good request in its own way. */
const SPOILERS: Record<string, (good: Sent, kind: Kind, random: Random) => Bad> = {
  // Agora's console may test its address unsigned: what names no recording is answered, and tells nothing.
  'of another vendor': (_good, kind) =>
    kind === 'notice' ? { url: urlOf('alert'), status: [400] } : { url: urlOf('notice'), status: [200] },
  'another key': ({ payload }, kind, random) => ({
    headers: signaturesOf(kind, payload, `key ${random()}`),
    status: [401],
  }),
  'no signature': () => ({ headers: {}, status: [401] }),
  'a signature cut off, or longer': ({ headers }, _kind, random) => ({
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        name === 'content-type' ? value : random() < 0.5 ? value.slice(0, -1) : `${value}0`,
      ]),
    ),
    status: [401],
  }),
  'one bit of the body': ({ payload }, _kind, random) => {
    const spoiled = Buffer.from(payload);
    const at = between(random, 0, spoiled.length);
    spoiled[at] = spoiled[at]! ^ (1 << between(random, 0, 7));
    return { payload: spoiled, status: [400, 401] };
  },
  'cut short': ({ payload }, _kind, random) => ({
    payload: payload.subarray(0, between(random, 1, payload.length)),
    status: [400, 401],
  }),
  'something appended': ({ payload }) => ({
    payload: Buffer.concat([payload, Buffer.from(' ')]),
    status: [401],
  }),
  compressed: ({ payload, headers }) => ({
    payload: gzipSync(payload),
    headers: { ...headers, 'content-encoding': 'gzip' },
    status: [400, 401],
  }),
  'in UTF-16': ({ payload }) => ({ payload: Buffer.from(payload.toString(), 'utf16le'), status: [400, 401] }),
  'no JSON, well signed': (_good, kind, random) => {
    const payload = Buffer.concat([Buffer.from('{'), randomBytes(between(random, 0, 200))]);
    return { payload, headers: signaturesOf(kind, payload, KEY), status: [400] };
  },
  'another form, well signed': (_good, kind, random) => {
    const forms = ['[]', '"text"', '7', 'null', '[{"request":{}}]', '{"productId":3,"payload":7}'];
    const payload = Buffer.from(oneOf(forms, random));
    return { payload, headers: signaturesOf(kind, payload, KEY), status: [400] };
  },
  'too large': (_good, _kind, random) => ({
    payload: Buffer.alloc(between(random, 262_145, 300_000), 'x'),
    status: [413],
  }),
  'a wrong secret': (_good, kind, random) => ({
    url: urlOf(kind, oneOf([`${PATH}x`, PATH.slice(1), PATH.toUpperCase(), `x${random()}`], random)),
    status: [404],
  }),
  'a wrong address': (_good, _kind, random) => ({
    url: oneOf(
      [
        `/callbacks/nobody/${PATH}`,
        `/callbacks/OWN/${PATH}`,
        `/callbacks//${PATH}`,
        `/callbacks/own/${PATH}/`,
        `/callbacks/own%2f${PATH}`,
        `/callbacks/own/%00`,
        `/callbacks/%E0%A4%A/${PATH}`,
        `/callbacks/__proto__/${PATH}`,
        `/${PATH}`,
        '/',
      ],
      random,
    ),
    status: [404],
  }),
  'another method': (_good, _kind, random) => ({
    method: oneOf(['PUT', 'DELETE', 'PATCH', 'OPTIONS'], random),
    status: [405],
  }),
};

test(
  'of ten thousand bad requests none reaches a session, and every good one between them does',
  { timeout: 300_000 },
  async () => {
    const { app, world } = begin();
    const random = seeded(20_261_121);
    const names = Object.keys(SPOILERS);
    const wrong: string[] = [];
    const TOTAL = 10_500;
    let good = 0;
    for (let i = 0; i < TOTAL; i += 1) {
      const kind = oneOf(KINDS, random);
      const now = Date.now();
      if (i % 100 === 0) {
        const reply = await app.inject({ method: 'POST', ...sent(kind, now, i) });
        if (reply.statusCode !== 200) wrong.push(`${i} good ${kind}: ${reply.statusCode}`);
        good += 1;
      }
      const stale = i % names.length === 0 && i % 2 === 0;
      const name = stale ? 'stale' : oneOf(names, random);
      const fresh = sent(kind, stale ? now - between(random, 700_000, 90_000_000) : now, i);
      const { status, ...spoiled } = stale ? { status: [401] } : SPOILERS[name]!(fresh, kind, random);
      const reply = await app.inject({ method: 'POST', ...fresh, ...spoiled });
      // Whoever waits for an admission has it, believed or not; 200 with anything else would be a belief.
      const admitted = reply.statusCode === 200 && reply.body === '{"allowed":true}' && kind === 'admission';
      if (!admitted && !status.includes(reply.statusCode))
        wrong.push(`${i} ${name} ${kind}: ${reply.statusCode}`);
      if (world.told.length > good) throw new Error(`${i} ${name} ${kind}: it reached a session`);
    }
    expect(wrong).toEqual([]);
    await gateway.close();
    expect(world.told).toHaveLength(good);
    const { verdicts } = world.counts;
    expect(Object.values(verdicts).reduce((sum, one) => sum + one, 0)).toBe(TOTAL + good);
    const accounts = new Set(Object.keys(verdicts).map((key) => key.split(' ')[0]));
    expect(accounts).toEqual(new Set(['own', 'service', '-']));
    expect((verdicts['own delivered'] ?? 0) + (verdicts['service delivered'] ?? 0)).toBe(good);
    expect(world.lines.length).toBeLessThan(200);
    expect(world.lines.join('\n')).not.toContain('CANARY');
  },
);

test.each([
  ['Temporal is away', {}, 0, KEY, 'dropped'],
  [
    'the secrets of its account cannot be read',
    { callbacks: { path: PATH, keys: 'file:/nowhere' } },
    0,
    KEY,
    'unavailable',
  ],
  ['nobody knows its key', {}, 0, 'another key', 'forged'],
  ['it is a day old', {}, 86_400_000, KEY, 'stale'],
])(
  'an encoder is admitted also while %s, and nothing else is believed',
  async (_what, more, age, key, verdict) => {
    const { app, world } = begin(more);
    world.away = true;
    const at = Date.now() - age;
    const reply = await app.inject({ method: 'POST', ...sent('admission', at, 1, key) });
    expect([reply.statusCode, reply.json()]).toEqual([200, { allowed: true }]);
    for (const kind of ['alert', 'notice'] as const) {
      const { statusCode } = await app.inject({ method: 'POST', ...sent(kind, at, 2, key) });
      expect(statusCode).toBe(verdict === 'forged' || verdict === 'stale' ? 401 : 503);
    }
    await gateway.close();
    expect(world.told).toEqual([]);
    expect(world.counts.verdicts[`own ${verdict}`]).toBeGreaterThan(0);
  },
);

/** Sends bytes as they are, and gives what comes back until the connection ends. */
async function raw(port: number, ...bytes: (string | Buffer)[]): Promise<string> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      for (const part of bytes) socket.write(part);
      socket.end();
    });
    let answer = '';
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('error', () => resolve(answer));
    socket.on('close', () => resolve(answer));
  });
}

test('what is no HTTP, or too much of it, ends at the door', async () => {
  const { app, world } = begin();
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  const { headers, payload } = sent('notice', Date.now(), 1);
  const head = (extra: string[]): string =>
    [
      `POST ${urlOf('notice')} HTTP/1.1`,
      'host: h',
      ...Object.entries(headers).map((pair) => pair.join(': ')),
      ...extra,
      '',
      '',
    ].join('\r\n');
  const length = `content-length: ${payload.length}`;
  const statusOf = async (...bytes: (string | Buffer)[]): Promise<string> =>
    (await raw(port, ...bytes)).slice(9, 12);

  expect(await statusOf(head([length, `x-padding: ${'x'.repeat(40_000)}`]), payload)).toBe('431');
  expect(await statusOf('this is no HTTP\r\n\r\n')).toBe('400');
  expect(await statusOf(head(['content-length: 7, 8']), payload)).toBe('400');
  expect(await statusOf(head([length, 'transfer-encoding: chunked']), payload)).toBe('400');
  expect(await statusOf(head(['transfer-encoding: chunked']), 'zz\r\nnonsense')).toBe('400');
  // Cut off within the body: there is nobody to answer.
  expect(['', '400']).toContain(await statusOf(head([length]), payload.subarray(0, 20)));
  expect(await statusOf(head(['content-length: 999999999']))).toBe('413');
  expect(world.told).toEqual([]);
  expect(await statusOf(head([length, 'connection: close']), payload)).toBe('200');
  expect(world.told).toHaveLength(1);
  await gateway.close();
  // Each once: those whose address was seen for their account, the others for nobody.
  expect(world.counts.verdicts).toEqual({
    '- malformed': 4,
    'service malformed': 2,
    'service oversized': 1,
    'service delivered': 1,
  });
  expect(world.lines.join('\n')).not.toContain('CANARY');
});
