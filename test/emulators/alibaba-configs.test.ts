/** Recording configs of the emulated ApsaraVideo Live: every refusal of the page, and which config is in force when. */
import { describe, expect, it } from 'vitest';
import { alibabaKit, BUCKET, CONFIG, lives, PLAY, SLICES, T0, TRIPLE, type Fields } from './alibaba-kit.ts';

const DAY_S = 86_400;
const time = (seconds: number): string => `${new Date(T0 + seconds * 1000).toISOString().slice(0, 19)}Z`;
const without = (name: string): Fields =>
  Object.fromEntries(Object.entries(CONFIG).filter(([key]) => key !== name));
const add = (more: Fields, base: Fields = CONFIG): string =>
  alibabaKit().code('AddLiveAppRecordConfig', { ...base, ...more });

const SLICED: Fields = { 'RecordFormat.1.Format': 'm3u8', 'RecordFormat.1.SliceOssObjectPrefix': SLICES };
const TRANSCODED: Fields = {
  'TranscodeRecordFormat.1.Format': 'flv',
  'TranscodeRecordFormat.1.OssObjectPrefix': 't/{StartTime}_{EndTime}',
};
const ONE: Fields = { StreamName: 'cam1' };
const elevenTemplates = Object.fromEntries(
  Array.from({ length: 11 }, (_, i) => [`TranscodeTemplates.${i + 1}`, `t${i}`]),
);

describe('AddLiveAppRecordConfig refuses', () => {
  it.each<[code: string, more: Fields]>([
    ['InvalidOssEndpoint.Malformed', { OssEndpoint: 'https://oss-cn-shanghai.aliyuncs.com' }],
    ['InvalidOssBucket.Malformed', { OssBucket: 'Bad_Bucket' }],
    ['InvalidOssBucket.NotFound', { OssBucket: 'nobody-has-it' }],
    ['InvalidFormat.Malformed', { 'RecordFormat.1.Format': 'avi' }],
    ['InvalidFormat.IllegalOperation', { ...SLICED, ...second('m3u8') }],
    ['InvalidCycleDuration.Malformed', { 'RecordFormat.1.CycleDuration': '1.5' }],
    ['InvalidCycleDuration.Malformed', { 'RecordFormat.1.CycleDuration': 0 }],
    ['InvalidSliceDuration.Malformed', { ...SLICED, 'RecordFormat.1.SliceDuration': 4 }],
    ['InvalidSliceDuration.Malformed', { ...SLICED, 'RecordFormat.1.SliceDuration': 31 }],
    ['InvalidTemplateLength.Malformed', { ...TRANSCODED, ...elevenTemplates }],
    ['InvalidTemplate.ForbidRaw', { ...TRANSCODED, 'TranscodeTemplates.1': 'raw' }],
    ['MissingTemplate', TRANSCODED],
    ['MissingOssObjectPrefix', { 'RecordFormat.1.OssObjectPrefix': '' }],
    ['MissingSliceOssObjectPrefix', { 'RecordFormat.1.Format': 'm3u8' }],
    ['InvalidOssObjectPrefix.Malformed', { 'RecordFormat.1.OssObjectPrefix': 'a/{StartTime}' }],
    ['InvalidOssObjectPrefix.Malformed', { 'RecordFormat.1.OssObjectPrefix': 'a/{EscapedEndTime}' }],
    [
      'InvalidOssObjectPrefix.Malformed',
      { 'RecordFormat.1.OssObjectPrefix': `${'a'.repeat(237)}{StartTime}{EndTime}` },
    ],
    [
      'InvalidSliceOssObjectPrefix.Malformed',
      { ...SLICED, 'RecordFormat.1.SliceOssObjectPrefix': 'a/{Sequence}' },
    ],
    ['InvalidDelayTime', { DelayTime: 14 }],
    ['InvalidDelayTime', { DelayTime: 21_601 }],
    ['InvalidStartTime.Malformed', { ...ONE, StartTime: '2026-01-01' }],
    ['InvalidStartTime.Mismatch', { ...ONE, StartTime: time(8 * DAY_S) }],
    ['InvalidEndTime.Malformed', { ...ONE, EndTime: 'soon' }],
    ['InvalidEndTime.Mismatch', { ...ONE, EndTime: time(-1) }],
    ['InvalidEndTime.Mismatch', { ...ONE, StartTime: time(3600), EndTime: time(60) }],
    ['InvalidParameter', { OnDemand: 3 }],
  ])('%s (%#)', (code, more) => {
    expect(add(more)).toBe(`400 ${code}`);
  });

  function second(format: string): Fields {
    return {
      'RecordFormat.2.Format': format,
      'RecordFormat.2.OssObjectPrefix': 'b/{StartTime}_{EndTime}',
      'RecordFormat.2.SliceOssObjectPrefix': SLICES,
    };
  }

  it('a second config for the same triple', () => {
    const kit = alibabaKit();
    expect(kit.code('AddLiveAppRecordConfig', CONFIG)).toBe('200');
    expect(kit.code('AddLiveAppRecordConfig', { ...CONFIG, OnDemand: 0 })).toBe('400 ConfigAlreadyExists');
    expect(kit.code('AddLiveAppRecordConfig', without('StreamName'))).toBe('400 ConfigAlreadyExists');
    expect(kit.code('AddLiveAppRecordConfig', { ...CONFIG, AppName: '*' })).toBe('200');
  });

  it('what goes to VOD already', () => {
    const kit = alibabaKit();
    kit.control('vod', { place: `${PLAY}/live` });
    expect(kit.code('AddLiveAppRecordConfig', CONFIG)).toBe('400 Live2Vod.ConfigAlreadyExists');
    expect(kit.code('AddLiveAppRecordConfig', { ...CONFIG, AppName: 'other' })).toBe('200');
  });

  it('no format at all, and a domain that is not there or is an ingest domain', () => {
    const { 'RecordFormat.1.Format': _format, 'RecordFormat.1.OssObjectPrefix': _prefix, ...none } = CONFIG;
    expect(add({}, none)).toBe('400 InvalidFormat.Malformed');
    expect(add({ DomainName: 'push.example.com' })).toBe('404 InvalidDomain.NotFound');
  });

  it.each(['AppName', 'OssEndpoint', 'OssBucket', 'DomainName'])('a config without %s', (name) => {
    expect(add({}, without(name))).toBe('400 MissingParameter');
    const old = alibabaKit({ unknowns: { codes: '2018' } });
    expect(old.code('AddLiveAppRecordConfig', without(name))).toBe(`400 Missing${name}`);
  });

  it.each([
    ['taken', '200'],
    ['refused', '400 InvalidFormat.IllegalOperation'],
  ] as const)('two formats, or takes them: %s', (twoFormats, expected) => {
    const kit = alibabaKit({ unknowns: { twoFormats } });
    expect(kit.code('AddLiveAppRecordConfig', { ...CONFIG, ...second('flv') })).toBe(expected);
  });
});

it('takes what the page allows: bounds, templates, windows, and a window of all streams that has no effect', () => {
  expect(add({ DelayTime: 15 })).toBe('200');
  expect(add({ DelayTime: 21_600 })).toBe('200');
  expect(add({ ...SLICED, 'RecordFormat.1.SliceDuration': 5 })).toBe('200');
  expect(add({ ...TRANSCODED, 'TranscodeTemplates.1': '*****' })).toBe('200');
  expect(add({ ...ONE, StartTime: time(60), EndTime: time(DAY_S) })).toBe('200');
  expect(add({ StartTime: time(9 * DAY_S), EndTime: time(-1) })).toBe('200');
});

describe('DescribeLiveRecordConfig', () => {
  it('tells configs as they stand, with the spelling of the wire', () => {
    const kit = alibabaKit();
    kit.send('AddLiveAppRecordConfig', { ...CONFIG, ...SLICED, DelayTime: 60 });
    const { json } = kit.send('DescribeLiveRecordConfig', { DomainName: PLAY });
    expect(json).toMatchObject({ Order: 'asc', PageNum: 1, PageSize: 10, TotalNum: 1, TotalPage: 1 });
    expect(json.LiveAppRecordList.LiveAppRecord).toEqual([
      {
        AppName: 'live',
        CreateTime: time(0),
        DelayTime: 60,
        DomainName: PLAY,
        EndTime: '',
        OnDemond: 7,
        OssBucket: BUCKET,
        OssEndpoint: 'oss-cn-shanghai.aliyuncs.com',
        RecordFormatList: {
          RecordFormat: [
            {
              CycleDuration: 21_600,
              Format: 'm3u8',
              OssObjectPrefix: CONFIG['RecordFormat.1.OssObjectPrefix'],
              SliceDuration: 30,
              SliceOssObjectPrefix: SLICES,
            },
          ],
        },
        StartTime: '',
        StreamName: '*',
        TranscodeRecordFormatList: { RecordFormat: [] },
        TranscodeTemplates: { Templates: [] },
      },
    ]);
  });

  it('pages, filters and sorts', () => {
    const kit = alibabaKit();
    for (let i = 0; i < 12; i += 1) {
      kit.send('AddLiveAppRecordConfig', { ...CONFIG, StreamName: `cam${i}` });
      kit.wait(1000);
    }
    const names = (fields: Fields) => {
      const { json } = kit.send('DescribeLiveRecordConfig', { DomainName: PLAY, ...fields });
      return json.LiveAppRecordList.LiveAppRecord.map(({ StreamName }: { StreamName: string }) => StreamName);
    };
    expect(names({ PageSize: 5, PageNum: 3 })).toEqual(['cam10', 'cam11']);
    expect(names({ PageSize: 5, Order: 'desc' })[0]).toBe('cam11');
    expect(names({ StreamName: 'cam3' })).toEqual(['cam3']);
    expect(names({ AppName: 'other' })).toEqual([]);
    for (const PageSize of [4, 31])
      expect(kit.code('DescribeLiveRecordConfig', { DomainName: PLAY, PageSize })).toBe(
        '400 InvalidPageSize.Malformed',
      );
  });

  it('cuts a window that is longer than 7 days without a word', () => {
    const kit = alibabaKit();
    kit.send('AddLiveAppRecordConfig', { ...CONFIG, ...ONE, StartTime: time(60), EndTime: time(30 * DAY_S) });
    const { json } = kit.send('DescribeLiveRecordConfig', { DomainName: PLAY });
    expect(json.LiveAppRecordList.LiveAppRecord[0].EndTime).toBe(time(60 + 7 * DAY_S));
  });
});

describe('a config', () => {
  it('is updated but for its bucket and prefixes, and deleted', () => {
    const kit = alibabaKit();
    const { StreamName, DomainName, AppName, OssEndpoint } = CONFIG as Record<string, string>;
    const named = { StreamName: StreamName!, DomainName: DomainName!, AppName: AppName! };
    const changed = { ...named, OssEndpoint: OssEndpoint!, DelayTime: 30, OnDemand: 0 };
    const format = { 'RecordFormat.1.Format': 'mp4', 'RecordFormat.1.CycleDuration': 60 };
    expect(kit.code('UpdateLiveAppRecordConfig', changed)).toBe('404 InvalidConfig.NotFound');
    kit.send('AddLiveAppRecordConfig', CONFIG);
    expect(kit.code('UpdateLiveAppRecordConfig', { ...changed, ...format, OssBucket: 'other' })).toBe('200');
    const [record] = kit.send('DescribeLiveRecordConfig', { DomainName: PLAY }).json.LiveAppRecordList
      .LiveAppRecord;
    expect(record).toMatchObject({ DelayTime: 30, OnDemond: 0, OssBucket: BUCKET });
    expect(record.RecordFormatList.RecordFormat).toEqual([
      { CycleDuration: 60, Format: 'mp4', OssObjectPrefix: CONFIG['RecordFormat.1.OssObjectPrefix'] },
    ]);
    // A format that has no prefix cannot come in by an update.
    expect(kit.code('UpdateLiveAppRecordConfig', { ...changed, 'RecordFormat.1.Format': 'flv' })).toBe(
      '400 InvalidFormat.Malformed',
    );
    expect(kit.code('UpdateLiveAppRecordConfig', { ...named, DelayTime: 1 })).toBe('400 MissingParameter');
    expect(kit.code('UpdateLiveAppRecordConfig', { ...changed, DelayTime: 1 })).toBe('400 InvalidDelayTime');
    expect(kit.code('DeleteLiveAppRecordConfig', named)).toBe('200');
    expect(kit.code('DeleteLiveAppRecordConfig', named)).toBe('404 InvalidConfig.NotFound');
  });

  it.each(['404', '200'] as const)('that does not exist is deleted with %s', (missingConfig) => {
    const kit = alibabaKit({ unknowns: { missingConfig } });
    const said = kit.code('DeleteLiveAppRecordConfig', TRIPLE);
    expect(said.slice(0, 3)).toBe(missingConfig);
  });

  it('counts as it was when the push began, until the next push', () => {
    const kit = alibabaKit();
    kit.send('AddLiveAppRecordConfig', CONFIG);
    kit.up();
    kit.send('DeleteLiveAppRecordConfig', { DomainName: PLAY, AppName: 'live', StreamName: '*' });
    expect(kit.command('start')).toBe('200');
    kit.down();
    kit.up();
    expect(kit.command('start')).toBe('400 CodeConfigNotFound');
  });

  it.each([
    [0, '200'],
    [180_000, '400 CodeConfigNotFound'],
  ])('counts after a push that was away for long enough: %i ms', (repushAfterMs, expected) => {
    const kit = alibabaKit({ unknowns: { repushAfterMs } });
    kit.up();
    kit.send('AddLiveAppRecordConfig', CONFIG);
    kit.wait(1000);
    kit.down();
    kit.wait(20_000);
    kit.up();
    expect(kit.command('start')).toBe(expected);
    kit.down();
    kit.wait(180_000);
    kit.up();
    expect(kit.command('start')).not.toBe('400 CodeConfigNotFound');
  });

  it('of the stream comes before that of the app, and that before the one for all apps', () => {
    const kit = alibabaKit();
    const recordsByItself = () => {
      kit.up();
      const before = lives(kit).length;
      kit.wait(1000);
      kit.down();
      return before > 0 && lives(kit)[before - 1]![1] === 'began';
    };
    kit.send('AddLiveAppRecordConfig', { ...CONFIG, AppName: '*', OnDemand: 0 });
    expect(recordsByItself()).toBe(true);
    kit.wait(1_000_000);
    kit.send('AddLiveAppRecordConfig', { ...CONFIG, OnDemand: 7 });
    expect(recordsByItself()).toBe(false);
    kit.send('AddLiveAppRecordConfig', { ...CONFIG, StreamName: 'cam1', OnDemand: 0 });
    expect(recordsByItself()).toBe(true);
    kit.wait(1_000_000);
    kit.send('DeleteLiveAppRecordConfig', TRIPLE);
    expect(recordsByItself()).toBe(false);
  });
});

describe('a stream records by itself', () => {
  const kitWith = (more: Fields) => {
    const kit = alibabaKit();
    kit.send('AddLiveAppRecordConfig', { ...CONFIG, ...more });
    return kit;
  };

  it('under OnDemand 0, and never under 7', () => {
    const [automatic, manual] = [kitWith({ OnDemand: 0 }), kitWith({ OnDemand: 7 })];
    automatic.up();
    manual.up();
    expect(lives(automatic)).toEqual([[0, 'began']]);
    expect(lives(manual)).toEqual([]);
    expect(automatic.command('start')).toBe('409 TaskAlreadyStarted');
  });

  it('under OnDemand 2 where its ingest address asks for it', () => {
    const asked = kitWith({ OnDemand: 2 });
    asked.up({ args: new URLSearchParams({ record_config: '{"NeedRecord":true}' }).toString() });
    expect(lives(asked)).toEqual([[0, 'began']]);
    const unasked = kitWith({ OnDemand: 2 });
    unasked.up({ args: 'record_config=nonsense' });
    expect(lives(unasked)).toEqual([]);
  });

  it('within the window of its config', () => {
    const kit = kitWith({ ...ONE, OnDemand: 0, StartTime: time(60), EndTime: time(120) });
    kit.up();
    kit.wait(300_000);
    expect(lives(kit)).toEqual([
      [60, 'began'],
      [120, 'end of its window'],
    ]);
  });
});
