/** Notifications of Agora: which are believed, and what they tell. */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agoraAccountSchema, agoraKeyParts } from '../../../src/contract/vendors/agora.ts';
import { noticeRequest, type AgoraEmulatorOptions } from '../../../src/emulators/index.ts';
import { agoraCallbacks } from '../../../src/recorders/agora/callbacks.ts';
import type { CallbackReading, News } from '../../../src/recorders/callbacks.ts';
import { parseRecorderEvent } from '../../../src/workflows/recording/payload.ts';
import { agoraKit, PAGE, T0, type AgoraKit } from '../../emulators/agora-kit.ts';

const MINUTE = 60_000;
const KEY = 'canary-notification-key';
const SID = '38f8e3cfdc474cd56fc1ceba380d7e1a';
const UID = '3000000001';

const accountOf = (keys: string | string[]) =>
  agoraAccountSchema.parse({
    vendor: 'agora',
    appId: '0123456789abcdef0123456789abcdef',
    customerId: 'customer',
    customerSecret: 'canary-customer-secret',
    callbacks: { path: 'canary-path-0123456789', keys },
  });
const account = accountOf(KEY);

const hmac = (algorithm: string, key: string, body: string | Buffer): string =>
  createHmac(algorithm, key).update(body).digest('hex');
const v1 = (body: string, key = KEY) => ({ 'agora-signature': hmac('sha1', key, body) });
const v2 = (body: string, key = KEY) => ({ 'agora-signature-v2': hmac('sha256', key, body) });
const both = (body: string, key = KEY): Record<string, string> => ({ ...v1(body, key), ...v2(body, key) });

function read(
  body: string | Buffer,
  headers: Record<string, string> = both(body.toString()),
  { at = T0, from = account } = {},
): CallbackReading {
  const request = { method: 'POST', headers, body: Buffer.from(body), receivedAt: at };
  return agoraCallbacks.read(from, request);
}

interface Given {
  payload?: Record<string, unknown>;
  details?: Record<string, unknown>;
  [field: string]: unknown;
}

/** Happened at `T0 - 1000`, sent and received at `T0`. */
function notice(eventType: number, { payload, details, ...envelope }: Given = {}): string {
  return JSON.stringify({
    noticeId: '4eb720f0-8da7-11e9-a43e-53f411c2761f',
    productId: 3,
    eventType,
    notifyMs: T0,
    payload: {
      cname: 'room',
      uid: UID,
      sid: SID,
      sequence: 7,
      sendts: T0 - 1000,
      serviceType: 1,
      details: { msgName: 'whatever', ...details },
      ...payload,
    },
    ...envelope,
  });
}

const GENUINE = { verdict: 'genuine', news: [], reply: { status: 200, body: {} } };

function newsOf(reading: CallbackReading): News[] {
  if (reading.verdict !== 'genuine') throw new Error(`${reading.verdict}: ${reading.why}`);
  expect(reading.reply).toEqual({ status: 200, body: {} });
  return reading.news;
}
const told = (eventType: number, details: Record<string, unknown> = {}, payload: Given['payload'] = {}) =>
  newsOf(read(notice(eventType, { details, payload })));

describe('a notification', () => {
  it('is believed with the signatures that the page gives for its own example', () => {
    const body =
      '{"eventMs":1560408533119,"eventType":10,"noticeId":"4eb720f0-8da7-11e9-a43e-53f411c2761f","notifyMs":1560408533119,"payload":{"a":"1","b":2},"productId":1}';
    const headers = {
      'agora-signature': '033c62f40f687675f17f0f41f91a40c71c0f134c',
      'agora-signature-v2': '6d3320c60b11101395b7fc8f9068748808a0aa1bfa064438e39d1bc2c7d74d99',
    };
    expect(read(body, headers, { from: accountOf('secret') })).toEqual(GENUINE);
    expect(read(`${body} `, headers, { from: accountOf('secret') })).toMatchObject({ verdict: 'forged' });
  });

  it('is believed by either signature alone, and by any of several keys', () => {
    const body = notice(40);
    for (const headers of [v1(body), v2(body), both(body)])
      expect(newsOf(read(body, headers))).toHaveLength(1);
    const from = accountOf(['an-older-key', KEY, 'another']);
    expect(newsOf(read(body, both(body), { from }))).toHaveLength(1);
  });

  it('is forged where one of its signatures does not hold, or they are of two keys', () => {
    const body = notice(40);
    const from = accountOf([KEY, 'another']);
    const wrong: Record<string, string>[] = [
      { ...v1(body), ...v2(body, 'nobody') },
      { ...v1(body, 'nobody'), ...v2(body) },
      { ...v1(body), ...v2(body, 'another') },
      { ...v1(body), 'agora-signature-v2': '' },
      { 'agora-signature': hmac('sha256', KEY, body) },
      { 'agora-signature-v2': `${v2(body)['agora-signature-v2']}, ${v2(body)['agora-signature-v2']}` },
    ];
    for (const headers of wrong) expect(read(body, headers, { from })).toMatchObject({ verdict: 'forged' });
    const { callbacks: _none, ...silent } = account;
    expect(read(body, both(body), { from: silent })).toMatchObject({ verdict: 'forged' });
  });

  it('is forged without a signature, whatever else it says', () => {
    const bodies = [
      notice(40),
      notice(1, { productId: 1 }),
      '{"payload":{"sid":5}}',
      '{"payload":{"cname":""}}',
    ];
    for (const body of bodies)
      expect(read(body, {})).toEqual({ verdict: 'forged', why: 'a notification without a signature' });
  });

  it('is stale more than ten minutes before or after its notifyMs, and good until then', () => {
    const body = notice(40);
    for (const at of [T0 - 10 * MINUTE, T0 + 10 * MINUTE])
      expect(newsOf(read(body, both(body), { at }))).toHaveLength(1);
    for (const at of [T0 - 10 * MINUTE - 1, T0 + 10 * MINUTE + 1])
      expect(read(body, both(body), { at })).toMatchObject({ verdict: 'stale' });
  });

  it.each([
    ['no JSON', '{"productId":3'],
    ['a text', '"hello"'],
    ['a list', '[]'],
    ['a payload that is a text', JSON.stringify({ productId: 3, payload: 'x' })],
    ['no sendts', notice(40, { payload: { sendts: undefined } })],
    ['a sendts of 0', notice(40, { payload: { sendts: 0 } })],
    ['no channel', notice(40, { payload: { cname: '' } })],
    ['a channel that is a number', notice(40, { payload: { cname: 5 } })],
    ['a sid that has no end', notice(40, { payload: { sid: 'a'.repeat(65) } })],
    ['a uid that has no end', notice(40, { payload: { uid: '1'.repeat(21) } })],
    ['a noticeId that has no end', notice(40, { noticeId: 'n'.repeat(101) })],
    ['a notifyMs that is no number', notice(40, { notifyMs: 'now' })],
    ['an eventType that is none', notice(40, { eventType: 1.5 })],
    ['an error without its level', notice(1, { details: { module: 0, errorCode: 5 } })],
    ['a stream without a state', notice(43, { details: { streamUid: '5' } })],
    ['files without names', notice(31, { details: { fileList: [{ trackType: 'audio' }] } })],
    ['a name of a file that has no end', notice(4, { details: { fileList: 'x'.repeat(401) } })],
    ['details that are a text', notice(40, { payload: { details: 'x' } })],
  ])('is malformed with %s', (_what, body) => {
    const reading = read(body);
    expect(reading).toMatchObject({ verdict: 'malformed' });
    expect(JSON.stringify(reading)).not.toContain('aaa');
  });

  it('survives as it came, and no flipped bit of body or signature does', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    const property = fc.property(
      fc.record({ cname: text.filter((name) => name !== 'test_webhook'), extra: text, key: text }),
      fc.constantFrom(1, 4, 11, 12, 31, 40, 42, 43, 71, 999),
      fc.nat(),
      fc.nat({ max: 7 }),
      fc.constantFrom('body', 'agora-signature', 'agora-signature-v2'),
      ({ cname, extra, key }, eventType, place, bit, where) => {
        const details = { module: 0, errorLevel: 5, errorCode: 1, streamUid: '5', state: 0, code: 0, extra };
        const body = Buffer.from(notice(eventType, { payload: { cname }, details }));
        const headers = both(body.toString(), key);
        const from = accountOf(key);
        expect(read(body, headers, { from })).toMatchObject({ verdict: 'genuine' });
        const flip = (bytes: Buffer): Buffer => {
          const spoiled = Buffer.from(bytes);
          spoiled[place % spoiled.length]! ^= 1 << bit;
          return spoiled;
        };
        const spoiled =
          where === 'body'
            ? read(flip(body), headers, { from })
            : read(
                body,
                { ...headers, [where]: flip(Buffer.from(headers[where]!)).toString('latin1') },
                { from },
              );
        expect(spoiled).toMatchObject({ verdict: 'forged' });
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  it('never makes the reader throw, whatever a signed body holds', () => {
    const anything = fc.jsonValue({ maxDepth: 2 });
    const names =
      'fileList module errorLevel errorCode status state streamUid UtcMs startUtcMs code exitStatus leaveCode';
    const details = fc.dictionary(
      fc.constantFrom(...names.split(' ')),
      fc.oneof(
        anything,
        fc.array(fc.record({ fileName: anything, sliceStartTime: anything }, { requiredKeys: [] })),
      ),
    );
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ eventType: fc.integer({ min: 0, max: 100 }), details: fc.oneof(anything, details) })
        .map((one) => notice(one.eventType, { payload: { details: one.details } })),
    );
    fc.assert(
      fc.property(body, (text) => {
        const reading = read(text);
        expect(['genuine', 'malformed']).toContain(reading.verdict);
        if (reading.verdict !== 'genuine') return;
        for (const { event } of reading.news) expect(parseRecorderEvent(event)).toBe(event);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("the console's health test", () => {
  it.each([
    ['an empty body', ''],
    ['no JSON', 'ping'],
    ['JSON that is no object', '[1]'],
    ['an object without a payload', '{"eventType":40,"productId":3}'],
    ['a payload that names no recording', '{"payload":{"test":true}}'],
    [
      "the channel of the page's example",
      '{"productId":1,"payload":{"channelName":"test_webhook","uid":12121212}}',
    ],
    [
      'that channel as a recording has it',
      notice(40, { payload: { cname: 'test_webhook', sid: undefined } }),
    ],
  ])('gets 200 unsigned, with %s', (_what, body) => {
    expect(read(body, {})).toEqual(GENUINE);
  });

  it('gets 200 signed, also with an old date, and tells nothing', () => {
    const bodies = [
      '',
      '{}',
      '{"eventType":40}',
      notice(40, { notifyMs: 1, payload: { cname: 'test_webhook' } }),
    ];
    for (const body of bodies) expect(read(body)).toEqual(GENUINE);
  });

  it.each(['signed', 'unsigned'] as const)('of the emulator passes, %s', (healthTest) => {
    const kit = agoraKit({ notices: { url: 'https://hooks.test', secret: KEY }, unknowns: { healthTest } });
    kit.control('callback.probe');
    const readings = delivered(kit);
    expect(readings.length).toBeGreaterThan(15);
    for (const reading of readings) expect(reading).toEqual(GENUINE);
  });
});

describe('what a notification tells', () => {
  const base = { at: T0 - 1000, recording: SID, mark: UID };
  const any = [
    ['room', 'individual'],
    ['room', 'mix'],
    ['room', 'web'],
  ];

  it('is about the open sessions of that channel in any mode, and of pages for the page recorder', () => {
    expect(told(40)[0]!.targets).toEqual(any);
    expect(told(70, {}, { serviceType: 6 })[0]!.targets).toEqual([['room', 'web']]);
    expect(any).toContainEqual(agoraKeyParts({ channel: 'room', mode: 'mix' }));
  });

  it.each([
    [40, { status: 0 }, { kind: 'recorder-started' }, false],
    [40, { status: 1 }, { kind: 'recorder-failed', failure: { code: 'E_RECORDING_FAILED' } }, true],
    [70, { recorderStartTime: T0 }, { kind: 'recorder-started' }, true],
    [42, { startUtcMs: T0 - 3000 }, { kind: 'recorder-recording', since: T0 - 3000 }, false],
    [42, { startUtcMs: 0 }, { kind: 'recorder-recording' }, false],
    [12, { newUid: 5 }, { kind: 'recorder-moved' }, true],
    [11, { exitStatus: 0 }, { kind: 'recorder-ended', final: true }, true],
    [
      11,
      { exitStatus: 1 },
      { kind: 'recorder-ended', failure: { code: 'E_RECORDING_FAILED', who: 'vendor' } },
      true,
    ],
    [41, { leaveCode: 4 }, { kind: 'recorder-ended' }, true],
    [41, { leaveCode: 0 }, { kind: 'recorder-ended', failure: { code: 'E_RECORDING_FAILED' } }, true],
    [
      34,
      {},
      { kind: 'recorder-failed', failure: { code: 'E_CREDENTIALS_EXPIRED', cause: 'credentials' } },
      true,
    ],
    [72, { limitType: 'WebGL' }, { kind: 'recorder-failed', failure: { who: 'you' } }, true],
    [
      43,
      { streamUid: '5', state: 0, UtcMs: T0 - 2000 },
      { kind: 'source-up', part: '5/audio', at: T0 - 2000 },
      false,
    ],
    [
      43,
      { streamUid: 5, state: 1, utcMs: T0 - 2000 },
      { kind: 'source-down', part: '5/audio', at: T0 - 2000 },
      false,
    ],
    [44, { streamUid: '0', state: 0 }, { kind: 'source-up', part: '0/video', at: T0 - 1000 }, false],
    [44, { streamUid: '5', state: 1, UtcMs: T0 }, { kind: 'source-down', part: '5/video', at: T0 }, false],
  ] as const)('%i %j', (eventType, details, expected, look) => {
    const [one, ...more] = told(eventType, details);
    expect(more).toEqual([]);
    expect(one!.event).toMatchObject({ ...base, ...expected });
    expect(Object.keys(one!.event).includes('since')).toBe('since' in expected);
    expect(one!.event.failure !== undefined).toBe('failure' in expected);
    expect(one!.look ?? false).toBe(look);
  });

  it.each([2, 3, 13, 30, 33, 45, 46, 60, 61, 73, 80, 81, 90, 100, 110, 1001, 4711])(
    'nothing for %i',
    (eventType) => {
      expect(told(eventType, { status: 'connecting', fileList: 5, progress: 10_000 })).toEqual([]);
    },
  );

  it.each([
    [5, 0, 110, { code: 'E_VENDOR_AUTH', who: 'you', cause: 'credentials', retry: 'later' }],
    [5, 0, 109, { code: 'E_VENDOR_AUTH', who: 'you', cause: 'credentials' }],
    [4, 0, 2, { code: 'E_VENDOR_REFUSED', who: 'you', retry: 'later' }],
    [5, 0, 4711, { code: 'E_RECORDING_FAILED', who: 'vendor', cause: 'vendor-fault' }],
    [4, 1, 32, { code: 'E_DESTINATION', who: 'destination', cause: 'destination' }],
    [4, 1, 47, { code: 'E_DESTINATION', who: 'destination', cause: 'destination' }],
    [4, 2, 50, { code: 'E_RECORDING_FAILED', who: 'vendor' }],
    [4, 2, 52, { code: 'E_RECORDING_FAILED', who: 'vendor' }],
    [5, 99, 1, { code: 'E_RECORDING_FAILED', who: 'vendor' }],
  ])('an error of level %i of module %i, code %i', (errorLevel, module, errorCode, failure) => {
    const [one] = told(1, { errorLevel, module, errorCode, stat: 0, errorMsg: 'canary-secret-of-ours' });
    expect(one).toMatchObject({ event: { ...base, kind: 'recorder-failed', failure }, look: true });
    expect(one!.event.failure!.vendor).toEqual({ operation: 'notification 1', code: String(errorCode) });
    expect(JSON.stringify(one)).not.toContain('canary');
  });

  it('nothing for an error below "major"', () => {
    for (const errorLevel of [1, 2, 3]) expect(told(1, { errorLevel, module: 1, errorCode: 47 })).toEqual([]);
  });

  it.each([
    [0, 'as it should'],
    [1, 'maxRecordingHour'],
    [2, 'cannot be recorded'],
    [3, 'engine'],
    [4, 'readyTimeout'],
    [5, 'opened'],
    [6, 'recorder failed'],
    [99, 'code 99'],
  ])('why a page ended, code %i', (code, words) => {
    const fileList = [{ filename: 'a.m3u8', sliceStartTime: T0 - 5000 }];
    const [ended, files, ...more] = told(71, { code, message: 'canary', details: 'canary', fileList });
    expect(more).toEqual([]);
    expect(ended).toMatchObject({ event: { ...base, kind: 'recorder-ended' }, look: true });
    expect(ended!.event.failure?.message ?? 'as it should').toContain(words);
    expect(files!.event).toMatchObject({
      kind: 'file-ready',
      files: [{ name: 'a.m3u8', sequence: 0, state: 'named', from: T0 - 5000 }],
    });
    expect(files!.event.id).not.toBe(ended!.event.id);
    expect(JSON.stringify([ended, files])).not.toContain('canary');
  });

  it.each([
    [31, { status: 0 }, 'stored'],
    [31, { status: 1 }, 'named'],
    [32, { status: 0 }, 'named'],
  ])('files: %i %j are %s', (eventType, details, state) => {
    const fileList = Array.from({ length: 25 }, (_, index) => ({ fileName: `${index}.m3u8` }));
    const [one] = told(eventType, { ...details, fileList });
    expect(one!.event.files).toHaveLength(25);
    expect(one!.event.files!.at(-1)).toEqual({ name: '24.m3u8', sequence: 24, state });
    expect(one).not.toHaveProperty('look');
    expect(told(eventType, details), 'a page names no files there').toEqual([]);
  });

  it('the first playlist, by which a query can name a slice', () => {
    const [one] = told(4, { fileList: 'a.m3u8' });
    expect(one).toMatchObject({
      event: { kind: 'file-ready', files: [{ name: 'a.m3u8', sequence: 0, state: 'open' }] },
      look: true,
    });
  });

  it('nothing of other products, though they are signed', () => {
    for (const productId of [1, 4, 5, undefined]) expect(newsOf(read(notice(40, { productId })))).toEqual([]);
  });

  it.each([-5, 0, 5])('the right instant with clocks that differ by %i minutes', (minutes) => {
    const skew = minutes * MINUTE;
    const body = notice(42, {
      notifyMs: T0 + skew,
      payload: { sendts: T0 + skew - 20_000 },
      details: { startUtcMs: T0 + skew - 23_000 },
    });
    const [one] = newsOf(read(body));
    expect(one!.event).toMatchObject({ at: T0 - 20_000, since: T0 - 23_000 });
    const stream = notice(43, {
      notifyMs: T0 + skew,
      payload: { sendts: T0 + skew - 20_000 },
      details: { streamUid: '5', state: 1, UtcMs: T0 + skew - 21_000 },
    });
    expect(newsOf(read(stream))[0]!.event).toMatchObject({ kind: 'source-down', at: T0 - 21_000 });
  });

  it('no instant that is yet to come', () => {
    const details = { startUtcMs: T0 + 9000 };
    const [one] = newsOf(read(notice(42, { payload: { sendts: T0 + 5000 }, details })));
    expect(one!.event).toMatchObject({ at: T0, since: T0 });
  });

  it('the same id in a resend and in the copy of redundant delivery, and another id for whatever else happens', () => {
    const idOf = (given: Given, eventType = 40) => newsOf(read(notice(eventType, given)))[0]!.event.id;
    const id = idOf({});
    expect(idOf({ notifyMs: T0 - MINUTE })).toBe(id);
    expect(idOf({ noticeId: 'another' })).toBe(id);
    const others = [
      idOf({ payload: { sequence: 8 } }),
      idOf({ payload: { serviceType: 0 } }),
      idOf({ payload: { uid: '5' } }),
      idOf({ payload: { sid: 'another' } }),
      idOf({}, 12),
    ];
    expect(new Set([id, ...others]).size).toBe(6);
    const nameless = { payload: { sid: '' } };
    expect(idOf(nameless)).toBe(idOf({ ...nameless, notifyMs: T0 - MINUTE }));
    expect(idOf({ ...nameless, noticeId: 'another' })).not.toBe(idOf(nameless));
    const [one] = newsOf(read(notice(40, nameless)));
    expect(one!.event).not.toHaveProperty('recording');
    const most = { sid: 'a'.repeat(64), uid: '1'.repeat(20), sequence: Number.MAX_SAFE_INTEGER };
    expect(idOf({ noticeId: 'n'.repeat(100), payload: { ...most, sid: '' } }).length).toBeLessThanOrEqual(
      200,
    );
    expect(idOf({ payload: most }).length).toBeLessThanOrEqual(200);
  });
});

/** Reads all that the emulator sends until an hour after now. */
function delivered(kit: AgoraKit, lastsMs = 60 * MINUTE): CallbackReading[] {
  const { callbacks } = kit.emulator;
  const until = kit.clock.now() + lastsMs;
  const readings: CallbackReading[] = [];
  for (;;) {
    const next = callbacks.nextAt(kit.clock.now());
    if (next === undefined || next > until) return readings;
    const at = kit.clock.set(Math.max(next, kit.clock.now()));
    for (const { id, headers, body } of callbacks.due(at)) {
      const lower = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const reading = read(body, lower, { at });
      readings.push(reading);
      callbacks.answered(id, { status: reading.verdict === 'genuine' ? 200 : 401, body: '{}' }, at);
    }
  }
}

const heard = (options: Partial<AgoraEmulatorOptions> = {}): AgoraKit =>
  agoraKit({ notices: { url: 'https://hooks.test', secret: KEY }, ...options });

/** All that the emulator can tell, with what time does in between. */
function eventful(kit: AgoraKit): CallbackReading[] {
  const readings: CallbackReading[] = [];
  const wait = (ms: number) => readings.push(...delivered(kit, ms));
  const mix = kit.begin('mix');
  wait(5_000);
  kit.join('5');
  wait(MINUTE);
  kit.control('failover', { sid: mix.sid, forMs: 20_000 });
  wait(MINUTE);
  kit.leave('5');
  wait(MINUTE);
  kit.stop(mix);
  kit.stop(mix);
  const bad = kit.begin('mix', {}, { uid: '901' });
  kit.control('storage', { mode: 'denied' });
  wait(MINUTE);
  kit.control('storage', { mode: 'ok' });
  expect(kit.query(bad).status).toBe(404);
  const page = kit.begin('web', {}, { uid: '902' });
  wait(MINUTE);
  kit.control('page.set', { url: PAGE, state: 'down' });
  wait(MINUTE);
  expect(kit.query(page).status).toBe(404);
  return readings;
}

describe('all that the emulator sends', () => {
  it('is read as genuine, and each event that a session can use arrives as one', () => {
    const kit = heard({ progressNotices: true });
    const readings = eventful(kit);
    const sent = new Set(kit.notices().map(({ eventType }) => eventType));
    expect([...sent].toSorted((a, b) => a - b)).toEqual(
      expect.arrayContaining([1, 3, 4, 11, 12, 30, 31, 33, 40, 41, 42, 43, 44, 70, 71]),
    );
    expect(readings).toHaveLength(kit.notices().length);
    expect(readings.filter(({ verdict }) => verdict !== 'genuine')).toEqual([]);
    const news = readings.flatMap(newsOf);
    expect(new Set(news.map(({ event }) => event.kind))).toEqual(
      new Set([
        'recorder-started',
        'recorder-recording',
        'recorder-moved',
        'recorder-failed',
        'recorder-ended',
        'source-up',
        'source-down',
        'file-ready',
      ]),
    );
    expect(new Set(news.map(({ event }) => event.id)).size).toBe(news.length);
    for (const { event } of news) expect(parseRecorderEvent(event)).toBe(event);
    const [up, down] = ['source-up', 'source-down'].map(
      (kind) => news.find(({ event }) => event.kind === kind)!.event,
    );
    const source = kit.truth('source').filter(({ source: name }) => name.endsWith('/5'));
    expect([up!.at, down!.at]).toEqual(source.map(({ at }) => at));
  });

  it.each(['sid', 'service'] as const)(
    'has an id of its own where sequences count by %s',
    (sequenceScope) => {
      const kit = heard({
        unknowns: { sequenceScope },
        notices: { url: 'https://h.test', secret: KEY, redundant: true },
      });
      const readings = eventful(kit);
      const ids = readings.flatMap(newsOf).map(({ event }) => event.id);
      expect(new Set(ids).size).toBe(ids.length / 2);
    },
  );

  it('is forged where a stranger sends it, and late ones tell when it happened', () => {
    const kit = heard();
    kit.control('callback.faults', { event: '40', kind: 'forged' });
    kit.control('callback.faults', { event: '42', kind: 'late', delayMs: 9 * MINUTE });
    kit.join();
    kit.begin('mix');
    const readings = delivered(kit, 20 * MINUTE);
    expect(readings.filter(({ verdict }) => verdict === 'forged')).toHaveLength(1);
    const recording = readings
      .filter(({ verdict }) => verdict === 'genuine')
      .flatMap(newsOf)
      .find(({ event }) => event.kind === 'recorder-recording');
    expect(recording!.event).toMatchObject({ at: T0 + 2000, since: T0 + 2000 });
  });

  it('keeps its id over a resend', () => {
    const kit = agoraKit();
    kit.begin('mix');
    kit.wait(5000);
    const [first] = kit.notices();
    const ids = [T0 + 5000, T0 + 9000].map((at) => {
      const { body } = noticeRequest(first!, KEY, at);
      const [one] = newsOf(read(body, both(body), { at }));
      expect(one!.event.at).toBe(T0 + 2000);
      return one!.event.id;
    });
    expect(ids[0]).toBe(ids[1]);
  });
});
