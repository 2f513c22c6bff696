import { describe, expect, it } from 'vitest';
import { CHANNEL, codeOf, life, naverKit, OTHER, T0, type NaverKit } from './naver-kit.ts';

type Fields = Record<string, unknown>;

const BODY = {
  channelName: 'news_방송1',
  cdn: { createCdn: true, cdnType: 'GLOBAL_EDGE', profileId: 7, regionType: 'KOREA' },
  qualitySetId: 1,
  useDvr: true,
  timemachineMin: 360,
  record: {
    type: 'AUTO_UPLOAD',
    format: 'MP4',
    bucketName: 'recordings',
    filePath: '/news/',
    accessControl: 'PRIVATE',
  },
  drmEnabledYn: false,
  immediateOnAir: false,
};

const create = (kit: NaverKit, more: Fields = {}) =>
  kit.send('POST', '/api/v2/channels', { ...BODY, ...more });
const path = (id: string, rest = '') => `/api/v2/channels/${id}${rest}`;
const put = (kit: NaverKit, verb: string, id = CHANNEL) => kit.send('PUT', path(id, `/${verb}`));
const list = (kit: NaverKit, query = '') => kit.send('GET', `/api/v2/channels${query}`).json;
const ids = (kit: NaverKit, query: string): string[] =>
  list(kit, query).content.map(({ channelId }: { channelId: string }) => channelId);

describe('a new channel', () => {
  it('is being created for a while, and then ready for a push', () => {
    const kit = naverKit({ creatingMs: 20_000 });
    const { content } = create(kit).json;
    expect(content.channelId).toMatch(/^ls-20260101210000-[A-Za-z0-9]{5}$/);
    const id = content.channelId as string;
    expect(content).toMatchObject({
      channelName: 'news_방송1',
      qualitySetName: 'default',
      channelStatus: 'CREATING',
      isRecording: false,
      outputProtocol: 'HLS',
      useDvr: true,
      timemachineMin: 360,
      immediateOnAir: false,
      uploadPath: 'recordings/news',
      record: BODY.record,
      cdn: { cdnType: 'GLOBAL_EDGE', profileId: 7, regionType: 'KOREA' },
      createdTime: T0,
    });
    for (const name of ['instanceNo', 'streamKey', 'publishUrl', 'globalPublishUrl'])
      expect(content).toHaveProperty(name);
    expect(kit.push(id)).toEqual({ taken: false });
    expect(codeOf(put(kit, 'off', id))).toEqual([400, 250_005]);
    kit.wait(20_000);
    expect(kit.info(id)).toMatchObject({ channelStatus: 'READY' });
    expect(kit.push(id)).toEqual({ taken: true });
    kit.start(id);
    expect(kit.records(id)).toMatchObject([{ recordType: 'MP4' }]);
    kit.stop(id);
    expect(kit.records(id)[0]!['uploadPath']).toBe(`news/${id}/361545-1307133`);
    const codes = (kit.control('events') as { eventCode: string }[]).map(({ eventCode }) => eventCode);
    expect(codes[0]).toBe('STREAM_RESERVE');
  });

  it.each([
    ['channelName', undefined, 250_011],
    ['channelName', 'ab', 250_002],
    ['channelName', 'a'.repeat(21), 250_002],
    ['channelName', 'a news', 250_002],
    ['cdn', undefined, 250_011],
    ['cdn', { createCdn: true, cdnType: 'GLOBAL_EDGE' }, 250_011],
    ['cdn', { createCdn: true, cdnType: 'OWN', regionType: 'KOREA' }, 250_002],
    ['cdn', { createCdn: true, cdnType: 'GLOBAL_EDGE', regionType: 'MOON' }, 250_002],
    ['cdn', { createCdn: false, cdnType: 'GLOBAL_EDGE', cdnDomain: 'x.test' }, 250_011],
    ['cdn', { createCdn: false, cdnType: 'GLOBAL_EDGE', cdnInstanceNo: 1 }, 250_011],
    ['qualitySetId', undefined, 250_011],
    ['qualitySetId', '1', 250_002],
    ['qualitySetId', 99, 250_002],
    ['useDvr', undefined, 250_011],
    ['useDvr', 'true', 250_002],
    ['timemachineMin', undefined, 250_011],
    ['timemachineMin', 60, 250_002],
    ['record', undefined, 250_011],
    ['record', [], 250_002],
    ['record', {}, 250_011],
    ['record', { type: 'SOME' }, 250_002],
    ['record', { ...BODY.record, format: undefined }, 250_011],
    ['record', { ...BODY.record, format: 'MP3' }, 250_002],
    ['record', { ...BODY.record, bucketName: undefined }, 250_011],
    ['record', { ...BODY.record, bucketName: 'nowhere' }, 250_002],
    ['record', { ...BODY.record, filePath: undefined }, 250_011],
    ['record', { ...BODY.record, accessControl: 'PUBLIC' }, 250_002],
    ['drmEnabledYn', undefined, 250_011],
    ['envType', 'TEST', 250_002],
    ['outputProtocol', 'DASH', 250_002],
    ['ingestProtocol', 'WHIP', 250_002],
  ])('is refused with a wrong %s (%j): %s', (name, value, code) => {
    const kit = naverKit({ buckets: ['recordings'] });
    const before = list(kit).total;
    expect(codeOf(create(kit, { [name]: value }))).toEqual([400, code]);
    expect(list(kit).total).toBe(before);
  });

  it.each([
    { record: { type: 'NO_RECORD' } },
    { record: { type: 'MANUAL_UPLOAD' } },
    { cdn: { createCdn: false, cdnType: 'GLOBAL_EDGE', cdnDomain: 'x.test', cdnInstanceNo: 3 } },
    { useDvr: false, timemachineMin: undefined },
    { ingestProtocol: 'SRT', envType: 'STAGE', outputProtocol: 'LL_HLS', isStreamFailOver: true },
  ])('may have %j', (more) => {
    expect(create(naverKit(), more).status).toBe(200);
  });

  it.each(['useDvr', 'useDVR'] as const)('spells %s', (dvrSpelling) => {
    const kit = naverKit({ unknowns: { dvrSpelling } });
    expect(kit.info()).toHaveProperty(dvrSpelling, false);
    expect(kit.info()).not.toHaveProperty(dvrSpelling === 'useDvr' ? 'useDVR' : 'useDvr');
  });
});

describe('a change of a channel', () => {
  const change = (kit: NaverKit, body: Fields) => kit.send('PUT', path(CHANNEL), body);

  it('leaves what it does not name', () => {
    const kit = naverKit();
    expect(change(kit, { channelName: 'another', immediateOnAir: true }).status).toBe(200);
    expect(kit.info()).toMatchObject({
      channelName: 'another',
      immediateOnAir: true,
      record: { type: 'AUTO_UPLOAD', format: 'ALL' },
    });
    expect(codeOf(change(kit, { channelName: 'x' }))).toEqual([400, 250_002]);
  });

  it.each([
    ['applied', 200, 'NO_RECORD'],
    ['refused', 400, 'AUTO_UPLOAD'],
  ] as const)('of how it records is %s', (recordUpdate, status, type) => {
    const kit = naverKit({ unknowns: { recordUpdate } });
    expect(change(kit, { record: { type: 'NO_RECORD' } }).status).toBe(status);
    expect(kit.info()).toMatchObject({ record: { type } });
  });

  it('does not reach the recording that runs', () => {
    const kit = naverKit();
    kit.push();
    kit.start();
    change(kit, { record: { type: 'MANUAL_UPLOAD' } });
    kit.stop();
    kit.wait(30_000);
    expect(new Set(kit.statuses())).toEqual(new Set(['TRANSFER_FINISH']));
  });
});

describe('off, on and delete', () => {
  it('suspend a channel, cut its broadcast, and lift that', () => {
    const kit = naverKit();
    kit.push();
    kit.start();
    kit.wait(5_000);
    expect(put(kit, 'off').json.content).toMatchObject({ channelStatus: 'BLOCK', isRecording: false });
    expect(life(kit)).toEqual(['0 1307133 began', '5 1307133 ended (publish end)']);
    expect(kit.truth('source').at(-1)).toMatchObject({ event: 'down' });
    expect(kit.push()).toEqual({ taken: false });
    expect(codeOf(kit.start())).toEqual([400, 250_005]);
    expect(codeOf(put(kit, 'off'))).toEqual([400, 250_005]);
    expect(put(kit, 'on').json.content).toMatchObject({ channelStatus: 'READY' });
    expect(codeOf(put(kit, 'on'))).toEqual([400, 250_005]);
    expect(kit.push()).toEqual({ taken: true });
  });

  it('cannot lift what NAVER itself has suspended', () => {
    const kit = naverKit();
    kit.control('block', { channel: CHANNEL });
    expect(codeOf(put(kit, 'on'))).toEqual([400, 250_005]);
  });

  it('delete only a channel that is READY', () => {
    const kit = naverKit({ anyChannel: true });
    kit.push();
    expect(codeOf(kit.send('DELETE', path(CHANNEL)))).toEqual([400, 250_005]);
    kit.leave();
    expect(kit.send('DELETE', path(CHANNEL)).status).toBe(200);
    expect(codeOf(kit.send('GET', path(CHANNEL)))).toEqual([404, 250_004]);
    expect(codeOf(kit.send('DELETE', path(CHANNEL)))).toEqual([404, 250_004]);
    expect(ids(kit, '')).toEqual([OTHER]);
  });

  it.each(['gone', 'shown'] as const)('leave a channel that is %s', (deletedChannel) => {
    const kit = naverKit({ unknowns: { deletedChannel } });
    kit.send('DELETE', path(CHANNEL));
    kit.push(OTHER);
    kit.start(OTHER);
    kit.control('remove', { channel: OTHER });
    const shown = deletedChannel === 'shown';
    expect(codeOf(kit.start())).toEqual(shown ? [400, 250_005] : [404, 250_004]);
    expect(list(kit).content.map((one: Fields) => one['channelStatus'])).toEqual(
      shown ? ['DELETED', 'FORCE_DELETED'] : [],
    );
    expect(kit.send('GET', path(CHANNEL)).status).toBe(shown ? 200 : 404);
    expect(life(kit)).toEqual(['0 1307133 began', '0 1307133 ended (publish end)']);
  });

  it('end a recording that has outlived its push', () => {
    const kit = naverKit({ unknowns: { publishEnd: 'stays' } });
    kit.push();
    kit.start();
    kit.wait(5_000);
    kit.leave();
    expect(kit.send('DELETE', path(CHANNEL)).status).toBe(200);
    expect(life(kit)).toEqual(['0 1307133 began', '5 1307133 ended (channel deleted)']);
  });
});

describe('the list of channels', () => {
  const many = () =>
    naverKit({
      channels: Array.from({ length: 45 }, (_, index) => ({
        channelId: `ls-20250101000000-ch${String(index).padStart(3, '0')}`,
        settings: { channelName: index % 2 === 0 ? `even_${index}` : `odd_${index}` },
      })),
    });

  it('comes in pages', () => {
    const kit = many();
    expect(list(kit).content).toHaveLength(20);
    expect(list(kit, '?pageNo=3').content).toHaveLength(5);
    expect(list(kit, '?pageNo=4')).toEqual({ content: [], total: 45 });
    expect(ids(kit, '?pageNo=2&pageSizeNo=2')).toEqual([
      'ls-20250101000000-ch002',
      'ls-20250101000000-ch003',
    ]);
    expect(list(kit, '?pageSizeNo=100').content).toHaveLength(45);
    for (const query of ['?pageSizeNo=101', '?pageSizeNo=0', '?pageNo=0', '?pageNo=x'])
      expect(codeOf(kit.send('GET', `/api/v2/channels${query}`))).toEqual([400, 250_002]);
  });

  it('can be asked for a state, and for a part of an id or a name', () => {
    const kit = many();
    kit.push('ls-20250101000000-ch007');
    expect(ids(kit, '?channelStatus=PUBLISHING')).toEqual(['ls-20250101000000-ch007']);
    expect(ids(kit, '?id=ch04')).toHaveLength(5);
    expect(list(kit, '?channelName=odd_').total).toBe(22);
    expect(list(kit, '?channelName=odd_&id=ch00').total).toBe(5);
  });

  it.each(['there', 'absent'] as const)('has isRecording %s', (listIsRecording) => {
    const kit = naverKit({ unknowns: { listIsRecording } });
    kit.push();
    kit.start();
    const [first] = list(kit, `?id=${CHANNEL}`).content;
    expect('isRecording' in first).toBe(listIsRecording === 'there');
    expect(kit.info()).toHaveProperty('isRecording', true);
  });
});

describe('what belongs to a channel', () => {
  it('is a set of qualities, and addresses for each', () => {
    const kit = naverKit();
    const [set] = kit.send('GET', '/api/v2/qualitySets?genType=CUSTOM&type=default').json.content;
    expect(set).toMatchObject({ qualitySetId: 1, qualitySetName: 'default' });
    const { content } = kit.send('GET', path(CHANNEL, '/serviceUrls?serviceUrlType=GENERAL')).json;
    expect(content).toMatchObject([
      { name: '720p-9-16', resolution: '720x1280', videoBitrate: '2500000' },
      { name: 'quality000', audioBitrate: '320000' },
    ]);
    expect(codeOf(kit.send('GET', path(CHANNEL, '/serviceUrls?serviceUrlType=X')))).toEqual([400, 250_002]);
    expect(codeOf(kit.send('GET', path(CHANNEL, '/serviceUrls')))).toEqual([400, 250_011]);
  });

  it('is a backup stream, where there is one', () => {
    const kit = naverKit({
      channels: [{ channelId: CHANNEL, settings: { isStreamFailOver: true } }, { channelId: OTHER }],
    });
    expect(codeOf(put(kit, 'switch-stream'))).toEqual([400, 250_005]);
    kit.push();
    kit.push(OTHER);
    expect(codeOf(put(kit, 'switch-stream', OTHER))).toEqual([400, 250_005]);
    expect([put(kit, 'switch-stream').status, put(kit, 'switch-stream').status]).toEqual([200, 200]);
    const codes = (kit.control('events') as { eventCode: string }[]).map(({ eventCode }) => eventCode);
    expect(codes.slice(-2)).toEqual(['RTMP_BACKUP_STREAM_ENABLED', 'RTMP_MAIN_STREAM_ENABLED']);
  });
});

it('a test is told of a channel that cannot be', () => {
  expect(() => naverKit({ channelDefaults: { qualitySetId: 9 } })).toThrow(
    'There is no quality set 9; there is 1.',
  );
  expect(() => naverKit({ channelDefaults: { record: { type: 'AUTO_UPLOAD', format: 'ALL' } } })).toThrow(
    'record.bucketName',
  );
});
