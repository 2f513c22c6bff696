import type { z } from 'zod';
import { describe, expect, it } from 'vitest';
import type { Place } from '../../../src/contract/destinations.ts';
import { problemsOf } from '../../../src/contract/problems.ts';
import {
  agoraAccountSchema,
  agoraContract,
  agoraOptionsSchema,
  agoraTargetSchema,
  fileTypesOf,
  PREFIX_ROOM,
  storageRegionOf,
  storageVendorOf,
  type AgoraMode,
  type AgoraOptions,
} from '../../../src/contract/vendors/agora.ts';

function problems(schema: z.ZodType, document: unknown) {
  const parsed = schema.safeParse(document);
  return parsed.success ? [] : problemsOf(parsed.error, document);
}
const wheres = (schema: z.ZodType, document: unknown) => problems(schema, document).map(({ where }) => where);

const account = {
  vendor: 'agora',
  appId: '0123456789abcdef0123456789abcdef',
  customerId: 'c0ffee',
  customerSecret: 'CANARY-customer',
};

describe('an Agora account', () => {
  it('fills in its defaults', () => {
    expect(agoraAccountSchema.parse(account)).toEqual({
      ...account,
      domain: 'agora.io',
      uids: { from: 3_000_000_000, count: 1_000_000_000 },
      idleCeiling: 3_600_000,
      tokenHours: 24,
    });
    expect(agoraAccountSchema.parse({ ...account, idleCeiling: '10m', uids: { from: 5 } })).toMatchObject({
      idleCeiling: 600_000,
      uids: { from: 5, count: 1_000_000_000 },
    });
  });

  it.each([
    ['appId', 'CANARY'],
    ['webAppId', 'xyz'],
    ['appCertificate', '0123'],
    ['customerId', 'a:b'],
    ['customerSecret', ''],
    ['url', 'https://user:CANARY@proxy.example.com'],
    ['url', 'ftp://proxy'],
    ['domain', 'agora.com'],
    ['region', 'eu-north-1'],
    ['uids', { from: 0 }],
    ['uids', { count: 999 }],
    ['uids', { from: 4_294_967_000, count: 1000 }],
    ['idleCeiling', '4s'],
    ['idleCeiling', '31d'],
    ['tokenHours', 25],
    ['tokenHours', 0],
  ])('refuses %s %j with its rule and without showing it', (field, value) => {
    const [problem, ...others] = problems(agoraAccountSchema, { ...account, [field]: value });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ where: field, rule: expect.any(String), try: expect.any(String) });
    expect(JSON.stringify(problem)).not.toContain('CANARY');
  });

  it('is the same as another one of the same App ID', () => {
    const other = { ...account, appId: account.appId.toUpperCase(), customerId: 'x', url: 'http://proxy' };
    expect(agoraContract.identity(other)).toBe(agoraContract.identity(account));
  });
});

describe('an Agora target', () => {
  it.each([
    { channel: 'webinar-2026 #1', mode: 'mix' },
    { channel: 'x'.repeat(63), mode: 'individual' },
    { channel: 'shop front / Bühne', mode: 'web' },
    { channel: 'y'.repeat(128), mode: 'web' },
  ])('takes %j', (target) => {
    expect(problems(agoraTargetSchema, target)).toEqual([]);
    expect(agoraContract.keyParts(target)).toEqual([target.channel, target.mode]);
  });

  it.each([
    [{ channel: 'x'.repeat(64), mode: 'mix' }, 'channel'],
    [{ channel: 'Bühne', mode: 'individual' }, 'channel'],
    [{ channel: 'a/b', mode: 'mix' }, 'channel'],
    [{ channel: 'ü'.repeat(65), mode: 'web' }, 'channel'],
    [{ channel: 'a\nb', mode: 'web' }, 'channel'],
    [{ channel: '', mode: 'mix' }, 'channel'],
    [{ mode: 'mix' }, 'channel'],
    [{ channel: 'a' }, 'mode'],
    [{ channel: 'a/b', mode: 'composite' }, 'mode'],
    [{ channel: 'a', mode: 'mix', uid: '1' }, 'uid'],
  ])('refuses %j by one problem, at %s', (target, where) => {
    expect(wheres(agoraTargetSchema, target)).toEqual([where]);
  });
});

const uids = (count: number) => Array.from({ length: count }, (_, i) => String(i + 1));
const regions = (count: number) =>
  Array.from({ length: count }, () => ({ x_axis: 0, y_axis: 0, width: 0.5, height: 1 }));

describe('Agora options', () => {
  it('are those of the vendor page, side by side', () => {
    const options = {
      streamTypes: 2,
      avFileType: ['hls', 'mp4'],
      subscribeAudioUids: ['#allstream#'],
      unsubscribeVideoUids: ['444', '555'],
      transcodingConfig: { width: 1280, height: 720, fps: 30, bitrate: 2260, mixedVideoLayout: 1 },
      storageConfig: { extensionParams: { sse: 'aes256', tag: 'gold' } },
    };
    expect(agoraOptionsSchema.parse(options)).toEqual(options);
    expect(agoraOptionsSchema.parse({})).toEqual({});
  });

  it.each([
    [{ subscribeAudioUids: uids(32) }],
    [{ unsubscribeAudioUids: ['4294967295', '1'] }],
    [{ streamTypes: 0, streamMode: 'original' }],
    [{ decryptionMode: 8, secret: { secret: 'k' }, salt: { secret: 's' } }],
    [{ decryptionMode: 0 }],
    [{ transcodingConfig: { mixedVideoLayout: 3, layoutConfig: regions(17) } }],
    [{ transcodingConfig: { mixedVideoLayout: 2, maxResolutionUid: '7' } }],
    [{ url: 'https://example.com/stage?room=1' }],
    [{ url: { secret: 'page' } }],
    [{ videoWidth: 1920, videoHeight: 1080 }],
    [{ publish: { outputs: [{ rtmpUrl: { secret: 'cdn' } }] } }],
    [{ snapshotConfig: { captureInterval: 5, fileType: ['jpg'] } }],
    [{ privateParams: '{"correctEXTINF":true}' }],
    [{ maxRecordingHour: 2, resourceExpiredHour: 2 }],
  ])('take %j', (options) => {
    expect(problems(agoraOptionsSchema, options)).toEqual([]);
  });

  it.each([
    [{ subscribeAudioUids: uids(33) }, 'subscribeAudioUids'],
    [{ subscribeAudioUids: [] }, 'subscribeAudioUids'],
    [{ subscribeVideoUids: ['#allstream#', '1'] }, 'subscribeVideoUids'],
    [{ subscribeVideoUids: ['0'] }, 'subscribeVideoUids'],
    [{ subscribeVideoUids: ['01'] }, 'subscribeVideoUids'],
    [{ subscribeVideoUids: ['4294967296'] }, 'subscribeVideoUids'],
    [{ subscribeVideoUids: [7] }, 'subscribeVideoUids'],
    [{ unsubscribeVideoUids: ['#allstream#'] }, 'unsubscribeVideoUids'],
    [{ unsubscribeVideoUids: [] }, 'unsubscribeVideoUids'],
    [{ subscribeAudioUids: ['1'], unsubscribeAudioUids: ['2'] }, 'unsubscribeAudioUids'],
    [{ subscribeVideoUids: ['1'], unsubscribeVideoUids: ['2'] }, 'unsubscribeVideoUids'],
    [{ streamTypes: 1, subscribeAudioUids: ['1'] }, 'subscribeAudioUids'],
    [{ streamTypes: 0, unsubscribeVideoUids: ['1'] }, 'unsubscribeVideoUids'],
    [{ streamTypes: 3 }, 'streamTypes'],
    [{ streamTypes: '2' }, 'streamTypes'],
    [{ streamMode: 'original' }, 'streamMode'],
    [{ maxIdleTime: 4 }, 'maxIdleTime'],
    [{ maxIdleTime: 2_592_001 }, 'maxIdleTime'],
    [{ decryptionMode: 1 }, 'secret'],
    [{ secret: { secret: 'k' } }, 'secret'],
    [{ decryptionMode: 1, secret: { secret: 'k' }, salt: { secret: 's' } }, 'salt'],
    [{ decryptionMode: 7, secret: { secret: 'k' } }, 'salt'],
    [{ decryptionMode: 1, secret: 'CANARY-key' }, 'secret'],
    [{ decryptionMode: 7, secret: { secret: 'k' }, salt: 'CANARY-salt' }, 'salt'],
    [{ avFileType: ['mp4'] }, 'avFileType'],
    [{ avFileType: [] }, 'avFileType'],
    [{ avFileType: 'hls' }, 'avFileType'],
    [{ transcodingConfig: { fps: 25 } }, 'transcodingConfig.fps'],
    [{ transcodingConfig: { bitrate: 6501 } }, 'transcodingConfig.bitrate'],
    [{ transcodingConfig: { width: 1920, height: 1081 } }, 'transcodingConfig.width'],
    [{ transcodingConfig: { width: 3300 } }, 'transcodingConfig.width'],
    [{ transcodingConfig: { mixedVideoLayout: 3 } }, 'transcodingConfig.layoutConfig'],
    [{ transcodingConfig: { layoutConfig: regions(1) } }, 'transcodingConfig.layoutConfig'],
    [
      { transcodingConfig: { mixedVideoLayout: 3, layoutConfig: regions(18) } },
      'transcodingConfig.layoutConfig',
    ],
    [{ transcodingConfig: { maxResolutionUid: '7' } }, 'transcodingConfig.maxResolutionUid'],
    [{ transcodingConfig: { backgroundColor: 'red' } }, 'transcodingConfig.backgroundColor'],
    [
      { transcodingConfig: { backgroundImage: 'https://u:CANARY@x/a.jpg' } },
      'transcodingConfig.backgroundImage',
    ],
    [{ snapshotConfig: { captureInterval: 4, fileType: ['jpg'] } }, 'snapshotConfig.captureInterval'],
    [{ snapshotConfig: { fileType: ['png'] } }, 'snapshotConfig.fileType'],
    [{ snapshotConfig: {} }, 'snapshotConfig.fileType'],
    [{ snapshotConfig: { fileType: ['jpg'] }, streamTypes: 0 }, 'snapshotConfig'],
    [{ snapshotConfig: { fileType: ['jpg'] }, subscribeAudioUids: ['1'] }, 'snapshotConfig'],
    [{ privateParams: 'yes' }, 'privateParams'],
    [{ region: 'eu' }, 'region'],
    [{ regionAffinity: 5 }, 'regionAffinity'],
    [{ excludeResourceIds: [] }, 'excludeResourceIds'],
    [{ resourceExpiredHour: 721 }, 'resourceExpiredHour'],
    [{ maxRecordingHour: 0 }, 'maxRecordingHour'],
    [{ maxRecordingHour: 3, resourceExpiredHour: 2 }, 'maxRecordingHour'],
    [{ maxVideoDuration: 29 }, 'maxVideoDuration'],
    [{ readyTimeout: 61 }, 'readyTimeout'],
    [{ readyTimeout: 1.5 }, 'readyTimeout'],
    [{ videoFps: 4 }, 'videoFps'],
    [{ videoBitrate: 8001 }, 'videoBitrate'],
    [{ videoWidth: 1920, videoHeight: 1200 }, 'videoHeight'],
    [{ videoWidth: 239 }, 'videoWidth'],
    [{ url: 'https://user:CANARY@example.com/' }, 'url'],
    [{ url: 'file:///etc/passwd' }, 'url'],
    [{ publish: { outputs: [{ rtmpUrl: 'rtmp://cdn/CANARY' }] } }, 'publish'],
    [{ publish: { outputs: [] } }, 'publish'],
    [{ publish: { outputs: [{ rtmpUrl: { secret: 'a' } }, { rtmpUrl: { secret: 'b' } }] } }, 'publish'],
    [{ storageConfig: { region: -1 } }, 'storageConfig.region'],
    [{ storageConfig: { extensionParams: { sse: 'AES256' } } }, 'storageConfig.extensionParams.sse'],
  ])('refuse %j at %s, with rule and remedy', (options, where) => {
    const found = problems(agoraOptionsSchema, options).filter((problem) => problem.where === where);
    expect(found[0]).toMatchObject({ rule: expect.stringContaining('Agora'), try: expect.any(String) });
    expect(JSON.stringify(problems(agoraOptionsSchema, options))).not.toContain('CANARY');
  });

  it.each([
    'token',
    'uid',
    'cname',
    'mode',
    'scene',
    'resourceId',
    'sid',
    'startParameter',
    'fileNamePrefix',
    'onhold',
    'async_stop',
    'stsToken',
    'stsExpiration',
    'accessKey',
    'secretKey',
    'bucket',
    'vendor',
    'rtmpUrl',
    'outputs',
    'recordingConfig',
    'recordingFileConfig',
    'extensionServiceConfig',
    'errorHandlePolicy',
    'unSubscribeAudioUids',
  ])('refuse %s with the reason, and never show it', (field) => {
    const [problem, ...others] = problems(agoraOptionsSchema, { [field]: 'CANARY' });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ where: field, try: expect.any(String) });
    expect(problem?.problem).not.toContain('no such field');
    expect(JSON.stringify(problem)).not.toContain('CANARY');
  });

  it('refuse keys and token of a bucket within storageConfig, too', () => {
    const secrets = { accessKey: 'CANARY', secretKey: 'CANARY', stsToken: 'CANARY', bucket: 'b', vendor: 1 };
    const found = problems(agoraOptionsSchema, { storageConfig: { ...secrets, fileNamePrefix: ['a'] } });
    expect(found).toHaveLength(6);
    expect(JSON.stringify(found)).not.toContain('CANARY');
  });

  it('tell all their problems at once', () => {
    const found = wheres(agoraOptionsSchema, {
      streamTypes: 1,
      subscribeAudioUids: ['1'],
      avFileType: ['mp4'],
      token: 'x',
      transcodingConfig: { fps: 25, width: 5000, height: 5000 },
    });
    expect(found).toEqual(
      expect.arrayContaining([
        'subscribeAudioUids',
        'avFileType',
        'token',
        'transcodingConfig.fps',
        'transcodingConfig.width',
      ]),
    );
  });
});

const page = { url: 'https://example.com/', audioProfile: 0, videoWidth: 1280, videoHeight: 720 } as const;

function subjectWheres(mode: AgoraMode, options: Record<string, unknown>): string[] {
  const target = { channel: 'a', mode };
  return agoraContract.subjectProblems!({ target, options }).map(({ where }) => where);
}

describe('options and mode of an Agora target', () => {
  it.each([
    ['individual', { subscribeUidGroup: 0, streamMode: 'standard', avFileType: ['hls'] }],
    ['mix', { audioProfile: 2, transcodingConfig: {}, avFileType: ['hls', 'mp4'] }],
    ['web', { ...page, avFileType: ['hls', 'mp4'], maxVideoDuration: 30, maxRecordingHour: 3 }],
  ] as const)('fit in mode %s', (mode, options) => {
    expect(subjectWheres(mode, options)).toEqual([]);
  });

  it.each([
    ['individual', {}, ['options.subscribeUidGroup']],
    ['individual', { subscribeUidGroup: 0, audioProfile: 1 }, ['options.audioProfile']],
    ['individual', { subscribeUidGroup: 0, transcodingConfig: {} }, ['options.transcodingConfig']],
    ['individual', { subscribeUidGroup: 0, avFileType: ['hls', 'mp4'] }, ['options.avFileType']],
    ['mix', { streamMode: 'default' }, ['options.streamMode']],
    ['mix', { subscribeUidGroup: 1 }, ['options.subscribeUidGroup']],
    ['mix', { snapshotConfig: { fileType: ['jpg'] } }, ['options.snapshotConfig']],
    ['mix', { publish: { outputs: [] } }, ['options.publish']],
    ['web', {}, ['options.url', 'options.audioProfile', 'options.videoWidth', 'options.videoHeight']],
    ['web', { ...page, maxIdleTime: 30 }, ['options.maxIdleTime']],
    ['web', { ...page, subscribeAudioUids: ['1'] }, ['options.subscribeAudioUids']],
    ['web', { ...page, maxVideoDuration: 60 }, ['options.maxVideoDuration']],
  ] as const)('of mode %s do not fit in %j', (mode, options, where) => {
    expect(subjectWheres(mode, options)).toEqual(where);
  });

  it('say what is recorded: HLS where nothing is said, and no file with screenshots alone', () => {
    expect(fileTypesOf({})).toEqual(['hls']);
    expect(fileTypesOf({ avFileType: ['hls', 'mp4'] })).toEqual(['hls', 'mp4']);
    expect(fileTypesOf({ snapshotConfig: { fileType: ['jpg'] } })).toBeNull();
    expect(fileTypesOf({ snapshotConfig: { fileType: ['jpg'] }, avFileType: ['hls'] })).toEqual(['hls']);
  });
});

const place = (over: Partial<Place> = {}): Place => ({
  name: 'archive',
  cloud: 'aws',
  bucket: 'b',
  region: 'eu-central-1',
  endpoint: null,
  prefix: null,
  hasCredentials: true,
  shortLived: true,
  lifeMs: 12 * 3_600_000,
  refreshMs: 3_600_000,
  ...over,
});

function storageWheres(where: Place | null, options: AgoraOptions = {}): string[] {
  const subject = { target: { channel: 'a', mode: 'mix' }, options };
  return agoraContract.storageProblems!(subject, where).map((problem) => problem.where);
}

describe('the place for files of an Agora recording', () => {
  it.each([
    ['aws', 'us-east-1', 1, 0],
    ['aws', 'cn-northwest-1', 1, 16],
    ['aws', 'af-south-1', 1, 18],
    ['aws', 'me-south-1', 1, 22],
    ['aws', 'eu-south-1', 1, 25],
    ['alibaba', 'cn-hangzhou', 2, 0],
    ['alibaba', 'oss-eu-west-1', 2, 17],
    ['alibaba', 'ap-southeast-6', 2, 19],
    ['alibaba', 'cn-wulanchabu', 2, 25],
    ['tencent', 'ap-beijing-1', 3, 0],
    ['tencent', 'eu-moscow', 3, 19],
    ['azure', null, 5, 0],
    ['google', 'europe-west3', 6, 0],
    ['huawei', 'cn-north-4', 7, 1],
    ['huawei', 'sa-chile-1', 7, 15],
    ['baidu', 'bd', 8, 1],
    ['baidu', 'fsh', 8, 7],
    ['s3-compatible', null, 11, 0],
  ] as const)('of %s in %s has vendor %s and region %s', (cloud, region, vendor, number) => {
    expect(storageVendorOf(cloud)).toBe(vendor);
    expect(storageRegionOf(place({ cloud, region }), {})).toBe(number);
    expect(storageWheres(place({ cloud, region, shortLived: false, lifeMs: null }))).toEqual([]);
  });

  it('must be there', () => {
    expect(storageWheres(null)).toEqual(['storage']);
  });

  it('needs the number of a region whose name the table does not tell', () => {
    const seoul = place({ cloud: 'alibaba', region: 'ap-northeast-2' });
    expect(storageWheres(seoul)).toEqual(['storage']);
    expect(() => storageRegionOf(seoul, {})).toThrow('not known');
    expect(storageWheres(seoul, { storageConfig: { region: 26 } })).toEqual([]);
    expect(storageRegionOf(seoul, { storageConfig: { region: 26 } })).toBe(26);
    expect(storageWheres(place({ region: 'eu-south-2' }))).toEqual(['storage']);
  });

  it.each([[17], [23], [26]])('refuses region %s of aws, which does not exist', (region) => {
    expect(storageWheres(place({ region: 'xx' }), { storageConfig: { region } })).toEqual([
      'options.storageConfig.region',
    ]);
  });

  it('refuses a number that says another region than the name', () => {
    expect(storageWheres(place(), { storageConfig: { region: 8 } })).toEqual([
      'options.storageConfig.region',
    ]);
    expect(storageWheres(place(), { storageConfig: { region: 7 } })).toEqual([]);
  });

  it.each([
    ['azure', true, null],
    ['google', true, null],
    ['huawei', true, 'cn-north-1'],
    ['s3-compatible', true, null],
    ['alibaba', false, 'cn-hangzhou'],
    ['tencent', false, 'ap-tokyo'],
  ] as const)('of %s: short-lived credentials are refused: %s', (cloud, refused, region) => {
    const found = storageWheres(place({ cloud, region }));
    expect(found).toEqual(refused ? ['storage'] : []);
  });

  it('refuses credentials that live less than 4 h, or are renewed less than hourly', () => {
    expect(storageWheres(place({ lifeMs: 4 * 3_600_000 }))).toEqual([]);
    expect(storageWheres(place({ lifeMs: 3 * 3_600_000 }))).toEqual(['storage']);
    expect(storageWheres(place({ lifeMs: null }))).toEqual([]);
    expect(storageWheres(place({ refreshMs: 7_200_000 }))).toEqual(['storage']);
    expect(storageWheres(place({ shortLived: false, lifeMs: null, refreshMs: 7_200_000 }))).toEqual([]);
  });

  it('takes a prefix of letters and digits that leaves room for ours', () => {
    const ours = '/abcd1234/01JDXYZ0123456789ABCDEFGHJ/t99999xabcdefgh/';
    expect(PREFIX_ROOM + ours.length).toBe(128);
    expect(storageWheres(place({ prefix: 'a/B9' }))).toEqual([]);
    expect(storageWheres(place({ prefix: 'a'.repeat(PREFIX_ROOM) }))).toEqual([]);
    expect(storageWheres(place({ prefix: 'a'.repeat(PREFIX_ROOM + 1) }))).toEqual(['storage']);
    expect(storageWheres(place({ prefix: 'live-2026/b_c' }))).toEqual(['storage']);
  });

  it('lets encryption and tags only where they work', () => {
    const both = { storageConfig: { extensionParams: { sse: 'kms', tag: 't' } } } as const;
    const within = 'options.storageConfig.extensionParams';
    expect(storageWheres(place(), both)).toEqual([]);
    expect(storageWheres(place({ cloud: 'alibaba', region: 'cn-beijing' }), both)).toEqual([`${within}.sse`]);
    expect(storageWheres(place({ cloud: 'tencent', region: 'ap-tokyo' }), both)).toEqual([
      `${within}.sse`,
      `${within}.tag`,
    ]);
  });

  it.each([
    ['aws', 'eu-central-1', 'EU', 'NA'],
    ['aws', 'ca-central-1', 'NA', 'EU'],
    ['aws', 'cn-north-1', 'CN', 'AP'],
    ['alibaba', 'cn-hongkong', 'AP', 'CN'],
    ['tencent', 'ap-guangzhou', 'CN', 'AP'],
    ['tencent', 'ap-hongkong', 'AP', 'CN'],
    ['baidu', 'sin', 'AP', 'CN'],
    ['baidu', 'gz', 'CN', 'EU'],
  ] as const)('of %s in %s lies in %s and not in %s', (cloud, region, right, wrong) => {
    const there = place({ cloud, region, shortLived: false });
    expect(storageWheres(there, { region: right })).toEqual([]);
    expect(storageWheres(there, { region: wrong })).toEqual(['options.region']);
  });

  it('has credentials, which Agora is given', () => {
    expect(storageWheres(place({ hasCredentials: false, shortLived: false, lifeMs: null }))).toEqual([
      'storage',
    ]);
  });

  it('is at a cloud that Agora writes to', () => {
    const there = place({ cloud: 'naver', region: 'KR', shortLived: false, lifeMs: null });
    const told = agoraContract.storageProblems!(
      { target: { channel: 'a', mode: 'mix' }, options: {} },
      there,
    );
    expect(told).toMatchObject([{ where: 'storage', problem: expect.stringContaining('at naver') }]);
    expect(() => storageVendorOf('naver')).toThrow('no number for the cloud naver');
  });

  it('lies nowhere for certain where the name does not tell', () => {
    expect(storageWheres(place({ region: 'sa-east-1' }), { region: 'NA' })).toEqual([]);
    expect(
      storageWheres(place({ cloud: 'google', region: 'us-east1', shortLived: false }), { region: 'EU' }),
    ).toEqual([]);
  });
});
