/** Every point that Agora's pages leave open, both ways. */
import { describe, expect, it } from 'vitest';
import type { AgoraEmulatorOptions } from '../../src/emulators/index.ts';
import {
  agoraKit,
  ends,
  FakeStore,
  FOLDER,
  MIX,
  STORAGE,
  stretches,
  T0,
  web,
  type AgoraKit,
  type Ids,
} from './agora-kit.ts';

type Unknowns = NonNullable<AgoraEmulatorOptions['unknowns']>;
const HOUR = 3_600_000;
const mix = { storageConfig: STORAGE, ...MIX };
const kitOf = (unknowns: Unknowns, more: Partial<AgoraEmulatorOptions> = {}) => {
  const kit = agoraKit({ unknowns, ...more });
  kit.join();
  return kit;
};
const onhold = (kit: AgoraKit, ids: Ids) =>
  kit.query(ids).json.serverResponse.extensionServiceState[0].payload.onhold as boolean;

/** Ways to be told each old code. */
const OLD: Record<number, (kit: AgoraKit) => { status: number; json: unknown }> = {
  8: (kit) => kit.send('POST', kit.path('acquire'), '{'),
  50: (kit) => {
    const ids = kit.begin('mix');
    kit.wait(30_000);
    kit.control('upload', { takesMs: 30_000 });
    return kit.stop(ids);
  },
  432: (kit) => kit.start(kit.acquire().json.resourceId, 'mix', mix, 'hall'),
  433: (kit) => {
    const rid = kit.acquire().json.resourceId as string;
    kit.wait(HOUR);
    return kit.start(rid, 'mix', mix);
  },
  501: (kit) => {
    const ids = kit.begin('mix');
    kit.stop(ids);
    return kit.query(ids);
  },
  1001: (kit) => kit.start('nonsense', 'mix', mix),
  1003: (kit) => kit.query({ ...kit.begin('mix'), sid: 'f'.repeat(32) }),
  1013: (kit) => kit.acquire({}, 'zürich'),
  1028: (kit) => kit.call(kit.begin('mix'), 'updateLayout', { mixedVideoLayout: 9 }),
};

describe('errorTable and oldStatus', () => {
  it.each([
    [8, 400, 2],
    [50, 504, 62],
    [432, 400, 2],
    [433, 400, 2],
    [501, 404, 404],
    [1001, 400, 2],
    [1003, 404, 404],
    [1013, 400, 401],
    [1028, 400, 2],
  ])('say %i in the old table and %i/%i in the new one', (code, status, instead) => {
    const queryWhileExiting = '501';
    const ask = OLD[code]!;
    expect(ask(kitOf({ queryWhileExiting, errorTable: 'new' }))).toMatchObject({
      status,
      json: { code: instead },
    });
    expect(ask(kitOf({ queryWhileExiting, errorTable: 'old', oldStatus: { [code]: 418 } }))).toMatchObject({
      status: 418,
      json: { code },
    });
    const replaced = code === 1013 || code === 1028;
    expect(ask(kitOf({ queryWhileExiting, errorTable: 'mixed' }))).toMatchObject({
      json: { code: replaced ? instead : code },
    });
  });

  it('have defaults', () => {
    const statuses = Object.entries(OLD).map(([code, ask]) => [
      Number(code),
      ask(kitOf({ errorTable: 'old', queryWhileExiting: '501' })).status,
    ]);
    expect(Object.fromEntries(statuses)).toEqual({
      8: 400,
      50: 504,
      432: 400,
      433: 400,
      501: 404,
      1001: 400,
      1003: 400,
      1013: 400,
      1028: 400,
    });
  });
});

it.each([true, false])('alreadyStartedCarriesSid: %s', (alreadyStartedCarriesSid) => {
  const kit = kitOf({ alreadyStartedCarriesSid });
  const ids = kit.begin('mix');
  const again = kit.start(ids.rid, 'mix', mix);
  expect(again).toMatchObject({ status: 201, json: { code: 7 } });
  expect(again.json.sid).toBe(alreadyStartedCarriesSid ? ids.sid : undefined);
});

it.each(['ids', 'full'] as const)('asyncStopBody: %s', (asyncStopBody) => {
  const kit = kitOf({ asyncStopBody });
  const ids = kit.begin('mix');
  kit.wait(30_000);
  const { json } = kit.stop(ids, { async_stop: true });
  expect(json.sid).toBe(ids.sid);
  expect(json.serverResponse).toEqual(
    asyncStopBody === 'ids'
      ? undefined
      : {
          fileListMode: 'string',
          fileList: `${FOLDER}${ids.sid}_room.m3u8`,
          uploadingStatus: 'unknown',
        },
  );
});

it.each(['404', '501', 'status'] as const)('queryWhileExiting: %s', (queryWhileExiting) => {
  const kit = kitOf({ queryWhileExiting });
  const ids = kit.begin('mix');
  kit.wait(30_000);
  kit.stop(ids);
  const seen = () => {
    const { status, json } = kit.query(ids);
    return [status, json.code ?? json.serverResponse.status];
  };
  const early = seen();
  kit.wait(4000);
  const later = seen();
  kit.wait(1000);
  expect(seen()).toEqual([404, 404]);
  expect([early, later]).toEqual(
    {
      '404': [
        [404, 404],
        [404, 404],
      ],
      '501': [
        [404, 501],
        [404, 501],
      ],
      status: [
        [200, 6],
        [200, 7],
      ],
    }[queryWhileExiting],
  );
});

it.each([
  ['lost', 'unknown', 'lost', 3587],
  ['backup', 'backuped', 'backed-up', 7200],
] as const)('refusedUploads: %s', (refusedUploads, uploadingStatus, event, until) => {
  const kit = kitOf({ refusedUploads });
  const storageConfig = { ...STORAGE, stsToken: 't', stsExpiration: T0 / 1000 + 3600 };
  const ids = kit.begin('mix', { storageConfig });
  kit.wait(2 * HOUR);
  expect(kit.stop(ids).json.serverResponse.uploadingStatus).toBe(uploadingStatus);
  expect(new Set(kit.truth('file').map((entry) => entry.event))).toEqual(new Set([event]));
  expect(stretches(kit)).toEqual([[2, until]]);
  expect(kit.notices().some(({ eventType }) => eventType === 32)).toBe(refusedUploads === 'backup');
});

it.each(['ignored', 'applied'] as const)('bucketChange: %s', (bucketChange) => {
  const store = new FakeStore();
  const kit = kitOf({ bucketChange }, { store });
  const ids = kit.begin('mix');
  kit.wait(100_000);
  kit.update(ids, { storageConfig: { ...STORAGE, bucket: 'other', fileNamePrefix: ['elsewhere'] } });
  kit.wait(60_000);
  kit.stop(ids);
  const moved = bucketChange === 'applied';
  const media = store.uploads.filter(({ bytes }) => bytes > 0);
  expect(media[0]).toMatchObject({ bucket: 'archive' });
  expect(media.at(-1)).toMatchObject({ bucket: moved ? 'other' : 'archive' });
  expect(media.at(-1)?.key.startsWith(moved ? 'elsewhere/' : FOLDER)).toBe(true);
  expect(kit.truth('media').at(-1)?.file).toBe(media.at(-1)?.key);
});

describe.each(['stay', 'reset'] as const)('omittedParts: %s', (omittedParts) => {
  it('of a page on hold', () => {
    const kit = kitOf({ omittedParts });
    const ids = kit.begin('web', web({ onhold: true }));
    kit.update(ids, { storageConfig: STORAGE });
    expect(onhold(kit, ids)).toBe(omittedParts === 'stay');
    kit.update(ids, { webRecordingConfig: { onhold: true } });
    kit.update(ids, { webRecordingConfig: {} });
    expect(onhold(kit, ids)).toBe(omittedParts === 'stay');
  });

  it('of the lists of users', () => {
    const kit = kitOf({ omittedParts });
    const nobody = { unsubscribeAudioUids: ['1'], unsubscribeVideoUids: ['1'] };
    const ids = kit.begin('mix', { recordingConfig: { channelType: 1, ...nobody } });
    kit.wait(10_000);
    expect(stretches(kit)).toEqual([]);
    kit.update(ids, { storageConfig: STORAGE });
    kit.wait(10_000);
    expect(stretches(kit)).toEqual(omittedParts === 'stay' ? [] : [[10, 20]]);
  });

  it('of the list of one medium', () => {
    const kit = kitOf({ omittedParts });
    const ids = kit.begin('mix');
    kit.wait(10_000);
    kit.update(ids, { streamSubscribe: { audioUidList: { unsubscribeAudioUids: ['1'] } } });
    kit.wait(10_000);
    expect(stretches(kit)).toEqual([[2, omittedParts === 'stay' ? 20 : 10]]);
  });
});

it.each(['optional', 'required'] as const)('extensionFields: %s', (extensionFields) => {
  const kit = kitOf({ extensionFields });
  const ids = kit.begin('mix');
  const update = (extensionParams: object) =>
    kit.update(ids, { storageConfig: { ...STORAGE, extensionParams } }).status;
  expect(update({ sse: 'aes256' })).toBe(extensionFields === 'optional' ? 200 : 400);
  expect(update({ sse: 'aes256', tag: '' })).toBe(200);
});

it.each(['accepted', 'refused'] as const)('shortSts: %s', (shortSts) => {
  const kit = kitOf({ shortSts });
  const storage = (hours: number) => ({ ...STORAGE, stsToken: 't', stsExpiration: T0 / 1000 + hours * 3600 });
  const begin = (hours: number) =>
    kit.start(
      kit.acquire({}, 'room', String(hours * 10)).json.resourceId,
      'mix',
      { ...mix, storageConfig: storage(hours) },
      'room',
      String(hours * 10),
    );
  expect(begin(3.9).status).toBe(shortSts === 'accepted' ? 200 : 400);
  expect(begin(4).status).toBe(200);
  const ids = kit.begin('mix');
  expect(kit.update(ids, { storageConfig: storage(1) }).status).toBe(shortSts === 'accepted' ? 200 : 400);
});

it.each(['after-start', 'first-upload'] as const)('storageCheck: %s', (storageCheck) => {
  const store = new FakeStore();
  store.verdict = () => 'denied';
  const kit = kitOf({ storageCheck }, { store });
  const ids = kit.begin('mix');
  kit.wait(10_000);
  expect(kit.query(ids).status).toBe(storageCheck === 'after-start' ? 404 : 200);
  expect(store.uploads).toHaveLength(storageCheck === 'after-start' ? 1 : 0);
});

it.each(['404', '433'] as const)('expiredResource: %s', (expiredResource) => {
  const kit = kitOf({ expiredResource, oldStatus: { 433: 410 } });
  const rid = kit.acquire({ resourceExpiredHour: 1 }).json.resourceId as string;
  const { sid } = kit.start(rid, 'mix', mix).json;
  kit.wait(HOUR);
  const got = kit.query({ rid, sid, mode: 'mix', cname: 'room', uid: '900' });
  expect([got.status, got.json.code]).toEqual(expiredResource === '404' ? [404, 404] : [410, 433]);
  expect(ends(kit)).toEqual([]);
});

it.each([true, false])('onholdCounts: %s', (onholdCounts) => {
  const kit = kitOf({ onholdCounts });
  const ids = kit.begin('web', web({ maxRecordingHour: 1 }));
  kit.wait(1_000_000);
  kit.update(ids, { webRecordingConfig: { onhold: true } });
  kit.wait(1_000_000);
  kit.update(ids, { webRecordingConfig: { onhold: false } });
  kit.wait(1_000_000);
  kit.update(ids, { webRecordingConfig: { onhold: true } });
  kit.wait(10_000_000);
  expect(ends(kit)).toEqual(onholdCounts ? [[3600, 'max hours']] : []);
  kit.update(ids, { webRecordingConfig: { onhold: false } });
  kit.wait(10_000_000);
  expect(ends(kit)).toEqual([[onholdCounts ? 3600 : 14_600, 'max hours']]);
});

it.each([
  [0, 200],
  [60_000, 400],
])('reuseAfterMs: %i', (reuseAfterMs, status) => {
  const kit = kitOf({ reuseAfterMs });
  const ids = kit.begin('mix');
  kit.stop(ids);
  const again = () => kit.start(kit.acquire().json.resourceId, 'mix', mix).status;
  kit.wait(4999);
  expect(again()).toBe(400);
  kit.wait(Math.max(1, reuseAfterMs));
  expect(again()).toBe(status);
  kit.wait(1);
  // Without a rest it runs by now, and so it is taken again.
  expect(again()).toBe(status === 200 ? 400 : 200);
});

it.each(['404', 'applied'] as const)('updateInFailover: %s', (updateInFailover) => {
  const kit = kitOf({ updateInFailover });
  const ids = kit.begin('web');
  kit.wait(10_000);
  kit.control('failover', { channel: 'room', forMs: 30_000 });
  const got = kit.update(ids, { webRecordingConfig: { onhold: true } });
  expect(got.status).toBe(updateInFailover === '404' ? 404 : 200);
  expect(kit.query(ids).status).toBe(404);
  kit.wait(30_000);
  expect(onhold(kit, ids)).toBe(updateInFailover === 'applied');
});

it.each([
  ['both', true, true],
  ['lower', true, false],
  ['capital', false, true],
] as const)('unsubscribeSpelling: %s', (unsubscribeSpelling, lower, capital) => {
  for (const [spelling, honoured] of [
    ['unsubscribe', lower],
    ['unSubscribe', capital],
  ] as const) {
    const kit = kitOf({ unsubscribeSpelling });
    const lists = { [`${spelling}AudioUids`]: ['1'], [`${spelling}VideoUids`]: ['1'] };
    kit.begin('mix', { recordingConfig: { channelType: 1, ...lists } });
    const ids = kit.begin('mix', {}, { uid: '901' });
    kit.wait(10_000);
    expect(stretches(kit)).toEqual(
      honoured
        ? [[2, 10]]
        : [
            [2, 10],
            [2, 10],
          ],
    );
    kit.update(ids, {
      streamSubscribe: {
        audioUidList: { [`${spelling}AudioUids`]: ['1'] },
        videoUidList: { [`${spelling}VideoUids`]: ['1'] },
      },
    });
    kit.wait(10_000);
    const [, last] = stretches(kit).at(-1) ?? [];
    expect(last).toBe(honoured ? 10 : 20);
  }
});

it.each(['ms', 's'] as const)('sliceStartUnit: %s', (sliceStartUnit) => {
  const kit = kitOf({ sliceStartUnit });
  const ids = kit.begin('individual');
  kit.wait(60_000);
  const { fileList, sliceStartTime } = kit.query(ids).json.serverResponse;
  const expected = sliceStartUnit === 'ms' ? T0 + 2000 : T0 / 1000 + 2;
  expect(fileList[0].sliceStartTime).toBe(expected);
  expect(sliceStartTime).toBe(expected);
});

it.each([
  ['first-upload', [4, 5]],
  ['ready', [5, 5]],
  ['never', [4, 4]],
] as const)('statusFive: %s', (statusFive, expected) => {
  const kit = kitOf({ statusFive });
  const ids = kit.begin('mix');
  const seen = [5000, 60_000].map((ms) => {
    kit.wait(ms);
    return kit.query(ids).json.serverResponse.status;
  });
  expect(seen).toEqual(expected);
});

it.each(['unknown', 'unknow'] as const)('unknownSpelling: %s', (unknownSpelling) => {
  const kit = kitOf({ unknownSpelling, asyncStopBody: 'full' });
  const ids = kit.begin('mix');
  kit.wait(30_000);
  expect(kit.stop(ids, { async_stop: true }).json.serverResponse.uploadingStatus).toBe(unknownSpelling);
});
