import { describe, expect, it } from 'vitest';
import type { UploadVerdict } from '../../src/emulators/object-store.ts';
import {
  agoraKit,
  ends,
  events,
  FakeStore,
  FOLDER,
  stretches,
  STORAGE,
  T0,
  type AgoraKit,
} from './agora-kit.ts';

const HOUR = 3_600_000;
const sts = (endsAt: number, more = {}) => ({
  ...STORAGE,
  stsToken: 'token',
  stsExpiration: Math.floor(endsAt / 1000),
  ...more,
});
const lost = (kit: AgoraKit) =>
  kit
    .truth('file')
    .filter(({ event }) => event === 'lost')
    .flatMap(({ from, to }) =>
      from === undefined || to === undefined ? [] : [[(from - T0) / 1000, (to - T0) / 1000]],
    );

describe('uploads of the emulated Agora', () => {
  it('carry bucket, key and keys', () => {
    const store = new FakeStore();
    const kit = agoraKit({ store });
    kit.join();
    const ids = kit.begin('mix', { storageConfig: sts(T0 + 4 * HOUR) });
    kit.wait(20_000);
    kit.stop(ids);
    const name = `${FOLDER}${ids.sid}_room`;
    expect(store.uploads.map(({ key, bytes, at }) => [key, bytes, at - T0])).toEqual([
      [`${name}.m3u8`, 0, 2000],
      [`${name}_20260101120002000.ts`, 1_875_000, 17_000],
      [`${name}.m3u8`, 0, 17_000],
      [`${name}_20260101120017000.ts`, 375_000, 20_000],
      [`${name}.m3u8`, 0, 20_000],
    ]);
    for (const upload of store.uploads)
      expect(upload).toMatchObject({ bucket: 'archive', accessKey: 'AK', secretKey: 'SK', token: 'token' });
    expect(kit.truth('media').map(({ file, bytes }) => [file, bytes])).toEqual(
      store.uploads.filter(({ bytes }) => bytes > 0).map(({ key, bytes }) => [key, bytes]),
    );
  });

  it.each(['denied', 'expired', 'unknown-key', 'no-bucket'] as const)(
    'end a task whose keys are %s from the beginning, after a 200',
    (verdict: UploadVerdict) => {
      const store = new FakeStore();
      store.verdict = () => verdict;
      const kit = agoraKit({ store });
      kit.join();
      const ids = kit.begin('mix');
      kit.wait(5000);
      expect(kit.query(ids)).toMatchObject({ status: 404, json: { code: 404 } });
      expect(ends(kit)).toEqual([[2, 'storage refused']]);
      expect(kit.notices()[0]).toMatchObject({
        eventType: 1,
        payload: { details: { module: 1, errorLevel: 5, errorCode: 32 } },
      });
      expect(stretches(kit)).toEqual([]);
    },
  );

  it('lose what comes after the token has ended, and say so', () => {
    const kit = agoraKit();
    kit.join();
    const ids = kit.begin('mix', { storageConfig: sts(T0 + HOUR) });
    kit.wait(HOUR + 600_000);
    expect(kit.query(ids).json.serverResponse.status).toBe(5);
    expect(kit.stop(ids).json.serverResponse.uploadingStatus).toBe('unknown');
    expect(stretches(kit)).toEqual([[2, 3587]]);
    expect(lost(kit)[0]?.[0]).toBe(3587);
    expect(lost(kit).at(-1)?.[1]).toBe(4200);
    expect(events(kit).filter((event) => event === 34)).toHaveLength(1);
    // Told once, and not for every slice.
    expect(kit.notices().filter(({ eventType }) => eventType === 1)).toHaveLength(1);
    expect(kit.notices().find(({ eventType }) => eventType === 1)?.payload.details).toMatchObject({
      module: 1,
      errorCode: 47,
    });
    expect(events(kit)).not.toContain(31);
  });

  it('go on with a token that was renewed in time, and again with one that was late', () => {
    const kit = agoraKit();
    kit.join();
    const ids = kit.begin('mix', { storageConfig: sts(T0 + HOUR) });
    kit.wait(HOUR / 2);
    kit.update(ids, { storageConfig: sts(T0 + 2 * HOUR) });
    kit.wait(2 * HOUR);
    kit.update(ids, { storageConfig: sts(T0 + 6 * HOUR) });
    kit.wait(HOUR / 2);
    expect(kit.stop(ids).json.serverResponse.uploadingStatus).toBe('unknown');
    expect(stretches(kit)).toEqual([
      [2, 7187],
      [8987, 10_800],
    ]);
  });

  it('are refused for a while when permission is gone', () => {
    for (const how of ['store', 'control'] as const) {
      const store = new FakeStore();
      const kit = agoraKit(how === 'store' ? { store } : {});
      const deny = (denied: boolean) => {
        kit.emulator.settle(kit.clock.now());
        if (how === 'control') kit.control('storage', { mode: denied ? 'denied' : 'ok' });
        else store.verdict = () => (denied ? 'denied' : 'stored');
      };
      kit.join();
      const ids = kit.begin('mix');
      kit.wait(100_000);
      deny(true);
      kit.wait(100_000);
      deny(false);
      kit.wait(100_000);
      kit.stop(ids);
      const media = stretches(kit);
      expect(media[0]).toEqual([2, 100]);
      expect(media.at(-1)?.[1]).toBe(300);
      expect(lost(kit)[0]?.[0]).toBe(100);
      // Everything is either recorded or lost.
      const total = [...media, ...lost(kit)].reduce((sum, [from = 0, to = 0]) => sum + to - from, 0);
      expect(total).toBe(298);
    }
  });

  it('have no store to fail without an end of the keys', () => {
    const kit = agoraKit();
    kit.join();
    const ids = kit.begin('mix');
    kit.wait(100 * HOUR - 72 * HOUR);
    expect(kit.stop(ids).json.serverResponse.uploadingStatus).toBe('uploaded');
    expect(stretches(kit)).toEqual([[2, 28 * 3600]]);
  });
});
