import { describe, expect, it } from 'vitest';
import { agoraKit, ends, FOLDER, SESSION, stretches, T0 } from './agora-kit.ts';

describe('the truth log of the emulated Agora', () => {
  it('records while a host publishes, from two seconds after the start to the stop', () => {
    const kit = agoraKit();
    kit.join();
    const ids = kit.begin('mix');
    kit.wait(100_000);
    expect(kit.stop(ids)).toMatchObject({
      status: 200,
      json: {
        sid: ids.sid,
        serverResponse: {
          fileListMode: 'string',
          fileList: `${FOLDER}${ids.sid}_room.m3u8`,
          uploadingStatus: 'uploaded',
        },
      },
    });
    expect(stretches(kit)).toEqual([[2, 100]]);
    expect(ends(kit)).toEqual([[100, 'stop']]);
  });

  it('says in the metadata whose take it is', () => {
    const kit = agoraKit();
    const ids = kit.begin('mix');
    const [began] = kit.truth('recording');
    expect(began).toMatchObject({ event: 'began', recording: ids.sid, at: T0 });
    expect(JSON.parse(began?.metadata ?? '')).toEqual({
      session: SESSION,
      take: 2,
      uid: '900',
      cname: 'room',
      prefix: FOLDER,
    });
  });
});
