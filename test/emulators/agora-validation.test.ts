import { describe, expect, it } from 'vitest';
import { agoraKit, INDIVIDUAL, MIX, STORAGE, web, type Reply } from './agora-kit.ts';

type Fields = Record<string, unknown>;
const FULL = { x_axis: 0, y_axis: 0, width: 1, height: 1 };
const refusal = (op: string, field: string) => ({
  status: 400,
  json: { code: 2, reason: `${op}: invalid ${field} value!` },
});

const started = (mode: string, clientRequest: Fields): Reply => {
  const kit = agoraKit();
  const rid = kit.acquire({ scene: mode === 'web' ? 1 : 0 }).json.resourceId as string;
  return kit.start(rid, mode, clientRequest);
};

describe('acquire', () => {
  it.each([
    ['scene', { scene: 3 }],
    ['scene', { scene: '0' }],
    ['resourceExpiredHour', { resourceExpiredHour: 0 }],
    ['resourceExpiredHour', { resourceExpiredHour: 721 }],
    ['resourceExpiredHour', { resourceExpiredHour: 1.5 }],
    ['region', { region: 'eu' }],
    ['regionAffinity', { regionAffinity: 5 }],
    ['excludeResourceIds', { excludeResourceIds: [] }],
    ['excludeResourceIds', { excludeResourceIds: 'x' }],
    ['startParameter', { startParameter: [] }],
  ])('refuses a wrong %s: %j', (field, asked) => {
    expect(agoraKit().acquire(asked)).toMatchObject(refusal('Acquire', field));
  });

  it.each([
    { scene: 0, resourceExpiredHour: 1, region: 'EU', regionAffinity: 3, excludeResourceIds: ['x'] },
    { scene: 1, resourceExpiredHour: 720 },
    { scene: null, region: null },
    { startParameter: { storageConfig: { vendor: 99 } } },
  ])('takes %j', (asked) => {
    const got = agoraKit().acquire(asked);
    expect(got).toMatchObject({ status: 200, json: { cname: 'room', uid: '900' } });
    expect(got.json.resourceId).toMatch(/^[\w-]{228}$/);
  });

  it.each(['0', '-1', '01', '4294967296', 'abc', '', '1.0'])('refuses the uid "%s"', (uid) => {
    expect(agoraKit().acquire({}, 'room', uid)).toMatchObject(refusal('Acquire', 'uid'));
  });

  it('takes uids as texts only', () => {
    const kit = agoraKit();
    const body = { cname: 'room', uid: 1, clientRequest: {} };
    expect(kit.send('POST', kit.path('acquire'), body)).toMatchObject(refusal('Acquire', 'uid'));
    expect(kit.acquire({}, 'room', '4294967295').status).toBe(200);
  });

  it.each(['x'.repeat(64), 'zürich', 'a/b', 'a"b', 'a*b'])('refuses the channel name %s', (cname) => {
    expect(agoraKit().acquire({}, cname)).toMatchObject({
      status: 400,
      json: { code: 401, reason: 'invalid_channel_name' },
    });
  });

  it('takes other channel names, and long labels of pages', () => {
    const kit = agoraKit();
    expect(kit.acquire({}, 'x'.repeat(63)).status).toBe(200);
    expect(kit.acquire({}, 'a b!#$%&()+-:;<=.>?@[]^_{}|~,').status).toBe(200);
    expect(kit.acquire({ scene: 1 }, 'ü'.repeat(512)).status).toBe(200);
    expect(kit.acquire({ scene: 1 }, 'ü'.repeat(513))).toMatchObject(refusal('Acquire', 'cname'));
  });

  it('wants the whole of a body', () => {
    const kit = agoraKit();
    expect(kit.send('POST', kit.path('acquire'), { uid: '1', clientRequest: {} })).toMatchObject(
      refusal('Acquire', 'cname'),
    );
    expect(kit.send('POST', kit.path('acquire'), { cname: 'room', uid: '1' })).toMatchObject(
      refusal('Acquire', 'clientRequest'),
    );
  });

  it('takes both forms of the content type, and says 8 to another', () => {
    const kit = agoraKit();
    const body = { cname: 'room', uid: '1', clientRequest: {} };
    const sent = (type: string) => kit.send('POST', kit.path('acquire'), body, { 'content-type': type });
    expect(sent('application/json').status).toBe(200);
    expect(sent('application/json;charset=utf-8').status).toBe(200);
    expect(sent('text/plain')).toMatchObject({ status: 400, json: { code: 8 } });
    expect(kit.send('POST', kit.path('acquire'), '{"cname":')).toMatchObject({
      status: 400,
      json: { code: 8 },
    });
  });

  it('refuses customers that Agora no longer serves', () => {
    const kit = agoraKit();
    kit.control('account', { state: 'overdue' });
    expect(kit.acquire()).toMatchObject({ status: 400, json: { code: 405, reason: 'no_active_status' } });
    kit.control('account', { state: 'invalid' });
    expect(kit.acquire()).toMatchObject({ status: 400, json: { code: 400, reason: 'invalid_appid' } });
  });

  it('refuses what is more than the peak, by mode', () => {
    const kit = agoraKit({ pcw: { rtc: 2, web: 1 } });
    const first = kit.begin('mix', {}, { uid: '1' });
    kit.begin('individual', {}, { uid: '2' });
    expect(kit.acquire()).toMatchObject({ status: 400, json: { code: 406, reason: 'vendor_over_load' } });
    kit.begin('web', {}, { uid: '3' });
    expect(kit.acquire({ scene: 1 })).toMatchObject({ json: { code: 406 } });
    kit.stop(first);
    expect(kit.acquire().status).toBe(200);
    kit.control('pcw', { limit: 0 });
    expect(kit.acquire()).toMatchObject({ json: { code: 406 } });
  });
});

describe('start: storageConfig', () => {
  const storage = (more: Fields) => ({ ...MIX, storageConfig: { ...STORAGE, ...more } });

  it.each([
    ['vendor', { vendor: 4 }],
    ['vendor', { vendor: 0 }],
    ['vendor', { vendor: '1' }],
    ['vendor', { vendor: null }],
    ['region', { region: 17 }],
    ['region', { region: 23 }],
    ['region', { region: 26 }],
    ['region', { region: null }],
    ['region', { vendor: 2, region: 28 }],
    ['region', { vendor: 3, region: 20 }],
    ['region', { vendor: 7, region: 16 }],
    ['region', { vendor: 8, region: 0 }],
    ['region', { vendor: 11, region: 1, extensionParams: { endpoint: 'minio.test' } }],
    ['bucket', { bucket: '' }],
    ['accessKey', { accessKey: null }],
    ['secretKey', { secretKey: 1 }],
    ['stsToken', { vendor: 7, stsToken: 't' }],
    ['stsExpiration', { stsToken: 't', stsExpiration: 'soon' }],
    ['stsExpiration', { stsToken: 't', stsExpiration: -1 }],
    ['fileNamePrefix', { fileNamePrefix: ['a-b'] }],
    ['fileNamePrefix', { fileNamePrefix: ['a/b'] }],
    ['fileNamePrefix', { fileNamePrefix: [''] }],
    ['fileNamePrefix', { fileNamePrefix: 'a' }],
    ['fileNamePrefix', { fileNamePrefix: ['a'.repeat(64), 'b'.repeat(63)] }],
    ['sse', { extensionParams: { sse: 'none', tag: '' } }],
    ['sse', { vendor: 2, extensionParams: { sse: 'kms', tag: '' } }],
    ['tag', { vendor: 3, extensionParams: { sse: '', tag: 'x' } }],
    ['endpoint', { vendor: 11, region: 0 }],
  ])('refuses a wrong %s: %j', (field, more) => {
    expect(started('mix', storage(more))).toMatchObject(refusal('Start', field));
  });

  it.each([
    { region: 25 },
    { region: 0 },
    { vendor: 2, region: 27, stsToken: 't', stsExpiration: 2_000_000_000 },
    { vendor: 3, region: 19, stsToken: 't' },
    { vendor: 5, region: 99 },
    { vendor: 6, region: 0 },
    { vendor: 7, region: 15 },
    { vendor: 8, region: 7 },
    { vendor: 11, region: 0, extensionParams: { endpoint: 'minio.test' } },
    { fileNamePrefix: ['a'.repeat(64), 'b'.repeat(62)] },
    { extensionParams: { sse: 'aes256', tag: 'x' } },
    { extensionParams: { sse: '', tag: '' } },
  ])('takes %j', (more) => {
    expect(started('mix', storage(more)).status).toBe(200);
  });

  it('is needed', () => {
    expect(started('mix', MIX)).toMatchObject(refusal('Start', 'storageConfig'));
  });
});

describe('start: recordingConfig', () => {
  const rtc = (more: Fields, rest: Fields = {}) => ({
    storageConfig: STORAGE,
    recordingConfig: { channelType: 1, ...more },
    ...rest,
  });
  const many = Array.from({ length: 33 }, (_, i) => String(i + 1));

  it.each([
    ['channelType', { channelType: 2 }],
    ['channelType', { channelType: null }],
    ['streamTypes', { streamTypes: 3 }],
    ['videoStreamType', { videoStreamType: 2 }],
    ['audioProfile', { audioProfile: 3 }],
    ['maxIdleTime', { maxIdleTime: 4 }],
    ['maxIdleTime', { maxIdleTime: 2_592_001 }],
    ['streamMode', { streamMode: 'standard' }],
    ['secret', { decryptionMode: 1 }],
    ['decryptionMode', { decryptionMode: 9 }],
    ['salt', { decryptionMode: 1, secret: 's', salt: Buffer.alloc(32).toString('base64') }],
    ['salt', { decryptionMode: 7, secret: 's', salt: Buffer.alloc(31).toString('base64') }],
    ['salt', { decryptionMode: 8, secret: 's' }],
    ['subscribeAudioUids', { subscribeAudioUids: [] }],
    ['subscribeAudioUids', { subscribeAudioUids: many }],
    ['subscribeAudioUids', { subscribeAudioUids: ['#allstream#', '1'] }],
    ['subscribeAudioUids', { subscribeAudioUids: [1] }],
    ['subscribeAudioUids', { subscribeAudioUids: ['1'], unsubscribeAudioUids: ['2'] }],
    ['subscribeAudioUids', { subscribeAudioUids: ['1'], unSubscribeAudioUids: ['2'] }],
    ['subscribeAudioUids', { streamTypes: 1, subscribeAudioUids: ['1'] }],
    ['unsubscribeVideoUids', { unsubscribeVideoUids: ['#allstream#'] }],
    ['unSubscribeVideoUids', { unSubscribeVideoUids: [] }],
    ['subscribeVideoUids', { streamTypes: 0, subscribeVideoUids: ['1'] }],
    ['subscribeUidGroup', { subscribeUidGroup: 6 }],
    ['width or height', { transcodingConfig: { width: 1921, height: 1080 } }],
    ['fps', { transcodingConfig: { fps: 31 } }],
    ['bitrate', { transcodingConfig: { bitrate: 0 } }],
    ['mixedVideoLayout', { transcodingConfig: { mixedVideoLayout: 4 } }],
    ['layoutConfig', { transcodingConfig: { mixedVideoLayout: 3 } }],
    ['layoutConfig', { transcodingConfig: { layoutConfig: Array.from({ length: 18 }, () => FULL) } }],
    ['x_axis', { transcodingConfig: { layoutConfig: [{ x_axis: 1.1, y_axis: 0, width: 1, height: 1 }] } }],
    ['backgroundColor', { transcodingConfig: { backgroundColor: 'red' } }],
  ])('refuses a wrong %s of a mix: %j', (field, more) => {
    expect(started('mix', rtc(more))).toMatchObject(refusal('Start', field));
  });

  it.each([
    {},
    { transcodingConfig: { layoutConfig: Array.from({ length: 17 }, () => FULL) } },
    { subscribeAudioUids: ['#allstream#'], unSubscribeVideoUids: ['1'] },
    { subscribeAudioUids: many.slice(1) },
    { maxIdleTime: 5, streamTypes: 0, audioProfile: 2 },
    { decryptionMode: 8, secret: 's', salt: Buffer.alloc(32).toString('base64') },
    { transcodingConfig: { width: 1080, height: 1920, fps: 30, bitrate: 3000, backgroundColor: '#00fF00' } },
    {
      transcodingConfig: {
        mixedVideoLayout: 3,
        layoutConfig: [{ uid: '1', x_axis: 0, y_axis: 0, width: 1, height: 1, alpha: 1, render_mode: 1 }],
      },
    },
  ])('takes %j of a mix', (more) => {
    expect(started('mix', rtc(more)).status).toBe(200);
  });

  it.each([
    ['subscribeUidGroup', {}, {}],
    ['streamMode', { subscribeUidGroup: 0, streamMode: 'original' }, {}],
    ['transcodingConfig', { subscribeUidGroup: 0, transcodingConfig: {} }, {}],
    ['avFileType', { subscribeUidGroup: 0 }, { recordingFileConfig: { avFileType: ['hls', 'mp4'] } }],
    [
      'captureInterval',
      { subscribeUidGroup: 0 },
      { snapshotConfig: { captureInterval: 4, fileType: ['jpg'] } },
    ],
    ['fileType', { subscribeUidGroup: 0 }, { snapshotConfig: { fileType: ['png'] } }],
    ['snapshotConfig', { subscribeUidGroup: 0, streamTypes: 0 }, { snapshotConfig: { fileType: ['jpg'] } }],
    [
      'subscribeVideoUids',
      { subscribeUidGroup: 0, subscribeAudioUids: ['1'] },
      { snapshotConfig: { fileType: ['jpg'] } },
    ],
  ])('refuses a wrong %s of single streams: %j %j', (field, more, rest) => {
    expect(started('individual', rtc(more, rest))).toMatchObject(refusal('Start', field));
  });

  it.each([
    [{ subscribeUidGroup: 5, streamMode: 'original', streamTypes: 0 }, {}],
    [{ subscribeUidGroup: 0 }, { snapshotConfig: { captureInterval: 5, fileType: ['jpg'] } }],
    [{ subscribeUidGroup: 0 }, { recordingFileConfig: { avFileType: ['hls'] } }],
  ])('takes %j %j of single streams', (more, rest) => {
    expect(started('individual', rtc(more, rest)).status).toBe(200);
  });

  it.each([[['mp4']], [['mp4', 'hls']], [[]], [['hls', 'ts']]])('refuses the file types %j', (avFileType) => {
    const files = { recordingFileConfig: { avFileType } };
    expect(started('mix', rtc({}, files))).toMatchObject(refusal('Start', 'avFileType'));
  });

  it('takes HLS with MP4', () => {
    const files = { recordingFileConfig: { avFileType: ['hls', 'mp4'] } };
    expect(started('mix', rtc({}, files)).status).toBe(200);
    expect(started('web', { storageConfig: STORAGE, ...web(), ...files }).status).toBe(200);
  });

  it('has no pictures of a mix', () => {
    const got = started('mix', rtc({}, { snapshotConfig: { fileType: ['jpg'] } }));
    expect(got).toMatchObject(refusal('Start', 'snapshotConfig'));
  });

  it('is needed', () => {
    expect(started('mix', { storageConfig: STORAGE })).toMatchObject(refusal('Start', 'recordingConfig'));
  });
});

describe('start: extensionServiceConfig', () => {
  const push = (outputs: unknown) => ({ serviceName: 'rtmp_publish_service', serviceParam: { outputs } });
  const page = (param: Fields, services?: unknown[]) => ({ storageConfig: STORAGE, ...web(param, services) });

  it.each([
    ['url', { url: null }],
    ['audioProfile', { audioProfile: null }],
    ['audioProfile', { audioProfile: 3 }],
    ['videoWidth', { videoWidth: 0 }],
    ['videoWidth or videoHeight', { videoWidth: 1920, videoHeight: 1081 }],
    ['maxRecordingHour', { maxRecordingHour: 0 }],
    ['maxRecordingHour', { maxRecordingHour: 721 }],
    ['maxRecordingHour', { maxRecordingHour: null }],
    ['videoFps', { videoFps: 4 }],
    ['VideoBitrate', { VideoBitrate: 'fast' }],
    ['mobile', { mobile: 1 }],
    ['maxVideoDuration', { maxVideoDuration: 29 }],
    ['onhold', { onhold: 'yes' }],
    ['readyTimeout', { readyTimeout: 61 }],
    ['readyTimeout', { readyTimeout: -1 }],
    ['readyTimeout', { readyTimeout: 1.5 }],
  ])('refuses a wrong %s: %j', (field, param) => {
    expect(started('web', page(param))).toMatchObject(refusal('Start', field));
  });

  it.each([
    ['outputs', push([{ rtmpUrl: 'rtmp://a' }, { rtmpUrl: 'rtmp://b' }])],
    ['rtmpUrl', push([{ rtmpUrl: 'http://a' }])],
    ['outputs', push('rtmp://a')],
    ['serviceName', { serviceName: 'other', serviceParam: {} }],
  ])('refuses a wrong %s of services', (field, service) => {
    expect(started('web', page({}, [service]))).toMatchObject(refusal('Start', field));
  });

  it('takes a page with a push', () => {
    expect(started('web', page({ VideoBitrate: 1500 }, [push([{ rtmpUrl: 'rtmps://a/b' }])])).status).toBe(
      200,
    );
  });

  it('needs a page', () => {
    const config = { extensionServiceConfig: { extensionServices: [push([])] } };
    expect(started('web', { storageConfig: STORAGE, ...config })).toMatchObject(
      refusal('Start', 'extensionServices'),
    );
  });
});

describe('start: what acquire said', () => {
  const mix = { storageConfig: STORAGE, ...MIX };

  it.each([
    [0, 'web', { storageConfig: STORAGE, ...web() }],
    [1, 'mix', mix],
    [1, 'individual', { storageConfig: STORAGE, ...INDIVIDUAL }],
    [2, 'mix', mix],
  ])('a resource of scene %s is none for the mode %s', (scene, mode, asked) => {
    const kit = agoraKit();
    const rid = kit.acquire({ scene }).json.resourceId as string;
    expect(kit.start(rid, mode, asked)).toMatchObject(refusal('Start', 'mode'));
  });

  it('is compared with what start says, but for the keys', () => {
    const kit = agoraKit();
    const storageConfig = { ...STORAGE, accessKey: 'earlier', secretKey: 'earlier' };
    const acquired = (startParameter: Fields) => kit.acquire({ startParameter }).json.resourceId as string;
    const other = { ...MIX, recordingConfig: { channelType: 0 } };
    expect(kit.start(acquired({ ...other }), 'mix', mix)).toMatchObject(refusal('Start', 'recordingConfig'));
    expect(kit.start(acquired({ storageConfig: { ...STORAGE, bucket: 'b' } }), 'mix', mix)).toMatchObject(
      refusal('Start', 'storageConfig'),
    );
    expect(kit.start(acquired({ storageConfig, ...MIX }), 'mix', mix).status).toBe(200);
  });
});
