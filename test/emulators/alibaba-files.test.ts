/** Files of the emulated ApsaraVideo Live: their cycles and names, and what the API tells of them. */
import { describe, expect, it } from 'vitest';
import {
  alibabaKit,
  BUCKET,
  CONFIG,
  files,
  livingKit,
  PLAY,
  SLICES,
  stretches,
  T0,
  TRIPLE,
  type AlibabaKit,
  type Fields,
} from './alibaba-kit.ts';

const SECOND = 1000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const time = (seconds: number): string => `${new Date(T0 + seconds * 1000).toISOString().slice(0, 19)}Z`;
const finish = (kit: AlibabaKit): void => {
  kit.command('stop');
  kit.command('cancel_delay');
};
const names = (kit: AlibabaKit) => kit.truth('file').map(({ file }) => file);

describe('a cycle', () => {
  it('ends a file and begins the next, with the next number in its name', () => {
    const kit = livingKit({}, { 'RecordFormat.1.CycleDuration': 60 });
    kit.command('start');
    kit.wait(150 * SECOND);
    finish(kit);
    expect(files(kit)).toEqual([
      [60, 'finalised', 0, 60],
      [120, 'finalised', 60, 120],
      [150, 'finalised', 120, 150],
    ]);
    expect(names(kit)).toEqual([
      'record/live/cam1/0_2026-01-01-20-00-00_2026-01-01-20-01-00.mp4',
      'record/live/cam1/1_2026-01-01-20-01-00_2026-01-01-20-02-00.mp4',
      'record/live/cam1/2_2026-01-01-20-02-00_2026-01-01-20-02-30.mp4',
    ]);
    expect(stretches(kit)).toEqual([[0, 150]]);
  });

  it.each([
    ['mp4', {}, 1],
    ['m3u8', { 'RecordFormat.1.Format': 'm3u8', 'RecordFormat.1.SliceOssObjectPrefix': SLICES }, 6],
  ])('of %s is as long as the page says when nothing is said', (_format, more, hours) => {
    const kit = livingKit({}, more);
    kit.command('start');
    kit.wait(hours * HOUR - SECOND);
    expect(names(kit)).toEqual([]);
    kit.wait(SECOND);
    expect(names(kit)).toHaveLength(1);
  });

  it('ends while a recording is paused, too', () => {
    const kit = livingKit({}, { 'RecordFormat.1.CycleDuration': 60 });
    kit.command('start');
    kit.wait(30 * SECOND);
    kit.command('stop');
    kit.wait(300 * SECOND);
    expect(files(kit)).toEqual([[60, 'finalised', 0, 30]]);
  });
});

it('names are made of the prefix, in the zone of the vendor, and of the template of a transcoded stream', () => {
  const more: Fields = {
    'RecordFormat.1.OssObjectPrefix': '{AppName}-{StreamName}/{StartTime}~{EndTime}/{Other}',
    'TranscodeRecordFormat.1.Format': 'flv',
    'TranscodeRecordFormat.1.OssObjectPrefix': 't/{EscapedStartTime}_{EscapedEndTime}',
    'TranscodeTemplates.1': 'hd',
    'TranscodeTemplates.2': 'sd',
  };
  const kit = livingKit({ zoneOffsetMinutes: 0 }, more);
  kit.command('start');
  kit.wait(10 * SECOND);
  finish(kit);
  expect(names(kit)).toEqual([
    'live-cam1/2026-01-01-12:00:00~2026-01-01-12:00:10/{Other}.mp4',
    't/2026-01-01-12-00-00_2026-01-01-12-00-10_hd.flv',
    't/2026-01-01-12-00-00_2026-01-01-12-00-10_sd.flv',
  ]);
});

it('media is told under the name that a file has while it is written, and adds up to it', () => {
  const kit = livingKit();
  kit.command('start');
  for (let i = 0; i < 3; i += 1) {
    kit.wait(333);
    kit.emulator.settle(kit.clock.now());
  }
  finish(kit);
  const [file] = kit.truth('file');
  const media = kit.truth('media');
  expect(media).toHaveLength(3);
  expect(new Set(media.map((one) => one.file))).toEqual(new Set([file!.tmp]));
  expect(media.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(file!.bytes);
});

it('a file under the name of another overwrites it', () => {
  const kit = livingKit({}, { 'RecordFormat.1.OssObjectPrefix': 'one{StartTime}{EndTime}' });
  kit.command('start');
  kit.wait(300);
  kit.command('restart');
  kit.wait(300);
  finish(kit);
  expect(kit.truth('file').map(({ event }) => event)).toEqual(['finalised', 'overwritten', 'finalised']);
});

it('a recording of no frames leaves no file', () => {
  const kit = livingKit();
  kit.command('start');
  finish(kit);
  expect(kit.truth('file')).toEqual([]);
});

describe('the index of files', () => {
  const recorded = (options: Parameters<typeof alibabaKit>[0] = {}, more: Fields = {}): AlibabaKit => {
    const kit = livingKit(options, { 'RecordFormat.1.CycleDuration': 60, ...more });
    kit.command('start');
    kit.wait(400 * SECOND);
    finish(kit);
    return kit;
  };
  const ask = (kit: AlibabaKit, more: Fields = {}) =>
    kit.send('DescribeLiveStreamRecordIndexFiles', {
      ...TRIPLE,
      StartTime: time(-60),
      EndTime: time(3600),
      ...more,
    }).json;

  it('tells the files of a stream whose time lies in the range, page by page', () => {
    const kit = recorded();
    expect(ask(kit)).toMatchObject({ Order: 'asc', PageNum: 1, PageSize: 10, TotalNum: 7, TotalPage: 1 });
    expect(ask(kit).RecordIndexInfoList.RecordIndexInfo[0]).toMatchObject({
      RecordUrl: `http://${BUCKET}.oss-cn-shanghai.aliyuncs.com/record/live/cam1/0_2026-01-01-20-00-00_2026-01-01-20-01-00.mp4`,
      DomainName: PLAY,
      OssBucket: BUCKET,
      OssObject: 'record/live/cam1/0_2026-01-01-20-00-00_2026-01-01-20-01-00.mp4',
      StartTime: time(0),
      EndTime: time(60),
      CreateTime: time(60),
      Duration: 60,
      Format: 'mp4',
    });
    const second = ask(kit, { PageSize: 5, PageNum: 2, Order: 'desc' });
    expect(second.RecordIndexInfoList.RecordIndexInfo).toHaveLength(2);
    expect(second.RecordIndexInfoList.RecordIndexInfo[1].StartTime).toBe(time(0));
    expect(ask(kit, { StartTime: time(61), EndTime: time(119) }).TotalNum).toBe(1);
    expect(ask(kit, { StreamName: 'cam2' }).TotalNum).toBe(0);
  });

  it.each([
    [{ PageSize: 4 }, 'InvalidPageSize.Malformed'],
    [{ PageSize: 31 }, 'InvalidPageSize.Malformed'],
    [{ EndTime: time(4 * 86_400) }, 'InvalidEndTime.Mismatch'],
    [{ EndTime: time(-60) }, 'InvalidEndTime.Mismatch'],
    [{ StartTime: 'x' }, 'InvalidStartTime.Malformed'],
    [{ StreamName: '' }, 'MissingParameter'],
    [{ DomainName: 'x.test' }, 'InvalidDomain.NotFound'],
  ])('refuses %o', (more, code) => {
    expect(ask(alibabaKit(), more).Code).toBe(code);
  });

  it('takes exactly 4 days', () => {
    expect(ask(alibabaKit(), { StartTime: time(0), EndTime: time(4 * 86_400) }).TotalNum).toBe(0);
  });

  it.each([3, 6] as const)('is kept for %i months', (indexMonths) => {
    const kit = recorded({ unknowns: { indexMonths } });
    kit.wait(indexMonths * 30 * DAY - HOUR);
    expect(ask(kit).TotalNum).toBe(7);
    kit.wait(HOUR);
    expect(ask(kit).TotalNum).toBe(0);
  });

  it('has each file by its id', () => {
    const kit = recorded();
    const [first] = ask(kit).RecordIndexInfoList.RecordIndexInfo;
    const one = kit.send('DescribeLiveStreamRecordIndexFile', { ...TRIPLE, RecordId: first.RecordId });
    expect(one.json.RecordIndexInfo).toEqual(first);
    expect(kit.code('DescribeLiveStreamRecordIndexFile', { ...TRIPLE, RecordId: 'x' })).toBe(
      '404 InvalidRecord.NotFound',
    );
  });

  it('has the contents of each recording as one', () => {
    const kit = recorded();
    kit.command('start');
    kit.wait(10 * SECOND);
    finish(kit);
    const { json } = kit.send('DescribeLiveStreamRecordContent', {
      ...TRIPLE,
      StartTime: time(0),
      EndTime: time(3600),
    });
    const usual = { OssBucket: BUCKET, OssObjectPrefix: CONFIG['RecordFormat.1.OssObjectPrefix'] };
    expect(json.RecordContentInfoList.RecordContentInfo).toMatchObject([
      { ...usual, StartTime: time(0), EndTime: time(400), Duration: 400 },
      { ...usual, StartTime: time(400), EndTime: time(410), Duration: 10 },
    ]);
  });

  it('makes a playlist of slices, where there are any', () => {
    const asked: Fields = {
      ...TRIPLE,
      OssEndpoint: 'oss-cn-shanghai.aliyuncs.com',
      OssBucket: BUCKET,
      OssObject: 'cut.m3u8',
      StartTime: time(30),
      EndTime: time(90),
    };
    const sliced = recorded(
      {},
      { 'RecordFormat.1.Format': 'm3u8', 'RecordFormat.1.SliceOssObjectPrefix': SLICES },
    );
    const { json } = sliced.send('CreateLiveStreamRecordIndexFiles', asked);
    expect(json.RecordInfo).toMatchObject({
      OssObject: 'cut.m3u8',
      StartTime: time(30),
      EndTime: time(90),
      Duration: 60,
    });
    expect(ask(sliced).TotalNum).toBe(8);
    expect(recorded().code('CreateLiveStreamRecordIndexFiles', asked)).toBe('404 InvalidStream.NotFound');
  });
});
