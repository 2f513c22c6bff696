/** Push events by GET and record events by POST: verified, each with its own domain, and turned into news. */
import { describe, expect, test } from 'vitest';
import { alibabaCallbacks } from '../../../src/recorders/alibaba/callbacks.ts';
import { signatureFor } from '../../../src/recorders/alibaba/signed.ts';
import { alibabaAccountSchema } from '../../../src/contract/vendors/alibaba.ts';
import type { CallbackReading, CallbackRequest } from '../../../src/recorders/callbacks.ts';
import { CALLBACK_URL, KEY, kit, MINUTE, PLAY, PUSH, SECOND, T0, type Kit } from './kit.ts';

const HOST = 'hooks.example.com';

function signed(domain: string, at = T0, key = KEY): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  return { 'ali-live-timestamp': timestamp, 'ali-live-signature': signatureFor(domain, timestamp, key) };
}

const push = (more: Record<string, string> = {}, headers = signed(PUSH)): Partial<CallbackRequest> => ({
  method: 'GET',
  query: {
    action: 'publish',
    ip: '192.0.2.1',
    id: 'ch7',
    app: PUSH,
    appname: 'live',
    time: String(T0 / 1000 - 2),
    usrargs: 'auth_key=canary-auth',
    node: 'cn1',
    ...more,
  },
  headers,
});
const record = (body: unknown, headers = signed(HOST)): Partial<CallbackRequest> => ({
  headers,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
const STREAM = { domain: PLAY, app: 'live', stream: 'ch7' };
const FILE = {
  ...STREAM,
  uri: 'rec/live/ch7/0_a_b.mp4',
  duration: 60.5,
  start_time: T0 / 1000 - 61,
  stop_time: T0 / 1000 - 1,
};

function newsOf(reading: CallbackReading) {
  if (reading.verdict !== 'genuine') throw new Error(`${reading.verdict}: ${reading.why}`);
  return reading.news;
}

/** "Callback authentication", computed. */
test.each([
  ['learn.example.com', '1776826800', 'yourkey0123456789', '3671df62d837bef37c9d62b855350db2'],
  ['push.example.com', '1776826800', 'yourkey0123456789', '704a69f6cb9196c3534bf5641869a53d'],
  ['learn.aliyundoc.com', '1519375990', 'yourkey', '9e226fc2c250be266e3657e156f68c12'],
])('the signature for %s at %s is the published one', (domain, timestamp, key, signature) => {
  expect(signatureFor(domain, timestamp, key)).toBe(signature);
});

describe('a push event', () => {
  test('tells the sessions of all playback domains of its ingest domain that the source has come', () => {
    const k = kit({
      account: {
        callbacks: {
          path: 'canary-path-secret',
          keys: KEY,
          domains: { [PLAY]: PUSH, 'hls.example.com': PUSH, 'other.example.com': 'push.other.example.com' },
        },
      },
    });
    const news = newsOf(k.read(push()));
    expect(news.map(({ targets }) => targets)).toEqual([
      [[PLAY, 'live', 'ch7']],
      [['hls.example.com', 'live', 'ch7']],
    ]);
    expect(news[0]).toMatchObject({
      event: { kind: 'source-up', at: T0 - 2 * SECOND },
      look: true,
      announced: { target: { playbackDomain: PLAY, app: 'live', stream: 'ch7' } },
    });
    expect(news[0]!.event.part).toBeUndefined();
    expect(news[0]!.announced!.id).not.toBe(news[1]!.announced!.id);
  });

  test('tells that the source has gone, which announces nothing', () => {
    const [news] = newsOf(kit().read(push({ action: 'publish_done' })));
    expect(news).toMatchObject({ event: { kind: 'source-down', at: T0 - 2 * SECOND } });
    expect(news!.announced).toBeUndefined();
  });

  test('has the same id each time that it is sent, and another for another push', () => {
    const k = kit();
    const id = (request: Partial<CallbackRequest>) => newsOf(k.read(request))[0]!.event.id;
    const first = id(push());
    expect(id(push({}, signed(PUSH, T0 + 5 * SECOND)))).toBe(first);
    expect(id(push({ time: String(T0 / 1000) }))).not.toBe(first);
    expect(id(push({ action: 'publish_done' }))).not.toBe(first);
  });

  test('of a clock ahead of ours is not in the future', () => {
    const [news] = newsOf(kit().read(push({ time: String(T0 / 1000 + 60) })));
    expect(news!.event.at).toBe(T0);
  });

  test('of an ingest domain that nobody has named tells nothing', () => {
    const other = 'push.other.example.com';
    expect(newsOf(kit().read(push({ app: other }, signed(other))))).toEqual([]);
  });

  test('is signed with the ingest domain, and with nothing else', () => {
    const k = kit();
    expect(k.read(push({}, signed(HOST)))).toMatchObject({ verdict: 'forged' });
    expect(k.read(push({}, signed(PLAY)))).toMatchObject({ verdict: 'forged' });
    expect(k.read(push({}, signed(PUSH, T0, 'anotherkey0123456')))).toMatchObject({ verdict: 'forged' });
  });

  test('of another kind is of no consequence', () => {
    expect(newsOf(kit().read(push({ action: 'anything' })))).toEqual([]);
  });

  test.each(['app', 'appname', 'id'])('without %s is none', (field) => {
    expect(kit().read(push({ [field]: '' }))).toMatchObject({ verdict: 'malformed' });
  });

  test('that asks whether to record is answered and tells nothing', () => {
    const query = { app: 'live', domain: PLAY, stream: 'ch7', vbitrate: '1000', codec: 'h264' };
    expect(kit().read({ method: 'GET', query })).toMatchObject({
      verdict: 'genuine',
      news: [],
      reply: { status: 200 },
    });
  });
});

describe('a record event', () => {
  test.each(['record_started', 'record_resumed'])('%s tells that media is written', (event) => {
    const [news] = newsOf(kit().read(record({ ...STREAM, event })));
    expect(news).toMatchObject({
      targets: [[PLAY, 'live', 'ch7']],
      event: { kind: 'recorder-recording', at: T0 },
    });
  });

  test('record_paused makes us look, since it may be our own', () => {
    const [news] = newsOf(kit().read(record({ ...STREAM, event: 'record_paused' })));
    expect(news).toMatchObject({ event: { kind: 'recorder-failed' }, look: true });
    expect(news!.event.failure).toBeUndefined();
  });

  test('of a file has no name and is known by its uri', () => {
    const [news] = newsOf(kit().read(record(FILE)));
    expect(news!.event).toMatchObject({
      kind: 'file-ready',
      at: T0 - SECOND,
      files: [
        {
          name: 'rec/live/ch7/0_a_b.mp4',
          sequence: 0,
          state: 'stored',
          from: T0 - 61 * SECOND,
          to: T0 - SECOND,
        },
      ],
    });
    const [named] = newsOf(kit().read(record({ ...FILE, uri: '/rec/live/ch7/0_a_b.mp4' })));
    expect(named!.event.files![0]!.name).toBe('rec/live/ch7/0_a_b.mp4');
  });

  test.each([
    ['BucketNotFound', 'E_DESTINATION', 'destination'],
    ['AccessDenied', 'E_DESTINATION', 'destination'],
    ['UserDisable', 'E_DESTINATION', 'destination'],
    ['StreamFormatError', 'E_RECORDING_FAILED', 'source'],
    ['TsSegmenterFail', 'E_RECORDING_FAILED', 'vendor'],
    ['SomethingNew', 'E_RECORDING_FAILED', 'vendor'],
  ])('record_error %s is %s, for the %s, and no word of its message is told', (code, ours, who) => {
    const error_info = { code, message: 'canary in a message' };
    const [news] = newsOf(kit().read(record({ ...STREAM, event: 'record_error', error_info })));
    expect(news).toMatchObject({
      event: { kind: 'recorder-failed', failure: { code: ours, who, vendor: { code } } },
      look: true,
    });
  });

  test.each([
    'InvalidParameter.ResourceContentBad',
    'PermissionDenied.ResourceAccess',
    'InvalidParameter.ResourceNotFound',
  ])('transformat_error %s leaves out one file, and fails no recording', (code) => {
    const error_info = { code, message: 'canary' };
    const [news] = newsOf(kit().read(record({ ...FILE, event: 'transformat_error', error_info })));
    expect(news!.event).toMatchObject({
      kind: 'file-ready',
      files: [{ state: 'missing', trouble: expect.stringContaining(code) as string }],
    });
    expect(newsOf(kit().read(record({ ...STREAM, event: 'transformat_error', error_info })))).toEqual([]);
  });

  test('record_force_transcode_fail is of no consequence', () => {
    expect(newsOf(kit().read(record({ ...STREAM, event: 'record_force_transcode_fail' })))).toEqual([]);
  });

  test('of a file has the same id each time; one without id and time has it for a resend', () => {
    const k = kit();
    const id = (request: Partial<CallbackRequest>) => newsOf(k.read(request))[0]!.event.id;
    expect(id(record(FILE, signed(HOST, T0 + 20 * SECOND)))).toBe(id(record(FILE)));
    const started = { ...STREAM, event: 'record_started' };
    expect(id(record(started, signed(HOST, T0 + 5 * SECOND)))).toBe(id(record(started)));
    expect(id(record(started, signed(HOST, T0 + 2 * MINUTE)))).not.toBe(id(record(started)));
    expect(id(record({ ...STREAM, event: 'record_resumed' }))).not.toBe(id(record(started)));
  });

  test('is signed with the host name of the address that is called, with its port or without', () => {
    const k = kit();
    const started = { ...STREAM, event: 'record_started' };
    expect(k.read(record(started, signed(PLAY)))).toMatchObject({ verdict: 'forged' });
    expect(k.read(record(started, signed(PUSH)))).toMatchObject({ verdict: 'forged' });
    expect(
      k.read(record(started, { ...signed('evil.example.com'), host: 'evil.example.com' })),
    ).toMatchObject({ verdict: 'forged' });
    const there = kit({ account: { callbacks: { path: 'canary-path-secret', keys: KEY } } });
    for (const domain of ['hooks.example.com:8443', 'hooks.example.com']) {
      const headers = { ...signed(domain), host: 'hooks.example.com:8443' };
      expect(there.read(record(started, headers))).toMatchObject({ verdict: 'genuine' });
    }
  });

  test('holds by either of two keys during a rotation', () => {
    const account = {
      callbacks: {
        path: 'canary-path-secret',
        keys: ['anotherkey0123456', KEY],
        url: 'https://hooks.example.com',
      },
    };
    expect(kit({ account }).read(record(FILE))).toMatchObject({ verdict: 'genuine' });
  });

  test.each([
    [10 * MINUTE, 'genuine'],
    [10 * MINUTE + SECOND, 'stale'],
    [-10 * MINUTE - SECOND, 'stale'],
  ])('that was signed %d ms from now is %s', (aside, verdict) => {
    expect(kit().read(record(FILE, signed(HOST, T0 - aside)))).toMatchObject({ verdict });
  });

  test.each([
    ['no signature', {}],
    ['an empty one', { 'ali-live-timestamp': '1', 'ali-live-signature': '' }],
    ['no timestamp', { 'ali-live-signature': 'x' }],
    [
      'a timestamp that is none',
      { 'ali-live-timestamp': 'soon', 'ali-live-signature': signatureFor(HOST, 'soon', KEY) },
    ],
  ])('with %s is not believed', (_what, headers) => {
    expect(['forged', 'stale']).toContain(
      kit().read(record(FILE, headers as Record<string, string>)).verdict,
    );
  });

  test.each(['{', '[]', '"x"', '{"domain":"d"}', JSON.stringify({ ...STREAM, app: '' })])(
    'whose body is %s is malformed',
    (body) => {
      expect(kit().read(record(body))).toMatchObject({ verdict: 'malformed' });
    },
  );

  test('without a body tries the address', () => {
    expect(kit().read(record(''))).toMatchObject({ verdict: 'genuine', news: [] });
  });

  test('is not believed while the secrets of the account cannot be read', () => {
    const nobody = { callbacks: { path: [], keys: [] } } as never;
    expect(kit().read(record(FILE), nobody)).toMatchObject({ verdict: 'forged' });
    expect(kit().read(push(), nobody)).toMatchObject({ verdict: 'forged' });
  });
});

describe('what the emulator sends', () => {
  function deliveries(k: Kit): {
    method: string;
    query: Record<string, string>;
    headers: Record<string, string>;
    body: string;
    url: string;
  }[] {
    const { callbacks } = k.emulator;
    return callbacks.due(k.clock.now()).map((delivery) => {
      callbacks.answered(delivery.id, { status: 200, body: '' }, k.clock.now());
      const { url, headers, body } = delivery;
      const lower = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const query = Object.fromEntries(new URL(url).searchParams);
      return { method: delivery.method ?? 'POST', query, headers: lower, body, url };
    });
  }

  test('is believed and understood, from the push to the file', async () => {
    const k = kit({ callbacks: { url: CALLBACK_URL, key: KEY } });
    const take = await k.begin();
    k.clock.advance(3 * SECOND);
    const kinds = (): string[] =>
      deliveries(k).flatMap(({ method, query, headers, body }) =>
        newsOf(k.read({ method, query, headers, body: Buffer.from(body) })).map(({ event }) => event.kind),
      );
    expect(kinds().toSorted()).toEqual(['recorder-recording', 'source-up']);
    const { alibabaRecorder } = await import('../../../src/recorders/alibaba/adapter.ts');
    await alibabaRecorder.stop(k.context, k.subject, take);
    k.clock.advance(SECOND);
    expect(kinds().toSorted()).toEqual(['file-ready', 'recorder-failed']);
    k.control('source.stop');
    k.clock.advance(SECOND);
    expect(kinds()).toEqual(['source-down']);
  });
});

test('an account without callbacks reads nothing as genuine', () => {
  const account = alibabaAccountSchema.parse({ vendor: 'alibaba', accessKeyId: 'a', accessKeySecret: 'b' });
  const reading = alibabaCallbacks.read(account, {
    method: 'POST',
    headers: signed(HOST),
    body: Buffer.from('{}'),
    receivedAt: T0,
  });
  expect(reading.verdict).toBe('forged');
});
