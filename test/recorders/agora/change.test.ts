import { describe, expect, it } from 'vitest';
import { agoraRecorder } from '../../../src/recorders/agora/adapter.ts';
import type { StandingTake } from '../../../src/recorders/recorder.ts';
import type { ChangeKind } from '../../../src/session/changes.ts';
import type { Json } from '../../../src/session/facts.ts';
import { kit, type Kit, MINUTE, SECOND, WEB_OPTIONS } from './kit.ts';

const change = (k: Kit, take: StandingTake, kind: ChangeKind, value: Json) =>
  agoraRecorder.change!(k.context, k.subject, take, { kind, value });
const ALL = ['#allstream#'];

describe('a change in mid-session', () => {
  it('of the subscription replaces the lists, and shows in what is recorded', async () => {
    const k = kit({ mode: 'individual' });
    k.control('source.start', { uid: '101' });
    k.control('source.start', { uid: '102' });
    const { take } = await k.begin();
    k.clock.advance(MINUTE);
    const value = {
      audioUidList: { unsubscribeAudioUids: ['101'] },
      videoUidList: { unsubscribeVideoUids: ['101'] },
    };
    await change(k, take, 'subscribe', value);
    expect(k.lastSent('update')).toMatchObject({ streamSubscribe: value });
    const at = k.clock.now();
    k.clock.advance(MINUTE);
    const later = k.truth('media').filter(({ to }) => to > at);
    expect(later.length).toBeGreaterThan(0);
    expect(later.every(({ file }) => file.includes('uid_s_102'))).toBe(true);
  });

  it.each(['lower', 'capital', 'both'] as const)(
    'leaves users out, be the spelling %s the one that is honoured',
    async (unsubscribeSpelling) => {
      const k = kit({ mode: 'individual', unknowns: { unsubscribeSpelling } });
      k.control('source.start', { uid: '101' });
      k.control('source.start', { uid: '102' });
      const { take } = await k.begin();
      await change(k, take, 'subscribe', {
        audioUidList: { unsubscribeAudioUids: ['101'] },
        videoUidList: { unsubscribeVideoUids: ['101'] },
      });
      const at = k.clock.now();
      k.clock.advance(2 * MINUTE);
      await k.stop(take);
      const later = k.truth('media').filter(({ from }) => from >= at);
      expect(later.length).toBeGreaterThan(0);
      expect(later.some(({ file }) => file.includes('uid_s_101'))).toBe(false);
    },
  );

  it('of the layout is an updateLayout, and of the push an update with the address itself', async () => {
    const mix = kit();
    const { take } = await mix.begin();
    await change(mix, take, 'layout', { mixedVideoLayout: 1, backgroundColor: '#000000' });
    expect(mix.lastSent('updateLayout')).toEqual({ mixedVideoLayout: 1, backgroundColor: '#000000' });

    const web = kit({
      mode: 'web',
      options: { ...WEB_OPTIONS, publish: { outputs: [{ rtmpUrl: { secret: 'cdn' } }] } },
    });
    const page = await web.begin();
    await change(web, page.take, 'publish', { outputs: [{ rtmpUrl: { secret: 'other' } }] });
    expect(web.lastSent('update')).toEqual({
      webRecordingConfig: { onhold: false },
      rtmpPublishConfig: { outputs: [{ rtmpUrl: 'rtmp://cdn.example.com/canary-other/key' }] },
    });
  });

  it('is told by Agora as possibly made where the answer is lost, and may be repeated', async () => {
    const k = kit();
    const { take } = await k.begin();
    const value = { audioUidList: { subscribeAudioUids: ALL } };
    k.fault('update', 'error-applied', { status: 206 });
    expect(await k.failure(change(k, take, 'subscribe', value))).toMatchObject({ applied: 'unknown' });
    await expect(change(k, take, 'subscribe', value)).resolves.toBeDefined();
  });

  it('is refused by a recording that is gone', async () => {
    const k = kit();
    const { take } = await k.begin();
    k.clock.advance(5 * SECOND);
    k.control('worker.crash');
    k.clock.advance(MINUTE);
    expect(await k.failure(change(k, take, 'layout', { mixedVideoLayout: 1 }))).toMatchObject({
      applied: 'no',
      retry: 'later',
    });
  });
});

describe('a later take', () => {
  const lists = (k: Kit) => {
    const {
      subscribeAudioUids: audio,
      unsubscribeAudioUids: noAudio,
      subscribeVideoUids: video,
      unsubscribeVideoUids: noVideo,
    } = k.lastSent('start')['recordingConfig']!;
    return { audio, noAudio, video, noVideo };
  };

  it.each([
    // Of one medium: the other one is as it was, which was everybody.
    [{}, { audioUidList: { subscribeAudioUids: ['101'] } }, { audio: ['101'], video: ALL }],
    [{}, { videoUidList: { unsubscribeVideoUids: ['9'] } }, { audio: ALL, noVideo: ['9'] }],
    // Or nobody, where only the other one was listed.
    [{ subscribeAudioUids: ['1'] }, { audioUidList: { subscribeAudioUids: ['2'] } }, { audio: ['2'] }],
    // Or whoever was listed.
    [
      { subscribeAudioUids: ['1'], unsubscribeVideoUids: ['3'] },
      { audioUidList: { subscribeAudioUids: ['2'] } },
      { audio: ['2'], noVideo: ['3'] },
    ],
    // The other kind of list replaces the former one.
    [
      { subscribeAudioUids: ['1'], subscribeVideoUids: ['1'] },
      { audioUidList: { unsubscribeAudioUids: ['2'] } },
      { noAudio: ['2'], video: ['1'] },
    ],
    [{ streamTypes: 0 }, { audioUidList: { subscribeAudioUids: ['2'] } }, { audio: ['2'] }],
    [{ streamTypes: 1 }, { videoUidList: { subscribeVideoUids: ['2'] } }, { video: ['2'] }],
  ])('with options %j and the change %j', async (options, subscribe, expected) => {
    const k = kit({ options });
    await k.begin(k.name(), { settings: { subscribe } });
    expect(lists(k)).toEqual({
      audio: undefined,
      noAudio: undefined,
      video: undefined,
      noVideo: undefined,
      ...expected,
    });
  });

  it('records the same users as the one that was changed', async () => {
    const subscribe = { audioUidList: { unsubscribeAudioUids: ['101'] } };
    const k = kit({ mode: 'individual' });
    k.control('source.start', { uid: '101' });
    const first = await k.begin();
    k.clock.advance(MINUTE);
    await change(k, first.take, 'subscribe', subscribe);
    const { handle } = await k.begin(k.name(2), { settings: { subscribe } });
    k.clock.advance(MINUTE);
    const files = (sid: string) =>
      k
        .truth('media')
        .filter(({ recording, to }) => recording === sid && to > first.take.name.at + MINUTE)
        .map(({ file }) => /_e_(audio|video)/.exec(file)![1]);
    expect(new Set(files(first.handle.sid))).toEqual(new Set(['video']));
    expect(new Set(files(handle.sid))).toEqual(new Set(['video']));
  });

  it('keeps its canvas under a changed layout, whose omissions go back to their defaults', async () => {
    const transcodingConfig = {
      width: 1280,
      height: 720,
      fps: 15,
      bitrate: 2260,
      backgroundColor: '#112233',
    };
    const k = kit({ options: { transcodingConfig } });
    await k.begin(k.name(), { settings: { layout: { mixedVideoLayout: 1 } } });
    expect(k.lastSent('start')['recordingConfig']!['transcodingConfig']).toEqual({
      width: 1280,
      height: 720,
      fps: 15,
      bitrate: 2260,
      mixedVideoLayout: 1,
    });
  });

  it('pushes to where it was moved', async () => {
    const publish = (name: string) => ({ outputs: [{ rtmpUrl: { secret: name } }] });
    const k = kit({ mode: 'web', options: { ...WEB_OPTIONS, publish: publish('cdn') } });
    await k.begin(k.name(), { settings: { publish: publish('other') } });
    const { extensionServices } = k.lastSent('start')['extensionServiceConfig'] as {
      extensionServices: Record<string, unknown>[];
    };
    expect(extensionServices[1]).toMatchObject({
      errorHandlePolicy: 'error_ignore',
      serviceParam: { outputs: [{ rtmpUrl: 'rtmp://cdn.example.com/canary-other/key' }] },
    });
  });
});
