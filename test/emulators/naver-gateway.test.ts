import { describe, expect, it } from 'vitest';
import { ACCESS, CHANNEL, codeOf, naverKit, sign, T0 } from './naver-kit.ts';

const PATH = `/api/v2/channels/${CHANNEL}`;

describe('the gateway before Live Station', () => {
  it('takes a timestamp that is up to five minutes off, and no other', () => {
    const kit = naverKit();
    const at = (ms: number) => {
      const timestamp = String(kit.clock.now() + ms);
      return kit.send('GET', PATH, undefined, {
        'x-ncp-apigw-timestamp': timestamp,
        'x-ncp-apigw-signature-v2': sign('GET', PATH, timestamp),
      });
    };
    expect([at(0), at(-300_000), at(300_000)].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(codeOf(at(-300_001))).toEqual([401, '200']);
    expect(codeOf(at(300_001))).toEqual([401, '200']);
  });

  it('has a clock of its own, which may be ahead', () => {
    const kit = naverKit({ callbackUrl: 'https://hooks.test/x' });
    const dated = (ms: number) => new Date(T0 + ms).toUTCString();
    expect(kit.send('GET', PATH).headers['Date']).toBe(dated(0));
    kit.control('skew', { ms: 300_000 });
    kit.push();
    expect(kit.listed(kit.start())[0]).toMatchObject({
      recordBeginTime: T0 + 300_000,
      createdTime: T0 + 300_000,
    });
    expect(kit.truth('recording')).toMatchObject([{ at: T0 }]);
    expect(kit.send('GET', '/api/v2/events').json.content[0].timestamp).toBe(T0 + 300_000);
    const [callback] = kit.emulator.callbacks.due(kit.clock.now());
    expect(JSON.parse(callback!.body).timestamp).toBe(T0 + 300_000);
    kit.control('skew', { ms: 300_001 });
    const refused = kit.send('GET', PATH);
    expect(codeOf(refused)).toEqual([401, '200']);
    expect(refused.headers['Date']).toBe(dated(300_000));
    kit.control('skew', { ms: -300_001 });
    expect(kit.send('GET', PATH).status).toBe(401);
  });

  it.each([
    ['another key', { 'x-ncp-iam-access-key': 'EXAMPLEACCESSKEY0002' }],
    [
      'a signature of another secret',
      { 'x-ncp-apigw-signature-v2': sign('GET', PATH, String(T0), 'another') },
    ],
    ['a signature of another target', { 'x-ncp-apigw-signature-v2': sign('GET', `${PATH}/`, String(T0)) }],
    ['no timestamp', { 'x-ncp-apigw-timestamp': '' }],
    ['a timestamp in words', { 'x-ncp-apigw-timestamp': 'now' }],
  ])('refuses %s with 401 and the code 200', (_what, headers) => {
    const kit = naverKit();
    const refused = kit.send('GET', PATH, undefined, headers);
    expect(refused.status).toBe(401);
    expect(refused.json.error).toMatchObject({ errorCode: '200', message: 'Authentication Failed' });
    expect(refused.json.error).toHaveProperty('details');
    expect(kit.truth('request')).toMatchObject([{ op: 'channel', verdict: 'refused', status: 401 }]);
  });

  it('leaves the details out where they are turned off', () => {
    const kit = naverKit({ unknowns: { gatewayDetails: 'absent' } });
    const { error } = kit.send('GET', PATH, undefined, { 'x-ncp-iam-access-key': 'x' }).json;
    expect(error).toEqual({ errorCode: '200', message: 'Authentication Failed' });
  });

  it('signs the target as sent: a query in another order is another signature', () => {
    const kit = naverKit();
    const timestamp = String(kit.clock.now());
    const signature = sign('GET', '/api/v2/channels?pageNo=1&pageSizeNo=20', timestamp);
    const sent = (target: string) =>
      kit.send('GET', target, undefined, { 'x-ncp-apigw-signature-v2': signature }).status;
    expect(sent('/api/v2/channels?pageNo=1&pageSizeNo=20')).toBe(200);
    expect(sent('/api/v2/channels?pageSizeNo=20&pageNo=1')).toBe(401);
    expect(sent('/api/v2/channels')).toBe(401);
  });

  it('wants the region, and its own', () => {
    const kit = naverKit();
    const from = (region: string) =>
      codeOf(kit.send('GET', PATH, undefined, { 'x-ncp-region_code': region }));
    expect(from('FKR')).toEqual([400, 250_019]);
    expect(from('moon')).toEqual([400, 250_020]);
    const { 'x-ncp-region_code': _region, ...headers } = kit.signed('GET', PATH);
    const answer = kit.emulator.handle({ method: 'GET', target: PATH, headers, body: '' }, kit.clock.now());
    if (answer.kind !== 'response') throw new Error('no answer');
    expect(answer.response.status).toBe(400);
    expect(JSON.parse(answer.response.body).error).toEqual({
      errorCode: 250_003,
      message: 'Missing required header.',
      errorName: 'REQUIRED_HEADER',
    });
  });

  it('has the finance zone under its own prefix and region', () => {
    const kit = naverKit({ zone: 'fin' });
    const target = `/api/fin-v2/channels/${CHANNEL}`;
    expect(kit.send('GET', target, undefined, { 'x-ncp-region_code': 'FKR' }).status).toBe(200);
    expect(codeOf(kit.send('GET', target))).toEqual([400, 250_019]);
    expect(codeOf(kit.send('GET', PATH, undefined, { 'x-ncp-region_code': 'FKR' }))).toEqual([404, '300']);
  });

  it('wants a content type with a body, or always', () => {
    const withBody = naverKit();
    const target = '/api/v2/events/callbackEndpoint';
    const body = { callbackUrl: 'https://hooks.test/x' };
    expect(withBody.send('POST', target, body).status).toBe(200);
    expect(codeOf(withBody.send('POST', target, body, { 'content-type': 'text/plain' }))).toEqual([
      400, 250_003,
    ]);
    expect(withBody.send('GET', PATH).status).toBe(200);
    const always = naverKit({ unknowns: { contentType: 'always' } });
    expect(codeOf(always.send('GET', PATH))).toEqual([400, 250_003]);
    expect(always.send('GET', PATH, undefined, { 'content-type': 'application/json' }).status).toBe(200);
  });

  it.each([
    ['PUT', `${PATH}/record/start`],
    ['POST', `${PATH}/startRecord`],
    ['GET', '/api/v1/channels'],
    ['PUT', `${PATH}/startrecord`],
  ])('knows no route %s %s', (method, target) => {
    expect(codeOf(naverKit().send(method, target))).toEqual([404, '300']);
  });

  it('looks at the signature before the region, the region before the channel, and the channel before its state', () => {
    const kit = naverKit();
    const target = '/api/v2/channels/ls-20250101000000-zzzzz/startRecord';
    const bad = { 'x-ncp-apigw-signature-v2': 'x', 'x-ncp-region_code': 'moon' };
    expect(codeOf(kit.send('PUT', target, undefined, bad))).toEqual([401, '200']);
    expect(codeOf(kit.send('PUT', target, undefined, { 'x-ncp-region_code': 'moon' }))).toEqual([
      400, 250_020,
    ]);
    expect(codeOf(kit.send('PUT', target))).toEqual([404, 250_004]);
    expect(codeOf(kit.start())).toEqual([400, 250_005]);
  });

  it.each([
    ['gateway', 401, '210'],
    ['service', 403, 250_010],
  ] as const)('lets no sub account do what it has no right to, says the %s', (by, status, code) => {
    const kit = naverKit();
    kit.push();
    kit.control('rights', { op: 'startRecord', by });
    expect(codeOf(kit.start())).toEqual([status, code]);
    expect(kit.info()).toMatchObject({ isRecording: false });
    kit.control('rights', { op: 'startRecord', granted: true });
    expect(kit.start().status).toBe(200);
    kit.control('rights', { by });
    expect(codeOf(kit.stop())).toEqual([status, code]);
    expect(() => kit.control('rights', { by: 'nobody' })).toThrow('gateway or service');
  });

  it('gives each answer a trace id of its own', () => {
    const kit = naverKit();
    const ids = [kit.start(), kit.start(), kit.send('GET', PATH)].map(
      ({ headers }) => headers['x-ncp-trace-id'],
    );
    expect(new Set(ids).size).toBe(3);
    expect(ids.every((id) => id!.length === 26)).toBe(true);
  });

  it('takes any number of requests unless it is given a rate', () => {
    const unlimited = naverKit();
    for (let index = 0; index < 200; index += 1) expect(unlimited.send('GET', PATH).status).toBe(200);
    const kit = naverKit({ requestsPerSecond: 2, unknowns: { quota: { code: '420', retryAfterS: 3 } } });
    expect([1, 2, 3].map(() => kit.send('GET', PATH).status)).toEqual([200, 200, 429]);
    const stopped = kit.send('GET', PATH);
    expect(stopped.json.error).toMatchObject({ errorCode: '420', message: 'Rate Limited' });
    expect(stopped.headers['Retry-After']).toBe('3');
    kit.wait(500);
    expect([1, 2].map(() => kit.send('GET', PATH).status)).toEqual([200, 429]);
  });

  it.each(['400', '410', '420'] as const)('stops too many with the code %s', (code) => {
    const kit = naverKit({ requestsPerSecond: 1, unknowns: { quota: { code } } });
    kit.send('GET', PATH);
    const stopped = kit.send('GET', PATH);
    expect(codeOf(stopped)).toEqual([429, code]);
    expect(stopped.headers).not.toHaveProperty('Retry-After');
  });

  it('speaks in numbers or in texts where Live Station itself refuses', () => {
    expect(naverKit().start().json.error.errorCode).toBe(250_005);
    expect(naverKit({ unknowns: { codeType: 'text' } }).start().json.error.errorCode).toBe('250005');
  });
});

describe('faults', () => {
  it.each([
    ['refused', undefined, 400, 250_005],
    ['refused', 401, 401, '200'],
    ['refused', 403, 403, '230'],
    ['throttled', undefined, 429, '400'],
    ['not-found', undefined, 404, 250_004],
    ['error-unapplied', undefined, 500, 250_016],
    ['error-unapplied', 503, 503, '500'],
    ['error-unapplied', 504, 504, '510'],
  ])('%s (%s) says %s and %s, and applies nothing', (kind, status, expected, code) => {
    const kit = naverKit();
    kit.push();
    kit.control('faults', { op: 'startRecord', kind, ...(status && { status }) });
    expect(codeOf(kit.start())).toEqual([expected, code]);
    expect(kit.info()).toMatchObject({ isRecording: false });
    expect(kit.start().status).toBe(200);
  });

  it('a reply that is lost has begun the recording all the same', () => {
    const kit = naverKit();
    kit.push();
    kit.control('faults', { op: 'startRecord', kind: 'reply-lost' });
    const target = `${PATH}/startRecord`;
    const sent = { method: 'PUT', target, headers: kit.signed('PUT', target), body: '' };
    expect(kit.emulator.handle(sent, kit.clock.now())).toMatchObject({ kind: 'reset' });
    expect(kit.info()).toMatchObject({ isRecording: true });
    expect(kit.records()).toHaveLength(3);
    expect(kit.truth('request')[0]).toMatchObject({
      op: 'startRecord',
      verdict: 'applied-reply-lost',
      recording: `${CHANNEL}/1307133`,
    });
  });

  it('the API can be away while a recording goes on', () => {
    const kit = naverKit();
    kit.push();
    kit.start();
    kit.control('restart', { downMs: 10_000 });
    const request = { method: 'GET', target: PATH, headers: kit.signed('GET', PATH), body: '' };
    expect(kit.emulator.handle(request, kit.clock.now())).toEqual({ kind: 'refused' });
    kit.wait(10_000);
    expect(kit.info()).toMatchObject({ isRecording: true });
    expect(ACCESS).toBe(request.headers['x-ncp-iam-access-key']);
  });
});
