import { describe, expect, it } from 'vitest';
import type { FileSeen } from '../../../src/session/facts.ts';
import { AUTO, CHANNEL, DAY, HOUR, kit, type Kit, MANUAL, MINUTE, SECOND, T0 } from './kit.ts';

const NAMES = [
  expect.stringMatching(/^361545-1307133-.+\.mp4$/) as string,
  '361545-1307133/720p-9-16/playlist.m3u8',
  '361545-1307133/quality000/playlist.m3u8',
];

async function recorded(k: Kit) {
  const { take } = await k.begin();
  k.wait(MINUTE);
  await k.stop(take);
  return take;
}

const states = (files: FileSeen[]): string[] => files.map(({ state }) => state);

describe('files of a take', () => {
  it('are one for each quality and type, uploaded as soon as they are ready', async () => {
    const k = kit({ settings: { record: MANUAL }, options: { accessControl: 'PUBLIC_READ' } });
    const take = await recorded(k);
    const open = await k.files(take);
    expect(open.map(({ name }) => name)).toEqual(NAMES);
    expect(open.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
    expect(states(open)).toEqual(['open', 'open', 'open']);
    expect(open[0]).toMatchObject({ from: T0, to: T0 + MINUTE, expiresAt: T0 + MINUTE + 3 * DAY });
    expect(k.called()).not.toContain('POST upload');
    k.wait(30 * SECOND);
    const named = await k.files(take, open);
    expect(k.sent.at(-1)).toMatchObject({
      path: '/api/v2/buckets/recordings/upload',
      body: { recordIds: [2_700_001, 2_700_002, 2_700_003], accessControl: 'PUBLIC_READ' },
    });
    expect(named[1]).toEqual({
      name: NAMES[1],
      sequence: 1,
      state: 'named',
      from: T0,
      to: T0 + MINUTE,
      quality: '720x1280',
      expiresAt: T0 + MINUTE + 3 * DAY,
    });
    k.wait(30 * SECOND);
    const stored = await k.files(take, named);
    expect(states(stored)).toEqual(['stored', 'stored', 'stored']);
    expect(stored[0]!.place).toMatch(/^https:\/\/kr\.object\.ncloudstorage\.com\/recordings\//);
    expect(stored[0]).not.toHaveProperty('expiresAt');
    expect(k.truth('file').map(({ event }) => event)).toEqual(['finalised', 'finalised', 'finalised']);
  });

  it('are asked for again and again, and uploaded once', async () => {
    const k = kit();
    const take = await recorded(k);
    let known: FileSeen[] = [];
    for (let i = 0; i < 20; i += 1) {
      k.wait(7 * SECOND);
      known = await k.files(take, known);
    }
    expect(states(known)).toEqual(['stored', 'stored', 'stored']);
    expect(k.called().filter((one) => one === 'POST upload')).toHaveLength(1);
  });

  it.each(['MP4', 'HLS'] as const)('are those of the format that the channel honours: %s', async (format) => {
    const k = kit({ settings: { record: { ...MANUAL, format } } });
    const found = await k.files(await recorded(k));
    expect(found).toHaveLength(format === 'MP4' ? 1 : 2);
    expect((await kitIgnoring(format)).length).toBe(3);
  });

  async function kitIgnoring(format: 'MP4' | 'HLS') {
    const k = kit({ settings: { record: { ...MANUAL, format } }, unknowns: { format: 'ignored' } });
    return await k.files(await recorded(k));
  }

  it('of AUTO_UPLOAD are left to the platform', async () => {
    const k = kit({ settings: { record: AUTO } });
    const take = await recorded(k);
    k.wait(25 * SECOND);
    expect(states(await k.files(take))).toEqual(['named', 'named', 'named']);
    k.wait(30 * SECOND);
    expect(states(await k.files(take))).toEqual(['stored', 'stored', 'stored']);
    expect(k.called()).not.toContain('POST upload');
  });

  it.each([
    ['MANUAL_UPLOAD', MANUAL, 'PRIVATE'],
    ['AUTO_UPLOAD', AUTO, 'PUBLIC_READ'],
  ] as const)('that a bucket did not take are uploaded again: %s', async (_type, record, accessControl) => {
    const k = kit({ settings: { record } });
    k.control('bucket', { bucket: 'recordings', denied: true });
    const take = await recorded(k);
    let known: FileSeen[] = [];
    for (let i = 0; i < 5; i += 1) {
      k.wait(20 * SECOND);
      known = await k.files(take, known);
    }
    expect(states(known)).toEqual(['named', 'named', 'named']);
    expect(known[0]).toMatchObject({
      trouble: 'bucket recordings did not take it; it is uploaded again',
      expiresAt: T0 + MINUTE + 3 * DAY,
    });
    k.control('bucket', { bucket: 'recordings', denied: false });
    for (let i = 0; i < 3; i += 1) {
      known = await k.files(take, known);
      k.wait(20 * SECOND);
    }
    expect(states(known)).toEqual(['stored', 'stored', 'stored']);
    expect(known[0]).not.toHaveProperty('trouble');
    expect(k.sent.findLast(({ method }) => method === 'POST')!.body).toMatchObject({ accessControl });
  });

  it('say why an upload was refused, and it is tried again', async () => {
    const k = kit({ buckets: ['another'] });
    const take = await recorded(k);
    k.wait(30 * SECOND);
    const [file] = await k.files(take);
    expect(file).toMatchObject({ state: 'named', expiresAt: T0 + MINUTE + 3 * DAY });
    expect(file!.trouble).toContain('not uploaded to recordings: upload: Live Station does not find it');
    k.fault('upload', 'reply-lost');
    await k.files(take);
    expect(k.called().filter((one) => one === 'POST upload')).toHaveLength(2);
  });

  it('whose upload was answered with nothing are found on their way', async () => {
    const k = kit();
    const take = await recorded(k);
    k.wait(30 * SECOND);
    k.fault('upload', 'reply-lost');
    const known = await k.files(take);
    expect(states(known)).toEqual(['named', 'named', 'named']);
    k.wait(30 * SECOND);
    expect(states(await k.files(take, known))).toEqual(['stored', 'stored', 'stored']);
  });

  it('without a destination are in the temporary store only, and gone after 3 days', async () => {
    for (const removed of ['listed', 'gone'] as const) {
      const k = kit({ bucket: null, unknowns: { removed } });
      const take = await recorded(k);
      k.wait(HOUR);
      const known = await k.files(take);
      expect(known[0]).toMatchObject({
        state: 'named',
        trouble: 'only in the temporary store: no destination is named',
        expiresAt: T0 + MINUTE + 3 * DAY,
      });
      expect(k.called()).not.toContain('POST upload');
      k.wait(3 * DAY);
      const gone = await k.files(take, known);
      expect(states(gone)).toEqual(['missing', 'missing', 'missing']);
      expect(gone[0]!.trouble).toMatch(
        removed === 'gone' ? /no longer lists it/ : /deleted from the temporary store/,
      );
      expect(gone[0]).not.toHaveProperty('expiresAt');
    }
  });

  it.each([7, 3] as const)('that live %d days say so', async (days) => {
    const k = kit({ bucket: null, unknowns: { temporaryMs: days * DAY } });
    const take = await recorded(k);
    expect((await k.files(take))[0]!.expiresAt).toBe(T0 + MINUTE + days * DAY);
  });

  it.each(['listed', 'gone'] as const)(
    'that are stored stay so when the temporary copy is removed (%s)',
    async (removed) => {
      const k = kit({ unknowns: { removed } });
      const take = await recorded(k);
      k.wait(30 * SECOND);
      await k.files(take);
      k.wait(30 * SECOND);
      const stored = await k.files(take);
      await k.api().deleteRecords(CHANNEL, ['2700001', '2700002', '2700003']);
      expect(await k.files(take, stored)).toEqual(stored);
      k.wait(8 * DAY);
      expect(await k.files(take, stored)).toEqual(stored);
    },
  );

  it('that could not be processed are missing', async () => {
    const k = kit();
    k.control('processing', { fails: true });
    const take = await recorded(k);
    k.wait(30 * SECOND);
    expect(await k.files(take)).toMatchObject(
      Array.from({ length: 3 }, () => ({ state: 'missing', trouble: 'Live Station could not process it' })),
    );
  });

  it('keep their numbers when a recording goes on with new ones, and when old ones are no longer listed', async () => {
    const k = kit({ unknowns: { publishEnd: 'stays', reconnect: 'fragments', removed: 'gone' } });
    const { take } = await k.begin();
    k.wait(MINUTE);
    k.leave();
    k.wait(MINUTE);
    const first = await k.files(take);
    k.push();
    k.wait(MINUTE);
    const both = await k.files(take, first);
    expect(both.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(new Set(both.map(({ name }) => name)).size).toBe(6);
    await k.stop(take);
    k.wait(30 * SECOND);
    await k.api().deleteRecords(CHANNEL, ['2700001']);
    const later = await k.files(take, both);
    expect(later.map(({ name, sequence }) => [name, sequence])).toEqual(
      both.map(({ name, sequence }) => [name, sequence]),
    );
  });

  it('of another recording of the channel are not told, and a list that cannot be read is a failure', async () => {
    const k = kit();
    const take = await recorded(k);
    await k.api().startRecord(CHANNEL);
    expect(await k.files(take)).toHaveLength(3);
    k.fault('records', 'error-unapplied');
    await expect(k.files(take)).rejects.toMatchObject({ failure: { code: 'E_VENDOR_FAULT', applied: 'no' } });
  });

  it('whose address is "-" are not stored', async () => {
    const k = kit();
    const take = await recorded(k);
    k.answers = (request, said) => {
      const answer = said();
      if (answer.kind !== 'response' || request.method !== 'GET') return answer;
      const body = answer.response.body.replaceAll('"PROCESSING"', '"TRANSFER_FINISH"');
      return { ...answer, response: { ...answer.response, body } };
    };
    expect(states(await k.files(take))).toEqual(['named', 'named', 'named']);
  });
});
