/** The client with the emulated Agora, which was written apart from it: both must read the pages alike. */
import { describe, expect, it } from 'vitest';
import type { AgoraEmulatorOptions } from '../../../src/emulators/index.ts';
import { emulatorDispatcher } from '../../../src/emulators/index.ts';
import { DEFAULT_CUSTOMER_ID, DEFAULT_CUSTOMER_SECRET } from '../../../src/emulators/agora/options.ts';
import {
  createAgoraApi,
  VendorFailure,
  type AgoraMode,
  type AgoraRefusal,
  type AgoraStartFields,
} from '../../../src/recorders/agora/api.ts';
import { agoraKit, APP, PAGE } from '../../emulators/agora-kit.ts';

const storageConfig = {
  vendor: 1,
  region: 7,
  bucket: 'archive',
  accessKey: 'CANARY-access-key',
  secretKey: 'CANARY-secret-key',
  fileNamePrefix: ['abcd', 'S1', 't1xabcdefgh'],
} as const;

const STARTS = {
  individual: {
    storageConfig: { ...storageConfig, fileNamePrefix: ['a'] },
    recordingConfig: { channelType: 1, subscribeUidGroup: 0, maxIdleTime: 60 },
  },
  mix: {
    storageConfig: { ...storageConfig, fileNamePrefix: ['a'] },
    recordingConfig: { channelType: 1, maxIdleTime: 60, subscribeAudioUids: ['#allstream#'] },
  },
  web: {
    storageConfig: { ...storageConfig, fileNamePrefix: ['a'] },
    extensionServiceConfig: {
      extensionServices: [
        {
          serviceName: 'web_recorder_service',
          serviceParam: {
            url: PAGE,
            audioProfile: 0,
            videoWidth: 1280,
            videoHeight: 720,
            maxRecordingHour: 3,
          },
        },
        {
          serviceName: 'rtmp_publish_service',
          serviceParam: { outputs: [{ rtmpUrl: 'rtmp://cdn/CANARY-stream' }] },
        },
      ],
    },
  },
} satisfies Record<AgoraMode, AgoraStartFields>;

function emulated(options: Partial<AgoraEmulatorOptions> = {}, over: { customerSecret?: string } = {}) {
  const kit = agoraKit(options);
  const api = createAgoraApi({
    appId: APP,
    customerId: DEFAULT_CUSTOMER_ID,
    customerSecret: DEFAULT_CUSTOMER_SECRET,
    dispatcher: emulatorDispatcher(kit.emulator),
    ...over,
  });
  const acquired = async (mode: AgoraMode, uid = '3000000001') => {
    const clientRequest = { scene: mode === 'web' ? (1 as const) : (0 as const) };
    const { resourceId } = await api.acquire({ cname: 'room', uid, clientRequest });
    return { resourceId, mode, cname: 'room', uid };
  };
  const begun = async (mode: AgoraMode) => {
    const naming = await acquired(mode);
    const { sid } = await api.start({ ...naming, clientRequest: STARTS[mode] });
    return { ...naming, sid };
  };
  return { ...kit, api, acquired, begun };
}

async function refused(work: Promise<unknown>): Promise<AgoraRefusal> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(VendorFailure);
  return error as AgoraRefusal;
}

describe('the client of Agora at the emulated Agora', () => {
  it.each(['individual', 'mix', 'web'] as const)(
    'starts, looks, changes and stops in mode %s',
    async (mode) => {
      const { api, clock, control, begun } = emulated();
      control('user.join', { channel: 'room', cname: 'room', uid: '7', role: 'host' });
      const running = await begun(mode);
      expect(running.sid).toMatch(/^[0-9a-f]{32}$/);
      clock.advance(60_000);
      const seen = await api.query(running);
      expect([4, 5]).toContain(seen.status);
      expect(seen).toMatchObject({ sid: running.sid, requestId: expect.any(String) });
      expect(seen.page?.state).toBe(mode === 'web' ? 'inProgress' : undefined);
      await api.update({ ...running, clientRequest: { storageConfig: STARTS[mode].storageConfig } });
      const reply = await api.stop(running);
      expect(reply).toMatchObject({ sid: running.sid, uploadingStatus: 'uploaded' });
      expect(reply.files.length).toBeGreaterThan(0);
      expect((await refused(api.stop(running))).is).toBe('exiting');
      clock.advance(60_000);
      expect((await refused(api.stop(running))).is).toBe('gone');
    },
  );

  it('pauses a page and shows it', async () => {
    const { api, clock, begun } = emulated();
    const running = await begun('web');
    clock.advance(30_000);
    await api.update({ ...running, clientRequest: { webRecordingConfig: { onhold: true } } });
    expect((await api.query(running)).page).toEqual({ state: 'inProgress', onhold: true });
  });

  it('subscribes anew and lays out anew', async () => {
    const { api, clock, begun } = emulated();
    const running = await begun('mix');
    clock.advance(10_000);
    const streamSubscribe = { audioUidList: { unsubscribeAudioUids: ['9'] } };
    const named = { sid: running.sid, requestId: expect.any(String) as string };
    await expect(api.update({ ...running, clientRequest: { streamSubscribe } })).resolves.toMatchObject(
      named,
    );
    const layout = { ...running, clientRequest: { mixedVideoLayout: 1 as const } };
    await expect(api.updateLayout(layout)).resolves.toMatchObject(named);
  });

  it.each([true, false])(
    'starts a second time under the same resource id, its sid told: %s',
    async (alreadyStartedCarriesSid) => {
      const { api, acquired } = emulated({ unknowns: { alreadyStartedCarriesSid } });
      const naming = await acquired('mix');
      const { sid } = await api.start({ ...naming, clientRequest: STARTS.mix });
      const told = await api.start({ ...naming, clientRequest: STARTS.mix }).then(
        (again) => [again.sid, again.already],
        (error: AgoraRefusal) => [error.is, error.failure.applied],
      );
      expect(told).toEqual(alreadyStartedCarriesSid ? [sid, true] : ['already-started', 'unnamed']);
    },
  );

  it.each(['mixed', 'old', 'new'] as const)(
    'knows what is wrong by the %s table of errors',
    async (errorTable) => {
      const { api, clock, acquired, begun } = emulated({ unknowns: { errorTable } });
      const naming = await acquired('mix');
      clock.advance(6 * 60_000);
      const late = await refused(api.start({ ...naming, clientRequest: STARTS.mix }));
      expect(late.is).toMatch(/^reservation-(expired|invalid)$/);
      expect(late.failure.applied).toBe('no');
      await begun('mix');
      const other = await acquired('mix');
      expect((await refused(api.start({ ...other, clientRequest: STARTS.mix }))).is).toBe('conflict');
      const wrong = { ...naming, resourceId: 'nothing-of-the-kind' };
      expect((await refused(api.start({ ...wrong, clientRequest: STARTS.mix }))).is).toBe(
        'reservation-invalid',
      );
      expect((await refused(api.query({ ...naming, sid: 'f'.repeat(32) }))).failure.applied).toBe('no');
    },
  );

  it('knows a stop without any data, a full project, and wrong keys', async () => {
    const { api, clock, acquired, begun } = emulated({ pcw: 1 });
    const running = await begun('mix');
    clock.advance(20_000);
    expect((await refused(acquired('mix', '3000000002'))).is).toBe('overload');
    expect((await refused(api.stop(running))).is).toBe('no-data');
    const { acquired: stranger } = emulated({}, { customerSecret: 'wrong' });
    expect((await refused(stranger('mix'))).is).toBe('auth');
  });
});
