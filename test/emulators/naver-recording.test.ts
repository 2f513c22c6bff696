import { describe, expect, it } from 'vitest';
import { CHANNEL, life, naverKit, stretches, T0 } from './naver-kit.ts';

const HLS = {
  recordType: 'HLS',
  channelId: CHANNEL,
  status: 'RECORDING',
  recordSeq: 1_307_133,
  streamSeq: 361_545,
  recordBeginTime: T0,
  createdTime: T0,
  audioCodec: 'AAC',
  objectStorageUrl: '-',
};

describe('a recording of Live Station', () => {
  it('begins with one MP4 and one HLS for each quality, as the page of startRecord shows them', () => {
    const kit = naverKit();
    kit.push();
    const started = kit.start();
    expect(started.status).toBe(200);
    expect(started.json).toEqual({
      content: {
        recordList: {
          '2700001': {
            recordType: 'MP4',
            channelId: CHANNEL,
            status: 'RECORDING',
            recordSeq: 1_307_133,
            streamSeq: 361_545,
            recordBeginTime: T0,
            createdTime: T0,
            fileName: '361545-1307133-20260101210000.mp4',
            objectStorageUrl: '-',
          },
          '2700002': {
            ...HLS,
            resolution: '720x1280',
            fileName: '720p-9-16/playlist.m3u8',
            videoBitrate: 2_500_000,
            audioBitrate: 128_000,
            videoFrameRate: 30,
          },
          '2700003': {
            ...HLS,
            resolution: '1920x1080',
            fileName: 'quality000/playlist.m3u8',
            videoBitrate: 8_960_000,
            audioBitrate: 320_000,
            videoFrameRate: 60,
          },
        },
      },
      total: 3,
    });
    expect(kit.info()).toMatchObject({ channelStatus: 'PUBLISHING', isRecording: true });
    kit.wait(90_500);
    const stopped = kit.listed(kit.stop());
    expect(stopped.map(({ status, duration }) => [status, duration])).toEqual(
      Array.from({ length: 3 }, () => ['PROCESSING', 90]),
    );
    expect(stopped[0]).toMatchObject({
      shouldDeleteTime: T0 + 90_000 + 3 * 86_400_000,
      uploadPath: `live/${CHANNEL}/361545-1307133`,
    });
    expect(kit.info()).toMatchObject({ channelStatus: 'PUBLISHING', isRecording: false });
    expect(life(kit)).toEqual(['0 1307133 began', '90.5 1307133 ended (stop)']);
    expect(stretches(kit)).toEqual([[1_307_133, 0, 90.5]]);
  });

  it('wants a push, and a channel that may record', () => {
    const kit = naverKit({
      channels: [
        { channelId: CHANNEL },
        { channelId: 'ls-20250101000002-nnnnn', settings: { record: { type: 'NO_RECORD', format: 'ALL' } } },
      ],
    });
    const refused = kit.start();
    expect(refused.status).toBe(400);
    expect(refused.json).toEqual({
      error: { errorCode: 250_005, message: 'Channel status not available.', errorName: 'NOT_AVAILABLE' },
    });
    kit.push('ls-20250101000002-nnnnn');
    expect(kit.start('ls-20250101000002-nnnnn').json.error).toMatchObject({ errorCode: 250_005 });
    const unknown = kit.start('ls-20250101000000-zzzzz');
    expect([unknown.status, unknown.json.error.errorCode]).toEqual([404, 250_004]);
    expect(kit.truth('recording')).toEqual([]);
  });

  it('holds only what arrives', () => {
    const kit = naverKit();
    kit.push();
    kit.start();
    kit.wait(10_000);
    kit.control('source.stall', { channel: CHANNEL });
    kit.wait(20_000);
    expect(kit.info()).toMatchObject({ channelStatus: 'PUBLISHING', isRecording: true });
    kit.control('source.flow', { channel: CHANNEL });
    kit.wait(30_000);
    expect(kit.listed(kit.stop())[0]).toMatchObject({ duration: 40 });
    expect(stretches(kit)).toEqual([
      [1_307_133, 0, 10],
      [1_307_133, 30, 60],
    ]);
  });

  it.each([
    ['s', T0 + 1000],
    ['ms', T0 + 1999],
  ] as const)('has its times in %s', (timesOfFiles, time) => {
    const kit = naverKit({ at: T0 + 1999, unknowns: { timesOfFiles } });
    kit.push();
    kit.start();
    const [file] = kit.listed(kit.stop());
    expect(file).toMatchObject({
      recordBeginTime: time,
      createdTime: time,
      shouldDeleteTime: time + 3 * 86_400_000,
    });
  });

  it('counts pushes, recordings and files, each on its own', () => {
    const kit = naverKit();
    kit.push();
    kit.start();
    kit.stop();
    kit.start();
    kit.stop();
    kit.leave();
    kit.push();
    kit.start();
    const all = kit.records().map(({ recordId, recordSeq, streamSeq }) => [recordId, recordSeq, streamSeq]);
    expect(all.map(([id]) => id)).toEqual(Array.from({ length: 9 }, (_, index) => 2_700_001 + index));
    expect(all.filter((_, index) => index % 3 === 0)).toEqual([
      [2_700_001, 1_307_133, 361_545],
      [2_700_004, 1_307_134, 361_545],
      [2_700_007, 1_307_135, 361_546],
    ]);
  });
});
