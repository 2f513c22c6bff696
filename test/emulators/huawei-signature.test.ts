import { createHash } from 'node:crypto';
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core';
import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalRequest,
  readClaim,
  readSdkDate,
  signatureOf,
} from '../../src/emulators/huawei/signature.ts';
import { ACCESS_KEY, DOMAIN, huaweiKit, PROJECT, SECRET_KEY, signed, stampOf, T0 } from './huawei-kit.ts';

const BODY = '{"publish_domain":"publish.example.com","app":"live","stream":"mystream"}';
const sha = (text: string) => createHash('sha256').update(text).digest('hex');

/** Computed by the vendor's own cores for Node.js and Python. */
const VECTORS = [
  {
    name: 'H1',
    method: 'POST',
    host: 'live.cn-north-4.myhuaweicloud.com',
    target: `/v1/${PROJECT}/record/control?action=START`,
    body: BODY,
    date: '20260422T030405Z',
    canonical: '1621148b25d46e39c93aaf8d393a457827b7b8ddfa75589d13c87f82abe75d38',
    signature: 'b1c02e5fe33268033159042520ba125c6422ac66637b116374e8b1919ed873d2',
  },
  {
    name: 'H2',
    method: 'GET',
    host: '127.0.0.1:18080',
    target: `/v1/${PROJECT}/realtime/streams?publish_domain=publish.example.com&app=live&stream=my+stream~1&limit=10`,
    body: '',
    date: '20260422T030405Z',
    canonical: '4f83275f21a9874fcfd1ce315e2c8b3962658c5c8a92d771cccc36321ca5d6d0',
    signature: '83ed5872d9ca141187aa9f3923048525fdabe36de5a65fcba1b514392665e0ce',
  },
  {
    name: 'H3',
    method: 'POST',
    host: '127.0.0.1:18080',
    target: `/v1/${PROJECT}/record/control?action=STOP`,
    body: BODY,
    date: '20260422T030505Z',
    token: 'FAKE-SECURITY-TOKEN-abc123',
    canonical: '7df990b9ba7ade4d58bec9d22e3f741d59a58291404a2c30981c0fe7428adaec',
    signature: '96bd5d67e69173a716b8f6af2cc0d50fabf9b4a650c68328df422fc28ae87cbd',
  },
];

describe('the signature', () => {
  it.each(VECTORS)('of $name is the one of the vendor', ({ canonical, signature, ...one }) => {
    const { method, target, body, host, date, token } = one;
    const headers = {
      host,
      'content-type': 'application/json',
      'x-project-id': PROJECT,
      'x-sdk-date': date,
      ...(token !== undefined && { 'x-security-token': token }),
    };
    const text = canonicalRequest({ method, target, headers, body }, Object.keys(headers).toSorted());
    expect(sha(text)).toBe(canonical);
    expect(signatureOf(SECRET_KEY, date, text)).toBe(signature);
  });

  it('of H1 opens the door, and no other does', () => {
    const [{ target, signature, date, host }] = VECTORS as [(typeof VECTORS)[0]];
    const kit = huaweiKit({ at: readSdkDate(date)! });
    const ask = (hex: string) =>
      kit.raw(
        'POST',
        target,
        {
          host,
          'content-type': 'application/json',
          'x-project-id': PROJECT,
          'x-sdk-date': date,
          authorization: `SDK-HMAC-SHA256 Access=${ACCESS_KEY}, SignedHeaders=content-type;host;x-project-id;x-sdk-date, Signature=${hex}`,
        },
        BODY,
      );
    expect(ask(signature).json.error_code).toBe('LIVE.100011001');
    const refused = ask(signature.replace(/^b/, 'c'));
    expect(refused).toMatchObject({ status: 401, json: { error_code: 'APIGW.0301' } });
    expect(refused.json.error_msg).toContain(
      `canonicalRequest:POST|/v1/${PROJECT}/record/control/|action=START|content-type:application/json|host:${host}|`,
    );
    expect(refused.json.request_id).toBe(refused.headers['X-request-id']);
  });

  it('of the vendor’s core is found again in 300 generated requests', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constantFrom('', ' ', "~!'()*", 'a+b c%20', 'a=b&c=d', '直播', '*', '..'),
    );
    const asked = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
      host: fc.constantFrom('live.cn-north-4.myhuaweicloud.com', '127.0.0.1:18080'),
      path: fc.array(fc.stringMatching(/^[A-Za-z0-9._~-]{1,20}$/), { maxLength: 5 }),
      query: fc.array(fc.tuple(fc.stringMatching(/^[a-z][a-z_]{0,12}$/), word), { maxLength: 8 }),
      data: fc.option(fc.dictionary(fc.stringMatching(/^[a-z_]{1,9}$/), word, { minKeys: 1 })),
      token: fc.option(fc.stringMatching(/^[A-Za-z0-9+/=-]{1,80}$/)),
    });
    const by = new BasicCredentials({ ak: ACCESS_KEY, sk: SECRET_KEY });
    fc.assert(
      fc.property(asked, fc.boolean(), ({ method, host, path, query, data, token }, plus) => {
        const queryParams = Object.fromEntries(query);
        const url = `http://${host}/${path.join('/')}`;
        const headers = {
          'content-type': 'application/json',
          'X-Project-Id': PROJECT,
          ...(token !== null && { 'X-Security-Token': token }),
        };
        const request = { method, endpoint: url, url, headers, queryParams, ...(data && { data }) };
        const sent = AKSKSigner.sign(request, by);
        const lower = Object.fromEntries(
          Object.entries(sent).map(([name, value]) => [name.toLowerCase(), String(value)]),
        );
        const text = new URLSearchParams(queryParams).toString();
        const written = plus ? text : text.replaceAll('+', '%20');
        const target = `/${path.join('/')}${written === '' ? '' : `?${written}`}`;
        const body = data ? JSON.stringify(data) : '';
        const claim = readClaim(lower['authorization']!)!;
        const canonical = canonicalRequest({ method, target, headers: lower, body }, claim.signedHeaders);
        expect(signatureOf(SECRET_KEY, lower['x-sdk-date']!, canonical)).toBe(claim.signature);
      }),
      { numRuns: 300 },
    );
  });

  it('reads nothing but its own form', () => {
    expect(readClaim('V11-HMAC-SHA256 Credential=AK/20260422/cn-north-4/live')).toBeUndefined();
    expect(readClaim('Basic YTpi')).toBeUndefined();
  });
});

describe('access by keys', () => {
  const target = `/v1/${PROJECT}/realtime/streams?publish_domain=${DOMAIN}`;
  const keys = { access: ACCESS_KEY, secret: SECRET_KEY };
  const at = (signedAt: number) => signed(signedAt, keys, 'GET', target, '');

  it.each([
    ['another secret', { access: ACCESS_KEY, secret: 'another' }, 'verify aksk signature fail'],
    ['another key', { access: 'NOBODY', secret: SECRET_KEY }, 'ak not exist'],
    ['a token that nobody gave out', { ...keys, token: 'made-up' }, 'ak not exist'],
  ])('is refused with %s', (_name, by, message) => {
    const got = huaweiKit().send('GET', target, undefined, by);
    expect(got).toMatchObject({ status: 401, json: { error_code: 'APIGW.0301' } });
    expect(got.json.error_msg).toContain(message);
  });

  it('is refused when the clocks differ by more than 15 minutes', () => {
    const kit = huaweiKit();
    const minutes = 60_000;
    expect(kit.raw('GET', target, at(T0 - 15 * minutes)).status).toBe(200);
    const late = kit.raw('GET', target, at(T0 - 15 * minutes - 1000));
    expect(late.status).toBe(401);
    expect(late.json.error_msg).toContain(
      `signature expired, timestamp is ${stampOf(T0 - 901_000)}, server time is`,
    );
    kit.control('skew', { ms: -16 * minutes });
    expect(kit.raw('GET', target, at(T0)).status).toBe(401);
    kit.control('skew', { ms: 0 });
    expect(kit.raw('GET', target, at(T0)).status).toBe(200);
  });

  it('is refused when anything that is signed was changed on the way', () => {
    const kit = huaweiKit();
    const headers = at(T0);
    expect(kit.raw('GET', target.replace('push.', 'pull.'), headers).status).toBe(401);
    expect(kit.raw('GET', target, { ...headers, 'content-type': 'text/plain' }).status).toBe(401);
    expect(kit.raw('GET', target, headers, '{}').status).toBe(401);
    expect(kit.raw('GET', target, { ...headers, 'user-agent': 'another' }).status).toBe(200);
  });

  it('wants the project in the path and in the header', () => {
    const kit = huaweiKit();
    const another = target.replace(PROJECT, 'f'.repeat(32));
    expect(kit.send('GET', another)).toMatchObject({ status: 401, json: { error_code: 'LIVE.100011015' } });
  });

  it('is refused without credentials, and where no operation is', () => {
    const kit = huaweiKit();
    expect(kit.raw('GET', target, {})).toMatchObject({ status: 401, json: { error_code: 'APIGW.0301' } });
    expect(kit.call('GET', '/record/nothing')).toMatchObject({
      status: 404,
      json: { error_code: 'APIGW.0101' },
    });
  });
});
