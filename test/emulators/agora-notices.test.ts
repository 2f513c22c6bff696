import { describe, expect, it } from 'vitest';
import { noticeRequest } from '../../src/emulators/index.ts';
import { signatures } from '../../src/emulators/agora/notices.ts';
import { agoraKit, events, FOLDER, PAGE, T0 } from './agora-kit.ts';

describe('notifications of the emulated Agora', () => {
  it('are signed as the vendor signs its own example', () => {
    const body =
      '{"eventMs":1560408533119,"eventType":10,"noticeId":"4eb720f0-8da7-11e9-a43e-53f411c2761f","notifyMs":1560408533119,"payload":{"a":"1","b":2},"productId":1}';
    expect(signatures(body, 'secret')).toEqual({
      'Agora-Signature': '033c62f40f687675f17f0f41f91a40c71c0f134c',
      'Agora-Signature-V2': '6d3320c60b11101395b7fc8f9068748808a0aa1bfa064438e39d1bc2c7d74d99',
    });
  });

  it('come in the order of a plain recording, and without an address go nowhere', () => {
    const kit = agoraKit();
    kit.join();
    const ids = kit.begin('mix');
    kit.wait(60_000);
    kit.stop(ids);
    expect(events(kit)).toEqual([40, 42, 30, 4, 41, 31, 11]);
    expect(kit.notices().map(({ payload }) => payload.sequence)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const told = kit.truth('callback');
    expect(told.map(({ event }) => event.split(' ')[1])).toEqual([
      'recorder_started',
      'recorder_slice_start',
      'uploader_started',
      'cloud_recording_file_infos',
      'recorder_leave',
      'uploaded',
      'session_exit',
    ]);
    expect(told.every(({ delivered, url }) => !delivered && url === '')).toBe(true);
    expect(kit.emulator.callbacks.nextAt(kit.clock.now())).toBeUndefined();
    expect(kit.notices()[5]?.payload).toEqual({
      cname: 'room',
      uid: '900',
      sid: ids.sid,
      sequence: 5,
      sendts: T0 + 60_000,
      serviceType: 2,
      details: {
        msgName: 'uploaded',
        status: 0,
        fileList: [
          {
            fileName: `${FOLDER}${ids.sid}_room.m3u8`,
            trackType: 'audio_and_video',
            uid: '0',
            mixedAllUser: true,
            isPlayable: true,
            sliceStartTime: T0 + 2000,
          },
        ],
      },
    });
  });

  it('are ready to be sent: a resend has its noticeId and another notifyMs', () => {
    const kit = agoraKit();
    kit.begin('mix');
    kit.wait(5000);
    const [notice] = kit.notices();
    const first = noticeRequest(notice!, 'secret', T0 + 5000);
    const second = noticeRequest(notice!, 'secret', T0 + 9000);
    expect(JSON.parse(first.body)).toMatchObject({
      noticeId: notice!.noticeId,
      productId: 3,
      eventType: 40,
      notifyMs: T0 + 5000,
      payload: { sendts: T0 + 2000, serviceType: 1, details: { msgName: 'recorder_started', status: 0 } },
    });
    expect(JSON.parse(second.body)).toEqual({ ...JSON.parse(first.body), notifyMs: T0 + 9000 });
    expect(first.headers).toMatchObject(signatures(first.body, 'secret'));
    expect(second.headers['Agora-Signature-V2']).not.toBe(first.headers['Agora-Signature-V2']);
  });

  it('tell of streams that come, stall and go, by medium', () => {
    const kit = agoraKit();
    kit.begin('mix');
    kit.wait(5000);
    kit.join();
    kit.control('user.stall', { channel: 'room', uid: '1' });
    kit.control('user.flow', { channel: 'room', uid: '1' });
    kit.leave();
    const streams = kit
      .notices()
      .filter(({ eventType }) => eventType === 43 || eventType === 44)
      .map(({ eventType, payload }) => [eventType, payload.details['streamUid'], payload.details['state']]);
    expect(streams).toEqual(
      [0, 1, 0, 1].flatMap((state) => [
        [43, '1', state],
        [44, '1', state],
      ]),
    );
  });

  it('tell of no stream that is not recorded', () => {
    const kit = agoraKit();
    kit.begin('mix', { recordingConfig: { channelType: 1, streamTypes: 2, unsubscribeVideoUids: ['1'] } });
    kit.wait(5000);
    kit.join();
    kit.join('2');
    const streams = kit
      .notices()
      .filter(({ eventType }) => eventType === 43 || eventType === 44)
      .map(({ eventType, payload }) => [eventType, payload.details['streamUid']]);
    // A list of one medium alone leaves the other medium out.
    expect(streams).toEqual([[44, '2']]);
  });

  it.each(['told', 'untold'] as const)(
    'of streams that are there before the recorder are %s',
    (streamsAtJoin) => {
      const kit = agoraKit({ unknowns: { streamsAtJoin } });
      kit.join();
      kit.join('2', { role: 'audience' });
      kit.begin('mix');
      kit.wait(5000);
      expect(events(kit)).toEqual(streamsAtJoin === 'told' ? [40, 43, 44, 42] : [40, 42]);
    },
  );

  it('of a page', () => {
    const kit = agoraKit();
    const ids = kit.begin('web');
    kit.wait(30_000);
    kit.control('page.set', { url: PAGE, state: 'down' });
    expect(kit.notices().map(({ eventType, payload }) => [eventType, payload.serviceType])).toEqual([
      [70, 6],
      [71, 6],
      [31, 2],
      [11, 0],
    ]);
    expect(kit.notices()[1]?.payload.details).toMatchObject({
      code: 5,
      fileList: [{ filename: `${FOLDER}${ids.sid}_room.m3u8`, sliceStartTime: T0 + 5000 }],
    });
    expect(kit.notices()[2]?.payload.details).not.toHaveProperty('fileList');
  });

  it('tell the progress of each minute only where that is asked for', () => {
    const minutes = (progressNotices: boolean) => {
      const kit = agoraKit({ progressNotices });
      kit.join();
      kit.begin('mix');
      kit.wait(600_000);
      return events(kit).filter((event) => event === 33).length;
    };
    expect(minutes(false)).toBe(0);
    expect(minutes(true)).toBe(10);
  });

  it('say 3 to a stop that does not fit', () => {
    const kit = agoraKit();
    const ids = kit.begin('mix');
    kit.stop(ids);
    kit.stop(ids);
    expect(events(kit).at(-1)).toBe(3);
  });
});
