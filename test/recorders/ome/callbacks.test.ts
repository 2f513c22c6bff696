import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../../src/config/settings.ts';
import { problemsOf } from '../../../src/contract/problems.ts';
import { omeAccountSchema } from '../../../src/contract/vendors/ome.ts';
import type { CallbackReading, News } from '../../../src/recorders/callbacks.ts';
import { omeCallbacks } from '../../../src/recorders/ome/callbacks.ts';
import { VENDORS } from '../../../src/recorders/registry.ts';

const NOW = Date.UTC(2026, 0, 1);
const CANARY = 'canary-stream-key';
const ADMITTED = { status: 200, body: { allowed: true } };

function accountWith(callbacks: Record<string, unknown> = {}) {
  return omeAccountSchema.parse({
    vendor: 'ome',
    url: 'http://ome.example.com:8081',
    accessToken: 'token',
    callbacks: { path: 'secret-path-0123', keys: '1234', ...callbacks },
  });
}

function sign(body: string | Buffer, key = '1234'): string {
  return createHmac('sha1', key).update(body).digest('base64url');
}

function read(
  body: string | Buffer | object,
  {
    account = accountWith(),
    signature,
    receivedAt = NOW,
  }: { account?: ReturnType<typeof accountWith>; signature?: string; receivedAt?: number } = {},
): CallbackReading {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const headers = { 'x-ome-signature': signature ?? sign(bytes) };
  return omeCallbacks.read(account, { method: 'POST', headers, body: bytes, receivedAt });
}

function newsOf(reading: CallbackReading): News[] {
  if (reading.verdict !== 'genuine') throw new Error(`It was taken for ${reading.verdict}: ${reading.why}`);
  return reading.news;
}

function admission(request: Record<string, unknown> = {}, client: Record<string, unknown> = {}) {
  return {
    client: { address: '192.0.2.10', port: 50000, real_ip: '192.0.2.10', ...client },
    request: {
      direction: 'incoming',
      protocol: 'RTMP',
      status: 'opening',
      time: '2026-01-01T01:00:00.000+01:00',
      url: 'rtmp://h.example:1935/app/cam1',
      ...request,
    },
  };
}

function alert(code: string, more: Record<string, unknown> = {}) {
  return {
    messages: [{ code, description: 'A new stream' }],
    sourceInfo: {
      createdTime: '2026-01-01T00:00:00.000+00:00',
      name: 'cam1',
      sourceType: 'Rtmp',
      tracks: [],
    },
    sourceUri: '#default#app/cam1',
    type: code.split('_')[0],
    ...more,
  };
}

const VECTOR =
  '{"client":{"address":"192.0.2.10","port":50000},"request":{"direction":"incoming","protocol":"RTMP","status":"opening","time":"2026-01-01T00:00:00.000+00:00","url":"rtmp://h.example:1935/app/stream"}}';

describe('the signature of OvenMediaEngine', () => {
  it('is base64url of HMAC-SHA1 without padding, as in the known example', () => {
    expect(read(VECTOR, { signature: 'RzKsQEDAg1z-jaO0UjsTUpMFyi0' }).verdict).toBe('genuine');
    expect(read(VECTOR, { signature: 'RzKsQEDAg1z-jaO0UjsTUpMFyi0=' }).verdict).toBe('forged');
    expect(read(VECTOR, { signature: 'RzKsQEDAg1z-jaO0UjsTUpMFyi1' }).verdict).toBe('forged');
    expect(read(VECTOR, { signature: '' }).verdict).toBe('forged');
  });

  it('holds with each of several keys during a rotation, and with no other', () => {
    const account = accountWith({ keys: ['new', 'old'] });
    const verdictWith = (key: string) => read(VECTOR, { account, signature: sign(VECTOR, key) }).verdict;
    expect([verdictWith('new'), verdictWith('old'), verdictWith('1234'), verdictWith('')]).toEqual([
      'genuine',
      'genuine',
      'forged',
      'forged',
    ]);
  });

  it('holds for nobody at an account without callbacks', () => {
    const { callbacks: _none, ...account } = accountWith();
    expect(read(VECTOR, { account })).toMatchObject({ verdict: 'forged', reply: ADMITTED });
  });

  it('does not survive one flipped bit, in body or signature, and news comes of neither', () => {
    const bodies = [VECTOR, JSON.stringify(alert('INGRESS_STREAM_CREATED'))];
    fc.assert(
      fc.property(
        fc.constantFrom(...bodies),
        fc.nat(),
        fc.nat(7),
        fc.boolean(),
        (text, place, bit, inBody) => {
          const body = Buffer.from(text);
          const signature = Buffer.from(sign(body));
          const flipped = inBody ? body : signature;
          flipped[place % flipped.length]! ^= 1 << bit;
          const reading = read(body, { signature: signature.toString('latin1') });
          expect(['forged', 'malformed']).toContain(reading.verdict);
          expect(reading).not.toHaveProperty('news');
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('a request for admission', () => {
  it('is admitted at once and announces the stream, which does not exist yet', () => {
    const [news, ...others] = newsOf(read(admission()));
    expect(others).toEqual([]);
    expect(news).toEqual({
      targets: [['default', 'app', 'cam1']],
      event: { id: expect.stringMatching(/^ome-[0-9a-f]{32}$/), at: NOW, kind: 'source-up' },
      look: true,
      announced: {
        id: expect.stringMatching(/^ome-[0-9a-f]{32}$/),
        target: { vhost: 'default', app: 'app', stream: 'cam1' },
      },
    });
    expect(read(admission())).toMatchObject({ reply: ADMITTED, replyFirst: true });
  });

  it('tells of a closed connection, which needs no admission', () => {
    const reading = read(admission({ status: 'closing', new_url: 'rtmp://h.example:1935/app/cam1' }));
    expect(reading).toMatchObject({ reply: { status: 200, body: {} }, replyFirst: true });
    const [news] = newsOf(reading);
    expect(news).toMatchObject({
      event: { kind: 'source-down' },
      look: true,
      targets: [['default', 'app', 'cam1']],
    });
    expect(news).not.toHaveProperty('announced');
  });

  it.each([
    ['forged', admission(), { signature: 'AAAA' }],
    ['stale', admission({ time: '2026-01-01T00:10:00.001+00:00' }), {}],
    ['stale', admission({ time: '2025-12-31T23:49:59.999Z' }), {}],
    ['malformed', admission({ time: '2026-01-01T00:00:00.000' }), {}],
    ['malformed', admission({ time: 17 }), {}],
    ['malformed', { request: {} }, {}],
    ['forged', { request: { status: 'opening', url: ['no', 'text'] } }, { signature: 'AAAA' }],
  ])('is admitted also when it is %s, and tells nothing then', (verdict, body, how) => {
    const reading = read(body, how);
    expect(reading).toMatchObject({ verdict, reply: ADMITTED });
    expect(reading).not.toHaveProperty('news');
  });

  it('is admitted whatever stands in it, as long as it is one', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.object(), fc.boolean(), (client, request, signed) => {
        const reading = read({ client, request }, signed ? {} : { signature: 'AAAA' });
        expect(reading.reply).toEqual({
          status: 200,
          body: request.status === 'closing' ? {} : { allowed: true },
        });
      }),
    );
  });

  it('is genuine up to ten minutes away, and never tells of our future', () => {
    const early = newsOf(read(admission({ time: '2025-12-31T23:50:00.000Z' })));
    expect(early[0]?.event.at).toBe(NOW - 600_000);
    const ahead = newsOf(read(admission({ time: '2026-01-01T00:10:00.000Z' })));
    expect(ahead[0]?.event.at).toBe(NOW);
  });

  it.each([
    [
      'of a player',
      { direction: 'outgoing', protocol: 'LLHLS', url: 'https://h.example/app/cam1/llhls.m3u8' },
    ],
    ['of another status', { status: 'asking' }],
    ['without stream', { url: 'rtmp://h.example/app' }],
    ['without address', { url: undefined }],
    ['of half a character', { url: 'rtmp://h.example/app/\ud800' }],
    ['of no address', { url: 'app/cam1' }],
  ])('%s is genuine and no news', (_what, request) => {
    expect(read(admission(request))).toEqual({
      verdict: 'genuine',
      news: [],
      reply: ADMITTED,
      replyFirst: true,
    });
  });

  it.each([
    ['rtmp://h.example:1935/app/cam1', 'app', 'cam1'],
    [`rtmp://h.example:1935/app/cam1?token=${CANARY}`, 'app', 'cam1'],
    [`rtmp://publisher:${CANARY}@h.example:1935/app/cam1?a=b?c=d@e:f`, 'app', 'cam1'],
    [`rtmp://publisher:1${CANARY}/x@h.example/app/cam1`, 'app', 'cam1'],
    ['rtmp://[2001:db8::1]:1935/live/Straße', 'live', 'Straße'],
    ['wss://h.example:3334/app/cam%201?direction=send&transport=tcp', 'app', 'cam%201'],
    ['srt://default/app/cam1', 'app', 'cam1'],
    [`srt://h.example:9999/app/cam1/playlist?passphrase=${CANARY}`, 'app', 'cam1'],
    ['rtmp://h.example/app/user@home', 'app', 'user@home'],
  ])('has its stream from %s', (url, app, stream) => {
    const news = newsOf(read(admission({ url })));
    expect(news.map(({ targets }) => targets)).toEqual([[['default', app, stream]]]);
    expect(JSON.stringify(news)).not.toContain(CANARY);
  });

  it('is about the stream to which it was redirected', () => {
    const news = newsOf(read(admission({ status: 'closing', new_url: 'rtmp://h.example:1935/app/hidden' })));
    expect(news[0]?.targets).toEqual([['default', 'app', 'hidden']]);
  });

  it('is of the virtual host that the account names for its host, else of "default"', () => {
    const account = accountWith({ hosts: { 'Live.example.com': 'live', '[2001:db8::1]': 'six' } });
    const vhostOf = (url: string) => newsOf(read(admission({ url }), { account }))[0]?.targets[0]?.[0];
    expect(vhostOf('rtmp://live.example.com:1935/app/cam1')).toBe('live');
    expect(vhostOf('rtmp://LIVE.EXAMPLE.COM/app/cam1')).toBe('live');
    expect(vhostOf('rtmp://[2001:db8::1]:1935/app/cam1')).toBe('six');
    expect(vhostOf('srt://live/app/cam1')).toBe('live');
    expect(vhostOf('rtmp://other.example.com/app/cam1')).toBe('default');
    expect(vhostOf('rtmp://constructor/app/cam1')).toBe('default');
  });

  it('is about every output that the patterns of the account make of the input', () => {
    const account = accountWith({ outputs: ['{stream}_o', 'copy-of-{stream}'] });
    const news = newsOf(read(admission(), { account }));
    expect(news.map(({ targets }) => targets)).toEqual([
      // A target that leaves its output out has the input's name in its key.
      [
        ['default', 'app', 'cam1_o'],
        ['default', 'app', 'cam1'],
      ],
      [['default', 'app', 'copy-of-cam1']],
    ]);
    expect(news.map(({ announced }) => announced?.target.output)).toEqual(['cam1_o', 'copy-of-cam1']);
    expect(new Set(news.map(({ event }) => event.id)).size).toBe(1);
    expect(new Set(news.map(({ announced }) => announced?.id)).size).toBe(2);
  });

  it('takes the name of a stream for a name, not for a pattern', () => {
    const account = accountWith({ outputs: ['{stream}_o'] });
    const news = newsOf(read(admission({ url: 'rtmp://h.example/app/$&{stream}' }), { account }));
    expect(news[0]?.targets[0]).toEqual(['default', 'app', '$&{stream}_o']);
  });

  it('has one id however often it is told, and another for every other connection, status and time', () => {
    const idOf = (body: object) => newsOf(read(body))[0]!.event.id;
    const again = admission({ url: `rtmp://h.example:1935/app/cam1?token=${CANARY}` });
    expect(idOf(admission())).toBe(idOf(again));
    const ids = [
      admission(),
      admission({ status: 'closing' }),
      admission({ time: '2026-01-01T00:00:00.001Z' }),
      admission({}, { port: 50001 }),
      admission({}, { address: '192.0.2.11' }),
      admission({ url: 'rtmp://h.example:1935/app/cam2' }),
    ].map(idOf);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('an alert', () => {
  it.each([
    ['INGRESS_STREAM_CREATED', 'source-up'],
    ['INGRESS_STREAM_PREPARED', 'source-up'],
    ['INGRESS_STREAM_DELETED', 'source-down'],
    ['EGRESS_STREAM_CREATED', 'source-up'],
    ['EGRESS_STREAM_PREPARED', 'source-up'],
    ['EGRESS_STREAM_DELETED', 'source-down'],
  ])('%s is %s', (code, kind) => {
    const reading = read(alert(code), { receivedAt: NOW + 1_000 });
    expect(reading).toMatchObject({ reply: { status: 200, body: {} } });
    const [news] = newsOf(reading);
    expect(news).toMatchObject({
      targets: [['default', 'app', 'cam1']],
      event: { kind, at: kind === 'source-up' ? NOW : NOW + 1_000 },
      look: true,
    });
    expect('announced' in news!).toBe(kind === 'source-up' && code.startsWith('INGRESS'));
  });

  it.each([
    'INGRESS_STREAM_CREATION_FAILED_DUPLICATE_NAME',
    'EGRESS_STREAM_CREATION_FAILED_ENCODER',
    'EGRESS_LLHLS_READY',
    'INGRESS_BITRATE_LOW',
    'INTERNAL_QUEUE_CONGESTION',
    'OK',
    'constructor',
  ])('%s is genuine and no news', (code) => {
    expect(read(alert(code))).toEqual({ verdict: 'genuine', news: [], reply: { status: 200, body: {} } });
  });

  it('of an input is about its outputs, and of an output about that very name', () => {
    const account = accountWith({ outputs: ['{stream}_o'], hosts: { default: 'other' } });
    const targetsOf = (code: string, sourceUri: string) =>
      newsOf(read(alert(code, { sourceUri }), { account })).flatMap(({ targets }) => targets);
    expect(targetsOf('INGRESS_STREAM_CREATED', '#default#app/cam1')).toContainEqual([
      'default',
      'app',
      'cam1_o',
    ]);
    expect(targetsOf('EGRESS_STREAM_CREATED', '#default#app/cam1_o')).toEqual([['default', 'app', 'cam1_o']]);
    expect(targetsOf('EGRESS_STREAM_CREATED', '#default#app/a/b')).toEqual([]);
  });

  it('announces a stream once, whether it is told as created or as prepared', () => {
    const announcedBy = (code: string) => newsOf(read(alert(code)))[0]?.announced?.id;
    expect(announcedBy('INGRESS_STREAM_CREATED')).toBe(announcedBy('INGRESS_STREAM_PREPARED'));
    const later = alert('INGRESS_STREAM_CREATED', {
      sourceInfo: { createdTime: '2026-01-01T00:00:01.000+00:00' },
    });
    expect(newsOf(read(later, { receivedAt: NOW + 1_000 }))[0]?.announced?.id).not.toBe(
      announcedBy('INGRESS_STREAM_CREATED'),
    );
  });

  it('of a stream that was created long ago is stale, unless it tells that it has gone', () => {
    const receivedAt = NOW + 600_001;
    const stale = read(alert('INGRESS_STREAM_CREATED'), { receivedAt });
    expect(stale.verdict).toBe('stale');
    // Its reply is that of the refusal: nobody waits for it.
    expect(stale).not.toHaveProperty('reply');
    expect(read(alert('EGRESS_STREAM_DELETED'), { receivedAt }).verdict).toBe('genuine');
  });

  it('with a spoiled signature is forged', () => {
    const forged = read(alert('INGRESS_STREAM_DELETED'), { signature: sign('another body') });
    expect(forged.verdict).toBe('forged');
    expect(forged).not.toHaveProperty('reply');
  });

  it.each([
    ['nothing of its stream', { sourceUri: undefined }],
    ['another form of its stream', { sourceUri: 'default/app/cam1' }],
    ['nothing of its age', { sourceInfo: {} }],
  ])('that tells %s is malformed', (_what, more) => {
    expect(read(alert('INGRESS_STREAM_CREATED', more)).verdict).toBe('malformed');
  });
});

describe('anything else', () => {
  it.each([
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"text"'],
    ['half of it', '{"request":'],
    ['a request without fields', '{"request":null}'],
    ['an alert without messages', '{"type":"INGRESS"}'],
    ['lists in lists without end', '['.repeat(200_000)],
  ])('is malformed: %s', (_what, body) => {
    expect(read(body).verdict).toBe('malformed');
  });

  it('never throws, and tells nothing without a signature', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        expect(read(body, { signature: 'AAAA' })).not.toHaveProperty('news');
        expect(read(body)).toHaveProperty('verdict');
      }),
    );
  });

  it('never throws on whatever is signed', () => {
    const anyOf = (value: unknown) =>
      fc.oneof(fc.constant(value), fc.jsonValue({ maxDepth: 2 }), fc.string());
    const request = fc.record({
      direction: anyOf('incoming'),
      status: anyOf('opening'),
      url: anyOf('rtmp://h/a/s'),
      new_url: anyOf(undefined),
      time: anyOf('2026-01-01T00:00:00Z'),
    });
    const told = fc.record({
      type: anyOf('INGRESS'),
      messages: fc.array(fc.record({ code: anyOf('INGRESS_STREAM_CREATED') })),
      sourceUri: anyOf('#v#a/s'),
      sourceInfo: anyOf({ createdTime: '2026-01-01T00:00:00Z' }),
    });
    fc.assert(
      fc.property(fc.oneof(fc.record({ client: fc.jsonValue(), request }), told), (body) => {
        expect(['genuine', 'malformed', 'stale']).toContain(read(body).verdict);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the callbacks of an account', () => {
  const problems = (callbacks: unknown) => {
    const document = { vendor: 'ome', url: 'http://ome.example.com:8081', accessToken: 'token', callbacks };
    const parsed = omeAccountSchema.safeParse(document);
    return parsed.success ? [] : problemsOf(parsed.error, document);
  };
  const good = { path: 'secret-path-0123', keys: ['1234'] };

  it('are read by the scheme of the registry', () => {
    expect(VENDORS.get('ome')?.callbacks).toBe(omeCallbacks);
  });

  it('take outputs with {stream} and hosts without port, and have defaults for both', () => {
    expect(
      problems({ ...good, outputs: ['{stream}_o', 'main'], hosts: { 'live.example.com': 'live' } }),
    ).toEqual([]);
    expect(accountWith().callbacks).toMatchObject({ outputs: ['{stream}'], hosts: {}, keys: ['1234'] });
  });

  it('keep {stream} in a configuration, where ${OriginStreamName} would be a variable', () => {
    const written = (outputs: string[]) => ({
      accounts: {
        a: {
          vendor: 'ome',
          url: 'http://ome.example.com:8081',
          accessToken: 'token',
          callbacks: { path: '${CALLBACK_PATH}', keys: ['1234', '${CALLBACK_KEY}'], outputs },
        },
      },
    });
    const env = { CALLBACK_PATH: 'secret-path-0123', CALLBACK_KEY: '5678' };
    const account = (outputs: string[]) =>
      settingsOf(written(outputs), null, '/', VENDORS, env).calledAccount('a').fields;
    expect(account(['{stream}_o'])).toMatchObject({
      callbacks: { path: ['secret-path-0123'], keys: ['1234', '5678'], outputs: ['{stream}_o'] },
    });
    expect(() => account(['${OriginStreamName}_o'])).toThrow('no variable OriginStreamName');
  });

  it.each([
    ['outputs', []],
    ['outputs', ['{input}_o']],
    ['outputs', ['${OriginStreamName}']],
    ['outputs', ['a/{stream}']],
    ['hosts', { 'live.example.com:1935': 'live' }],
    ['hosts', { 'rtmp://live.example.com': 'live' }],
    ['hosts', { 'live.example.com': '' }],
  ])('refuse %s %j with the rule', (field, value) => {
    const [problem, ...others] = problems({ ...good, [field]: value });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      where: `callbacks.${field}`,
      rule: expect.stringContaining('Server.xml'),
    });
  });
});
