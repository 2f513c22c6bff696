import { describe, expect, it } from 'vitest';
import { DOMAIN, huaweiKit, RULE, ruleOf, T0 } from './huawei-kit.ts';
import type { HuaweiKit } from './huawei-kit.ts';

const HOUR = 3_600_000;
const config = RULE.default_record_config;
const ruleWith = (more: object) => ({ ...RULE, default_record_config: { ...config, ...more } });

function recording(kit: HuaweiKit, rule: Record<string, unknown> = RULE): HuaweiKit {
  kit.rule(rule);
  kit.push();
  kit.start();
  return kit;
}
const finalised = (kit: HuaweiKit) => kit.truth('file').filter(({ event }) => event === 'finalised');

describe('files', () => {
  it('have the names of the usual templates', () => {
    const kit = recording(
      huaweiKit(),
      ruleWith({
        record_format: ['HLS', 'FLV', 'MP4'],
        flv_config: { record_cycle: 3600 },
        mp4_config: { record_cycle: 3600 },
      }),
    );
    kit.wait(60_000);
    kit.stop();
    const folder = (format: string) =>
      `archive/Record/${DOMAIN}/live/COMMAND_RECORD/${format}/cam1_20260101T120001Z`;
    expect(finalised(kit).map(({ file }) => file)).toEqual([
      `${folder('HLS')}/cam1_20260101T120001Z.m3u8`,
      `${folder('FLV')}/20260101T120001Z.flv`,
      `${folder('MP4')}/20260101T120001Z.mp4`,
    ]);
  });

  it('have the names of the rule’s templates, in the root of the bucket too', () => {
    const hls_config = { record_cycle: 3600, record_prefix: '{app}-{stream}/{file_start_time_unix}_{other}' };
    const kit = recording(
      huaweiKit(),
      ruleWith({ hls_config, obs_addr: { ...config.obs_addr, object: '' } }),
    );
    kit.wait(60_000);
    kit.stop();
    expect(finalised(kit)).toMatchObject([{ file: `live-cam1/${(T0 + 1000) / 1000}_{other}.m3u8` }]);
  });

  it('follow each other when their cycle is over, without a gap', () => {
    const kit = recording(huaweiKit());
    kit.wait(2.5 * HOUR);
    const media = kit.truth('media');
    expect(media.map(({ from, to }) => [from - T0, to - T0])).toEqual([
      [1_000, HOUR + 1_000],
      [HOUR + 1_000, 2 * HOUR + 1_000],
      [2 * HOUR + 1_000, 2.5 * HOUR],
    ]);
    expect(new Set(media.map(({ file }) => file)).size).toBe(3);
    expect(finalised(kit)).toHaveLength(2);
    expect(kit.truth('recording')).toHaveLength(1);
  });

  it.each([
    ['six-hours', 4],
    ['whole-stream', 0],
  ] as const)('with a cycle of 0 are %s', (cycleZero, whole) => {
    const kit = huaweiKit({ unknowns: { cycleZero } });
    recording(kit, ruleWith({ hls_config: { record_cycle: 0 } }));
    kit.wait(25 * HOUR);
    expect(finalised(kit)).toHaveLength(whole);
  });

  it('of each format wait as long as its rule says, and the recording as long as the longest', () => {
    const kit = recording(
      huaweiKit(),
      ruleWith({
        record_format: ['HLS', 'MP4', 'FLV'],
        mp4_config: { record_cycle: 3600, record_max_duration_to_merge_file: 20 },
        flv_config: { record_cycle: 3600 },
      }),
    );
    kit.wait(11_000);
    kit.unpush();
    expect(finalised(kit)).toHaveLength(1);
    kit.wait(20_000);
    expect(finalised(kit)).toHaveLength(2);
    kit.wait(10_000);
    kit.push();
    kit.wait(10_000);
    kit.stop();
    const byFormat = (ending: string) => finalised(kit).filter(({ file }) => file.endsWith(ending)).length;
    expect([byFormat('m3u8'), byFormat('mp4'), byFormat('flv')]).toEqual([1, 2, 2]);
    expect(kit.truth('recording')).toHaveLength(2);
  });

  it('hold what came and nothing else, and their bytes add up', () => {
    const kit = recording(huaweiKit());
    kit.wait(10_000);
    kit.control('source.stall', { stream: 'cam1' });
    kit.wait(7_000);
    kit.control('source.flow', { stream: 'cam1' });
    kit.wait(3_000);
    kit.unpush();
    kit.wait(30_000);
    kit.push();
    kit.wait(4_000);
    // Looking often changes nothing.
    for (let n = 0; n < 50; n += 1) {
      kit.wait(77);
      kit.emulator.settle(kit.clock.now());
    }
    kit.stop();
    const media = kit.truth('media');
    expect(media.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(9_000 + 3_000 + 4_000 + 50 * 77);
    const [content] = kit.call('GET', '/record/contents').json.record_contents;
    expect(content.duration).toBe(20);
    const objects = kit.control('objects', { bucket: 'recordings' }) as {
      bytes: number;
      recordedMs: number;
    }[];
    expect(objects).toMatchObject([
      { bytes: media.reduce((sum, { bytes }) => sum + bytes, 0), recordedMs: 19_850 },
    ]);
  });

  it('begin with the first frame, however late it comes', () => {
    const kit = huaweiKit();
    kit.rule();
    kit.push();
    kit.control('source.stall', { stream: 'cam1' });
    expect(kit.start().status).toBe(200);
    kit.wait(60_000);
    expect(kit.truth('media')).toEqual([]);
    kit.control('source.flow', { stream: 'cam1' });
    kit.wait(5_000);
    expect(kit.truth('media')).toMatchObject([{ from: T0 + 60_000, to: T0 + 65_000 }]);
  });

  it('are not there when the STOP comes before the first frame', () => {
    const kit = recording(huaweiKit());
    kit.wait(500);
    kit.stop();
    kit.wait(60_000);
    expect(kit.truth('file')).toEqual([]);
    expect(kit.truth('media')).toEqual([]);
  });

  it('overwrite each other when their names are the same', () => {
    const kit = recording(
      huaweiKit(),
      ruleWith({ hls_config: { record_cycle: 3600, record_prefix: 'one' } }),
    );
    kit.wait(2 * HOUR + 2_000);
    expect(kit.truth('file').map(({ event }) => event)).toEqual(['finalised', 'overwritten', 'finalised']);
    expect(kit.call('GET', '/record/contents').json.total).toBe(1);
  });
});

describe('a bucket', () => {
  it('that Live may not write to lets the START pass and the recording fail', () => {
    const kit = recording(huaweiKit({ buckets: ['another'] }));
    expect(kit.recording()).toBe(true);
    kit.wait(2_000);
    expect(kit.truth('recording').at(-1)).toMatchObject({ event: 'ended', reason: 'failed' });
    expect(kit.truth('media')).toEqual([]);
  });

  it('whose authorisation is withdrawn ends the recording, and its open file is lost', () => {
    const kit = recording(huaweiKit());
    kit.wait(31_000);
    kit.control('storage', { mode: 'denied' });
    expect(kit.recording()).toBe(false);
    expect(kit.truth('media')).toEqual([]);
    expect(kit.truth('file')).toMatchObject([{ event: 'lost', from: T0 + 1_000, to: T0 + 31_000 }]);
    expect(kit.start().status).toBe(200);
    kit.wait(2_000);
    expect(kit.recording()).toBe(false);
    kit.control('storage', { mode: 'ok' });
    kit.start();
    kit.wait(2_000);
    expect(kit.recording()).toBe(true);
  });
});

describe('record/contents', () => {
  it('lists whole files by stream, type and time, by pages', () => {
    const kit = recording(huaweiKit());
    kit.wait(3.5 * HOUR);
    const list = (query: string) => kit.call('GET', `/record/contents?${query}`).json;
    expect(list('').total).toBe(3);
    expect(list('limit=2&offset=1').record_contents).toHaveLength(1);
    expect(list('stream=cam2').total).toBe(0);
    expect(list('record_type=CONTINUOUS_RECORD').total).toBe(0);
    expect(list('start_time=2026-01-01T13:00:01Z&end_time=2026-01-01T14:00:01Z').record_contents).toEqual([
      {
        publish_domain: DOMAIN,
        file_name: 'cam1_20260101T130001Z.m3u8',
        app: 'live',
        stream: 'cam1',
        record_format: 'HLS',
        record_type: 'COMMAND_RECORD',
        obs_addr: {
          bucket: 'recordings',
          location: 'cn-north-4',
          object: `archive/Record/${DOMAIN}/live/COMMAND_RECORD/HLS/cam1_20260101T130001Z/cam1_20260101T130001Z.m3u8`,
        },
        download_url: expect.stringMatching(
          /^https:\/\/recordings\.obs\.cn-north-4\.myhuaweicloud\.com\/archive\//,
        ) as unknown,
        start_time: '2026-01-01T13:00:01Z',
        end_time: '2026-01-01T14:00:01Z',
        duration: 3600,
      },
    ]);
    expect(kit.call('GET', '/record/contents?start_time=yesterday').status).toBe(400);
  });

  it('may not exist at all', () => {
    const kit = huaweiKit({ unknowns: { contents: 'absent' } });
    expect(kit.call('GET', '/record/contents')).toMatchObject({
      status: 404,
      json: { error_code: 'APIGW.0101' },
    });
  });
});

describe('record/indexes', () => {
  const ask = (kit: HuaweiKit, more: object = {}) =>
    kit.call('POST', '/record/indexes', {
      publish_domain: DOMAIN,
      app: 'live',
      stream: 'cam1',
      start_time: '2026-01-01T12:30:00Z',
      end_time: '2026-01-01T13:30:00Z',
      object: 'indexes/one.m3u8',
      ...more,
    });

  it('makes a playlist of what was recorded in a stretch', () => {
    const kit = recording(huaweiKit());
    kit.wait(3 * HOUR);
    kit.stop();
    expect(ask(kit)).toMatchObject({
      status: 201,
      json: { duration: 3600, bucket: 'recordings', object: 'indexes/one.m3u8', width: 1280, height: 720 },
    });
  });

  it.each([
    ['{app}/{stream}/{start_time}-{end_time}.m3u8', 'live/cam1/20260101T123000Z-20260101T133000Z.m3u8'],
    [undefined, `Index/${DOMAIN}/live/cam1/20260101T123000Z_20260101T133000Z.m3u8`],
  ])('names it by %s', (object, expected) => {
    const kit = recording(huaweiKit());
    kit.wait(3 * HOUR);
    expect(ask(kit, { object }).json.object).toBe(expected);
  });

  it('refuses a stretch that is no such thing, or that nothing was recorded in', () => {
    const kit = huaweiKit();
    expect(ask(kit)).toMatchObject({ status: 400, json: { error_msg: 'No record info' } });
    recording(kit, ruleOf(60, {}, 'MP4'));
    kit.wait(2 * HOUR);
    kit.stop();
    expect(ask(kit)).toMatchObject({ status: 400, json: { error_msg: 'No ts info' } });
    for (const end_time of ['2026-01-01T12:30:00Z', '2026-01-02T00:30:01Z'])
      expect(ask(kit, { end_time })).toMatchObject({
        status: 400,
        json: { error_msg: 'Illegal time range' },
      });
  });
});

describe('the history of pushes', () => {
  it('tells those that have ended, of a day at most', () => {
    const kit = huaweiKit();
    kit.push();
    kit.push('cam2');
    kit.wait(60_000);
    kit.unpush();
    const list = (query: string) =>
      kit.send('GET', `/v2/0123456789abcdef0123456789abcdef/stats/history/streams?${query}`);
    expect(list(`domain=${DOMAIN},other`).json.history_stream_list).toMatchObject([
      { stream: 'cam1', start_time: '2026-01-01T12:00:00Z', end_time: '2026-01-01T12:01:00Z' },
    ]);
    expect(list('domain=other').json.history_stream_list).toEqual([]);
    expect(list('start_time=2025-12-30T00:00:00Z&end_time=2026-01-01T00:00:00Z').status).toBe(400);
  });
});
