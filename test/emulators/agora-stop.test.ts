import { describe, expect, it } from 'vitest';
import { agoraKit, ends, FOLDER, T0 } from './agora-kit.ts';

describe('stop', () => {
  it('a second one is an invalid operation, and a later one finds nothing', () => {
    const kit = agoraKit();
    kit.join();
    const ids = kit.begin('mix');
    kit.wait(30_000);
    expect(kit.stop(ids).status).toBe(200);
    expect(kit.stop(ids)).toMatchObject({ status: 400, json: { code: 49, reason: 'invalid operation' } });
    kit.wait(4999);
    expect(kit.stop(ids).status).toBe(400);
    kit.wait(1);
    expect(kit.stop(ids)).toMatchObject({
      status: 404,
      json: { code: 404, reason: 'failed to find worker' },
    });
    expect(ends(kit)).toEqual([[30, 'stop']]);
    expect(
      kit
        .truth('request')
        .map(({ op, verdict }) => [op, verdict])
        .slice(2),
    ).toEqual([
      ['stop', 'applied'],
      ['stop', 'refused'],
      ['stop', 'refused'],
      ['stop', 'refused'],
    ]);
  });

  it('of a task that nobody sent a stream to says so, and stops it', () => {
    const kit = agoraKit();
    const ids = kit.begin('mix');
    kit.wait(10_000);
    expect(kit.stop(ids)).toMatchObject({ status: 206, json: { code: 435, reason: 'no recorded data' } });
    expect(ends(kit)).toEqual([[10, 'stop']]);
    expect(kit.truth('request').at(-1)).toMatchObject({ verdict: 'applied', status: 206 });
  });

  it('lists the MP4 files with the others', () => {
    const kit = agoraKit();
    kit.join();
    const ids = kit.begin('mix', { recordingFileConfig: { avFileType: ['hls', 'mp4'] } });
    kit.wait(3 * 3_600_000);
    const { serverResponse } = kit.stop(ids).json;
    const names = serverResponse.fileList.map(({ fileName }: { fileName: string }) => fileName);
    const name = (tail: string) => `${FOLDER}${ids.sid}_room${tail}`;
    expect(names).toEqual([name('.m3u8'), name('_0.mp4'), name('_1.mp4')]);
    expect(kit.truth('file').map(({ event, file }) => [event, file])).toEqual(
      names.map((file: string) => ['finalised', file]),
    );
  });

  it('of a page tells of its two services', () => {
    const kit = agoraKit();
    const ids = kit.begin('web');
    kit.wait(30_000);
    expect(kit.stop(ids).json.serverResponse).toEqual({
      extensionServiceState: [
        { serviceName: 'upload_service', payload: { uploadingStatus: 'uploaded' } },
        {
          serviceName: 'web_recorder_service',
          payload: {
            state: 'exit',
            onhold: false,
            fileList: [{ filename: `${FOLDER}${ids.sid}_room.m3u8`, sliceStartTime: T0 + 5000 }],
          },
        },
      ],
    });
  });

  it('of pictures only tells of their upload only', () => {
    const kit = agoraKit();
    kit.join();
    const ids = kit.begin('individual', { snapshotConfig: { fileType: ['jpg'] } });
    kit.wait(30_000);
    expect(kit.stop(ids).json.serverResponse).toEqual({ uploadingStatus: 'uploaded' });
  });

  it('takes async_stop as true or false only', () => {
    const kit = agoraKit();
    const ids = kit.begin('mix');
    expect(kit.stop(ids, { async_stop: 'yes' })).toMatchObject({ status: 400, json: { code: 2 } });
    expect(ends(kit)).toEqual([]);
  });

  it('gives up waiting for its files after 20 s, and has stopped all the same', () => {
    const kit = agoraKit();
    kit.join();
    const ids = kit.begin('mix');
    kit.wait(30_000);
    kit.control('upload', { takesMs: 60_000 });
    expect(kit.stop(ids)).toMatchObject({ status: 504, json: { code: 50 } });
    expect(kit.truth('request').at(-1)).toMatchObject({ verdict: 'applied', status: 504 });
    expect(ends(kit)).toEqual([[30, 'stop']]);
    kit.wait(59_999);
    expect(kit.stop(ids)).toMatchObject({ status: 400, json: { code: 49 } });
    kit.wait(1);
    expect(kit.stop(ids).status).toBe(404);
  });

  it('does not wait when it is told not to', () => {
    const kit = agoraKit();
    kit.join();
    const ids = kit.begin('mix');
    kit.wait(30_000);
    kit.control('upload', { takesMs: 60_000 });
    const got = kit.stop(ids, { async_stop: true });
    expect(got).toMatchObject({ status: 200, json: { sid: ids.sid } });
    expect(got.json.serverResponse).toBeUndefined();
  });
});
