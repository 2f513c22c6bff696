import { describe, expect, it } from 'vitest';
import { CHANNEL, codeOf, naverKit, OTHER, T0, type NaverKit } from './naver-kit.ts';

const DAY = 86_400_000;
const MANUAL = { channelDefaults: { record: { type: 'MANUAL_UPLOAD', format: 'MP4' } } } as const;

/** One recording of a minute. */
function record(kit: NaverKit): number[] {
  kit.push();
  kit.start();
  kit.wait(60_000);
  const ids = kit.listed(kit.stop()).map(({ recordId }) => recordId);
  kit.leave();
  return ids;
}

const upload = (kit: NaverKit, recordIds: unknown, more: object = {}, bucket = 'recordings') =>
  kit.send('POST', `/api/v2/buckets/${bucket}/upload`, { recordIds, ...more });
const remove = (kit: NaverKit, recordIds: unknown, channel = CHANNEL) =>
  kit.send('DELETE', `/api/v2/channels/${channel}/records`, { recordIds });

describe('files of a channel with AUTO_UPLOAD', () => {
  it('are processed, transferred and in the bucket', () => {
    const kit = naverKit();
    record(kit);
    expect(kit.statuses()).toEqual(['PROCESSING', 'PROCESSING', 'PROCESSING']);
    kit.wait(20_000);
    expect(kit.statuses()).toEqual(['TRANSFER', 'TRANSFER', 'TRANSFER']);
    expect(kit.records()[0]).toMatchObject({ objectStorageUrl: '-' });
    kit.wait(10_000);
    expect(kit.statuses()).toEqual(['TRANSFER_FINISH', 'TRANSFER_FINISH', 'TRANSFER_FINISH']);
    const folder = `live/${CHANNEL}/361545-1307133`;
    const keys = ['361545-1307133-20260101210000.mp4', '720p-9-16/playlist.m3u8', 'quality000/playlist.m3u8'];
    expect(kit.records().map(({ objectStorageUrl }) => objectStorageUrl)).toEqual(
      keys.map((key) => `https://kr.object.ncloudstorage.com/recordings/${folder}/${key}`),
    );
    expect(kit.truth('file')).toEqual(
      keys.map((key) => ({
        type: 'file',
        at: T0 + 90_000,
        recording: `${CHANNEL}/1307133`,
        // As it is listed; playlists are called alike in each recording.
        file: key.endsWith('.mp4') ? key : `361545-1307133/${key}`,
        event: 'finalised',
      })),
    );
  });

  it('fail at a bucket that refuses them, and can be uploaded once it takes them', () => {
    const kit = naverKit();
    kit.control('bucket', { denied: true });
    const ids = record(kit);
    kit.wait(30_000);
    expect(kit.statuses()).toEqual(['TRANSFER_FAIL', 'TRANSFER_FAIL', 'TRANSFER_FAIL']);
    expect(kit.truth('file')).toEqual([]);
    kit.control('bucket', { denied: false });
    expect(upload(kit, ids).status).toBe(200);
    kit.wait(10_000);
    expect(kit.statuses()).toEqual(['TRANSFER_FINISH', 'TRANSFER_FINISH', 'TRANSFER_FINISH']);
  });

  it('fail at a bucket that is not there, and are lost after three days', () => {
    const kit = naverKit({ buckets: ['another'] });
    record(kit);
    kit.wait(3 * DAY);
    expect(kit.statuses()).toEqual(['DELETED', 'DELETED', 'DELETED']);
    expect(kit.truth('file').map(({ event, at }) => [event, at])).toEqual(
      Array.from({ length: 3 }, () => ['lost', T0 + 60_000 + 3 * DAY]),
    );
  });

  it('may fail to be processed, which nothing mends', () => {
    const kit = naverKit();
    kit.control('processing', { fails: true });
    const ids = record(kit);
    kit.wait(20_000);
    expect(kit.statuses()).toEqual(['PROCESSING_FAIL', 'PROCESSING_FAIL', 'PROCESSING_FAIL']);
    expect(upload(kit, ids).json.error.errorCode).toBe(250_005);
    expect(kit.truth('file').map(({ event }) => event)).toEqual(['lost', 'lost', 'lost']);
    kit.wait(3 * DAY);
    expect(kit.truth('file')).toHaveLength(3);
  });
});

describe('files of a channel with MANUAL_UPLOAD', () => {
  it('wait to be uploaded, to any bucket, by whoever asks', () => {
    const kit = naverKit(MANUAL);
    const ids = record(kit);
    expect(upload(kit, ids).json.error.errorCode).toBe(250_005);
    kit.wait(20_000);
    expect(kit.records()).toMatchObject([{ status: 'TRANSFER_READY', objectStorageUrl: '-' }]);
    expect(kit.records()[0]).not.toHaveProperty('uploadPath');
    const uploaded = upload(kit, ids, {}, 'archive');
    expect(uploaded.json.content).toMatchObject({
      bucketName: 'archive',
      accessControl: 'PRIVATE',
      uploadedRecords: { [String(ids[0])]: { status: 'TRANSFER' } },
    });
    expect(upload(kit, ids).status).toBe(400);
    kit.wait(10_000);
    const [file] = kit.records();
    expect(file).toMatchObject({ status: 'TRANSFER_FINISH', uploadPath: `${CHANNEL}/361545-1307133` });
    expect(file!['objectStorageUrl']).toContain('/archive/');
    expect(kit.truth('file')).toMatchObject([{ event: 'finalised', at: T0 + 90_000 }]);
    expect(upload(kit, ids).status).toBe(400);
  });

  it('are refused with what is wrong about the request', () => {
    const kit = naverKit({ ...MANUAL, buckets: ['archive'] });
    const ids = record(kit);
    kit.wait(20_000);
    expect(codeOf(upload(kit, undefined, {}, 'archive'))).toEqual([400, 250_011]);
    expect(codeOf(upload(kit, [], {}, 'archive'))).toEqual([400, 250_002]);
    expect(codeOf(upload(kit, ['1'], {}, 'archive'))).toEqual([400, 250_002]);
    expect(codeOf(upload(kit, ids, { accessControl: 'PUBLIC' }, 'archive'))).toEqual([400, 250_002]);
    expect(codeOf(upload(kit, [1], {}, 'archive'))).toEqual([404, 250_004]);
    expect(codeOf(upload(kit, ids, {}, 'nowhere'))).toEqual([404, 250_004]);
    expect(codeOf(kit.send('POST', '/api/v2/buckets/archive/upload', 'no json'))).toEqual([400, 250_012]);
    expect(kit.statuses()).toEqual(['TRANSFER_READY']);
    expect(upload(kit, ids, { accessControl: 'PUBLIC_READ' }, 'archive').json.content.accessControl).toBe(
      'PUBLIC_READ',
    );
  });

  it.each([
    [3, undefined],
    [7, 7 * DAY],
  ])('are gone after %s days', (days, temporaryMs) => {
    const kit = naverKit({ ...MANUAL, ...(temporaryMs !== undefined && { unknowns: { temporaryMs } }) });
    const ids = record(kit);
    const end = T0 + 60_000 + days * DAY;
    expect(kit.records()).toMatchObject([{ shouldDeleteTime: end }]);
    kit.clock.set(end - 1);
    expect(kit.statuses()).toEqual(['TRANSFER_READY']);
    kit.clock.set(end);
    expect(kit.statuses()).toEqual(['DELETED']);
    expect(kit.truth('file')).toMatchObject([{ event: 'lost', at: end }]);
    expect(upload(kit, ids).status).toBe(400);
  });
});

describe('a removal', () => {
  it.each(['empty', 'object'] as const)(
    'takes temporary copies, and answers with an %s body',
    (removalBody) => {
      const kit = naverKit({ ...MANUAL, unknowns: { removalBody } });
      const ids = record(kit);
      expect(remove(kit, ids).json.error.errorCode).toBe(250_005);
      kit.wait(20_000);
      expect(remove(kit, ids, OTHER).status).toBe(404);
      expect(remove(kit, [1]).status).toBe(404);
      const removed = remove(kit, ids);
      expect([removed.status, removed.text === '']).toEqual([200, removalBody === 'empty']);
      expect(kit.statuses()).toEqual(['DELETED']);
      expect(kit.truth('file')).toMatchObject([{ event: 'lost' }]);
    },
  );

  it('leaves what is in a bucket there', () => {
    const kit = naverKit();
    const ids = record(kit);
    kit.wait(30_000);
    remove(kit, ids);
    expect(kit.statuses()).toEqual(['DELETED', 'DELETED', 'DELETED']);
    expect(kit.records()[0]!['objectStorageUrl']).toContain('/recordings/');
    expect(kit.truth('file').map(({ event }) => event)).toEqual(['finalised', 'finalised', 'finalised']);
  });

  it('can make a file vanish from the list', () => {
    const kit = naverKit({ ...MANUAL, unknowns: { removed: 'gone' } });
    const ids = record(kit);
    kit.wait(20_000);
    remove(kit, ids);
    expect(kit.records()).toEqual([]);
  });
});

describe('the list of files', () => {
  it.each([
    [7 * DAY, undefined],
    [DAY, DAY],
  ])('shows what was transferred for %s ms', (ms, finishedVisibleMs) => {
    const kit = naverKit(finishedVisibleMs === undefined ? {} : { unknowns: { finishedVisibleMs } });
    record(kit);
    kit.wait(30_000 + ms - 1);
    expect(kit.statuses()).toEqual(['TRANSFER_FINISH', 'TRANSFER_FINISH', 'TRANSFER_FINISH']);
    kit.wait(1);
    expect(kit.statuses()).toEqual([]);
  });

  it('shows it forever where that is asked for', () => {
    const kit = naverKit({ unknowns: { finishedVisibleMs: Infinity } });
    record(kit);
    kit.wait(400 * DAY);
    expect(kit.records()).toHaveLength(3);
  });

  it('is of one channel', () => {
    const kit = naverKit();
    record(kit);
    expect(kit.records(OTHER)).toEqual([]);
    expect(kit.send('GET', `/api/v2/channels/${OTHER}/records`).json).toEqual({
      content: { recordList: {} },
      total: 0,
    });
  });

  it.each(['map', 'flat'] as const)('has each file alone, as a %s', (recordInfo) => {
    const kit = naverKit({ unknowns: { recordInfo } });
    const [id] = record(kit);
    const get = (channel: string, of: unknown) =>
      kit.send('GET', `/api/v2/channels/${channel}/records/${String(of)}`);
    const shown = { recordType: 'MP4', recordSeq: 1_307_133 };
    expect(get(CHANNEL, id).json.content).toMatchObject(
      recordInfo === 'map' ? { [String(id)]: shown } : { id, ...shown },
    );
    expect(get(CHANNEL, 1).status).toBe(404);
    expect(get(OTHER, id).status).toBe(404);
    expect(get(CHANNEL, 'first').status).toBe(404);
  });
});

describe('the format of a channel', () => {
  it.each([
    ['honoured', 'MP4', ['MP4']],
    ['honoured', 'HLS', ['HLS', 'HLS']],
    ['honoured', 'ALL', ['MP4', 'HLS', 'HLS']],
    ['ignored', 'MP4', ['MP4', 'HLS', 'HLS']],
    ['ignored', 'HLS', ['MP4', 'HLS', 'HLS']],
  ] as const)('is %s: %s makes %s', (format, asked, made) => {
    const kit = naverKit({
      channelDefaults: { record: { type: 'MANUAL_UPLOAD', format: asked } },
      unknowns: { format },
    });
    record(kit);
    expect(kit.records().map(({ recordType }) => recordType)).toEqual(made);
    kit.wait(20_000);
    expect(new Set(kit.statuses())).toEqual(new Set(['TRANSFER_READY']));
    expect(kit.truth('media')).toMatchObject([{ from: T0, to: T0 + 60_000 }]);
  });
});
