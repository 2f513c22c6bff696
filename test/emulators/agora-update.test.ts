import { describe, expect, it } from 'vitest';
import {
  agoraKit,
  FakeStore,
  INDIVIDUAL,
  MIX,
  stretches,
  STORAGE,
  T0,
  web,
  type AgoraKit,
} from './agora-kit.ts';

const bad = (field: string) => ({
  status: 400,
  json: { code: 2, reason: `Update: invalid ${field} value!` },
});
const push = { serviceName: 'rtmp_publish_service', serviceParam: { outputs: [{ rtmpUrl: 'rtmp://a/b' }] } };
const many = Array.from({ length: 33 }, (_, i) => String(i + 1));

describe('update', () => {
  it.each([
    ['clientRequest', {}],
    ['streamSubscribe', { streamSubscribe: [] }],
    ['audioUidList', { streamSubscribe: { audioUidList: {} } }],
    ['subscribeAudioUids', { streamSubscribe: { audioUidList: { subscribeAudioUids: [] } } }],
    ['subscribeAudioUids', { streamSubscribe: { audioUidList: { subscribeAudioUids: many } } }],
    [
      'subscribeAudioUids',
      { streamSubscribe: { audioUidList: { subscribeAudioUids: ['#allstream#', '1'] } } },
    ],
    [
      'subscribeVideoUids',
      { streamSubscribe: { videoUidList: { subscribeVideoUids: ['1'], unsubscribeVideoUids: ['2'] } } },
    ],
    ['unsubscribeVideoUids', { streamSubscribe: { videoUidList: { unsubscribeVideoUids: ['bob'] } } }],
    ['webRecordingConfig', { webRecordingConfig: { onhold: true } }],
    ['rtmpPublishConfig', { rtmpPublishConfig: { outputs: [{ rtmpUrl: 'rtmp://a' }] } }],
    ['vendor', { storageConfig: { region: 0, bucket: 'b', accessKey: 'a', secretKey: 's' } }],
    ['region', { storageConfig: { vendor: 1, bucket: 'b', accessKey: 'a', secretKey: 's' } }],
    ['bucket', { storageConfig: { vendor: 1, region: 0, accessKey: 'a', secretKey: 's' } }],
    ['accessKey', { storageConfig: { vendor: 1, region: 0, bucket: 'b', secretKey: 's' } }],
    ['secretKey', { storageConfig: { vendor: 1, region: 0, bucket: 'b', accessKey: 'a' } }],
    ['stsToken', { storageConfig: { ...STORAGE, vendor: 6, stsToken: 't' } }],
  ])('of a mix refuses a wrong %s: %j', (field, asked) => {
    const kit = agoraKit();
    const ids = kit.begin('mix');
    expect(kit.update(ids, asked)).toMatchObject(bad(field));
  });

  it.each([
    ['streamSubscribe', { streamSubscribe: { audioUidList: { subscribeAudioUids: ['1'] } } }],
    ['onhold', { webRecordingConfig: { onhold: 'yes' } }],
    ['rtmpUrl', { rtmpPublishConfig: { outputs: [{ rtmpUrl: 'https://a' }] } }],
    ['outputs', { rtmpPublishConfig: { outputs: [{ rtmpUrl: 'rtmp://a' }, { rtmpUrl: 'rtmp://b' }] } }],
    ['outputs', { rtmpPublishConfig: {} }],
  ])('of a page refuses a wrong %s: %j', (field, asked) => {
    const kit = agoraKit();
    const ids = kit.begin('web', web({}, [push]));
    expect(kit.update(ids, asked)).toMatchObject(bad(field));
  });

  it('refuses lists of what is not recorded', () => {
    const kit = agoraKit();
    const sound = kit.begin('mix', { recordingConfig: { channelType: 1, streamTypes: 0 } }, { uid: '1' });
    const picture = kit.begin('mix', { recordingConfig: { channelType: 1, streamTypes: 1 } }, { uid: '2' });
    const audio = { streamSubscribe: { audioUidList: { subscribeAudioUids: ['5'] } } };
    const video = { streamSubscribe: { videoUidList: { subscribeVideoUids: ['5'] } } };
    expect(kit.update(sound, audio).status).toBe(200);
    expect(kit.update(sound, video)).toMatchObject(bad('subscribeVideoUids'));
    expect(kit.update(picture, video).status).toBe(200);
    expect(kit.update(picture, audio)).toMatchObject(bad('subscribeAudioUids'));
  });

  it('answers with the ids, and nothing of what is in force now', () => {
    const kit = agoraKit();
    const ids = kit.begin('web');
    const got = kit.update(ids, { webRecordingConfig: { onhold: true }, storageConfig: STORAGE });
    expect(got.json).toEqual({ cname: 'room', uid: '900', resourceId: ids.rid, sid: ids.sid });
  });

  it.each(['mix', 'individual'] as const)('changes who is recorded in the mode %s', (mode) => {
    const kit = agoraKit();
    kit.join('1');
    const ids = kit.begin(mode, mode === 'mix' ? MIX : INDIVIDUAL);
    const subscribe = (audio: unknown, video: unknown) =>
      kit.update(ids, { streamSubscribe: { audioUidList: audio, videoUidList: video } });
    kit.wait(10_000);
    subscribe({ unsubscribeAudioUids: ['1'] }, { subscribeVideoUids: ['2'] });
    kit.wait(10_000);
    subscribe({ subscribeAudioUids: ['#allstream#'] }, null);
    kit.wait(10_000);
    const recorded = new Set(kit.truth('media').map(({ from, to }) => `${from - T0} ${to - T0}`));
    expect([...recorded]).toEqual(['2000 10000', '20000 30000']);
    const tracks = kit.truth('media').filter(({ from }) => from === T0 + 20_000);
    expect(tracks).toHaveLength(1);
  });

  it('leaves the other medium out where a start lists only one', () => {
    const kit = agoraKit();
    kit.join('1');
    const recordingConfig = { channelType: 1, subscribeUidGroup: 0, subscribeVideoUids: ['1'] };
    kit.begin('individual', { recordingConfig });
    kit.wait(10_000);
    expect(kit.truth('media').map(({ file }) => /uid_e_(\w+?)_/.exec(file)?.[1])).toEqual(['video']);
  });

  it('takes only the first 17 of a mix', () => {
    const kit = agoraKit();
    for (let i = 1; i <= 18; i += 1) kit.join(String(i));
    kit.begin('mix', { recordingConfig: { channelType: 1, subscribeAudioUids: ['18'] } });
    kit.wait(10_000);
    expect(stretches(kit)).toEqual([]);
    kit.leave('3');
    kit.wait(10_000);
    expect(stretches(kit)).toEqual([[10, 20]]);
  });

  it('finds nothing once the task has ended', () => {
    const kit = agoraKit();
    const ids = kit.begin('mix');
    kit.stop(ids);
    const asked = { storageConfig: STORAGE };
    expect(kit.update(ids, asked)).toMatchObject({ status: 404, json: { code: 404 } });
    kit.wait(10_000);
    expect(kit.update(ids, asked)).toMatchObject({ status: 404, json: { code: 404 } });
  });

  it('sends the slice that is being written with the new keys', () => {
    const store = new FakeStore();
    const kit = agoraKit({ store });
    kit.join();
    const ids = kit.begin('mix');
    kit.wait(100_000);
    kit.update(ids, { storageConfig: { ...STORAGE, accessKey: 'new', secretKey: 'new', stsToken: 'token' } });
    kit.wait(10_000);
    kit.stop(ids);
    const sent = store.uploads
      .filter(({ bytes }) => bytes > 0)
      .map(({ at, accessKey, token }) => [at - T0, accessKey, token]);
    expect(sent).toEqual([
      [17_000, 'AK', undefined],
      [100_000, 'AK', undefined],
      [110_000, 'new', 'token'],
    ]);
    expect(stretches(kit)).toEqual([[2, 110]]);
  });
});

describe('updates that overlap', () => {
  const onhold = (kit: AgoraKit, ids: ReturnType<AgoraKit['begin']>) =>
    kit.query(ids).json.serverResponse.extensionServiceState[0].payload.onhold as boolean;
  const hold = (value: boolean) => ({ webRecordingConfig: { onhold: value } });

  it('leave in force what the earlier one asked, and the log says so', () => {
    const kit = agoraKit();
    const ids = kit.begin('web');
    kit.control('update', { takesMs: 1000 });
    kit.wait(10_000);
    kit.update(ids, hold(true));
    kit.wait(400);
    expect(kit.update(ids, hold(false)).status).toBe(200);
    expect(onhold(kit, ids)).toBe(false);
    kit.wait(600);
    expect(onhold(kit, ids)).toBe(true);
    kit.wait(60_000);
    expect(onhold(kit, ids)).toBe(true);
    const details = kit
      .truth('request')
      .filter(({ op }) => op === 'update')
      .map(({ detail }) => detail);
    expect(details).toEqual([undefined, 'overlaps an earlier update, which will undo it']);
  });

  it('are none where one waits for the answer to the other', () => {
    const kit = agoraKit();
    const ids = kit.begin('web');
    kit.control('update', { takesMs: 1000 });
    const answer = kit.answer('POST', kit.path(`resourceid/${ids.rid}/sid/${ids.sid}/mode/web/update`), {
      cname: 'room',
      uid: '900',
      clientRequest: hold(true),
    });
    expect(answer).toMatchObject({ kind: 'response', delayMs: 1000 });
    kit.wait(1000);
    kit.update(ids, hold(false));
    kit.wait(5000);
    expect(onhold(kit, ids)).toBe(false);
    expect(kit.truth('request').some(({ detail }) => detail?.includes('overlaps'))).toBe(false);
  });

  it('also of a layout', () => {
    const kit = agoraKit();
    const ids = kit.begin('mix');
    kit.control('update', { takesMs: 1000 });
    kit.call(ids, 'updateLayout', {});
    kit.call(ids, 'updateLayout', { mixedVideoLayout: 1 });
    expect(kit.truth('request').at(-1)?.detail).toContain('overlaps');
  });
});

describe('updateLayout', () => {
  it.each([
    ['mixedVideoLayout', { mixedVideoLayout: 9 }],
    ['layoutConfig', { mixedVideoLayout: 3 }],
    ['backgroundColor', { backgroundColor: '#12' }],
    ['backgroundConfig', { backgroundConfig: ['x'] }],
    ['image_url', { backgroundConfig: [{ uid: '1' }] }],
    ['render_mode', { layoutConfig: [{ x_axis: 0, y_axis: 0, width: 1, height: 1, render_mode: 2 }] }],
  ])('refuses a wrong %s', (field, asked) => {
    const kit = agoraKit();
    expect(kit.call(kit.begin('mix'), 'updateLayout', asked)).toMatchObject({
      status: 400,
      json: { code: 2, reason: `UpdateLayout: invalid ${field} value!` },
    });
  });

  it('is for mixes only', () => {
    const kit = agoraKit();
    expect(kit.call(kit.begin('mix', {}, { uid: '1' }), 'updateLayout', {}).status).toBe(200);
    for (const mode of ['web', 'individual'] as const)
      expect(
        kit.call(kit.begin(mode, {}, { uid: mode === 'web' ? '2' : '3' }), 'updateLayout', {}).status,
      ).toBe(400);
  });
});
