/** Who may ask the emulated ApsaraVideo Live: signatures of both versions, tokens, clocks, nonces and permissions. */
import { describe, expect, it } from 'vitest';
import type { EmulatorRequest } from '../../src/emulators/index.ts';
import { alibabaKit, KEYS, signed, T0, TRIPLE, type AlibabaKit } from './alibaba-kit.ts';

const ID = 'LTAIFAKE000000000001';
const SECRET = 'AliFakeSecretForTestVectorsOnly01';
const SIGNED = 'host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version';
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** The published vectors, as requests: the signature is theirs, and the emulator alone judges it. */
const VECTORS = {
  A1: {
    host: 'live.aliyuncs.com',
    action: 'RealTimeRecordCommand',
    query: 'AppName=live&Command=start&DomainName=play.example.com&StreamName=mystream',
    second: 5,
    nonce: 'nonce-0000000000000001',
    signature: '4b7cd067f9e7c6007c736a0ccf0711b34c02dccd3c7103f09d3371d46bd7a46e',
    token: undefined,
  },
  A2: {
    host: 'live.aliyuncs.com',
    action: 'AddLiveAppRecordConfig',
    query:
      'AppName=live&DelayTime=180&DomainName=play.example.com&OnDemand=7&OssBucket=fake-bucket&OssEndpoint=oss-cn-shanghai.aliyuncs.com&RecordFormat.1.CycleDuration=3600&RecordFormat.1.Format=mp4&RecordFormat.1.OssObjectPrefix=record%2F%7BAppName%7D%2F%7BStreamName%7D%2F%7BSequence%7D_%7BEscapedStartTime%7D_%7BEscapedEndTime%7D&StreamName=%2A',
    second: 6,
    nonce: 'nonce-0000000000000002',
    signature: '5109a107c854ef993bf8ff66db692ad3d470c53a787fca520227583d0c03ce7d',
    token: undefined,
  },
  A3: {
    host: '127.0.0.1:18081',
    action: 'DescribeLiveStreamState',
    query: 'AppName=live&DomainName=play.example.com&StreamName=my%20stream~1',
    second: 7,
    nonce: 'nonce-0000000000000003',
    signature: '647b06e445002fc35af0a34ebe1b07fd9627eb22539288a4530b3efc2b25d67a',
    token: 'FAKE-STS-TOKEN-abc123',
  },
};

function requestOf({ host, action, query, second, nonce, signature, token }: (typeof VECTORS)['A1' | 'A3']) {
  const names =
    token === undefined
      ? SIGNED.split(';')
      : [...SIGNED.split(';'), 'x-acs-accesskey-id', 'x-acs-security-token'];
  const list = names.toSorted().join(';');
  return {
    method: 'POST',
    target: `/?${query}`,
    headers: {
      host,
      'x-acs-action': action,
      'x-acs-content-sha256': EMPTY,
      'x-acs-date': `2026-04-22T03:04:0${second}Z`,
      'x-acs-signature-nonce': nonce,
      'x-acs-version': '2016-11-01',
      ...(token !== undefined && { 'x-acs-accesskey-id': ID, 'x-acs-security-token': token }),
      authorization: `ACS3-HMAC-SHA256 Credential=${ID},SignedHeaders=${list},Signature=${signature}`,
    },
    body: '',
  };
}

const AT_VECTORS = Date.UTC(2026, 3, 22, 3, 4, 5);

function vectorKit(token?: string): AlibabaKit {
  return alibabaKit({
    at: AT_VECTORS,
    keys: [{ id: ID, secret: SECRET, ...(token !== undefined && { token }) }],
    buckets: [{ name: 'fake-bucket' }],
  });
}

function codeOf(kit: AlibabaKit, request: EmulatorRequest): string {
  const got = kit.emulator.handle(request, kit.clock.now());
  if (got.kind !== 'response') return got.kind;
  const body = JSON.parse(got.response.body) as { Code?: string };
  return body.Code ?? String(got.response.status);
}

describe('signature V3', () => {
  it.each([
    ['A1', 'CodeConfigNotFound'],
    ['A2', '200'],
    ['A3', '200'],
  ] as const)('takes the published vector %s, and no other in its place', (name, expected) => {
    const vector = VECTORS[name];
    expect(codeOf(vectorKit(vector.token), requestOf(vector))).toBe(expected);
    const spoiled = { ...vector, signature: `0${vector.signature.slice(1)}`.replace(/^00/, '10') };
    expect(codeOf(vectorKit(vector.token), requestOf(spoiled))).toBe('SignatureDoesNotMatch');
  });

  it('covers query, headers and body', () => {
    const kit = vectorKit();
    const whole = requestOf(VECTORS.A1);
    const changed = (more: Partial<EmulatorRequest>) => codeOf(kit, { ...whole, ...more });
    expect(changed({ target: whole.target.replace('start', 'stop') })).toBe('SignatureDoesNotMatch');
    expect(changed({ method: 'GET' })).toBe('SignatureDoesNotMatch');
    expect(changed({ headers: { ...whole.headers, host: 'evil.test' } })).toBe('SignatureDoesNotMatch');
    expect(changed({ headers: { ...whole.headers, 'x-acs-more': '1' } })).toBe('IncompleteSignature');
    expect(changed({ body: 'Command=stop' })).toBe('IncompleteSignature');
    expect(codeOf(kit, whole)).toBe('CodeConfigNotFound');
  });

  it('names what the server signed when it does not match', () => {
    const kit = alibabaKit();
    const { json } = kit.send('DescribeLiveStreamState', TRIPLE, { keys: { ...KEYS, secret: 'another' } });
    expect(json.Message).toMatch(/server string to sign is:ACS3-HMAC-SHA256\n[0-9a-f]{64}$/);
    expect(json).toMatchObject({ HostId: 'live.aliyuncs.com', Code: 'SignatureDoesNotMatch' });
    expect(json.RequestId).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
  });
});

describe('signature V1', () => {
  const query = (method: 'GET' | 'POST', signature: string): EmulatorRequest => {
    const text = new URLSearchParams({
      Action: 'RealTimeRecordCommand',
      AppName: 'live',
      Command: 'stop',
      DomainName: 'play.example.com',
      Format: 'json',
      SignatureMethod: 'HMAC-SHA1',
      SignatureNonce: 'nonce-0000000000000004',
      SignatureVersion: '1.0',
      StreamName: 'my stream~*1',
      Timestamp: '2026-04-22T03:04:08Z',
      Version: '2016-11-01',
      AccessKeyId: ID,
      Signature: signature,
    }).toString();
    return method === 'GET'
      ? { method, target: `/?${text}`, headers: { host: 'live.aliyuncs.com' }, body: '' }
      : { method, target: '/', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: text };
  };

  it.each([
    ['GET', 'Diu5rY+fwmiLNkMHxrnQzkdXYOk='],
    ['POST', 'BuVhUwyP7b6vLO4WpMoqo7KyPGw='],
  ] as const)(
    'takes the published vector by %s, with the parameters in query or form',
    (method, signature) => {
      expect(codeOf(vectorKit(), query(method, signature))).toBe('CodeConfigNotFound');
      const other = method === 'GET' ? 'POST' : 'GET';
      expect(codeOf(vectorKit(), query(other, signature))).toBe('SignatureDoesNotMatch');
    },
  );
});

it('what was signed stands in the answer, and not in the truth log: a security token is in it', () => {
  const kit = vectorKit();
  const text = `Action=RealTimeRecordCommand&Version=2016-11-01&AccessKeyId=${ID}&SecurityToken=CANARY-token&SignatureMethod=HMAC-SHA1&SignatureNonce=1&Timestamp=2026-04-22T03%3A04%3A08Z&Signature=x`;
  kit.control('key', { id: ID, active: true });
  const codes = [codeOf(kit, { method: 'GET', target: `/?${text}`, headers: {}, body: '' })];
  const withToken = vectorKit('CANARY-token');
  codes.push(codeOf(withToken, { method: 'GET', target: `/?${text}`, headers: {}, body: '' }));
  expect(codes).toEqual(['InvalidAccessKeyId.NotFound', 'SignatureDoesNotMatch']);
  expect(JSON.stringify([kit.emulator.truth.entries, withToken.emulator.truth.entries])).not.toContain(
    'CANARY',
  );
});

describe('a request', () => {
  it('is not older or younger than 15 minutes', () => {
    const kit = alibabaKit();
    const sentAt = (at: number) =>
      codeOf(kit, signed('DescribeLiveStreamState', TRIPLE, { at, nonce: String(at) }));
    expect(sentAt(T0 - 15 * 60_000)).toBe('200');
    expect(sentAt(T0 - 15 * 60_000 - 1000)).toBe('InvalidTimeStamp.Expired');
    expect(sentAt(T0 + 15 * 60_000 + 1000)).toBe('InvalidTimeStamp.Expired');
    kit.control('skew', { ms: 20 * 60_000 });
    expect(sentAt(T0)).toBe('InvalidTimeStamp.Expired');
    const bad = signed('DescribeLiveStreamState', TRIPLE, { at: T0, nonce: 'x' });
    bad.headers['x-acs-date'] = 'today';
    expect(codeOf(kit, bad)).toBe('InvalidTimeStamp.Format');
  });

  it('is answered once: its nonce is remembered until its time stamp is too old', () => {
    const kit = alibabaKit();
    const request = signed('DescribeLiveStreamState', TRIPLE, { at: T0, nonce: 'once' });
    expect(codeOf(kit, request)).toBe('200');
    expect(codeOf(kit, request)).toBe('SignatureNonceUsed');
    kit.wait(14 * 60_000);
    expect(codeOf(kit, request)).toBe('SignatureNonceUsed');
    kit.wait(20 * 60_000);
    expect(codeOf(kit, request)).toBe('InvalidTimeStamp.Expired');
    const again = signed('DescribeLiveStreamState', TRIPLE, { at: kit.clock.now(), nonce: 'once' });
    expect(codeOf(kit, again)).toBe('200');
  });

  it('is signed with a key that is known and active, and with no token that is not its own', () => {
    const kit = alibabaKit();
    const by = (keys: typeof KEYS) => kit.code('DescribeLiveStreamState', TRIPLE, { keys });
    expect(by({ ...KEYS, id: 'LTAIunknown' })).toBe('404 InvalidAccessKeyId.NotFound');
    expect(by({ ...KEYS, token: 'made-up' })).toBe('404 InvalidAccessKeyId.NotFound');
    kit.control('key', { id: KEYS.id, active: false });
    expect(by(KEYS)).toBe('400 InvalidAccessKeyId.Inactive');
  });

  it('is for an operation that there is, in a form that there is', () => {
    const kit = alibabaKit();
    expect(kit.code('DescribeNothing')).toBe('404 InvalidAction.NotFound');
    expect(kit.code('DescribeLiveStreamState', TRIPLE, { version: '2014-11-11' })).toBe(
      '404 InvalidAction.NotFound',
    );
    const request = signed('DescribeLiveStreamState', TRIPLE, { at: T0, nonce: 'x' });
    expect(codeOf(kit, { ...request, method: 'PUT' })).toBe('UnsupportedHTTPMethod');
    const { authorization: _none, ...unsigned } = request.headers;
    expect(codeOf(kit, { ...request, headers: unsigned })).toBe('MissingAccessKeyId');
    const spaced = request.headers['authorization']!.replaceAll(',', ', ');
    expect(codeOf(kit, { ...request, headers: { ...request.headers, authorization: spaced } })).toBe(
      'IncompleteSignature',
    );
  });

  it('is refused where RAM denies its action, and nothing else is', () => {
    const kit = alibabaKit();
    kit.control('permission', { action: 'live:RealTimeRecordCommand' });
    expect(kit.command('start')).toBe('403 Forbidden.RAM');
    expect(kit.code('DescribeLiveStreamState', TRIPLE)).toBe('200');
    kit.control('permission', { action: 'live:RealTimeRecordCommand', denied: false });
    expect(kit.command('start')).toBe('400 CodeConfigNotFound');
  });
});

it.each([
  ['usual', [400, 404, 403, 404, 400]],
  ['other', [403, 400, 400, 400, 404]],
] as const)('codes that have two statuses have the %s one', (commonStatus, statuses) => {
  const kit = alibabaKit({ unknowns: { commonStatus } });
  const look = (fields = TRIPLE, keys = KEYS) => kit.send('DescribeLiveStreamState', fields, { keys }).status;
  const said = [look(TRIPLE, { ...KEYS, secret: 'x' }), look(TRIPLE, { ...KEYS, id: 'x' })];
  kit.control('permission', { action: 'live:DescribeLiveRecordConfig' });
  said.push(kit.send('DescribeLiveRecordConfig').status);
  said.push(look({ ...TRIPLE, DomainName: 'x.test' }), kit.send('DescribeLiveDomainMapping').status);
  expect(said).toEqual(statuses);
});

it.each([true, false])('an error has Recommend or has none: %s', (recommend) => {
  const { json } = alibabaKit({ unknowns: { recommend } }).send('DescribeNothing');
  expect('Recommend' in json).toBe(recommend);
});
