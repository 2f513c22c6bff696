/** Requests carry the signatures of the published vectors, and those that the vendor's own core computes. */
import { createRequire } from 'node:module';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalQuery, canonicalRequest, signRpc } from '../../../src/credentials/alibaba/sign.ts';

const KEYS = { accessKeyId: 'LTAIFAKE000000000001', accessKeySecret: 'AliFakeSecretForTestVectorsOnly01' };
const VERSION = '2016-11-01';

const VECTORS = [
  {
    name: 'A1',
    request: {
      host: 'live.aliyuncs.com',
      action: 'RealTimeRecordCommand',
      parameters: {
        AppName: 'live',
        Command: 'start',
        DomainName: 'play.example.com',
        StreamName: 'mystream',
      },
      at: Date.parse('2026-04-22T03:04:05Z'),
      nonce: 'nonce-0000000000000001',
    },
    canonical: '95256aea2aa62ef1c078710f4337520a07f0ee1b7e77b11f84eb1642989b5f8d',
    signature: '4b7cd067f9e7c6007c736a0ccf0711b34c02dccd3c7103f09d3371d46bd7a46e',
  },
  {
    name: 'A2',
    request: {
      host: 'live.aliyuncs.com',
      action: 'AddLiveAppRecordConfig',
      parameters: {
        AppName: 'live',
        DelayTime: '180',
        DomainName: 'play.example.com',
        OnDemand: '7',
        OssBucket: 'fake-bucket',
        OssEndpoint: 'oss-cn-shanghai.aliyuncs.com',
        'RecordFormat.1.CycleDuration': '3600',
        'RecordFormat.1.Format': 'mp4',
        'RecordFormat.1.OssObjectPrefix':
          'record/{AppName}/{StreamName}/{Sequence}_{EscapedStartTime}_{EscapedEndTime}',
        StreamName: '*',
      },
      at: Date.parse('2026-04-22T03:04:06Z'),
      nonce: 'nonce-0000000000000002',
    },
    canonical: '9349e21a316e77821394f9055925d060027afaa5abfb0ef02d42c66b0f523967',
    signature: '5109a107c854ef993bf8ff66db692ad3d470c53a787fca520227583d0c03ce7d',
  },
  {
    name: 'A3',
    token: 'FAKE-STS-TOKEN-abc123',
    request: {
      host: '127.0.0.1:18081',
      action: 'DescribeLiveStreamState',
      parameters: { AppName: 'live', DomainName: 'play.example.com', StreamName: 'my stream~1' },
      at: Date.parse('2026-04-22T03:04:07Z'),
      nonce: 'nonce-0000000000000003',
    },
    canonical: '2e45c9af44ac5a5af616c72c0efc556eb3cd3b27b071bdbf141f3964722fe3f4',
    signature: '647b06e445002fc35af0a34ebe1b07fd9627eb22539288a4530b3efc2b25d67a',
  },
];

describe.each(VECTORS)('vector $name', ({ request, token, canonical, signature }) => {
  const keys = { ...KEYS, ...(token !== undefined && { securityToken: token }) };
  const signed = signRpc({ ...request, version: VERSION }, keys);

  test('the canonical request has the published hash', () => {
    const { authorization: _own, ...headers } = signed.headers;
    const text = canonicalRequest({
      method: 'POST',
      path: '/',
      query: canonicalQuery(request.parameters),
      headers,
    });
    expect(createHash('sha256').update(text).digest('hex')).toBe(canonical);
  });

  test('the signature is the published one, and commas stand without blanks', () => {
    expect(signed.headers['authorization']).toMatch(
      new RegExp(
        `^ACS3-HMAC-SHA256 Credential=LTAIFAKE000000000001,SignedHeaders=[a-z0-9;-]+,Signature=${signature}$`,
      ),
    );
  });
});

test('for 400 generated requests the authorization is the one that the core of the vendor’s own clients computes', () => {
  // The package is CommonJS with its default export inside.
  const core = createRequire(import.meta.url)('@alicloud/openapi-core') as {
    OpenApiUtil: {
      getAuthorization(
        request: unknown,
        algorithm: string,
        payload: string,
        id: string,
        secret: string,
      ): string;
    };
  };
  const value = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.constantFrom('', ' ', "~!'()*", 'a+b c%20', '{StartTime}/{EndTime}', '直播流', 'é', '👩‍🚀', '*****'),
  );
  const name = fc.stringMatching(/^[A-Z][A-Za-z]{0,20}(\.[1-9][0-9]?(\.[A-Z][A-Za-z]{1,12})?)?$/);
  const host = fc.tuple(
    fc.constantFrom(
      'live.aliyuncs.com',
      'sts.cn-shanghai.aliyuncs.com',
      '127.0.0.1',
      '[::1]',
      'proxy.example.com',
    ),
    fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: null }),
  );
  fc.assert(
    fc.property(
      fc.record({
        host,
        action: fc.stringMatching(/^[A-Z][A-Za-z]{2,30}$/),
        version: fc.constantFrom('2016-11-01', '2015-04-01'),
        parameters: fc.dictionary(name, value, { maxKeys: 25 }),
        at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
        nonce: fc.stringMatching(/^[0-9a-f]{1,64}$/),
      }),
      fc.stringMatching(/^[A-Za-z0-9.]{1,40}$/),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
      fc.option(fc.stringMatching(/^[!-~]{1,800}$/), { nil: undefined }),
      (request, accessKeyId, accessKeySecret, securityToken) => {
        const [hostname, port] = request.host;
        const signed = signRpc(
          { ...request, host: port === null ? hostname : `${hostname}:${port}` },
          { accessKeyId, accessKeySecret, ...(securityToken !== undefined && { securityToken }) },
        );
        const { authorization, ...headers } = signed.headers;
        const theirs = core.OpenApiUtil.getAuthorization(
          { method: 'POST', pathname: '/', query: request.parameters, headers },
          'ACS3-HMAC-SHA256',
          headers['x-acs-content-sha256']!,
          accessKeyId,
          accessKeySecret,
        );
        expect(authorization).toBe(theirs);
      },
    ),
    { numRuns: 400 },
  );
});
