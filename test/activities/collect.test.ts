/** Looks at files, by the activity and the rules of the workflow `files`, on a virtual clock. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { collectTake, type Collector } from '../../src/activities/collect.ts';
import { confirmFiles, keyOf } from '../../src/activities/confirm.ts';
import type { Collected } from '../../src/activities/wire.ts';
import { readFiles } from '../../src/archive/files.ts';
import { closeLedger, ledgerFolder } from '../../src/archive/ledger.ts';
import { listManifest, readTakeFiles } from '../../src/archive/manifest.ts';
import { isStored } from '../../src/archive/read.ts';
import type { AskedTake } from '../../src/archive/shapes.ts';
import { s3Client } from '../../src/credentials/aws/clients.ts';
import { again, lacksFiles, learn, nextLook, type Collecting } from '../../src/session/collecting.ts';
import { noTotals } from '../../src/session/coverage.ts';
import type { FileSeen } from '../../src/session/facts.ts';
import { noFiles, NOT_NAMED } from '../../src/session/filed.ts';
import { cloudKit, destinationOf, KEY } from '../credentials/kit.ts';
import { memoryArchive } from '../driver/memory-archive.ts';
import { DAY, HOUR, kit, MINUTE, T0 } from '../recorders/naver/kit.ts';

const header = {
  sessionId: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  key: 'naver/prod/ls-1',
  name: 'news',
  owner: null,
  account: 'prod',
  vendor: 'naver',
  window: { fromMs: T0, untilMs: T0 + HOUR, zone: 'UTC' },
};
const folder = ledgerFolder(header);
const subject = { vendor: 'naver', account: 'prod', target: {}, options: {} };
const asked: AskedTake = {
  take: 1,
  name: { installation: 'test01', sessionId: header.sessionId, take: 1, nonce: 'abcdefgh', at: T0 },
  handle: { id: 'r1' },
  endedAt: T0 + HOUR,
};
const file = (sequence: number, more: Partial<FileSeen> = {}): FileSeen => ({
  name: `f-${sequence}.ts`,
  sequence,
  state: 'stored',
  from: T0 + sequence * MINUTE,
  to: T0 + (sequence + 1) * MINUTE,
  ...more,
});
const files = (count: number): FileSeen[] => Array.from({ length: count }, (_, n) => file(n));

function collector(more: Partial<Collector> = {}) {
  const archive = memoryArchive();
  const all: Collector = {
    archive,
    now: () => T0 + HOUR,
    ask: async (_take, known) => await Promise.resolve(known),
    told: (error) => (error instanceof Error ? error.message : String(error)),
    ...more,
  };
  return { archive, all };
}

const look = async (
  all: Collector,
  told: FileSeen[] = [],
  take: Partial<AskedTake> = asked,
): Promise<Collected> =>
  await collectTake(all, { header, subject, take: { take: 1, fileCount: 0, ...take }, partsTo: 0, told });

async function manifest(archive: ReturnType<typeof memoryArchive>): Promise<FileSeen[]> {
  const names = (await listManifest(archive, folder)).get(1) ?? [];
  return (await readTakeFiles(archive, folder, names)).files;
}

const result = {
  sessionId: header.sessionId,
  key: header.key,
  name: 'news',
  outcome: 'completed' as const,
  verdict: 'complete' as const,
  windowMs: HOUR,
  totals: noTotals(),
  takes: 1,
  parts: 1,
};
const close = async (archive: ReturnType<typeof memoryArchive>, found: Collected): Promise<unknown> =>
  await closeLedger(archive, {
    header,
    result,
    previousHash: null,
    files: [found.found],
    collection: { subject, queues: { workflows: 'q', account: 'q/a' }, session: 'recording/x' },
  });

describe('a look at files', () => {
  it('writes pieces of a thousand, and only those again that have changed', async () => {
    const { archive, all } = collector();
    const first = await look(all, files(2_500));
    expect(JSON.stringify(first).length).toBeLessThan(20_000);
    expect([...archive.pieces.keys()].map((name) => name.slice(folder.length + 1)).toSorted()).toEqual([
      'files/take-0001-0001-v1.json',
      'files/take-0001-0002-v1.json',
      'files/take-0001-0003-v1.json',
    ]);
    const gone = await look(all, [file(1_200, { state: 'missing', trouble: 'deleted' })]);
    expect([...archive.pieces.keys()].filter((name) => name.includes('-v2'))).toEqual([
      `${folder}/files/take-0001-0002-v2.json`,
    ]);
    expect(gone.found).toMatchObject({ fileCount: 2_500, sums: { stored: 2_499, missing: 1 } });
    expect(gone.found.files).toEqual([expect.objectContaining({ name: 'f-1200.ts', state: 'missing' })]);
    expect(await manifest(archive)).toHaveLength(2_500);
  });

  it('puts a file that is told late into its place, and loses none on the way', async () => {
    const { archive, all } = collector();
    const late = file(0, { name: 'late.ts', from: T0 - MINUTE, to: T0 });
    await look(all, files(1_500));
    let broken = 1;
    const put = async (name: string, text: string): Promise<void> => void archive.pieces.set(name, text);
    archive.put = async (name, text) => {
      broken -= 1;
      if (broken < 0) throw new Error('the archive is down');
      await put(name, text);
    };
    const half = await look(all, [late]);
    expect(half.unarchived).toBe('the archive is down');
    expect(new Set((await manifest(archive)).map(({ name }) => name)).size).toBe(1_500);
    archive.put = put;
    await look(all, [late]);
    const whole = await manifest(archive);
    expect(whole).toHaveLength(1_501);
    expect(whole[0]!.name).toBe('late.ts');
  });

  it('goes on after a write that left out a piece in the middle, also where later pieces have changed', async () => {
    const { archive, all } = collector();
    await look(all, files(900));
    const put = archive.put.bind(archive);
    archive.put = async (name, text) => {
      if (name.includes('-0003-')) throw new Error('the archive is down');
      await put(name, text);
    };
    expect((await look(all, files(5_400))).unarchived).toBe('the archive is down');
    archive.put = put;
    const more = await look(all, files(5_500));
    expect(more).toMatchObject({ unarchived: null, found: { fileCount: 5_500 } });
    expect((await manifest(archive)).map(({ name }) => name)).toEqual(files(5_500).map(({ name }) => name));
    const newest = ['1-v2', '2-v1', '3-v1', '4-v1', '5-v1', '6-v2'];
    expect((await listManifest(archive, folder)).get(1)).toEqual(
      newest.map((one) => `files/take-0001-000${one}.json`),
    );
  });

  it('asks the vendor also while the archive is away, and says that nothing was kept', async () => {
    const { archive, all } = collector({ ask: async () => await Promise.resolve(files(3)) });
    archive.get = async () => await Promise.reject(new Error('the archive is away'));
    archive.list = async () => await Promise.reject(new Error('the archive is away'));
    const found = await look(all);
    expect(found).toMatchObject({ unarchived: 'the archive is away', found: { fileCount: 3 } });
    expect((await look({ ...all, archive: null })).unarchived).toContain('names no archive');
  });

  it('keeps what is known when the vendor does not answer', async () => {
    const { archive, all } = collector({ ask: async () => await Promise.reject(new Error('no answer')) });
    const found = await look(all, files(2));
    expect(found).toMatchObject({ unreached: 'no answer', found: { sums: { stored: 2 } } });
    expect(await manifest(archive)).toHaveLength(2);
  });
});

describe('what is to be looked at once more', () => {
  const one = (): Collecting => ({ ...again({ take: 1, partsTo: 0 }, T0), told: files(2), collectedAt: T0 });
  const done = { files: files(3), partsTo: 4, unreached: null, unarchived: null };

  it('is read from the vendor as of the last look that was kept', () => {
    const kept = one();
    learn(kept, done, 1, T0 + HOUR);
    expect(kept).toMatchObject({ collectedAt: T0 + HOUR, partsTo: 4, tries: 1, told: [file(1)] });
    const lost = one();
    learn(lost, { ...done, unarchived: 'the archive is away' }, 1, T0 + HOUR);
    expect(lost).toMatchObject({ collectedAt: T0, partsTo: 0, tries: 1, told: [...files(3), file(1)] });
    const silent = one();
    learn(silent, { ...done, unreached: 'no answer' }, 2, T0 + HOUR);
    expect(silent).toMatchObject({ collectedAt: T0, partsTo: 4, tries: 0, told: [] });
  });

  it.each([
    ['all files are stored', 3, { files: 3, stored: 3 }, false],
    ['one is not', 3, { files: 3, stored: 2, named: 1 }, true],
    ['one is not known', 4, { files: 3, stored: 3 }, true],
    ['none is known', 0, {}, true],
  ])('or not, is a take by its counts: %s', (_what, fileCount, sums, lacks) => {
    expect(lacksFiles({ fileCount, sums: { ...noFiles(), ...sums } })).toBe(lacks);
  });
});

describe('what the sums say of a stretch', () => {
  it('is what all files say', async () => {
    const { all } = collector();
    const some = files(30).map((one) => (one.sequence === 11 ? { ...one, state: 'named' as const } : one));
    const { found } = await look(all, some);
    for (let from = 0; from < 29; from += 1) {
      for (const length of [1, 3]) {
        const [a, b] = [T0 + from * MINUTE, T0 + (from + length) * MINUTE];
        const whole = { take: 1, files: some, fileCount: 30 };
        expect(isStored(a, b, found), `${from} ${length}`).toBe(isStored(a, b, whole));
      }
    }
    expect(isStored(T0, T0 + MINUTE, { ...found, fileCount: 31 }), 'one is not accounted for').toBe(false);
  });
});

describe('the last word', () => {
  it('has a playlist where the parts are MPEG-TS, with a mark at each gap', async () => {
    const { archive, all } = collector();
    await close(archive, await look(all, [file(0), file(1), file(3, { place: 'https://b.example/3.ts' })]));
    const head = (await readFiles(archive, folder))!;
    expect(head.playlist).toEqual({ name: 'playlist.m3u8' });
    expect(archive.pieces.get(`${folder}/playlist.m3u8`)!.split('\n')).toEqual([
      '#EXTM3U',
      '#EXT-X-VERSION:3',
      '#EXT-X-PLAYLIST-TYPE:VOD',
      '#EXT-X-TARGETDURATION:60',
      '#EXT-X-MEDIA-SEQUENCE:0',
      '#EXT-X-PROGRAM-DATE-TIME:2026-11-21T12:00:00.000Z',
      '#EXTINF:60.000,',
      'f-0.ts',
      '#EXT-X-PROGRAM-DATE-TIME:2026-11-21T12:01:00.000Z',
      '#EXTINF:60.000,',
      'f-1.ts',
      '#EXT-X-DISCONTINUITY',
      '#EXT-X-PROGRAM-DATE-TIME:2026-11-21T12:03:00.000Z',
      '#EXTINF:60.000,',
      'https://b.example/3.ts',
      '#EXT-X-ENDLIST',
      '',
    ]);
  });

  it.each([
    ['a.mp4', 'no MPEG-TS'],
    ['a.m3u8', 'is a playlist itself'],
  ])('says why %s has none', async (name, why) => {
    const { archive, all } = collector();
    await close(archive, await look(all, [file(0, { name })]));
    expect((await readFiles(archive, folder))!.playlist).toEqual({
      why: expect.stringContaining(why) as string,
    });
  });

  it('is said anew under another name, and the same twice is once', async () => {
    const { archive, all } = collector();
    const first = await look(all, [file(0, { state: 'missing' })]);
    await close(archive, first);
    await close(archive, first);
    await close(archive, await look(all, [file(0)], { take: 1 }));
    const names = [...archive.pieces.keys()].filter((name) => /\/files(-\d+)?\.json$/.test(name));
    expect(names).toEqual([`${folder}/files.json`, `${folder}/files-2.json`]);
    expect((await readFiles(archive, folder))!.counts).toMatchObject({ stored: 1, missing: 0 });
  });
});

describe('temporary files of NAVER', () => {
  it('are kept at for three days, and stored when the bucket was mended and they are looked at again', async () => {
    const k = kit();
    k.control('bucket', { bucket: 'recordings', denied: true });
    const { take } = await k.begin();
    k.wait(MINUTE);
    await k.stop(take);
    const ended: AskedTake = { ...asked, ...take, handle: take.handle, endedAt: k.clock.now() };
    const { archive, all } = collector({
      now: k.clock.now,
      ask: async (one, known) => await k.files(one, known),
    });

    let one: Collecting | null = { ...again({ take: 1, partsTo: 0 }, k.clock.now()), ...ended };
    let found: Collected | null = null;
    let looks = 0;
    const goOn = async (until: number): Promise<void> => {
      while (one && one.nextAt <= until) {
        k.wait(Math.max(0, one.nextAt - k.clock.now()));
        const { partsTo, told, endedSince: _since, tries: _tries, nextAt: _at, ...question } = one;
        found = await collectTake(all, { header, subject, take: question, partsTo, told });
        looks += 1;
        one.tries += 1;
        const { missing } = found.found.sums!;
        const outcome = { ...found, missing, reached: found.unreached === null, archived: true };
        const at: number | null = nextLook(one, outcome, 600_000, k.clock.now());
        one = at === null ? null : { ...one, nextAt: at };
      }
    };
    await goOn(T0 + 2 * DAY);
    expect(found).toMatchObject({
      unsettled: 3,
      expiresAt: T0 + MINUTE + 3 * DAY,
      found: { sums: { stored: 0 } },
    });
    expect(looks).toBeLessThan(300);
    await close(archive, found!);

    k.control('bucket', { bucket: 'recordings', denied: false });
    // As `files retry` begins it: handle and name are in the archive alone.
    one = again({ take: 1, partsTo: 0 }, k.clock.now());
    await goOn(T0 + 3 * DAY);
    expect(found).toMatchObject({ unsettled: 0, found: { sums: { stored: 3, missing: 0 } } });
    expect(one).toBeNull();
    await close(archive, found!);
    expect((await readFiles(archive, folder))!.counts).toMatchObject({ files: 3, stored: 3 });
  });
});

describe('with credentials that may read the bucket', () => {
  const read = { credentials: { provider: 'static', ...KEY } };

  it('what is there is stored, and what is not is missing, whatever the vendor says', async () => {
    const cloud = cloudKit();
    const destination = destinationOf({ read });
    const client = await s3Client({ dispatcher: cloud.dispatcher, now: cloud.clock.now }, destination, KEY);
    await client.send(new PutObjectCommand({ Bucket: 'recordings', Key: 'f-0.ts', Body: 'media' }));
    const context = { name: 'place', destination, dispatcher: cloud.dispatcher, now: cloud.clock.now };
    const { all } = collector({
      ask: async () =>
        await Promise.resolve([file(0, { state: 'named' }), file(1), file(2, { state: 'named' })]),
      confirm: async (_take, some) => await confirmFiles(context, some, String),
    });
    const { found, unconfirmed } = await look(all);
    expect(unconfirmed).toBeNull();
    expect(found.files).toEqual([
      expect.objectContaining({ state: 'stored', by: 'head', bytes: 5 }),
      expect.objectContaining({
        state: 'missing',
        trouble: expect.stringContaining('does not have it') as string,
      }),
      expect.objectContaining({ state: 'named' }),
    ]);
    const asks = (): number => cloud.ops().filter((op) => op.startsWith('HeadObject')).length;
    expect(asks()).toBe(3);
    expect((await look(all)).found.files[0]).toMatchObject({ state: 'stored', by: 'head', bytes: 5 });
    expect(asks(), 'what was seen is not asked for again').toBe(5);
  });

  it('what was missing is stored once it is there, though no vendor lists it again', async () => {
    const cloud = cloudKit();
    const destination = destinationOf({ read });
    const client = await s3Client({ dispatcher: cloud.dispatcher, now: cloud.clock.now }, destination, KEY);
    const context = { name: 'place', destination, dispatcher: cloud.dispatcher, now: cloud.clock.now };
    const { all } = collector({ confirm: async (_take, some) => await confirmFiles(context, some, String) });
    const unnamed = file(1, { name: NOT_NAMED, state: 'missing' });
    expect((await look(all, [file(0), unnamed])).found.sums).toMatchObject({ stored: 0, missing: 2 });
    expect((await look(all)).found.sums).toMatchObject({ stored: 0, missing: 2 });
    await client.send(new PutObjectCommand({ Bucket: 'recordings', Key: 'f-0.ts', Body: 'media' }));
    const [found] = (await look(all)).found.files;
    expect(found).toMatchObject({ name: 'f-0.ts', state: 'stored', by: 'head', bytes: 5 });
    expect(found).not.toHaveProperty('trouble');
    expect(cloud.ops().filter((op) => op.startsWith('HeadObject'))).toHaveLength(3);
  });

  it('a bucket that may not be read changes nothing, and is told', async () => {
    const cloud = cloudKit();
    const wrong = { credentials: { provider: 'static', ...KEY, secretKey: 'wrong' } };
    const context = {
      name: 'place',
      destination: destinationOf({ read: wrong }),
      dispatcher: cloud.dispatcher,
      now: cloud.clock.now,
    };
    const told = (error: unknown): string => (error as Error).message;
    const { all } = collector({ confirm: async (_take, some) => await confirmFiles(context, some, told) });
    const { found, unconfirmed } = await look(all, files(2));
    expect(unconfirmed).toContain('place: HeadObject');
    expect(found.sums).toMatchObject({ stored: 2 });
  });

  it.each([
    ['oss://recordings/a/b.ts', 'a/b.ts'],
    ['https://kr.object.example.com/recordings/a/b.ts', 'a/b.ts'],
    ['https://recordings.obs.example.com/a/b%20c.ts', 'a/b c.ts'],
    [undefined, 'f-0.ts'],
  ])('the key of %s is %s', (place, key) => {
    expect(keyOf(file(0, place === undefined ? {} : { place }), 'recordings')).toBe(key);
  });
});
