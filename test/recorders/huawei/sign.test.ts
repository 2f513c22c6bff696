/** Requests carry the signatures of the published vectors, and those that the vendor's own core computes. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalRequest, sdkDate, signed } from '../../../src/recorders/huawei/sign.ts';

const KEYS = { accessKey: 'HWAKFAKE0000EXAMPLE1', secretKey: 'HwSkFakeSecretForTestVectorsOnly0000000001' };
const PID = '0123456789abcdef0123456789abcdef';
const BODY = '{"publish_domain":"publish.example.com","app":"live","stream":"mystream"}';

const VECTORS = [
  {
    name: 'H1',
    request: {
      method: 'POST',
      host: 'live.cn-north-4.myhuaweicloud.com',
      path: `/v1/${PID}/record/control`,
      query: { action: 'START' },
      body: BODY,
      at: Date.parse('2026-04-22T03:04:05Z'),
    },
    canonical: '1621148b25d46e39c93aaf8d393a457827b7b8ddfa75589d13c87f82abe75d38',
    signature: 'b1c02e5fe33268033159042520ba125c6422ac66637b116374e8b1919ed873d2',
  },
  {
    name: 'H2',
    request: {
      method: 'GET',
      host: '127.0.0.1:18080',
      path: `/v1/${PID}/realtime/streams`,
      query: { publish_domain: 'publish.example.com', app: 'live', stream: 'my stream~1', limit: '10' },
      body: '',
      at: Date.parse('2026-04-22T03:04:05Z'),
    },
    canonical: '4f83275f21a9874fcfd1ce315e2c8b3962658c5c8a92d771cccc36321ca5d6d0',
    signature: '83ed5872d9ca141187aa9f3923048525fdabe36de5a65fcba1b514392665e0ce',
  },
  {
    name: 'H3',
    securityToken: 'FAKE-SECURITY-TOKEN-abc123',
    request: {
      method: 'POST',
      host: '127.0.0.1:18080',
      path: `/v1/${PID}/record/control`,
      query: { action: 'STOP' },
      body: BODY,
      at: Date.parse('2026-04-22T03:05:05Z'),
    },
    canonical: '7df990b9ba7ade4d58bec9d22e3f741d59a58291404a2c30981c0fe7428adaec',
    signature: '96bd5d67e69173a716b8f6af2cc0d50fabf9b4a650c68328df422fc28ae87cbd',
  },
];

describe.each(VECTORS)('vector $name', ({ request, securityToken, canonical, signature }) => {
  const keys = { ...KEYS, ...(securityToken !== undefined && { securityToken }) };
  const whole = { ...request, projectId: PID };
  const { authorization, ...headers } = signed(whole, keys);

  test('the canonical request has the published hash', () => {
    const text = canonicalRequest(whole, headers);
    expect(createHash('sha256').update(text).digest('hex')).toBe(canonical);
  });

  test('the signature is the published one', () => {
    const names = `content-type;host;x-project-id;x-sdk-date${securityToken === undefined ? '' : ';x-security-token'}`;
    expect(authorization).toBe(
      `SDK-HMAC-SHA256 Access=${KEYS.accessKey}, SignedHeaders=${names}, Signature=${signature}`,
    );
  });
});

test('the authorization is the one that the core of the vendor’s own clients computes, for 400 generated requests', () => {
  const { AKSKSigner } = createRequire(import.meta.url)(
    '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner',
  ) as { AKSKSigner: { sign(request: unknown, credential: unknown): Record<string, string> } };
  const word = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.constantFrom('', ' ', "~!'()*", 'a+b c%20', 'a=b&c=d', '直播流', 'é', '👩‍🚀', '*', '-', '..'),
  );
  const json = fc.option(
    fc.dictionary(fc.string({ maxLength: 12 }), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 }),
    {
      nil: undefined,
    },
  );
  const host = fc
    .tuple(
      fc.constantFrom('live.cn-north-4.myhuaweicloud.com', '127.0.0.1', 'proxy.example.com'),
      fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: null }),
    )
    .map(([name, port]) => (port === null ? name : `${name}:${port}`));
  fc.assert(
    fc.property(
      fc.record({
        method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
        host,
        segments: fc.array(fc.stringMatching(/^[A-Za-z0-9._~-]{1,20}$/), { maxLength: 5 }),
        query: fc.dictionary(
          fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,15}$/).filter((name) => name !== '__proto__'),
          word,
          { maxKeys: 12, noNullPrototype: true },
        ),
        at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
        projectId: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
      }),
      json,
      fc.record(
        {
          accessKey: fc.stringMatching(/^[A-Za-z0-9]{1,40}$/),
          secretKey: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
          securityToken: fc.stringMatching(/^[!-~]{1,800}$/),
        },
        { requiredKeys: ['accessKey', 'secretKey'] },
      ),
      (request, data, keys) => {
        const { segments, method, query, at, projectId } = request;
        const path = `/${segments.join('/')}`;
        const body = data === undefined ? '' : JSON.stringify(data);
        const ours = signed({ method, host: request.host, path, query, body, projectId, at }, keys);
        const theirs = AKSKSigner.sign(
          {
            endpoint: `http://${request.host}${path}`,
            method,
            queryParams: query,
            data,
            headers: {
              'X-Sdk-Date': sdkDate(at),
              'content-type': 'application/json',
              'X-Project-Id': projectId,
              host: request.host,
              ...(keys.securityToken !== undefined && { 'X-Security-Token': keys.securityToken }),
            },
          },
          { getAk: () => keys.accessKey, getSk: () => keys.secretKey },
        );
        expect(ours['authorization']).toBe(theirs['Authorization']);
      },
    ),
    { numRuns: 400 },
  );
});
