import { describe, expect, it } from 'vitest';
import { createNaverApi, type NaverChannelFields } from '../../../src/recorders/naver/api.ts';
import { CHANNEL, failureFrom, kit, type Kit, MINUTE, OTHER, SECOND, T0 } from './kit.ts';

const FIELDS: NaverChannelFields = {
  channelName: 'match_day',
  cdn: { createCdn: true, cdnType: 'GLOBAL_EDGE', profileId: 1, regionType: 'KOREA' },
  qualitySetId: 1,
  useDvr: false,
  record: { type: 'MANUAL_UPLOAD', format: 'ALL' },
  drmEnabledYn: false,
};

describe('the typed client', () => {
  it('signs each request over its very target, with the region and without a host', async () => {
    const k = kit();
    await k.api().channels({ pageNo: 1, pageSizeNo: 20, channelName: '경기 & more', channelStatus: 'READY' });
    expect(k.sent[0]).toMatchObject({
      method: 'GET',
      path: '/api/v2/channels?pageNo=1&pageSizeNo=20&channelName=%EA%B2%BD%EA%B8%B0%20%26%20more&channelStatus=READY',
      headers: {
        'x-ncp-apigw-timestamp': String(T0),
        'x-ncp-iam-access-key': 'canary-access',
        'x-ncp-region_code': 'KR',
        'content-type': 'application/json',
      },
    });
  });

  it.each(['with-body', 'always'] as const)(
    'sends Content-Type where it is wanted: %s',
    async (contentType) => {
      const k = kit({ unknowns: { contentType } });
      k.push();
      expect((await k.api().startRecord(CHANNEL)).value).toHaveLength(3);
    },
  );

  it('lists channels page by page', async () => {
    const k = kit();
    const first = await k.api().channels({ pageNo: 1, pageSizeNo: 1 });
    expect(first.value).toMatchObject({ channels: [{ channelId: CHANNEL }], total: 2 });
    const second = await k.api().channels({ pageNo: 2, pageSizeNo: 1 });
    expect(second.value.channels.map(({ channelId }) => channelId)).toEqual([OTHER]);
    expect(second.requestId).not.toBe(first.requestId);
    const named = await k.api().channels({ id: OTHER });
    expect(named.value.total).toBe(1);
  });

  it.each(['PUBLISHING', 'PUBLISH'] as const)('calls a push by one word: %s', async (publishingWord) => {
    const k = kit({ unknowns: { publishingWord } });
    k.push();
    expect((await k.api().channel(CHANNEL)).value).toMatchObject({
      channelStatus: 'PUBLISHING',
      isRecording: false,
    });
  });

  it('creates, changes, suspends and deletes a channel', async () => {
    const k = kit();
    const { value } = await k.api().createChannel(FIELDS);
    expect(value.channelId).toMatch(/^ls-/);
    k.wait(MINUTE);
    await k.api().updateChannel(value.channelId, { ...FIELDS, channelName: 'match_night' });
    expect((await k.api().channel(value.channelId)).value.channelName).toBe('match_night');
    await k.api().turnOff(value.channelId);
    expect((await k.api().channel(value.channelId)).value.channelStatus).toBe('BLOCK');
    await k.api().turnOn(value.channelId);
    await k.api().deleteChannel(value.channelId);
    await expect(k.api().channel(value.channelId)).rejects.toMatchObject({ is: 'not-found' });
  });

  it('starts, lists and stops a recording', async () => {
    const k = kit();
    k.push();
    const { value: begun } = await k.api().startRecord(CHANNEL);
    expect(
      begun.map(({ recordType, status, objectStorageUrl }) => [recordType, status, objectStorageUrl]),
    ).toEqual([
      ['MP4', 'RECORDING', '-'],
      ['HLS', 'RECORDING', '-'],
      ['HLS', 'RECORDING', '-'],
    ]);
    expect(begun[1]).toMatchObject({
      recordId: '2700002',
      channelId: CHANNEL,
      recordSeq: 1_307_133,
      streamSeq: 361_545,
      recordBeginTime: T0,
      createdTime: T0,
      resolution: '720x1280',
      fileName: '720p-9-16/playlist.m3u8',
      videoBitrate: 2_500_000,
      audioBitrate: 128_000,
      videoFrameRate: 30,
      audioCodec: 'AAC',
    });
    k.wait(90 * SECOND);
    const { value: ended } = await k.api().stopRecord(CHANNEL);
    expect(ended[0]).toMatchObject({ status: 'PROCESSING', duration: 90 });
    expect((await k.api().records(CHANNEL)).value).toEqual(ended);
  });

  it.each(['map', 'flat'] as const)('reads one file in both forms of its reply: %s', async (recordInfo) => {
    const k = kit({ unknowns: { recordInfo } });
    await k.begin();
    expect((await k.api().record(CHANNEL, '2700002')).value).toMatchObject({
      recordId: '2700002',
      recordType: 'HLS',
      recordSeq: 1_307_133,
    });
  });

  it('sorts files by their numbers, also where those have a digit more', async () => {
    const k = kit();
    const entry = { status: 'RECORDING', recordSeq: '7', recordBeginTime: String(T0) };
    const body = JSON.stringify({ content: { recordList: { 1000: entry, 999: entry } } });
    k.answers = () => ({ kind: 'response', response: { status: 200, headers: {}, body }, delayMs: 0 });
    const { value } = await k.api().records(CHANNEL);
    expect(
      value.map(({ recordId, recordSeq, recordBeginTime }) => [recordId, recordSeq, recordBeginTime]),
    ).toEqual([
      ['999', 7, T0],
      ['1000', 7, T0],
    ]);
  });

  it('uploads files and removes temporary copies', async () => {
    const k = kit();
    const { take } = await k.begin();
    await k.stop(take);
    k.wait(30 * SECOND);
    const { value } = await k.api().upload('recordings', { recordIds: ['2700001'] });
    expect(value).toMatchObject({ bucketName: 'recordings', accessControl: 'PRIVATE' });
    expect(k.sent.at(-1)!.body).toEqual({ recordIds: [2_700_001] });
    await k.api().deleteRecords(CHANNEL, ['2700002']);
    expect(k.sent.at(-1)).toMatchObject({ method: 'DELETE', body: { recordIds: [2_700_002] } });
    expect((await k.api().record(CHANNEL, '2700002')).value.status).toBe('DELETED');
  });

  it('sets endpoints of callbacks, by default and for a channel', async () => {
    const k = kit();
    expect((await k.api().callbackEndpoint()).value).toBeNull();
    await k.api().setCallbackEndpoint('https://hooks.example.com/default');
    expect((await k.api().callbackEndpoint()).value).toBe('https://hooks.example.com/default');
    await k.api().setChannelCallbackEndpoint(CHANNEL, 'https://hooks.example.com/own');
    expect((await k.api().channel(CHANNEL)).value.callbackEndpoint).toBe('https://hooks.example.com/own');
  });

  it('tells what happened to a channel', async () => {
    const k = kit();
    await k.begin();
    const codes = async (events: ReturnType<ReturnType<typeof k.api>['events']>) =>
      (await events).value.map(({ eventCode }) => eventCode).toSorted();
    expect(await codes(k.api().events({ channelId: CHANNEL }))).toEqual(['ONAIR_START', 'PUBLISH_START']);
    expect(await codes(k.api().channelEvents(CHANNEL))).toEqual(['ONAIR_START', 'PUBLISH_START']);
    expect((await k.api().publishLog(CHANNEL)).value.length).toBeGreaterThan(0);
  });

  it('tells quality sets and addresses for viewers', async () => {
    const k = kit();
    expect((await k.api().qualitySets({ genType: 'CUSTOM', type: 'default' })).value.length).toBeGreaterThan(
      0,
    );
    expect((await k.api().serviceUrls(CHANNEL, 'GENERAL')).value.length).toBeGreaterThan(0);
    expect(k.sent.at(-1)!.path).toContain('/serviceUrls?serviceUrlType=GENERAL');
  });

  it('switches between main and backup stream', async () => {
    const k = kit();
    k.answers = () => ({ kind: 'response', response: { status: 200, headers: {}, body: '{}' }, delayMs: 0 });
    await k.api().switchStream(CHANNEL);
    expect(k.sent[0]).toMatchObject({ method: 'PUT', path: `/api/v2/channels/${CHANNEL}/switch-stream` });
  });

  it.each<[string, unknown, string]>([
    ['a name of two letters', { channelName: 'ab' }, 'channelName'],
    ['a name with a blank', { channelName: 'match day' }, 'channelName'],
    ['a record type of tomorrow', { record: { type: 'CLOUD' } }, 'record.type'],
    ['a format of tomorrow', { record: { type: 'MANUAL_UPLOAD', format: 'MKV' } }, 'record.format'],
    ['AUTO_UPLOAD without a bucket', { record: { type: 'AUTO_UPLOAD', format: 'ALL' } }, 'record'],
    ['DVR without its minutes', { useDvr: true }, 'timemachineMin'],
    ['DVR of an hour', { useDvr: true, timemachineMin: 60 }, 'timemachineMin'],
    ['a new CDN without a region', { cdn: { createCdn: true, cdnType: 'GLOBAL_EDGE' } }, 'cdn'],
    ['a CDN without its domain', { cdn: { createCdn: false, cdnType: 'GLOBAL_EDGE' } }, 'cdn'],
  ])('creates no channel with %s', async (_what, over, where) => {
    const k = kit();
    const fields = { ...FIELDS, ...(over as object) };
    const refused = { code: 'E_SPEC_INVALID', message: expect.stringContaining(where) };
    await expect(k.api().createChannel(fields)).rejects.toMatchObject(refused);
    await expect(k.api().updateChannel(CHANNEL, over as object)).rejects.toMatchObject(refused);
    expect(k.sent).toEqual([]);
  });

  it.each([
    ['pages of 101', async (k: Kit) => await k.api().channels({ pageSizeNo: 101 })],
    ['page 0', async (k: Kit) => await k.api().channels({ pageNo: 0 })],
    ['an upload of nothing', async (k: Kit) => await k.api().upload('recordings', { recordIds: [] })],
    ['a removal of what has no number', async (k: Kit) => await k.api().deleteRecords(CHANNEL, ['all'])],
  ])('sends no request for %s', async (_what, call) => {
    const k = kit();
    await expect(call(k)).rejects.toMatchObject({ code: 'E_SPEC_INVALID' });
    expect(k.sent).toEqual([]);
  });

  it('takes no name that is none in a path', async () => {
    const k = kit();
    await expect(async () => await k.api().channel('..')).rejects.toThrow(TypeError);
    await expect(async () => await k.api().upload('', { recordIds: ['1'] })).rejects.toThrow(TypeError);
    expect(k.sent).toEqual([]);
  });

  it("is one's own affair where an address of one's own cannot be reached, and the vendor's at NAVER", async () => {
    const dispatcher = {
      request: () =>
        Promise.reject(Object.assign(new Error('no'), { code: 'ECONNREFUSED', syscall: 'connect' })),
    } as unknown as NonNullable<Parameters<typeof createNaverApi>[0]['dispatcher']>;
    const keys = { accessKey: 'a', secretKey: 'b', dispatcher };
    const own = await failureFrom(createNaverApi({ ...keys, url: 'http://127.0.0.1:1' }).channel(CHANNEL));
    expect(own).toMatchObject({ code: 'E_VENDOR_UNREACHABLE', who: 'you', applied: 'no' });
    const theirs = await failureFrom(createNaverApi(keys).channel(CHANNEL));
    expect(theirs).toMatchObject({
      who: 'vendor',
      message: expect.stringContaining('livestation.apigw.ntruss.com'),
    });
  });
});
