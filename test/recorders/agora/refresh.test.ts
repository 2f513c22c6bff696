import { describe, expect, it } from 'vitest';
import { agoraRecorder } from '../../../src/recorders/agora/adapter.ts';
import type { StandingTake } from '../../../src/recorders/recorder.ts';
import { HOUR, kit, type Kit, MINUTE, T0 } from './kit.ts';

const refresh = (k: Kit, take: StandingTake) => agoraRecorder.refresh!(k.context, k.subject, take);

describe('a refresh of storage credentials', () => {
  it('mints and sends the whole storage block again, its extensions among it', async () => {
    const k = kit({ options: { storageConfig: { extensionParams: { sse: 'aes256', tag: 'live' } } } });
    k.control('source.start');
    const { take } = await k.begin(k.name(), { endBy: T0 + 2 * HOUR });
    k.clock.advance(HOUR);
    const { credentials } = await refresh(k, take);
    expect(credentials).toEqual({ mintedAt: T0 + HOUR, expiresAt: T0 + 5 * HOUR, fingerprint: 'f2' });
    const first = k.lastSent('start')['storageConfig']!;
    expect(k.lastSent('update')).toEqual({
      storageConfig: {
        ...first,
        accessKey: 'AKIA2',
        secretKey: 'canary-storage-2',
        stsToken: 'canary-sts-2',
        stsExpiration: (T0 + 5 * HOUR) / 1000,
      },
    });
  });

  it('keeps uploads going past the end of the first credentials', async () => {
    const k = kit({
      account: { appCertificate: undefined },
      apps: [{ appId: '0123456789abcdef0123456789abcdef' }],
    });
    k.control('source.start');
    const { take } = await k.begin(k.name(), { endBy: T0 + 8 * HOUR });
    for (let hour = 1; hour <= 6; hour += 1) {
      k.clock.advance(HOUR);
      await refresh(k, take);
    }
    expect(await k.stop(take)).toMatchObject({ observation: { source: 'stop 200, uploaded' } });
  });

  it.each(['reply-lost', 'error-unapplied', 'late', 'malformed'] as const)(
    'is fresh only when Agora has confirmed: %s',
    async (kind) => {
      const k = kit();
      const { take } = await k.begin();
      k.fault('update', kind, { status: 504 });
      expect(await k.failure(refresh(k, take))).toMatchObject({ applied: 'unknown' });
      await expect(refresh(k, take)).resolves.toMatchObject({ credentials: { fingerprint: 'f3' } });
    },
  );

  it('sends nothing where the mint fails', async () => {
    const k = kit();
    const { take } = await k.begin();
    k.mintFails = true;
    expect(await k.failure(refresh(k, take))).toMatchObject({ code: 'E_DESTINATION', applied: 'no' });
    expect(k.requests('update')).toHaveLength(0);
  });

  it('waits for the end of a failover, or is taken in its midst', async () => {
    const failingOver = async (updateInFailover: '404' | 'applied') => {
      const k = kit({ unknowns: { updateInFailover } });
      const { take } = await k.begin();
      k.clock.advance(MINUTE);
      k.control('failover', { forMs: MINUTE });
      return { k, take };
    };
    const { k, take } = await failingOver('404');
    expect(await k.failure(refresh(k, take))).toMatchObject({ applied: 'no', retry: 'later' });
    const other = await failingOver('applied');
    await expect(refresh(other.k, other.take)).resolves.toBeDefined();
  });

  it('with a token that lives too short is told as it is, or refused', async () => {
    const short = async (shortSts: 'accepted' | 'refused') => {
      const k = kit({ unknowns: { shortSts } });
      const { take } = await k.begin();
      k.mintLifeMs = HOUR;
      return { k, take };
    };
    const taken = await short('accepted');
    expect(await refresh(taken.k, taken.take)).toMatchObject({ credentials: { expiresAt: T0 + HOUR } });
    const { k, take } = await short('refused');
    expect(await k.failure(refresh(k, take))).toMatchObject({ applied: 'no', retry: 'never' });
  });

  it.each(['ignored', 'applied'] as const)(
    'never names another folder, be a change of it %s',
    async (bucketChange) => {
      const k = kit({ unknowns: { bucketChange } });
      k.control('source.start');
      const { take, handle } = await k.begin();
      k.clock.advance(MINUTE);
      await refresh(k, take);
      k.clock.advance(MINUTE);
      const { observation } = await k.stop(take);
      expect(observation!.files).toHaveLength(1);
      expect(observation!.files![0]!.name.startsWith(`${handle.folder.join('/')}/`)).toBe(true);
    },
  );

  it.each(['stay', 'reset'] as const)(
    'keeps a pause and the lists of users, be what it leaves out to %s',
    async (omittedParts) => {
      const page = kit({ mode: 'web', unknowns: { omittedParts } });
      const { take } = await page.begin(page.name(), { endBy: T0 + 3 * HOUR });
      page.clock.advance(MINUTE);
      await agoraRecorder.pause!(page.context, page.subject, take);
      page.clock.advance(MINUTE);
      await refresh(page, { ...take, held: true });
      expect((await page.see(take)).actual).toBe('paused');

      const some = kit({
        mode: 'individual',
        options: { subscribeUidGroup: 0, subscribeAudioUids: ['101'], subscribeVideoUids: ['101'] },
        unknowns: { omittedParts },
      });
      some.control('source.start', { uid: '101' });
      some.control('source.start', { uid: '102' });
      const begun = await some.begin();
      some.clock.advance(MINUTE);
      await refresh(some, begun.take);
      some.clock.advance(5 * MINUTE);
      await some.stop(begun.take);
      expect(some.truth('media').filter(({ file }) => file.includes('uid_s_102'))).toEqual([]);
      expect(some.truth('media').filter(({ file }) => file.includes('uid_s_101'))).not.toEqual([]);
    },
  );
});
