import { describe, expect, it } from 'vitest';
import {
  agoraKit,
  ends,
  events,
  FOLDER,
  PAGE,
  stretches,
  T0,
  web,
  type AgoraKit,
  type Ids,
} from './agora-kit.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const GONE = { status: 404, json: { code: 404, reason: 'failed to find worker' } };
const status = (kit: AgoraKit, ids: Ids) => kit.query(ids).json.serverResponse?.status;

describe('the status of a task', () => {
  it('walks from 0 to 5', () => {
    const kit = agoraKit();
    kit.join();
    const ids = kit.begin('mix');
    const seen = [status(kit, ids)];
    for (let i = 0; i < 40; i += 1) {
      kit.wait(500);
      if (status(kit, ids) !== seen.at(-1)) seen.push(status(kit, ids));
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('stays at 4 while nothing is uploaded', () => {
    const kit = agoraKit();
    kit.join('1', { role: 'host' });
    kit.control('user.stall', { channel: 'room', uid: '1' });
    const ids = kit.begin('mix');
    kit.wait(10 * MINUTE);
    expect(status(kit, ids)).toBe(4);
    expect(kit.query(ids).json.serverResponse.fileList).toBe('');
  });

  it('shows what was recorded in the shape of each mode', () => {
    const shown = (mode: 'individual' | 'mix' | 'web', more = {}) => {
      const kit = agoraKit();
      kit.join('7');
      const ids = kit.begin(mode, more);
      kit.wait(30_000);
      return { sid: ids.sid, ...kit.query(ids).json.serverResponse };
    };
    const mix = shown('mix');
    const name = (tail: string, { sid }: { sid: string }) => `${FOLDER}${sid}_room${tail}`;
    expect(mix).toEqual({
      sid: mix.sid,
      status: 5,
      fileListMode: 'string',
      fileList: name('.m3u8', mix),
      sliceStartTime: T0 + 2000,
    });
    const mp4 = shown('mix', { recordingFileConfig: { avFileType: ['hls', 'mp4'] } });
    expect(mp4).toMatchObject({
      fileListMode: 'json',
      fileList: [
        {
          fileName: name('.m3u8', mp4),
          trackType: 'audio_and_video',
          uid: '0',
          mixedAllUser: true,
          isPlayable: true,
          sliceStartTime: T0 + 2000,
        },
      ],
    });
    const single = shown('individual');
    expect(single).toMatchObject({
      fileListMode: 'json',
      fileList: [
        {
          fileName: name('__uid_s_7__uid_e_audio.m3u8', single),
          trackType: 'audio',
          uid: '7',
          mixedAllUser: false,
        },
        { fileName: name('__uid_s_7__uid_e_video.m3u8', single), trackType: 'video', uid: '7' },
      ],
    });
    const pictures = shown('individual', { snapshotConfig: { fileType: ['jpg'] } });
    expect(pictures).toEqual({ sid: pictures.sid, status: 4, sliceStartTime: 0 });
    const page = shown('web');
    expect(page).toEqual({
      sid: page.sid,
      status: 5,
      extensionServiceState: [
        {
          serviceName: 'web_recorder_service',
          payload: {
            state: 'inProgress',
            onhold: false,
            fileList: [{ filename: name('.m3u8', page), sliceStartTime: T0 + 5000 }],
          },
        },
      ],
    });
  });

  it('shows where a page is pushed to', () => {
    const kit = agoraKit();
    const push = {
      serviceName: 'rtmp_publish_service',
      serviceParam: { outputs: [{ rtmpUrl: 'rtmp://a/b' }] },
    };
    const ids = kit.begin('web', web({}, [push]));
    const shown = () => kit.query(ids).json.serverResponse.extensionServiceState[1].payload;
    expect(shown()).toEqual({ state: 'init', outputs: [{ rtmpUrl: 'rtmp://a/b', status: 'connecting' }] });
    kit.wait(6000);
    expect(shown().outputs[0].status).toBe('publishing');
    kit.update(ids, { rtmpPublishConfig: { outputs: [{ rtmpUrl: 'rtmp://c/d' }] } });
    expect(shown().outputs[0].rtmpUrl).toBe('rtmp://c/d');
    kit.update(ids, { webRecordingConfig: { onhold: true } });
    expect(shown().outputs[0].status).toBe('onhold');
    kit.stop(ids);
    expect(shown()).toMatchObject({ state: 'exit', outputs: [{ status: 'disconnected' }] });
  });
});

describe('an idle task', () => {
  const idle = (channelType: number, maxIdleTime?: number) => ({
    recordingConfig: { channelType, ...(maxIdleTime !== undefined && { maxIdleTime }) },
  });

  it('ends by itself, after 30 s where nothing else is said', () => {
    const kit = agoraKit();
    const ids = kit.begin('mix', idle(1));
    kit.wait(31_999);
    expect(kit.query(ids).status).toBe(200);
    kit.wait(1);
    expect(ends(kit)).toEqual([[32, 'idle']]);
    expect(kit.stop(ids)).toMatchObject({ status: 400, json: { code: 49 } });
    kit.wait(5000);
    expect(kit.stop(ids)).toMatchObject(GONE);
    const left = kit.notices().find(({ eventType }) => eventType === 41);
    expect(left?.payload.details['leaveCode']).toBe(4);
  });

  it('has an audience for company in a call, and not in a broadcast', () => {
    for (const [channelType, expected] of [
      [1, [[22, 'idle']]],
      [0, []],
    ] as const) {
      const kit = agoraKit();
      kit.join('5', { role: 'audience' });
      kit.begin('mix', idle(channelType, 20));
      kit.wait(HOUR);
      expect(ends(kit)).toEqual(expected);
      expect(stretches(kit)).toEqual([]);
    }
  });

  it('counts from when the last host left, and anew when one was there', () => {
    const kit = agoraKit();
    kit.join('1');
    kit.join('2');
    kit.begin('mix', idle(1, 20));
    kit.wait(10_000);
    kit.leave('1');
    kit.wait(30_000);
    kit.leave('2');
    kit.wait(19_000);
    kit.join('1');
    kit.wait(10_000);
    kit.leave('1');
    kit.wait(30_000);
    expect(ends(kit)).toEqual([[89, 'idle']]);
    expect(stretches(kit)).toEqual([
      [2, 40],
      [59, 69],
    ]);
  });

  it('counts on while an audience comes and goes', () => {
    const kit = agoraKit();
    kit.begin('mix', idle(1, 20));
    kit.wait(10_000);
    kit.join('5', { role: 'audience' });
    kit.wait(5000);
    kit.leave('5');
    kit.wait(60_000);
    expect(ends(kit)).toEqual([[22, 'idle']]);
  });

  it('is none while a host is there and publishes nothing', () => {
    const kit = agoraKit();
    kit.join();
    kit.begin('mix', idle(1, 20));
    kit.wait(10_000);
    kit.control('user.stall', { channel: 'room', uid: '1' });
    kit.wait(HOUR);
    kit.control('user.flow', { channel: 'room', uid: '1' });
    kit.wait(5000);
    expect(ends(kit)).toEqual([]);
    expect(stretches(kit)).toEqual([
      [2, 10],
      [3610, 3615],
    ]);
  });

  it('is none of a page', () => {
    const kit = agoraKit();
    const ids = kit.begin('web');
    kit.wait(HOUR);
    expect(status(kit, ids)).toBe(5);
  });
});

describe('two of one uid', () => {
  it('the recorder puts out the user', () => {
    const kit = agoraKit();
    kit.join('900');
    kit.begin('mix');
    kit.wait(100_000);
    expect(kit.truth('source').map(({ at, event }) => [at - T0, event])).toEqual([
      [0, 'up'],
      [2000, 'down'],
    ]);
    expect(ends(kit)).toEqual([[62, 'idle']]);
    expect(stretches(kit)).toEqual([]);
  });

  it('the user puts out the recorder', () => {
    const kit = agoraKit();
    kit.join('1');
    const ids = kit.begin('mix');
    kit.wait(30_000);
    kit.join('900');
    expect(ends(kit)).toEqual([[30, 'kicked by its own uid']]);
    expect(kit.stop(ids)).toMatchObject({ status: 400, json: { code: 49 } });
  });
});

describe('a failover', () => {
  const moved = (mode: 'mix' | 'web' = 'mix') => {
    const kit = agoraKit();
    kit.join();
    const ids = kit.begin(mode);
    kit.wait(100_000);
    kit.control('failover', { channel: 'room', forMs: 40_000 });
    return { kit, ids };
  };

  it('finds no worker for a while, and then the task as it was', () => {
    const { kit, ids } = moved();
    for (let i = 0; i < 40; i += 1) {
      expect(kit.query(ids)).toMatchObject(GONE);
      kit.wait(1000);
    }
    expect(status(kit, ids)).toBe(5);
    kit.wait(60_000);
    expect(kit.query(ids).json.serverResponse.fileList).toBe(`${FOLDER}bak0_${ids.sid}_room.m3u8`);
    expect(kit.stop(ids).status).toBe(200);
    // What the lost worker had not yet uploaded is lost.
    expect(stretches(kit)).toEqual([
      [2, 92],
      [140, 200],
    ]);
    expect(kit.truth('file')[0]).toMatchObject({ event: 'lost', from: T0 + 92_000, to: T0 + 100_000 });
    expect(kit.truth('media').at(-1)?.file).toContain(`/bak0_${ids.sid}_room_`);
  });

  it('applies nothing that is asked meanwhile', () => {
    const { kit, ids } = moved();
    expect(kit.stop(ids)).toMatchObject(GONE);
    expect(kit.call(ids, 'updateLayout', {})).toMatchObject(GONE);
    kit.wait(40_000);
    expect(kit.query(ids).status).toBe(200);
    expect(ends(kit)).toEqual([]);
  });

  it('gives the worker another uid', () => {
    const { kit, ids } = moved();
    kit.wait(40_000);
    const told = kit.notices().find(({ eventType }) => eventType === 12);
    const newUid = told?.payload.details['newUid'];
    expect(newUid).toBeTypeOf('number');
    expect(kit.notices().at(-1)?.payload).toMatchObject({ uid: String(newUid), sid: ids.sid });
    expect(told?.payload.uid).toBe('900');
  });

  it('ends the task at the fourth', () => {
    const { kit, ids } = moved('web');
    kit.wait(40_000);
    for (const _ of [2, 3]) {
      kit.control('failover', { sid: ids.sid, forMs: 1000 });
      kit.wait(30_000);
      expect(kit.query(ids).status).toBe(200);
    }
    expect(
      kit.query(ids).json.serverResponse.extensionServiceState[0].payload.fileList.at(-1).filename,
    ).toContain('/bak2_');
    kit.control('failover', { sid: ids.sid, forMs: 1000 });
    expect(ends(kit)).toEqual([[200, 'moved too often']]);
    kit.wait(10_000);
    expect(kit.query(ids)).toMatchObject(GONE);
  });
});

describe('a crash of the worker', () => {
  it('ends the task and loses the slice that was being written', () => {
    const kit = agoraKit();
    kit.join();
    const ids = kit.begin('mix');
    kit.wait(100_000);
    kit.control('worker.crash', { sid: ids.sid });
    expect(status(kit, ids)).toBe(20);
    kit.wait(5000);
    expect(kit.query(ids)).toMatchObject(GONE);
    expect(ends(kit)).toEqual([[100, 'crash']]);
    expect(stretches(kit)).toEqual([[2, 92]]);
    expect(kit.notices().at(-1)).toMatchObject({
      eventType: 11,
      payload: { details: { exitStatus: 1 } },
    });
  });
});

describe('resourceExpiredHour', () => {
  it('refuses control calls while the recording goes on', () => {
    const kit = agoraKit();
    kit.join();
    const rid = kit.acquire({ resourceExpiredHour: 1 }).json.resourceId as string;
    kit.wait(MINUTE);
    const asked = { recordingConfig: { channelType: 1 }, storageConfig: { ...storage } };
    const { sid } = kit.start(rid, 'mix', asked).json;
    const ids: Ids = { rid, sid, mode: 'mix', cname: 'room', uid: '900' };
    // It counts from the sid, not from acquire.
    kit.wait(HOUR - 1);
    expect(kit.query(ids).status).toBe(200);
    kit.wait(1);
    for (const answer of [kit.query(ids), kit.stop(ids), kit.call(ids, 'updateLayout', {})])
      expect(answer).toMatchObject(GONE);
    kit.wait(HOUR);
    expect(ends(kit)).toEqual([]);
    expect(stretches(kit)).toEqual([[62, 60 + 7200]]);
    kit.leave();
    kit.wait(MINUTE);
    expect(ends(kit)).toEqual([[60 + 7200 + 30, 'idle']]);
  });
  const storage = { vendor: 1, region: 0, bucket: 'b', accessKey: 'a', secretKey: 's' };
});

describe('a recorded page', () => {
  it('ends after maxRecordingHour', () => {
    const kit = agoraKit();
    const ids = kit.begin('web', web({ maxRecordingHour: 1 }));
    kit.wait(HOUR);
    expect(ends(kit)).toEqual([[3600, 'max hours']]);
    expect(stretches(kit)).toEqual([[5, 3600]]);
    kit.wait(MINUTE);
    expect(kit.query(ids)).toMatchObject(GONE);
    const stopped = kit.notices().find(({ eventType }) => eventType === 71);
    expect(stopped?.payload.details).toMatchObject({ code: 1 });
  });

  it('ends when the page is down, before or while it is recorded', () => {
    for (const before of [true, false]) {
      const kit = agoraKit();
      if (before) kit.control('page.set', { url: PAGE, state: 'down' });
      kit.begin('web');
      kit.wait(60_000);
      if (!before) kit.control('page.set', { url: PAGE, state: 'down' });
      expect(ends(kit)).toEqual([[before ? 5 : 60, 'page']]);
      expect(stretches(kit)).toEqual(before ? [] : [[5, 60]]);
      const stopped = kit.notices().find(({ eventType }) => eventType === 71);
      expect(stopped?.payload.details).toMatchObject({ code: 5 });
    }
  });

  it('is loaded twice and then given up when it is slow', () => {
    const kit = agoraKit();
    kit.control('page.set', { url: PAGE, state: 'slow' });
    kit.begin('web', web({ readyTimeout: 20 }));
    kit.wait(MINUTE);
    expect(ends(kit)).toEqual([[40, 'page']]);
    expect(events(kit)).toEqual([73, 71, 11]);
    expect(kit.notices()[1]?.payload.details).toMatchObject({ code: 4 });
  });

  it('is recorded once it is there', () => {
    const kit = agoraKit();
    kit.control('page.set', { url: PAGE, state: 'slow' });
    const ids = kit.begin('web', web({ readyTimeout: 20 }));
    kit.wait(30_000);
    kit.control('page.set', { url: PAGE, state: 'up' });
    kit.wait(30_000);
    expect(status(kit, ids)).toBe(5);
    expect(stretches(kit)).toEqual([[30, 60]]);
  });

  it('is not waited for without a readyTimeout', () => {
    const kit = agoraKit();
    kit.control('page.set', { url: PAGE, state: 'slow' });
    kit.begin('web');
    kit.wait(30_000);
    expect(stretches(kit)).toEqual([[5, 30]]);
  });

  it('stops and goes on by onhold, which query shows', () => {
    const kit = agoraKit();
    const ids = kit.begin('web', web({ onhold: true }));
    const onhold = () => kit.query(ids).json.serverResponse.extensionServiceState[0].payload.onhold;
    kit.wait(30_000);
    expect(onhold()).toBe(true);
    kit.update(ids, { webRecordingConfig: { onhold: false } });
    expect(onhold()).toBe(false);
    kit.wait(30_000);
    kit.update(ids, { webRecordingConfig: { onhold: true } });
    kit.wait(30_000);
    kit.update(ids, { webRecordingConfig: { onhold: false } });
    kit.wait(30_000);
    expect(stretches(kit)).toEqual([
      [30, 60],
      [90, 120],
    ]);
  });
});

describe('the mode individual', () => {
  it('records sound and picture of each user by themselves', () => {
    const kit = agoraKit();
    kit.join('1');
    const ids = kit.begin('individual', {
      recordingConfig: {
        channelType: 1,
        subscribeUidGroup: 0,
        subscribeAudioUids: ['#allstream#'],
        unsubscribeVideoUids: ['2'],
      },
    });
    kit.wait(12_000);
    kit.join('2');
    kit.wait(10_000);
    kit.stop(ids);
    const tracks = kit
      .truth('media')
      .map(({ from, to, file }) => [/uid_s_(.*)_\d{17}/.exec(file)?.[1], from - T0, to - T0]);
    expect(tracks).toEqual([
      ['1__uid_e_audio', 2000, 17_000],
      ['1__uid_e_video', 2000, 17_000],
      ['1__uid_e_audio', 17_000, 22_000],
      ['1__uid_e_video', 17_000, 22_000],
      ['2__uid_e_audio', 12_000, 22_000],
    ]);
  });
});

describe('the simple controls', () => {
  it('start and stop one host, and reset ends everything', () => {
    const kit = agoraKit();
    kit.control('source.start', { channel: 'room' });
    const ids = kit.begin('mix');
    kit.wait(30_000);
    kit.control('source.stop', { channel: 'room' });
    kit.wait(10_000);
    kit.control('source.start', { channel: 'room', uid: 77 });
    kit.wait(10_000);
    kit.control('reset');
    expect(kit.query(ids)).toMatchObject({ json: { code: 1001 } });
    expect(stretches(kit)).toEqual([
      [2, 30],
      [40, 50],
    ]);
    expect(ends(kit)).toEqual([[50, 'reset']]);
    expect(kit.truth('source').map(({ source, event }) => [source, event])).toEqual([
      ['room/1', 'up'],
      ['room/1', 'down'],
      ['room/77', 'up'],
      ['room/77', 'down'],
    ]);
  });

  it.each([
    ['user.join', {}, '"channel" as a text'],
    ['user.join', { channel: 'room', role: 'guest' }, '"role" as one of host, audience'],
    ['user.stall', { channel: 'room' }, 'is not in the channel'],
    ['page.set', { url: 'x', state: 'gone' }, '"state" as one of up, down, slow'],
    ['failover', { channel: 'room' }, 'no such task'],
    ['storage', {}, '"mode" as one of ok, denied'],
    ['user.join', { channel: 'room', appId: 'x' }, 'no app x'],
  ])('%s refuses %j', (name, input, words) => {
    expect(() => agoraKit().control(name, input)).toThrow(words);
  });
});
