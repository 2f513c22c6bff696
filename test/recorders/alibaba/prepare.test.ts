/** The record config of a stream: made where it is missing, never changed where there is one. */
import { describe, expect, test } from 'vitest';
import { alibabaRecorder } from '../../../src/recorders/alibaba/adapter.ts';
import { createAlibabaApi } from '../../../src/recorders/alibaba/api.ts';
import { HLS, kit, MP4, PLAY, SECOND, SECRET, T0, type Kit } from './kit.ts';

const apiOf = (k: Kit) =>
  createAlibabaApi({
    keys: { accessKeyId: 'LTAIKIT', accessKeySecret: SECRET },
    url: k.account.url,
    dispatcher: k.context.dispatcher,
    now: k.clock.now,
  });

/** One that somebody else has made. */
async function add(k: Kit, more: Record<string, unknown> = {}): Promise<void> {
  await apiOf(k).call('AddLiveAppRecordConfig', {
    DomainName: PLAY,
    AppName: 'live',
    StreamName: 'ch7',
    OssEndpoint: 'oss-cn-shanghai.aliyuncs.com',
    OssBucket: 'keeprolling-live',
    OnDemand: 7,
    DelayTime: 180,
    RecordFormat: [MP4],
    ...more,
  });
}

async function configs(k: Kit) {
  return (await apiOf(k).call('DescribeLiveRecordConfig', { DomainName: PLAY })).configs;
}

describe('a config that is missing', () => {
  test('is made with all that the specification says, recorded by command', async () => {
    const k = kit({ options: { RecordFormat: [HLS, MP4], DelayTime: 60 } });
    const { made, found } = await k.prepare();
    expect(found).toBe('there was none');
    expect(made).toEqual([
      {
        action: 'create',
        what: 'record config',
        where: 'play.example.com/live/ch7',
        before: null,
        after: {
          DomainName: PLAY,
          AppName: 'live',
          StreamName: 'ch7',
          OssEndpoint: 'oss-cn-shanghai.aliyuncs.com',
          OssBucket: 'keeprolling-live',
          OnDemand: 7,
          DelayTime: 60,
          RecordFormat: [HLS, MP4],
        },
        overrides: [],
      },
    ]);
    const [config] = await configs(k);
    expect(config).toMatchObject({ AppName: 'live', StreamName: 'ch7', OnDemand: 7, DelayTime: 60 });
    expect(config!.RecordFormat).toMatchObject([HLS, MP4]);
  });

  test('is made for transcoded streams as well', async () => {
    const k = kit({ options: { TranscodeRecordFormat: [MP4], TranscodeTemplates: ['sd', 'hd'] } });
    await k.prepare();
    const [config] = await configs(k);
    expect(config).toMatchObject({ TranscodeTemplates: ['sd', 'hd'] });
    expect(config!.TranscodeRecordFormat).toMatchObject([MP4]);
    expect((await k.prepare()).found).toBe('record config of play.example.com/live/ch7');
  });

  test('is shown by a plan, which changes nothing', async () => {
    const k = kit();
    expect(await k.plan()).toMatchObject([{ action: 'create', where: 'play.example.com/live/ch7' }]);
    expect(await configs(k)).toEqual([]);
    await k.prepare();
    expect(await k.plan()).toEqual([]);
  });

  test('is never made with policy.config require', async () => {
    const k = kit();
    const failure = await k.failure(k.prepare({ account: 'require' }));
    expect(failure).toMatchObject({
      code: 'E_ACCOUNT_UNREADY',
      who: 'you',
      applied: 'no',
      retry: 'later',
      cause: 'vendor-rule',
    });
    expect(failure.message).toContain('policy.config is require');
    expect(await k.failure(k.plan({ account: 'require' }))).toMatchObject({ code: 'E_ACCOUNT_UNREADY' });
    expect(k.count('AddLiveAppRecordConfig')).toBe(0);
  });

  test('of which another session was faster is its own for nobody', async () => {
    const k = kit();
    k.answers = (op, said) => {
      if (op !== 'AddLiveAppRecordConfig') return said();
      said();
      const body = JSON.stringify({ Code: 'ConfigAlreadyExists', RequestId: 'R' });
      return { kind: 'response', response: { status: 400, headers: {}, body }, delayMs: 0 };
    };
    expect((await k.prepare()).made).toEqual([]);
  });

  test('whose answer was lost is ours at the next attempt', async () => {
    const k = kit();
    k.fault('AddLiveAppRecordConfig', 'reply-lost');
    const sentAt = k.clock.now();
    expect(await k.failure(k.prepare())).toMatchObject({ applied: 'unknown' });
    k.clock.advance(10 * SECOND);
    expect((await k.prepare({}, sentAt)).made).toMatchObject([
      { action: 'create', where: 'play.example.com/live/ch7' },
    ]);
    expect((await k.prepare()).made).toEqual([]);
  });

  test('says which streams no longer follow an automatic one of the application', async () => {
    const k = kit();
    await add(k, { StreamName: '*', OnDemand: 0 });
    const [change] = await k.plan();
    expect(change!.overrides).toEqual([
      'play.example.com/live/ch7 no longer follows the record config of all streams of play.example.com/live, which records by itself to keeprolling-live',
    ]);
  });

  test('says so of one of the whole domain', async () => {
    const k = kit();
    await add(k, { AppName: '*', StreamName: '*', OnDemand: 0 });
    const [change] = await k.plan();
    expect(change!.overrides).toEqual([expect.stringContaining('all streams of play.example.com,')]);
  });

  test.each([
    ['Live2Vod.ConfigAlreadyExists', 'E_ACCOUNT_UNREADY', 'VOD'],
    ['InvalidOssBucket.NotFound', 'E_DESTINATION', 'bucket'],
    ['InvalidFormat.IllegalOperation', 'E_VENDOR_REFUSED', 'formats'],
  ])('that is refused with %s fails with %s', async (code, expected, words) => {
    const k = kit();
    k.refuses('AddLiveAppRecordConfig', code);
    const failure = await k.failure(k.prepare());
    expect(failure).toMatchObject({ code: expected, applied: 'no', vendor: { code } });
    expect(failure.message).toContain(words);
  });

  test('with two formats is refused where ApsaraVideo takes one a config', async () => {
    const k = kit({ options: { RecordFormat: [HLS, MP4] }, unknowns: { twoFormats: 'refused' } });
    expect((await k.failure(k.prepare())).message).toContain('name one of them');
  });
});

describe('a config that is there', () => {
  test('as wanted is left alone', async () => {
    const k = kit();
    await add(k);
    expect(await k.prepare()).toMatchObject({
      made: [],
      found: 'record config of play.example.com/live/ch7',
    });
    expect(k.count('AddLiveAppRecordConfig')).toBe(1);
  });

  test('with what the vendor fills in is as wanted', async () => {
    const { CycleDuration: _usual, ...plain } = MP4;
    const k = kit({ options: { RecordFormat: [plain] } });
    await add(k, { RecordFormat: [{ ...MP4, CycleDuration: 3_600 }] });
    expect((await k.prepare()).made).toEqual([]);
  });

  test('for all streams of the application serves, if it is recorded by command', async () => {
    const k = kit();
    await add(k, { StreamName: '*' });
    expect(await k.prepare({ account: 'require' })).toMatchObject({
      made: [],
      found: 'record config of all streams of play.example.com/live',
    });
  });

  test.each([
    ['automatic', { OnDemand: 0 }, 'OnDemand is 0 (automatic), not 7 (by command)'],
    ['decided by a callback', { OnDemand: 1 }, 'OnDemand is 1 (a callback decides)'],
    ['decided by the push', { OnDemand: 2 }, 'OnDemand is 2 (the push decides)'],
    ['of another delay', { DelayTime: 60 }, 'DelayTime is 60, not 180'],
    [
      'of another format',
      { RecordFormat: [HLS] },
      'RecordFormat has no mp4; RecordFormat has m3u8, which is not asked for',
    ],
    [
      'of another cycle',
      { RecordFormat: [{ ...MP4, CycleDuration: 60 }] },
      'CycleDuration of mp4 in RecordFormat is 60, not 3600',
    ],
    [
      'with a window of its own',
      { StartTime: '2026-11-21T12:00:00Z', EndTime: '2026-11-22T12:00:00Z' },
      'it has a StartTime or EndTime of its own',
    ],
  ])('and is %s stands in the way, and is not touched', async (_what, more, sentence) => {
    const k = kit();
    await add(k, more);
    const before = await configs(k);
    const failure = await k.failure(k.prepare());
    expect(failure).toMatchObject({ code: 'E_ACCOUNT_UNREADY', who: 'you', applied: 'no' });
    expect(failure.message).toContain(sentence);
    expect(await configs(k)).toEqual(before);
  });

  test('that leads to another bucket stands in the way', async () => {
    const k = kit({ buckets: [{ name: 'keeprolling-live' }, { name: 'others' }] });
    await add(k, { OssBucket: 'others' });
    expect((await k.failure(k.prepare())).message).toContain('OssBucket is others, not keeprolling-live');
  });
});

describe('what was made', () => {
  test('is taken away when asked, once', async () => {
    const k = kit();
    const { made } = await k.prepare();
    await alibabaRecorder.release!(k.context, k.subject, made);
    expect(await configs(k)).toEqual([]);
    await alibabaRecorder.release!(k.context, k.subject, made);
    expect(k.count('DeleteLiveAppRecordConfig')).toBe(1);
  });

  test('stays where somebody has changed it since', async () => {
    const k = kit();
    const { made } = await k.prepare();
    await apiOf(k).call('UpdateLiveAppRecordConfig', {
      DomainName: PLAY,
      AppName: 'live',
      StreamName: 'ch7',
      OssEndpoint: 'oss-cn-shanghai.aliyuncs.com',
      DelayTime: 600,
    });
    await alibabaRecorder.release!(k.context, k.subject, made);
    expect(await configs(k)).toHaveLength(1);
  });

  test('is gone after a release whose answer was lost', async () => {
    const k = kit();
    const { made } = await k.prepare();
    k.fault('DeleteLiveAppRecordConfig', 'reply-lost');
    expect(await k.failure(alibabaRecorder.release!(k.context, k.subject, made))).toMatchObject({
      applied: 'unknown',
    });
    expect(await alibabaRecorder.release!(k.context, k.subject, made)).toMatchObject({
      at: expect.any(Number) as number,
    });
    expect(await configs(k)).toEqual([]);
  });
});

test('configs for many streams are read once for sessions that begin together', async () => {
  const k = kit({ shared: true });
  await k.plan();
  await k.plan();
  // Its own each time, those of application and domain once.
  expect(k.count('DescribeLiveRecordConfig')).toBe(4);
  expect(k.clock.now()).toBeGreaterThanOrEqual(T0);
});
