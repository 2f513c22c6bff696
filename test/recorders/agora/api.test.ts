import { describe, expect, it } from 'vitest';
import { KeepRollingError } from '../../../src/contract/errors.ts';
import {
  AgoraRefusal,
  isRefusal,
  VendorFailure,
  type AgoraApi,
  type AgoraNaming,
  type AgoraStartFields,
} from '../../../src/recorders/agora/api.ts';
import { stubbed, type Answer } from './api-stub.ts';

const APP = 'a'.repeat(32);
const SID = '38f8e3cfdc474cd56fc1ceba380d7e1a';
const ids = { cname: 'news 1', uid: '3000000001', resourceId: 'JyvK8-_x=', sid: SID };
const naming = { resourceId: ids.resourceId, cname: ids.cname, uid: ids.uid };
const mix = { ...naming, mode: 'mix' } as const;
const running = { ...mix, sid: SID };

const storageConfig = {
  vendor: 1,
  region: 7,
  bucket: 'archive',
  accessKey: 'CANARY-access-key',
  secretKey: 'CANARY-secret-key',
  stsToken: 'CANARY-sts-token',
  stsExpiration: 1_900_000_000,
  fileNamePrefix: ['a', 'b'],
} as const satisfies AgoraStartFields['storageConfig'];

const SALT = Buffer.alloc(32, 7).toString('base64');
const STARTS: Record<AgoraNaming['mode'], AgoraStartFields> = {
  individual: {
    token: 'CANARY-rtc-token',
    storageConfig: { ...storageConfig, fileNamePrefix: ['a'] },
    recordingConfig: {
      channelType: 1,
      subscribeUidGroup: 0,
      decryptionMode: 8,
      secret: 'CANARY-channel-key',
      salt: SALT,
      subscribeAudioUids: ['#allstream#'],
      subscribeVideoUids: ['1', '2'],
    },
    recordingFileConfig: { avFileType: ['hls'] },
    snapshotConfig: { captureInterval: 10, fileType: ['jpg'] },
  },
  mix: {
    token: 'CANARY-rtc-token',
    storageConfig: { ...storageConfig, fileNamePrefix: ['a'] },
    recordingConfig: {
      channelType: 0,
      audioProfile: 1,
      transcodingConfig: { width: 1280, height: 720, mixedVideoLayout: 2, maxResolutionUid: '7' },
    },
    recordingFileConfig: { avFileType: ['hls', 'mp4'] },
  },
  web: {
    storageConfig: { ...storageConfig, fileNamePrefix: ['a'] },
    recordingFileConfig: { avFileType: ['hls', 'mp4'] },
    extensionServiceConfig: {
      extensionServices: [
        {
          serviceName: 'web_recorder_service',
          serviceParam: {
            url: 'https://example.com/?key=CANARY-page',
            audioProfile: 0,
            videoWidth: 1280,
            videoHeight: 720,
            maxRecordingHour: 2,
          },
        },
        {
          serviceName: 'rtmp_publish_service',
          serviceParam: { outputs: [{ rtmpUrl: 'rtmp://cdn/CANARY-stream-key' }] },
        },
      ],
    },
  },
};

/** The six calls, each as it should be. */
const CALLS: Record<string, (api: AgoraApi) => Promise<unknown>> = {
  acquire: (api) =>
    api.acquire({
      cname: ids.cname,
      uid: ids.uid,
      clientRequest: { scene: 0, resourceExpiredHour: 24, region: 'EU', startParameter: STARTS.mix },
    }),
  start: (api) => api.start({ ...mix, clientRequest: STARTS.mix }),
  query: (api) => api.query(running),
  update: (api) => api.update({ ...running, clientRequest: { storageConfig: STARTS.mix.storageConfig } }),
  updateLayout: (api) => api.updateLayout({ ...running, clientRequest: { mixedVideoLayout: 1 } }),
  stop: (api) => api.stop(running),
};
const WRITES = ['start', 'update', 'updateLayout', 'stop'];
const EACH = Object.entries(CALLS);

async function thrown(work: Promise<unknown>): Promise<VendorFailure> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(VendorFailure);
  return error as VendorFailure;
}

const always = (answer: Answer) => stubbed(() => answer);

describe('requests to Agora', () => {
  const base = `/v1/apps/${APP}/cloud_recording`;
  const session = `${base}/resourceid/JyvK8-_x%3D/sid/${SID}/mode/mix`;

  it.each([
    ['acquire', 'POST', `${base}/acquire`],
    ['start', 'POST', `${base}/resourceid/JyvK8-_x%3D/mode/mix/start`],
    ['query', 'GET', `${session}/query`],
    ['update', 'POST', `${session}/update`],
    ['updateLayout', 'POST', `${session}/updateLayout`],
    ['stop', 'POST', `${session}/stop`],
  ])('%s goes by %s to %s', async (call, method, path) => {
    const clientRequest: unknown = expect.anything();
    const { api, sent } = always({ body: { ...ids, serverResponse: { status: 5 } } });
    await CALLS[call]!(api);
    expect(sent).toMatchObject([{ origin: 'https://api.agora.io', method, path }]);
    const basic = Buffer.from('customer:CANARY-customer-secret').toString('base64');
    expect(sent[0]?.headers['authorization']).toBe(`Basic ${basic}`);
    expect(sent[0]?.headers['content-type']).toBe(
      method === 'GET' ? undefined : 'application/json;charset=utf-8',
    );
    const { cname, uid } = ids;
    expect(sent[0]?.body).toEqual(method === 'GET' ? undefined : { cname, uid, clientRequest });
  });

  it.each(['individual', 'mix', 'web'] as const)(
    'start in mode %s with every field of the page',
    async (mode) => {
      const { api, sent } = always({ body: ids });
      const clientRequest = STARTS[mode];
      await expect(api.start({ ...naming, mode, clientRequest })).resolves.toEqual({
        ...ids,
        already: false,
      });
      expect(sent[0]).toMatchObject({ path: expect.stringContaining(`/mode/${mode}/start`) });
      expect(sent[0]?.body).toEqual({ cname: ids.cname, uid: ids.uid, clientRequest });
    },
  );

  it('update what a mode can update', async () => {
    const { api, sent } = always({ body: ids });
    const streamSubscribe = {
      audioUidList: { subscribeAudioUids: ['#allstream#'] },
      videoUidList: { unsubscribeVideoUids: ['444'] },
    };
    await api.update({ ...running, clientRequest: { streamSubscribe } });
    await api.update({ ...running, mode: 'web', clientRequest: { webRecordingConfig: { onhold: true } } });
    const outputs = [{ rtmpUrl: 'rtmps://cdn/key' }];
    await api.update({ ...running, mode: 'web', clientRequest: { rtmpPublishConfig: { outputs } } });
    expect(sent.map(({ body }) => (body as { clientRequest: unknown }).clientRequest)).toEqual([
      {
        // Which spelling the service honours is unknown: both are said.
        streamSubscribe: {
          ...streamSubscribe,
          videoUidList: { unsubscribeVideoUids: ['444'], unSubscribeVideoUids: ['444'] },
        },
      },
      { webRecordingConfig: { onhold: true } },
      { rtmpPublishConfig: { outputs } },
    ]);
  });

  it('stop waits for the upload, and longer than other calls, unless it is told not to', async () => {
    const { api, sent } = always({ body: ids });
    await api.stop(running);
    await api.stop({ ...running, async: true });
    await api.update({ ...running, clientRequest: {} });
    expect(sent.map(({ body }) => (body as { clientRequest: unknown }).clientRequest)).toEqual([
      { async_stop: false },
      { async_stop: true },
      {},
    ]);
    expect(sent.map(({ headersTimeout }) => headersTimeout)).toEqual([22_000, 10_000, 10_000]);
  });
});

describe('a request that Agora would only drop later', () => {
  const start = (mode: AgoraNaming['mode'], change: Record<string, unknown>) => (api: AgoraApi) =>
    api.start({ ...naming, mode, clientRequest: { ...STARTS[mode], ...change } });
  const config = (mode: 'mix' | 'individual', change: Record<string, unknown>) =>
    start(mode, { recordingConfig: { ...STARTS[mode].recordingConfig, ...change } });
  const stored = (change: Record<string, unknown>) => (api: AgoraApi) =>
    api.update({ ...running, clientRequest: { storageConfig: { ...storageConfig, ...change } } });

  it.each<[what: string, call: (api: AgoraApi) => Promise<unknown>, where: string]>([
    ['no storage', start('mix', { storageConfig: undefined }), 'storageConfig'],
    ['a token in mode web', start('web', { token: 'CANARY' }), 'token'],
    [
      'a page in mode mix',
      start('mix', { extensionServiceConfig: STARTS.web.extensionServiceConfig }),
      'extensionServiceConfig',
    ],
    ['screenshots in mode mix', start('mix', { snapshotConfig: { fileType: ['jpg'] } }), 'snapshotConfig'],
    ['no group of uids', config('individual', { subscribeUidGroup: undefined }), 'subscribeUidGroup'],
    [
      'MP4 in mode individual',
      start('individual', { recordingFileConfig: { avFileType: ['hls', 'mp4'] } }),
      'avFileType',
    ],
    ['MP4 alone', start('mix', { recordingFileConfig: { avFileType: ['mp4'] } }), 'avFileType'],
    ['a layout in mode individual', config('individual', { transcodingConfig: {} }), 'transcodingConfig'],
    ['both lists', config('individual', { unsubscribeVideoUids: ['3'] }), 'unsubscribeVideoUids'],
    [
      'a list against streamTypes',
      config('mix', { streamTypes: 0, subscribeVideoUids: ['1'] }),
      'subscribeVideoUids',
    ],
    ['the other spelling', config('mix', { unSubscribeAudioUids: ['1'] }), 'unSubscribeAudioUids'],
    ['a salt without its mode', config('mix', { decryptionMode: 1, secret: 'CANARY', salt: SALT }), 'salt'],
    ['a salt of another length', config('individual', { salt: 'CANARY' }), 'salt'],
    ['a frame rate of 25', config('mix', { transcodingConfig: { fps: 25 } }), 'fps'],
    [
      'regions without a layout',
      config('mix', { transcodingConfig: { layoutConfig: [{ x_axis: 0, y_axis: 0, width: 1, height: 1 }] } }),
      'layoutConfig',
    ],
    [
      'screenshots of audio',
      config('individual', { streamTypes: 0, subscribeVideoUids: undefined }),
      'snapshotConfig',
    ],
    ['a token for Huawei', stored({ vendor: 7 }), 'stsToken'],
    ['a token without an end', stored({ stsExpiration: undefined }), 'stsExpiration'],
    ['a prefix with a hyphen', stored({ fileNamePrefix: ['a-b'] }), 'fileNamePrefix'],
    ['a prefix that is too long', stored({ fileNamePrefix: ['a'.repeat(128)] }), 'fileNamePrefix'],
    ['no endpoint', stored({ vendor: 11, stsToken: undefined, stsExpiration: undefined }), 'extensionParams'],
    ['an endpoint for S3', stored({ extensionParams: { endpoint: 'minio.example.com' } }), 'extensionParams'],
    ['half a storage block', stored({ secretKey: undefined }), 'secretKey'],
    [
      'a pause in mode mix',
      (api) => api.update({ ...running, clientRequest: { webRecordingConfig: { onhold: true } } }),
      'webRecordingConfig',
    ],
    [
      'an empty list',
      (api) =>
        api.update({
          ...running,
          clientRequest: { streamSubscribe: { audioUidList: { subscribeAudioUids: [] } } },
        }),
      'subscribeAudioUids',
    ],
    ['a layout of a page', (api) => api.updateLayout({ ...running, mode: 'web', clientRequest: {} }), 'mode'],
    ['an uid of 0', (api) => api.stop({ ...running, uid: '0' }), 'uid'],
    ['no sid', (api) => api.stop({ ...running, sid: '' }), 'sid'],
    ['a channel that is none', (api) => api.stop({ ...running, cname: 'a/b' }), 'cname'],
    [
      '721 hours',
      (api) => api.acquire({ cname: 'a', uid: '1', clientRequest: { resourceExpiredHour: 721 } }),
      '',
    ],
  ])('is not sent: %s', async (_what, call, where) => {
    const { api, sent } = always({ body: ids });
    const error: unknown = await call(api).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(KeepRollingError);
    const refused = error as KeepRollingError;
    expect(refused.code).toBe('E_SPEC_INVALID');
    expect(refused.message).toContain('nothing was sent');
    expect(refused.message).toContain(where);
    expect(sent).toEqual([]);
    expect(JSON.stringify([refused.message, refused.stack, refused.details])).not.toContain('CANARY');
  });
});

describe('answers of Agora', () => {
  const queried = async (serverResponse: unknown) => {
    const { api } = always({ body: { ...ids, serverResponse }, headers: { 'X-Request-Id': 'r-1' } });
    return api.query(running);
  };
  const stopped = async (serverResponse: unknown) => {
    const { api } = always({ body: { ...ids, ...(serverResponse !== undefined && { serverResponse }) } });
    return api.stop(running);
  };

  it('tell the request id', async () => {
    expect(await queried({ status: 5 })).toEqual({ ...ids, status: 5, files: [], requestId: 'r-1' });
  });

  it('name one file as text, in mode mix with HLS', async () => {
    const shown = {
      status: 5,
      fileListMode: 'string',
      fileList: 'a/x.m3u8',
      sliceStartTime: 1_611_566_412_672,
    };
    expect(await queried(shown)).toMatchObject({
      files: [{ fileName: 'a/x.m3u8' }],
      sliceStartTime: 1_611_566_412_672,
    });
    expect((await queried({ status: '4', fileListMode: 'string', fileList: '' })).files).toEqual([]);
  });

  const file = {
    fileName: 'x.mp4',
    trackType: 'audio_and_video',
    uid: '0',
    mixedAllUser: true,
    isPlayable: true,
  };
  it.each([
    ['ms', 1_611_566_412_672, 1_611_566_412_672],
    ['seconds, as the page of 2026 has it', 1_611_566_412, 1_611_566_412_000],
    ['text', '1611566412672', 1_611_566_412_672],
    ['0 for none', 0, undefined],
    ['something else', { at: 1 }, undefined],
  ])('name files in a list, their begin in %s', async (_unit, sliceStartTime, at) => {
    const { files } = await queried({
      status: 5,
      fileListMode: 'json',
      fileList: [{ ...file, sliceStartTime }],
    });
    expect(files).toEqual([{ ...file, ...(at !== undefined && { sliceStartTime: at }) }]);
    const asText = JSON.stringify([{ ...file, sliceStartTime }]);
    expect((await queried({ status: 5, fileListMode: 'json', fileList: asText })).files).toEqual(files);
  });

  it('tell a page, its files and its push, in either spelling', async () => {
    const payload = {
      state: 'inProgress',
      onhold: true,
      fileList: [{ filename: 'p.m3u8', sliceStartTime: 1_611_566_412 }],
    };
    const push = { outputs: [{ rtmpUrl: 'rtmp://cdn/CANARY', status: 'publishing' }] };
    for (const name of ['payload', 'playload']) {
      const seen = await queried({
        status: 4,
        subServiceStatus: { recordingService: 'serviceInProgress' },
        extensionServiceState: [
          { serviceName: 'web_recorder_service', [name]: payload },
          { serviceName: 'rtmp_publish_service', [name]: push },
          { serviceName: 'something_new' },
        ],
      });
      expect(seen).toMatchObject({
        page: { state: 'inProgress', onhold: true },
        push: 'publishing',
        files: [{ fileName: 'p.m3u8', sliceStartTime: 1_611_566_412_000 }],
      });
      expect(JSON.stringify(seen)).not.toContain('CANARY');
    }
  });

  it.each([
    [{ uploadingStatus: 'uploaded' }, 'uploaded'],
    [{ uploadingStatus: 'backuped', fileList: [], fileListMode: 'json' }, 'backuped'],
    [{ uploadingStatus: 'unknow' }, 'unknown'],
    [{ uploadingStatus: 'unknown' }, 'unknown'],
    [{ uploadingStatus: 7 }, 'unknown'],
    [{}, undefined],
    [undefined, undefined],
    [
      {
        extensionServiceState: [{ serviceName: 'upload_service', payload: { uploadingStatus: 'uploaded' } }],
      },
      'uploaded',
    ],
  ])('tell of the upload after a stop: %j', async (serverResponse, status) => {
    const reply = await stopped(serverResponse);
    expect(reply.uploadingStatus).toBe(status);
    expect(reply.files).toEqual([]);
  });

  it('name the sid of what was running already, where they do', async () => {
    const { api } = always({ status: 201, body: { code: 7, reason: 'already started', ...ids } });
    expect(await api.start({ ...mix, clientRequest: STARTS.mix })).toEqual({ ...ids, already: true });
  });

  it.each([[{ code: 7, reason: 'already started' }], [{ code: 7, sid: '' }], ['']])(
    'leave a running recording without a name: 201 %j',
    async (body) => {
      const { api } = always({ status: 201, body });
      const error = await thrown(api.start({ ...mix, clientRequest: STARTS.mix }));
      expect(isRefusal(error, 'already-started')).toBe(true);
      expect(error.failure).toMatchObject({ applied: 'unnamed', retry: 'later' });
    },
  );

  it.each(EACH)('are malformed where %s is not answered in the documented form', async (call, run) => {
    for (const body of ['', '<html>', 'null', '[]', '"x"', '{"serverResponse":7']) {
      const error = await thrown(run(always({ body }).api));
      expect(error.failure).toMatchObject({
        code: 'E_VENDOR_MALFORMED',
        applied: WRITES.includes(call) ? 'unknown' : 'no',
        retry: 'later',
      });
    }
  });

  it.each([
    ['acquire', { cname: 'a' }],
    ['acquire', { resourceId: '' }],
    ['start', { resourceId: 'r', sid: '' }],
    ['query', { serverResponse: {} }],
    ['query', { serverResponse: { status: 'up' } }],
    ['query', { serverResponse: { status: 5, fileList: [{ name: 'x' }] } }],
    ['stop', { serverResponse: { fileList: [7] } }],
  ])('are malformed where %s says %j', async (call, body) => {
    const error = await thrown(CALLS[call]!(always({ body }).api));
    expect(error.failure.code).toBe('E_VENDOR_MALFORMED');
  });
});

describe('hosts of Agora', () => {
  const origins = (sent: { origin: string }[]) => sent.map(({ origin }) => origin.replace('https://', ''));

  it.each([
    [{}, ['api.agora.io', 'api.agora.io', 'api.sd-rtn.com']],
    [{ domain: 'sd-rtn.com' }, ['api.sd-rtn.com', 'api.sd-rtn.com', 'api.agora.io']],
    [
      { region: 'eu-central-1' },
      [
        'api-eu-central-1.agora.io',
        'api-eu-central-1.agora.io',
        'api-eu-central-1.sd-rtn.com',
        'api-eu-west-1.agora.io',
      ],
    ],
    [{ url: 'http://127.0.0.1:9/agora/' }, ['http://127.0.0.1:9']],
  ] as const)('are tried in turn where nothing was sent: %j', async (place, expected) => {
    const { api, sent } = stubbed(() => ({ fails: 'ECONNREFUSED' }), place);
    const { failure } = await thrown(api.start({ ...mix, clientRequest: STARTS.mix }));
    expect(origins(sent)).toEqual(expected);
    expect(failure).toMatchObject({
      code: 'E_VENDOR_UNREACHABLE',
      applied: 'no',
      who: 'url' in place ? 'you' : 'vendor',
    });
    expect(failure.message).toMatch(/^start: .+ refuses the connection.*\.$/);
    expect(sent[0]?.path.startsWith('url' in place ? '/agora/v1/apps/' : '/v1/apps/')).toBe(true);
  });

  it('answer by the second domain when the first has no address', async () => {
    const { api, sent } = stubbed(({ origin }) =>
      origin.endsWith('agora.io') ? { fails: 'ENOTFOUND' } : { body: ids },
    );
    expect(await api.start({ ...mix, clientRequest: STARTS.mix })).toMatchObject({ sid: SID });
    expect(origins(sent)).toEqual(['api.agora.io', 'api.agora.io', 'api.sd-rtn.com']);
  });

  it('are not asked twice in a row when they take no connection in time', async () => {
    const { api, sent } = stubbed(() => ({ fails: 'UND_ERR_CONNECT_TIMEOUT' }), { region: 'us-west-1' });
    await thrown(api.query(running));
    expect(origins(sent)).toEqual([
      'api-us-west-1.agora.io',
      'api-us-west-1.sd-rtn.com',
      'api-us-east-1.agora.io',
    ]);
  });

  it.each(['ECONNRESET', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_SOCKET', 'EPIPE'])(
    'are left as they are after %s: the call may have arrived',
    async (fails) => {
      for (const [call, run] of EACH) {
        const { api, sent } = stubbed(() => ({ fails }));
        const { failure } = await thrown(run(api));
        expect(sent).toHaveLength(1);
        expect(failure).toMatchObject({
          code: 'E_VENDOR_UNANSWERED',
          applied: WRITES.includes(call) ? 'unknown' : 'no',
        });
      }
    },
  );

  it.each([206, 500, 504, 429, 404])('are left as they are after an answer of %s', async (status) => {
    const { api, sent } = always({ status, body: { code: 65 } });
    await thrown(api.start({ ...mix, clientRequest: STARTS.mix }));
    expect(sent).toHaveLength(1);
  });

  it('listen to a signal only where nothing is changed', async () => {
    const signal = AbortSignal.abort(new Error('shutdown'));
    const { api, sent } = always({ body: { ...ids, serverResponse: { status: 5 } } });
    await expect(api.query(running, { signal })).rejects.toThrow('shutdown');
    await api.stop(running, { signal });
    expect(sent).toHaveLength(1);
  });
});

describe('secrets of a request to Agora', () => {
  const update = (api: AgoraApi) =>
    api.update({
      ...running,
      mode: 'web',
      clientRequest: { rtmpPublishConfig: { outputs: [{ rtmpUrl: 'rtmp://cdn/CANARY-stream-key' }] } },
    });
  const starts = (['individual', 'mix', 'web'] as const).map(
    (mode) =>
      [
        `start ${mode}`,
        (api: AgoraApi) => api.start({ ...naming, mode, clientRequest: STARTS[mode] }),
      ] as const,
  );

  it.each([...EACH, ...starts, ['update of a push', update] as const])(
    'are in no failure of %s, whatever the answer repeats',
    async (_call, run) => {
      for (const status of [200, 201, 206, 302, 400, 401, 404, 418, 429, 500, 502, 504]) {
        for (const form of ['reason', 'message', 'text']) {
          const { api } = stubbed(({ headers, body }) => {
            const echo = JSON.stringify({ ...headers, body });
            return {
              status,
              body: form === 'text' ? echo : { code: 2, [form]: echo },
              headers: { 'x-request-id': echo },
            };
          });
          const error: unknown = await run(api).catch((reason: unknown) => reason);
          const { failure } = error as Partial<VendorFailure>;
          expect(error instanceof Error).toBe(failure !== undefined);
          const { message, stack } = error as Partial<Error>;
          const told = JSON.stringify([failure, message, stack, error]);
          expect(told).not.toContain('CANARY');
          expect(told).not.toContain(Buffer.from('CANARY').toString('base64'));
          expect(told).not.toContain(SALT);
        }
      }
    },
  );

  it('leave the words of Agora where they hold none of them', async () => {
    const { api } = always({ status: 400, body: { code: 2, reason: 'Update: invalid bucket value!' } });
    const error = await thrown(CALLS['update']!(api));
    expect(error).toBeInstanceOf(AgoraRefusal);
    expect(error.message).toBe(
      'update: Agora refuses a parameter; it answered 400 code 2 ("Update: invalid bucket value!").',
    );
  });
});
