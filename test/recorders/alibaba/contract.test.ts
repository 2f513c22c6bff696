/** What a user writes for ApsaraVideo Live, and what is refused with the vendor's page and with what would be right. */
import { describe, expect, test } from 'vitest';
import { destinationSchema, placeOf } from '../../../src/contract/destinations.ts';
import { problemsOf, type Problem } from '../../../src/contract/problems.ts';
import {
  alibabaAccountSchema,
  alibabaContract,
  alibabaIdentity,
  alibabaOptionsSchema,
  alibabaStorageProblems,
  alibabaTargetSchema,
  ossEndpointOf,
} from '../../../src/contract/vendors/alibaba.ts';
import type { z } from 'zod';
import { HLS, MP4 } from './kit.ts';

function problems(schema: z.ZodType, value: unknown): Problem[] {
  const told = schema.safeParse(value);
  return told.success ? [] : problemsOf(told.error, value);
}

/** The problems of options, each as `where: problem`, and nothing but those. */
function wrong(options: unknown): string[] {
  return problems(alibabaOptionsSchema, options).map(({ where, problem }) => `${where}: ${problem}`);
}

describe('the target', () => {
  test('is a stream by its playback domain, in lower case', () => {
    const target = alibabaTargetSchema.parse({
      playbackDomain: 'Play.Example.com',
      app: 'live',
      stream: 'Ch7',
    });
    expect(target).toEqual({ playbackDomain: 'play.example.com', app: 'live', stream: 'Ch7' });
    expect(alibabaContract.keyParts(target)).toEqual(['play.example.com', 'live', 'Ch7']);
  });

  test.each(['publishDomain', 'pushDomain', 'ingestDomain', 'domain'])(
    'with %s is refused with what would be right',
    (field) => {
      const found = problems(alibabaTargetSchema, {
        [field]: 'push.example.com',
        app: 'live',
        stream: 'ch7',
      });
      expect(found).toContainEqual({
        where: field,
        found: '"push.example.com"',
        problem: 'push.example.com is an ingest domain; ApsaraVideo records by playback domain',
        rule: 'ApsaraVideo, AddLiveAppRecordConfig, DomainName (the streaming domain)',
        try: 'playbackDomain: play.example.com',
      });
    },
  );

  test.each([
    ['*', 'live'],
    ['live', '*'],
    ['live', 'a/b'],
    ['live', ''],
    ['live', 'a b'],
    ['li?ve', 'ch7'],
    ['live', 'x'.repeat(256)],
  ])('app %j and stream %j are no single stream', (app, stream) => {
    expect(problems(alibabaTargetSchema, { playbackDomain: 'play.example.com', app, stream })).toHaveLength(
      1,
    );
  });

  test.each(['https://play.example.com', 'play.example.com:1935', 'play', ''])(
    '%j is no domain',
    (playbackDomain) => {
      const found = problems(alibabaTargetSchema, { playbackDomain, app: 'live', stream: 'ch7' });
      expect(found).toMatchObject([{ where: 'playbackDomain' }]);
    },
  );
});

describe('the options', () => {
  test('are those of the vendor’s page, with its usual delay written out', () => {
    expect(alibabaOptionsSchema.parse({ RecordFormat: [HLS, MP4] })).toEqual({
      DelayTime: 180,
      RecordFormat: [HLS, MP4],
    });
  });

  test('need a format', () => {
    expect(wrong({})).toEqual([
      'RecordFormat: nothing says in which format to record: RecordFormat or TranscodeRecordFormat is needed',
    ]);
    expect(wrong({ TranscodeRecordFormat: [MP4], TranscodeTemplates: ['sd'] })).toEqual([]);
  });

  test.each([
    [14, false],
    [15, true],
    [21_600, true],
    [21_601, false],
    [60.5, false],
    ['180', false],
  ])('DelayTime %j is taken: %s', (DelayTime, taken) => {
    expect(wrong({ DelayTime, RecordFormat: [MP4] })).toEqual(
      taken ? [] : ['DelayTime: it must be a whole number of seconds from 15 to 21600'],
    );
  });

  test.each(['StartTime', 'EndTime'])(
    '%s is refused, since the window of the specification is never cut',
    (field) => {
      const [found] = problems(alibabaOptionsSchema, {
        RecordFormat: [MP4],
        [field]: '2026-11-21T12:00:00Z',
      });
      expect(found).toMatchObject({ where: field, try: 'window: {from, until}' });
      expect(found!.problem).toContain('7 days without a word');
    },
  );

  test.each([0, 1, 2, 7])('OnDemand %s is refused, since a session commands its recording', (OnDemand) => {
    expect(wrong({ RecordFormat: [MP4], OnDemand })).toEqual([
      expect.stringContaining('which is OnDemand 7'),
    ]);
  });

  test.each(['DomainName', 'AppName', 'StreamName', 'OssEndpoint', 'OssBucket'])(
    '%s stands elsewhere',
    (field) => {
      expect(problems(alibabaOptionsSchema, { RecordFormat: [MP4], [field]: 'x' })).toMatchObject([
        { where: field },
      ]);
    },
  );

  test.each(['mp4', 'flv', 'm3u8', 'cmaf'])('%s is a format', (Format) => {
    const sliced = Format === 'm3u8' || Format === 'cmaf';
    expect(wrong({ RecordFormat: [{ ...(sliced ? HLS : MP4), Format }] })).toEqual([]);
  });

  test.each([
    ['a format that is none', { ...MP4, Format: 'mkv' }, 'Format: it must be one of m3u8, flv, mp4, cmaf'],
    [
      'a cycle of nothing',
      { ...MP4, CycleDuration: 0 },
      'CycleDuration: it must be a whole number of seconds, at least 1',
    ],
    [
      'slices that are too short',
      { ...HLS, SliceDuration: 4 },
      'SliceDuration: it must be a whole number of seconds from 5 to 30',
    ],
    [
      'slices that are too long',
      { ...HLS, SliceDuration: 31 },
      'SliceDuration: it must be a whole number of seconds from 5 to 30',
    ],
    [
      'm3u8 without the names of its slices',
      { ...HLS, SliceOssObjectPrefix: undefined },
      'SliceOssObjectPrefix: m3u8 is made of slices: their name is needed',
    ],
    [
      'm3u8 without the length of its slices',
      { ...HLS, SliceDuration: undefined },
      'SliceDuration: m3u8 is made of slices: their length is needed',
    ],
    [
      'cmaf without the names of its slices',
      { ...HLS, Format: 'cmaf', SliceOssObjectPrefix: undefined },
      'SliceOssObjectPrefix: cmaf is made of slices: their name is needed',
    ],
    [
      'mp4 with slices',
      { ...MP4, SliceDuration: 30 },
      'SliceDuration: it is for m3u8 and cmaf only; mp4 has no slices',
    ],
    [
      'flv with names of slices',
      { ...HLS, Format: 'flv', SliceDuration: undefined },
      'SliceOssObjectPrefix: it is for m3u8 and cmaf only; flv has no slices',
    ],
    ['no name', { ...MP4, OssObjectPrefix: undefined }, 'OssObjectPrefix: the name of the file is needed'],
    [
      'a name without an end',
      { ...MP4, OssObjectPrefix: 'rec/{AppName}/{StartTime}' },
      'OssObjectPrefix: it must also hold {EndTime} or {EscapedEndTime}',
    ],
    [
      'a name without a beginning',
      { ...MP4, OssObjectPrefix: 'rec/{EscapedEndTime}' },
      'OssObjectPrefix: it must also hold {StartTime} or {EscapedStartTime}',
    ],
    [
      'a name of 256 bytes',
      { ...MP4, OssObjectPrefix: `${'é'.repeat(118)}x{StartTime}{EndTime}` },
      'OssObjectPrefix: it must have fewer than 256 bytes; it has 257',
    ],
    [
      'a name with a variable of slices',
      { ...MP4, OssObjectPrefix: '{UnixTimestamp}{StartTime}{EndTime}' },
      'OssObjectPrefix: {UnixTimestamp} is no variable here; there are {AppName} {StreamName} {Sequence} {StartTime} {EndTime} {EscapedStartTime} {EscapedEndTime}',
    ],
    [
      'a name with half a variable',
      { ...MP4, OssObjectPrefix: '{StartTime}{EndTime}{Sequence' },
      'OssObjectPrefix: a brace stands alone in it',
    ],
    [
      'a name from the root',
      { ...MP4, OssObjectPrefix: '/{StartTime}{EndTime}' },
      'OssObjectPrefix: it must not begin with "/": the name of an object does not',
    ],
    [
      'slices without a time',
      { ...HLS, SliceOssObjectPrefix: 'rec/{Sequence}' },
      'SliceOssObjectPrefix: it must also hold {UnixTimestamp}',
    ],
    [
      'slices without a count',
      { ...HLS, SliceOssObjectPrefix: 'rec/{UnixTimestamp}' },
      'SliceOssObjectPrefix: it must also hold {Sequence}',
    ],
    [
      'slices with a variable of files',
      { ...HLS, SliceOssObjectPrefix: '{StartTime}{UnixTimestamp}{Sequence}' },
      'SliceOssObjectPrefix: {StartTime} is no variable here; there are {AppName} {StreamName} {UnixTimestamp} {Sequence}',
    ],
  ])('refuse %s', (_what, format, sentence) => {
    const plain = Object.fromEntries(Object.entries(format).filter(([, value]) => value !== undefined));
    expect(wrong({ RecordFormat: [plain] })).toEqual([`RecordFormat[0].${sentence}`]);
    expect(wrong({ TranscodeRecordFormat: [plain], TranscodeTemplates: ['sd'] })).toEqual([
      `TranscodeRecordFormat[0].${sentence}`,
    ]);
  });

  test('refuse a field that is none', () => {
    expect(wrong({ RecordFormat: [{ ...MP4, Codec: 'h264' }] })).toEqual([
      'RecordFormat.0.Codec: there is no such field here',
    ]);
  });

  test('take a name of 255 bytes', () => {
    const OssObjectPrefix = `${'x'.repeat(255 - '{StartTime}{EndTime}'.length)}{StartTime}{EndTime}`;
    expect(wrong({ RecordFormat: [{ ...MP4, OssObjectPrefix }] })).toEqual([]);
  });

  test('take the escaped times as well', () => {
    expect(wrong({ RecordFormat: [{ ...MP4, OssObjectPrefix: '{StartTime}_{EscapedEndTime}' }] })).toEqual(
      [],
    );
  });

  test('take two formats, and no format twice', () => {
    expect(wrong({ RecordFormat: [HLS, MP4] })).toEqual([]);
    expect(wrong({ RecordFormat: [MP4, MP4] })).toEqual(['RecordFormat[1].Format: mp4 stands here twice']);
  });

  test('need a template with transcoded streams, and transcoded streams with a template', () => {
    expect(wrong({ TranscodeRecordFormat: [MP4] })).toEqual([
      'TranscodeTemplates: at least one template is needed with TranscodeRecordFormat',
    ]);
    expect(wrong({ RecordFormat: [MP4], TranscodeTemplates: ['sd'] })).toEqual([
      expect.stringContaining('TranscodeRecordFormat is needed'),
    ]);
  });

  test.each([
    [['raw'], 'raw is a reserved word and no template'],
    [['sd', '*****'], '"*****" is all templates: no other one can stand beside it'],
    [
      Array.from({ length: 11 }, (_, i) => `t${i}`),
      'it must be 1 to 10 names of templates, or "*****" alone for all',
    ],
    [[], 'it must be 1 to 10 names of templates, or "*****" alone for all'],
  ])('refuse templates %j', (TranscodeTemplates, sentence) => {
    expect(wrong({ TranscodeRecordFormat: [MP4], TranscodeTemplates })).toEqual([
      `TranscodeTemplates: ${sentence}`,
    ]);
  });

  test.each([[['*****']], [Array.from({ length: 10 }, (_, i) => `t${i}`)]])(
    'take templates %j',
    (TranscodeTemplates) => {
      expect(wrong({ TranscodeRecordFormat: [MP4], TranscodeTemplates })).toEqual([]);
    },
  );

  test('tell all that is wrong at once, each with its rule and what would be right', () => {
    const found = problems(alibabaOptionsSchema, {
      DelayTime: 1,
      OnDemand: 0,
      RecordFormat: [{ Format: 'mp4', OssObjectPrefix: 'rec/{AppName}/{StartTime}' }],
    });
    expect(found.map(({ where }) => where).toSorted()).toEqual([
      'DelayTime',
      'OnDemand',
      'RecordFormat[0].OssObjectPrefix',
    ]);
    for (const problem of found)
      expect(problem).toMatchObject({
        rule: expect.stringContaining('ApsaraVideo') as string,
        try: expect.any(String) as string,
      });
  });
});

describe('the place for files', () => {
  const subject = { target: {}, options: alibabaOptionsSchema.parse({ RecordFormat: [MP4] }) };
  const place = (more: Record<string, unknown>) =>
    placeOf(
      'oss',
      destinationSchema.parse({
        cloud: 'alibaba',
        bucket: 'acme-recordings',
        region: 'cn-shanghai',
        credentials: { provider: 'static', accessKey: 'a', secretKey: 'b' },
        ...more,
      }),
    );

  test('is a bucket of OSS', () => {
    expect(alibabaStorageProblems(subject, place({}))).toEqual([]);
    expect(ossEndpointOf('cn-shanghai')).toBe('oss-cn-shanghai.aliyuncs.com');
    expect(ossEndpointOf('oss-cn-shanghai')).toBe('oss-cn-shanghai.aliyuncs.com');
  });

  test('is needed', () => {
    expect(alibabaStorageProblems(subject, null)).toMatchObject([{ where: 'storage' }]);
  });

  test('is no bucket of another cloud', () => {
    const aws = place({ cloud: 'aws', region: 'eu-central-1' });
    expect(alibabaStorageProblems(subject, aws)).toMatchObject([
      { where: 'storage', problem: 'ApsaraVideo writes to OSS alone; destination oss is at aws' },
    ]);
  });

  test('is no bucket of a region that is none', () => {
    expect(alibabaStorageProblems(subject, place({ region: 'Shanghai!' }))).toMatchObject([
      { where: 'storage' },
    ]);
  });

  test('with a prefix has names that lie below it', () => {
    expect(alibabaStorageProblems(subject, place({ prefix: 'rec' }))).toEqual([]);
    expect(alibabaStorageProblems(subject, place({ prefix: 'archive' }))).toMatchObject([
      { where: 'options.RecordFormat[0].OssObjectPrefix', try: `"archive/${MP4.OssObjectPrefix}"` },
    ]);
  });
});

describe('the account', () => {
  const plain = { vendor: 'alibaba', accessKeyId: 'LTAI1', accessKeySecret: 's3cret' };
  const role = 'acs:ram::1234567890123456:role/recorder';

  test('is a pair of keys, temporary ones, or a role', () => {
    expect(alibabaAccountSchema.parse(plain)).toMatchObject({ url: 'https://live.aliyuncs.com' });
    expect(alibabaAccountSchema.parse({ ...plain, securityToken: 'token' })).toMatchObject({
      securityToken: 'token',
    });
    expect(alibabaAccountSchema.parse({ ...plain, assumeRole: { role } })).toMatchObject({
      assumeRole: { role, sessionName: 'keeprolling', duration: 3_600_000 },
    });
  });

  test.each([
    ['a role that is none', { assumeRole: { role: 'arn:aws:iam::1:role/x' } }],
    ['a life that is too short', { assumeRole: { role, duration: '14m' } }],
    ['a life that is too long', { assumeRole: { role, duration: '13h' } }],
    ['a session name of one letter', { assumeRole: { role, sessionName: 'x' } }],
    ['an external id of one letter', { assumeRole: { role, externalId: 'x' } }],
    ['a policy that is too long', { assumeRole: { role, policy: 'x'.repeat(2_049) } }],
    ['temporary keys and a role', { securityToken: 'token', assumeRole: { role } }],
    ['an address with a path', { url: 'https://live.aliyuncs.com/v1' }],
    ['an address with a password', { url: 'https://a:b@live.aliyuncs.com' }],
    ['a callback key that is too short', { callbacks: { path: 'x'.repeat(16), keys: 'short' } }],
    ['a callback key of 33 letters', { callbacks: { path: 'x'.repeat(16), keys: 'x'.repeat(33) } }],
    [
      'a domain in upper case',
      {
        callbacks: {
          path: 'x'.repeat(16),
          keys: 'x'.repeat(16),
          domains: { 'P.example.com': 'q.example.com' },
        },
      },
    ],
  ])('refuses %s, and shows no value', (_what, more) => {
    const found = problems(alibabaAccountSchema, { ...plain, ...more });
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found)).not.toMatch(/s3cret|token"|a:b@/);
  });

  test('is known by the number in its role, else by its access key', () => {
    const one = alibabaIdentity(alibabaAccountSchema.parse({ ...plain, assumeRole: { role } }));
    const other = alibabaAccountSchema.parse({ ...plain, accessKeyId: 'LTAI2', assumeRole: { role } });
    expect(alibabaIdentity(other)).toBe(one);
    expect(alibabaIdentity(alibabaAccountSchema.parse(plain))).not.toBe(one);
    expect(alibabaIdentity(alibabaAccountSchema.parse(plain))).toContain('LTAI1');
  });

  test('has the policies of a vendor with configs', () => {
    expect(alibabaContract.policies).toEqual(['config', 'repush', 'made']);
  });
});
