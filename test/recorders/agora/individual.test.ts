import { describe, expect, it } from 'vitest';
import { kit, MINUTE, SECOND, T0 } from './kit.ts';

describe('individual mode', () => {
  it('names the files of each user and medium, and dates them', async () => {
    const k = kit({ mode: 'individual' });
    k.control('source.start', { uid: '101' });
    const { take } = await k.begin();
    k.clock.advance(30 * SECOND);
    k.control('source.start', { uid: '102' });
    const seen = await k.seeIn(30 * SECOND, take);
    expect(seen).toMatchObject({ actual: 'recording', fileCount: 4, since: { at: T0 + 2 * SECOND } });
    expect(seen.files!.map(({ from }) => from! - T0)).toEqual([2_000, 2_000, 30_000, 30_000]);
    const { observation } = await k.stop(take);
    expect(observation!.files!.every(({ state }) => state === 'stored')).toBe(true);
  });

  it('tells all of many files, which are listed nowhere else', async () => {
    const k = kit({ mode: 'individual', options: { subscribeUidGroup: 2 } });
    for (let uid = 101; uid <= 112; uid += 1) k.control('source.start', { uid: String(uid) });
    const { take } = await k.begin();
    const seen = await k.seeIn(MINUTE, take);
    expect(seen.fileCount).toBe(24);
    expect(seen.files!.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 24 }, (_, n) => n));
  });

  it('is proved by 4 while the first slice is not yet named, and claims nothing before', async () => {
    const k = kit({ mode: 'individual' });
    k.control('source.start');
    const { take } = await k.begin();
    expect(await k.seeIn(5 * SECOND, take)).toMatchObject({ actual: 'armed', fileCount: 0 });
    expect(await k.seeIn(55 * SECOND, { ...take, belief: 'armed' })).toMatchObject({
      actual: 'recording',
      since: { at: T0 + 2 * SECOND },
    });
  });
});

describe('screenshots alone', () => {
  const options = {
    snapshotConfig: { captureInterval: 10, fileType: ['jpg'] },
    subscribeUidGroup: 0,
    streamTypes: 1,
  };

  it('are started without recordingFileConfig', async () => {
    const k = kit({ mode: 'individual', options });
    await k.begin();
    expect(k.lastSent('start')).not.toHaveProperty('recordingFileConfig');
    expect(k.lastSent('start')['snapshotConfig']).toEqual(options.snapshotConfig);
  });

  it.each([
    ['ready', 'recording'],
    ['never', 'armed'],
  ] as const)(
    'are believed by a status 5 alone, since no list names them: %s',
    async (statusFive, actual) => {
      const k = kit({ mode: 'individual', options, unknowns: { statusFive } });
      k.control('source.start');
      const { take } = await k.begin();
      const seen = await k.seeIn(MINUTE, take);
      expect(seen).toMatchObject({ actual, fileCount: 0 });
      expect(seen).not.toHaveProperty('since');
    },
  );

  it('are stopped without a word of files', async () => {
    const k = kit({ mode: 'individual', options });
    k.control('source.start');
    const { take } = await k.begin();
    k.clock.advance(MINUTE);
    const { how, observation } = await k.stop(take);
    expect(how).toBe('stopped');
    expect(observation).toMatchObject({ actual: 'starting', files: [], endedAt: { at: T0 + MINUTE } });
    expect(observation).not.toHaveProperty('filedUntil');
  });
});
