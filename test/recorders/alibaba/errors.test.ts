/** Every refusal of ApsaraVideo's tables is a fact that says who must act, and no reply's words are told on. */
import { describe, expect, test } from 'vitest';
import { createAlibabaApi, isRefusal } from '../../../src/recorders/alibaba/api.ts';
import { malformed, refusalOf } from '../../../src/recorders/alibaba/errors.ts';
import { HLS, kit, SECRET, type Kit } from './kit.ts';

function told(
  code: string,
  status = 400,
  operation: Parameters<typeof refusalOf>[0]['operation'] = 'RealTimeRecordCommand',
  headers: Record<string, string> = {},
) {
  const effect = operation.startsWith('Describe') ? ('read' as const) : ('write' as const);
  const text = JSON.stringify({
    Code: code,
    Message: 'canary',
    RequestId: 'R-1',
    HostId: 'live.aliyuncs.com',
    Recommend: 'canary',
  });
  const said = refusalOf({ operation, effect, secrets: [] }, { status, headers, text });
  expect(JSON.stringify(said)).not.toContain('canary');
  return said;
}

/** "Error codes" of AddLiveAppRecordConfig, all 21, each a 400. */
const ADD = [
  ['InvalidOssEndpoint.Malformed', 'destination', 'E_DESTINATION', 'destination'],
  ['InvalidOssBucket.Malformed', 'destination', 'E_DESTINATION', 'destination'],
  ['InvalidOssBucket.NotFound', 'destination', 'E_DESTINATION', 'destination'],
  ['InvalidFormat.Malformed', 'bad-parameter', 'E_VENDOR_REFUSED', 'you'],
  ['InvalidCycleDuration.Malformed', 'bad-parameter', 'E_VENDOR_REFUSED', 'you'],
  ['InvalidSliceDuration.Malformed', 'bad-parameter', 'E_VENDOR_REFUSED', 'you'],
  ['InvalidTemplateLength.Malformed', 'bad-parameter', 'E_VENDOR_REFUSED', 'you'],
  ['InvalidTemplate.ForbidRaw', 'bad-parameter', 'E_VENDOR_REFUSED', 'you'],
  ['MissingTemplate', 'bad-parameter', 'E_VENDOR_REFUSED', 'you'],
  ['MissingOssObjectPrefix', 'bad-parameter', 'E_VENDOR_REFUSED', 'you'],
  ['MissingSliceOssObjectPrefix', 'bad-parameter', 'E_VENDOR_REFUSED', 'you'],
  ['InvalidOssObjectPrefix.Malformed', 'bad-parameter', 'E_VENDOR_REFUSED', 'you'],
  ['InvalidSliceOssObjectPrefix.Malformed', 'bad-parameter', 'E_VENDOR_REFUSED', 'you'],
  ['ConfigAlreadyExists', 'config-exists', 'E_ACCOUNT_UNREADY', 'you'],
  ['InvalidFormat.IllegalOperation', 'bad-parameter', 'E_VENDOR_REFUSED', 'you'],
  ['InvalidDelayTime', 'bad-parameter', 'E_VENDOR_REFUSED', 'you'],
  ['Live2Vod.ConfigAlreadyExists', 'vod-config', 'E_ACCOUNT_UNREADY', 'you'],
  ['InvalidStartTime.Malformed', 'bad-parameter', 'E_VENDOR_REFUSED', 'you'],
  ['InvalidEndTime.Malformed', 'bad-parameter', 'E_VENDOR_REFUSED', 'you'],
  ['InvalidEndTime.Mismatch', 'bad-parameter', 'E_VENDOR_REFUSED', 'you'],
  ['InvalidStartTime.Mismatch', 'bad-parameter', 'E_VENDOR_REFUSED', 'you'],
] as const;

test.each(ADD)('AddLiveAppRecordConfig: %s is %s (%s, %s)', (code, is, ours, who) => {
  expect(told(code, 400, 'AddLiveAppRecordConfig')).toMatchObject({
    is,
    failure: { code: ours, who, applied: 'no', vendor: { code, status: 400, requestId: 'R-1' } },
  });
});

/** RealTimeRecordCommand, 2024-11 and 2018. */
test.each([
  ['MalformedParam', 400, 'bad-parameter', 'you'],
  ['MissingParam', 400, 'bad-parameter', 'you'],
  ['CodeConfigNotFound', 400, 'no-config', 'you'],
  ['StreamNotFound', 409, 'no-stream', 'source'],
  ['TaskAlreadyStarted', 409, 'already-started', 'vendor'],
  ['TaskNotStarted', 409, 'wrong-state', 'vendor'],
  ['TaskAnythingElse', 409, 'wrong-state', 'vendor'],
  ['InvalidDomain.NotFound', 404, 'no-domain', 'you'],
  ['MissingDomainName', 400, 'bad-parameter', 'you'],
  ['MissingAppName', 400, 'bad-parameter', 'you'],
  ['MissingStreamName', 400, 'bad-parameter', 'you'],
  ['MissingCommand', 400, 'bad-parameter', 'you'],
  ['InvalidStream.NotFound', 404, 'no-stream', 'source'],
  ['InvalidConfig.NotFound', 404, 'no-config', 'you'],
  ['InternalError', 500, 'fault', 'vendor'],
] as const)('RealTimeRecordCommand: %s (%s) is %s, and for the %s', (code, status, is, who) => {
  expect(told(code, status)).toMatchObject({ is, failure: { who } });
});

/** "Common error codes". */
test.each([
  ['Throttling', 400, 'throttled', 'E_VENDOR_THROTTLED', 'vendor', 'no'],
  ['Throttling.User', 400, 'throttled', 'E_VENDOR_THROTTLED', 'vendor', 'no'],
  ['Throttling.Api', 400, 'throttled', 'E_VENDOR_THROTTLED', 'vendor', 'no'],
  ['ServiceUnavailable', 503, 'fault', 'E_VENDOR_FAULT', 'vendor', 'unknown'],
  ['InternalError', 500, 'fault', 'E_VENDOR_FAULT', 'vendor', 'unknown'],
  ['InvalidAccessKeyId.NotFound', 404, 'auth', 'E_VENDOR_AUTH', 'you', 'no'],
  ['InvalidAccessKeyId.Inactive', 400, 'auth', 'E_VENDOR_AUTH', 'you', 'no'],
  ['SignatureDoesNotMatch', 400, 'auth', 'E_VENDOR_AUTH', 'you', 'no'],
  ['IncompleteSignature', 400, 'auth', 'E_VENDOR_AUTH', 'you', 'no'],
  ['InvalidSecurityToken.Expired', 400, 'auth', 'E_VENDOR_AUTH', 'you', 'no'],
  ['SignatureNonceUsed', 400, 'nonce-used', 'E_VENDOR_UNANSWERED', 'vendor', 'unknown'],
  ['InvalidTimeStamp.Expired', 400, 'clock', 'E_VENDOR_REFUSED', 'you', 'no'],
  ['InvalidTimeStamp.Format', 400, 'clock', 'E_VENDOR_REFUSED', 'you', 'no'],
  ['Forbidden', 403, 'permission', 'E_VENDOR_AUTH', 'you', 'no'],
  ['Forbidden.RAM', 403, 'permission', 'E_VENDOR_AUTH', 'you', 'no'],
  ['NoPermission', 403, 'permission', 'E_VENDOR_AUTH', 'you', 'no'],
  ['IllegalOperation', 400, 'permission', 'E_VENDOR_AUTH', 'you', 'no'],
  ['MissingParameter', 400, 'bad-parameter', 'E_VENDOR_REFUSED', 'you', 'no'],
  ['InvalidDomain.NotFound', 404, 'no-domain', 'E_VENDOR_REFUSED', 'you', 'no'],
  ['InvalidRegion', 400, 'no-domain', 'E_VENDOR_REFUSED', 'you', 'no'],
  ['InvalidIdentity.ServiceDisabled', 400, 'account', 'E_VENDOR_REFUSED', 'you', 'no'],
  ['UnsupportedHTTPMethod', 400, 'route', 'E_VENDOR_REFUSED', 'keeprolling', 'no'],
  ['NeverHeardOfIt', 400, 'other', 'E_VENDOR_FAULT', 'vendor', 'unknown'],
] as const)('any call: %s (%s) is %s (%s, %s, applied: %s)', (code, status, is, ours, who, applied) => {
  expect(told(code, status)).toMatchObject({ is, failure: { code: ours, who, applied } });
});

test.each([200, 400, 403, 409, 429, 500, 503])('a code counts under status %s', (status) => {
  expect(told('Throttling.User', status).is).toBe('throttled');
  expect(told('StreamNotFound', status).is).toBe('no-stream');
});

test('throttling says in milliseconds when to ask again', () => {
  const wait = (value: string) =>
    told('Throttling.User', 400, 'DescribeLiveRecordConfig', { 'x-acs-retry-after': value }).failure.retry;
  expect(wait('1500')).toBe(1_500);
  expect(wait('soon')).toBe('later');
});

test('a refused permission is named', () => {
  const { message } = told('Forbidden.RAM', 403, 'AddLiveAppRecordConfig').failure;
  expect(message).toContain('live:AddLiveAppRecordConfig');
  expect(message).toContain('acs:cdn:*:<account>:domain/<domain>');
});

test('a domain that is not known may be an ingest domain', () => {
  const { message } = told('InvalidDomain.NotFound', 404, 'AddLiveAppRecordConfig').failure;
  expect(message).toContain('records by playback domain');
});

test('a failing read has changed nothing', () => {
  expect(told('InternalError', 500, 'DescribeLiveRecordConfig').failure.applied).toBe('no');
});

test.each([
  [302, 'route', 'you'],
  [404, 'route', 'you'],
  [502, 'fault', 'vendor'],
  [418, 'other', 'vendor'],
] as const)('a page of a proxy with %s is %s', (status, is, who) => {
  const said = refusalOf(
    { operation: 'RealTimeRecordCommand', effect: 'write', secrets: [] },
    { status, headers: {}, text: '<html>no</html>' },
  );
  expect(said).toMatchObject({ is, failure: { who } });
});

test('a request id that repeats a secret, or is none, is not told', () => {
  const id = (RequestId: string) =>
    refusalOf(
      { operation: 'RealTimeRecordCommand', effect: 'write', secrets: ['topsecret'] },
      { status: 400, headers: {}, text: JSON.stringify({ Code: 'MissingParam', RequestId }) },
    ).failure.vendor?.requestId;
  expect(id('16A96B9A-F203-4EC5-8E43-CB92E68F0001')).toBe('16A96B9A-F203-4EC5-8E43-CB92E68F0001');
  expect(id('x-topsecret-x')).toBeUndefined();
  expect(id('<b>')).toBeUndefined();
});

test('a success that cannot be read may have been applied', () => {
  const call = { operation: 'RealTimeRecordCommand', effect: 'write', secrets: [] } as const;
  const failure = malformed(call, { status: 200, headers: {}, text: '' }, 'a body that is not JSON');
  expect(failure).toMatchObject({ code: 'E_VENDOR_MALFORMED', applied: 'unknown', who: 'vendor' });
});

describe('the client', () => {
  const apiOf = (k: Kit, more: Record<string, unknown> = {}) =>
    createAlibabaApi({
      keys: { accessKeyId: 'LTAIKIT', accessKeySecret: SECRET },
      url: k.account.url,
      dispatcher: k.context.dispatcher,
      now: k.clock.now,
      ...more,
    });
  const stream = { DomainName: 'play.example.com', AppName: 'live', StreamName: 'ch7' };

  test('signs each attempt with a nonce of its own', async () => {
    const k = kit();
    const api = apiOf(k);
    for (let i = 0; i < 20; i += 1) await api.call('DescribeLiveStreamState', stream);
    expect(new Set(k.sent.map(({ headers }) => headers['x-acs-signature-nonce'])).size).toBe(20);
  });

  test('sends what it signs, whatever the names hold', async () => {
    const k = kit();
    const odd = { ...stream, StreamName: "o'dd (*) ~ 直播 +&=%/?" };
    expect(await apiOf(k).call('DescribeLiveStreamState', odd)).toMatchObject({ StreamState: 'offline' });
    expect(k.sent.at(-1)!.query['StreamName']).toBe(odd.StreamName);
  });

  test('is refused where the clocks are too far apart', async () => {
    const k = kit();
    k.control('skew', { ms: 16 * 60_000 });
    expect(await k.failure(apiOf(k).call('DescribeLiveStreamState', stream))).toMatchObject({
      code: 'E_VENDOR_REFUSED',
      vendor: { code: 'InvalidTimeStamp.Expired' },
    });
  });

  test('is refused with a wrong secret, and tells no word of what was signed', async () => {
    const k = kit();
    const api = apiOf(k, { keys: { accessKeyId: 'LTAIKIT', accessKeySecret: 'canary-wrong' } });
    const failure = await k.failure(api.call('DescribeLiveStreamState', stream));
    expect(failure).toMatchObject({ code: 'E_VENDOR_AUTH', vendor: { code: 'SignatureDoesNotMatch' } });
    expect(failure.message).not.toContain('string to sign');
  });

  test('tells what code must tell apart', async () => {
    const k = kit();
    k.control('source.start');
    const error: unknown = await apiOf(k)
      .call('RealTimeRecordCommand', { ...stream, Command: 'start' })
      .catch((thrown: unknown) => thrown);
    expect(isRefusal(error, 'no-config')).toBe(true);
    expect(isRefusal(error, 'no-stream', 'already-started')).toBe(false);
  });

  test.each([
    ['a command that is none', 'RealTimeRecordCommand', { ...stream, Command: 'pause' }, 'Command'],
    [
      'a page of configs that is too small',
      'DescribeLiveRecordConfig',
      { DomainName: 'd', PageSize: 4 },
      'PageSize',
    ],
    [
      'a page of configs that is too large',
      'DescribeLiveRecordConfig',
      { DomainName: 'd', PageSize: 31 },
      'PageSize',
    ],
    [
      'a page of streams that is too large',
      'DescribeLiveStreamsOnlineList',
      { DomainName: 'd', PageSize: 3001 },
      'PageSize',
    ],
    [
      'a page of callbacks that is too large',
      'DescribeLiveRecordNotifyRecords',
      {
        DomainName: 'd',
        StartTime: '2026-11-21T12:00:00Z',
        EndTime: '2026-11-21T13:00:00Z',
        PageNumber: 1,
        PageSize: 501,
      },
      'PageSize',
    ],
    [
      'callbacks of more than a week',
      'DescribeLiveRecordNotifyRecords',
      {
        DomainName: 'd',
        StartTime: '2026-11-01T12:00:00Z',
        EndTime: '2026-11-21T13:00:00Z',
        PageNumber: 1,
        PageSize: 1,
      },
      'EndTime',
    ],
    [
      'files of more than 4 days',
      'DescribeLiveStreamRecordIndexFiles',
      { ...stream, StartTime: '2026-11-17T12:00:00Z', EndTime: '2026-11-21T12:00:01Z' },
      'EndTime',
    ],
    [
      'a page of files that is too small',
      'DescribeLiveStreamRecordIndexFiles',
      { ...stream, StartTime: '2026-11-21T12:00:00Z', EndTime: '2026-11-21T12:00:01Z', PageSize: 4 },
      'PageSize',
    ],
    [
      'a time with an offset',
      'DescribeLiveStreamRecordContent',
      { ...stream, StartTime: '2026-11-21T12:00:00+01:00', EndTime: '2026-11-21T13:00:00Z' },
      'StartTime',
    ],
    [
      'a callback key that is too short',
      'AddLiveRecordNotifyConfig',
      { DomainName: 'd', NotifyUrl: 'http://x', NotifyReqAuth: true, NotifyAuthKey: 'short' },
      'NotifyAuthKey',
    ],
    [
      'signed callbacks without a key',
      'AddLiveRecordNotifyConfig',
      { DomainName: 'd', NotifyUrl: 'http://x', NotifyReqAuth: true },
      'NotifyAuthKey',
    ],
    [
      'signed push events without a key',
      'SetLiveStreamsNotifyUrlConfig',
      { DomainName: 'd', NotifyUrl: 'http://x', NotifyReqAuth: 'yes' },
      'NotifyAuthKey',
    ],
    [
      'a config without a format',
      'AddLiveAppRecordConfig',
      { DomainName: 'd', AppName: 'a', OssEndpoint: 'e', OssBucket: 'b' },
      'RecordFormat',
    ],
    [
      'a window for many streams',
      'AddLiveAppRecordConfig',
      {
        DomainName: 'd',
        AppName: 'a',
        OssEndpoint: 'e',
        OssBucket: 'b',
        RecordFormat: [HLS],
        StartTime: '2026-11-21T12:00:00Z',
      },
      'StartTime',
    ],
    [
      'a template named raw',
      'AddLiveAppRecordConfig',
      {
        DomainName: 'd',
        AppName: 'a',
        OssEndpoint: 'e',
        OssBucket: 'b',
        TranscodeRecordFormat: [HLS],
        TranscodeTemplates: ['raw'],
      },
      'TranscodeTemplates',
    ],
    [
      'a value that is half a character',
      'DescribeLiveStreamState',
      { ...stream, StreamName: '\ud800' },
      'StreamName',
    ],
    ['a parameter that is none', 'DescribeLiveStreamState', { ...stream, Codec: 'h264' }, 'Codec'],
  ])('sends no request with %s', async (_what, operation, request, where) => {
    const k = kit();
    await expect(
      apiOf(k).call(operation as 'DescribeLiveStreamState', request as typeof stream),
    ).rejects.toMatchObject({
      code: 'E_SPEC_INVALID',
      details: { problems: [{ where }] },
    });
    expect(k.sent).toEqual([]);
  });

  test('takes the automatic kinds of recording, which no session uses', async () => {
    const k = kit();
    const config = {
      ...stream,
      OssEndpoint: 'oss-cn-shanghai.aliyuncs.com',
      OssBucket: 'keeprolling-live',
      RecordFormat: [HLS],
      StartTime: '2026-11-21T12:00:00Z',
      EndTime: '2026-11-22T12:00:00Z',
    };
    for (const OnDemand of [0, 1, 2, 7] as const) {
      await apiOf(k).call('AddLiveAppRecordConfig', { ...config, OnDemand });
      const { configs } = await apiOf(k).call('DescribeLiveRecordConfig', { DomainName: stream.DomainName });
      expect(configs).toMatchObject([{ OnDemand, StartTime: config.StartTime, EndTime: config.EndTime }]);
      await apiOf(k).call('DeleteLiveAppRecordConfig', stream);
    }
  });
});
