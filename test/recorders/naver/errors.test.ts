import { describe, expect, it } from 'vitest';
import type { Dispatcher } from 'undici';
import { createNaverApi, type NaverApiOptions, type NaverRefusal } from '../../../src/recorders/naver/api.ts';
import { MAX_SKEW_MS } from '../../../src/recorders/naver/sign.ts';
import { CHANNEL, failureFrom } from './kit.ts';

const SECRET = 'canary-secret-key/0001';
const ACCESS = 'CANARYACCESSKEY01';

interface Answer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** NAVER's gateway as one function: what each request is answered with. */
function answering(answer: Answer, over: Partial<NaverApiOptions> = {}) {
  const request = (): Promise<unknown> => {
    const { status = 200, body = '', headers = {} } = answer;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return Promise.resolve({ statusCode: status, headers, body: [Buffer.from(text)] });
  };
  const dispatcher = { request } as unknown as Dispatcher;
  return createNaverApi({
    accessKey: ACCESS,
    secretKey: SECRET,
    dispatcher,
    now: () => 1_767_225_600_000,
    ...over,
  });
}

const gateway = (status: number, code: string, message = 'Authentication Failed') => ({
  status,
  body: { error: { errorCode: code, message, details: message } },
});
const service = (code: number | string, status = 400, message = 'no') => ({
  status,
  body: { error: { errorCode: code, message, errorName: 'NAME' } },
});

const started = async (answer: Answer) => await failureFrom(answering(answer).startRecord(CHANNEL));

describe('the API gateway', () => {
  it.each([
    [400, '100', 'E_VENDOR_REFUSED', 'keeprolling', 'never', 'no'],
    [401, '200', 'E_VENDOR_AUTH', 'you', 'later', 'no'],
    [401, '210', 'E_VENDOR_AUTH', 'you', 'later', 'no'],
    [403, '230', 'E_VENDOR_AUTH', 'you', 'later', 'no'],
    [404, '300', 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [429, '400', 'E_VENDOR_THROTTLED', 'vendor', 'later', 'no'],
    [429, '410', 'E_VENDOR_THROTTLED', 'vendor', 'later', 'no'],
    [429, '420', 'E_VENDOR_THROTTLED', 'vendor', 'later', 'no'],
    [413, '430', 'E_VENDOR_REFUSED', 'keeprolling', 'never', 'no'],
    [503, '500', 'E_VENDOR_FAULT', 'vendor', 'later', 'unknown'],
    [504, '510', 'E_VENDOR_UNANSWERED', 'vendor', 'later', 'unknown'],
    [500, '900', 'E_VENDOR_FAULT', 'vendor', 'later', 'unknown'],
  ])('%d with code %s is %s of %s', async (status, vendorCode, code, who, retry, applied) => {
    const failure = await started(gateway(status, vendorCode));
    expect(failure).toMatchObject({ code, who, retry, applied, vendor: { status, code: vendorCode } });
    // A page of a proxy has no code: then the status alone says as much.
    const bare = await started({ status, body: '<html>no</html>' });
    const isPermission = vendorCode === '210';
    expect(bare).toMatchObject(isPermission ? { code } : { code, who, retry, applied });
  });

  it.each([301, 302, 307])('that leads elsewhere with %d needs another address', async (status) => {
    expect(await started({ status })).toMatchObject({ code: 'E_VENDOR_REFUSED', who: 'you', applied: 'no' });
  });

  it.each([402, 418, 501, 599])('that answers %d without a word has perhaps acted', async (status) => {
    expect(await started({ status })).toMatchObject({
      code: 'E_VENDOR_FAULT',
      applied: 'unknown',
      retry: 'later',
    });
  });

  it('says how long to wait', async () => {
    const limited = { ...gateway(429, '400', 'Quota Exceeded'), headers: { 'Retry-After': '7' } };
    expect(await started(limited)).toMatchObject({ code: 'E_VENDOR_THROTTLED', retry: 7_000 });
    const odd = { ...limited, headers: { 'Retry-After': 'soon' } };
    expect(await started(odd)).toMatchObject({ retry: 'later' });
  });

  it('names a clock that is off among the reasons of a refused signature', async () => {
    expect(MAX_SKEW_MS).toBe(300_000);
    expect((await started(gateway(401, '200'))).message).toContain('more than 5 minutes off');
  });
});

describe('Live Station', () => {
  it.each([
    [250_000, 'E_VENDOR_FAULT', 'vendor', 'later', 'unknown'],
    [250_001, 'E_VENDOR_REFUSED', 'vendor', 'later', 'unknown'],
    [250_002, 'E_VENDOR_REFUSED', 'you', 'never', 'no'],
    [250_003, 'E_VENDOR_REFUSED', 'keeprolling', 'later', 'no'],
    [250_004, 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [250_005, 'E_VENDOR_REFUSED', 'vendor', 'later', 'no'],
    [250_006, 'E_VENDOR_AUTH', 'you', 'later', 'no'],
    [250_007, 'E_VENDOR_FAULT', 'vendor', 'later', 'unknown'],
    [250_008, 'E_VENDOR_FAULT', 'vendor', 'later', 'unknown'],
    [250_009, 'E_VENDOR_FAULT', 'vendor', 'later', 'unknown'],
    [250_010, 'E_VENDOR_AUTH', 'you', 'later', 'no'],
    [250_011, 'E_VENDOR_REFUSED', 'you', 'never', 'no'],
    [250_012, 'E_VENDOR_REFUSED', 'keeprolling', 'later', 'no'],
    [250_014, 'E_VENDOR_REFUSED', 'you', 'never', 'no'],
    [250_015, 'E_VENDOR_AUTH', 'you', 'later', 'no'],
    [250_016, 'E_VENDOR_FAULT', 'vendor', 'later', 'unknown'],
    [250_017, 'E_VENDOR_AUTH', 'you', 'later', 'no'],
    [250_018, 'E_VENDOR_REFUSED', 'keeprolling', 'later', 'no'],
    [250_019, 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [250_020, 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [250_021, 'E_VENDOR_REFUSED', 'you', 'never', 'no'],
    [250_022, 'E_VENDOR_FAULT', 'vendor', 'later', 'unknown'],
    [259_999, 'E_VENDOR_FAULT', 'vendor', 'later', 'unknown'],
  ])('code %d is %s of %s, whatever its status', async (vendorCode, code, who, retry, applied) => {
    for (const status of [200, 400, 401, 404, 500])
      for (const written of [vendorCode, String(vendorCode)]) {
        const failure = await started(service(written, status));
        expect(failure).toMatchObject({
          code,
          who,
          retry,
          applied,
          vendor: { status, code: String(vendorCode) },
        });
      }
  });

  it('says OK by code 250013, which is no error', async () => {
    const body = { content: { channelId: CHANNEL, channelStatus: 'READY' }, error: { errorCode: 250_013 } };
    expect((await answering({ body }).channel(CHANNEL)).value.channelStatus).toBe('READY');
  });

  it.each([
    ['not-found', 250_004],
    ['not-available', 250_005],
    ['permission', 250_010],
    ['region', 250_019],
    ['bad-parameter', 250_002],
    ['fault', 250_000],
    ['other', 250_001],
  ])('tells code that must decide that it is %s', async (is, code) => {
    await expect(answering(service(code)).channel(CHANNEL)).rejects.toMatchObject({
      is,
    } as Partial<NaverRefusal>);
  });

  it('never says that a read was applied', async () => {
    for (const answer of [service(250_000), gateway(504, '510'), { body: '{' }]) {
      const failure = await failureFrom(answering(answer).channel(CHANNEL));
      expect(failure.applied).toBe('no');
    }
  });

  it.each(['', '{', '[]', '{"content":[]}', '{"content":{"recordList":{"a":{}}}}'])(
    'that answers a start with %s has perhaps acted',
    async (body) => {
      expect(await started({ body })).toMatchObject({
        code: 'E_VENDOR_MALFORMED',
        applied: 'unknown',
        retry: 'later',
      });
    },
  );
});

describe('messages', () => {
  it('quote what NAVER says, and nothing of a secret', async () => {
    const plain = await started(service(250_005, 400, 'Record   not\navailable.'));
    expect(plain.message).toBe(
      'startRecord: that cannot be done in the present state; it answered 400 code 250005 ("Record not available.").',
    );
    for (const secret of [
      SECRET,
      SECRET.toUpperCase(),
      encodeURIComponent(SECRET),
      ACCESS,
      Buffer.from(SECRET).toString('base64'),
    ]) {
      const failure = await started(service(250_005, 400, `the key ${secret.slice(3)} is no key`));
      expect(failure.message).not.toContain('the key');
    }
  });

  it('keep the trace id for support, unless it repeats a secret', async () => {
    const traced = await started({ ...service(250_005), headers: { 'x-ncp-trace-id': 'trace-1' } });
    expect(traced.vendor).toMatchObject({ requestId: 'trace-1' });
    const leaking = await started({ ...service(250_005), headers: { 'x-ncp-trace-id': SECRET } });
    expect(leaking.vendor).not.toHaveProperty('requestId');
  });
});
