import { describe, expect, it } from 'vitest';
import { agoraRecorder } from '../../../src/recorders/agora/adapter.ts';
import type { StandingTake } from '../../../src/recorders/recorder.ts';
import { kit, type Kit, MINUTE, PAGE, SECOND } from './kit.ts';

async function page(k: Kit): Promise<StandingTake> {
  const { take } = await k.begin();
  k.clock.advance(MINUTE);
  return take;
}
const pause = (k: Kit, take: StandingTake) => agoraRecorder.pause!(k.context, k.subject, take);
const resume = (k: Kit, take: StandingTake) => agoraRecorder.resume!(k.context, k.subject, take);

describe('pause and resume of a page', () => {
  it('are onhold, in force once a query shows it', async () => {
    const k = kit({ mode: 'web' });
    const take = await page(k);
    await pause(k, take);
    expect(k.lastSent('update')).toEqual({ webRecordingConfig: { onhold: true } });
    expect(k.requests('query')).toHaveLength(1);
    expect(await k.see(take)).toMatchObject({ actual: 'paused' });
    await resume(k, take);
    expect(await k.see(take)).toMatchObject({ actual: 'recording' });
  });

  it('may be repeated', async () => {
    const k = kit({ mode: 'web' });
    const take = await page(k);
    await pause(k, take);
    await pause(k, take);
    expect(await k.see(take)).toMatchObject({ actual: 'paused' });
  });

  it.each(['reply-lost', 'error-applied', 'malformed', 'late'] as const)(
    'succeed where only the answer was lost and the query shows it: %s',
    async (kind) => {
      const k = kit({ mode: 'web' });
      const take = await page(k);
      k.fault('update', kind, { status: 504 });
      const { at } = await pause(k, take);
      expect(at).toBe(k.clock.now());
    },
  );

  it.each(['reset', 'error-unapplied'] as const)(
    'fail with the first word where it was not applied: %s',
    async (kind) => {
      const k = kit({ mode: 'web' });
      const take = await page(k);
      k.fault('update', kind, { status: 504 });
      expect(await k.failure(pause(k, take))).toMatchObject({
        applied: 'unknown',
        vendor: { operation: 'update' },
      });
      expect(await k.see(take)).toMatchObject({ actual: 'recording' });
    },
  );

  it('are not proved while a query still shows the old value, or none', async () => {
    const k = kit({ mode: 'web' });
    const take = await page(k);
    k.fault('query', 'error-unapplied');
    expect(await k.failure(pause(k, take))).toMatchObject({
      code: 'E_NOT_PROVED',
      applied: 'unknown',
      retry: 2_000,
      vendor: { operation: 'update' },
    });
    k.rewords('"onhold":false', '"onhold":true');
    expect(await k.failure(resume(k, take))).toMatchObject({ code: 'E_NOT_PROVED' });
    k.rewords('', '');
    await expect(resume(k, take)).resolves.toBeDefined();
  });

  it('are refused without a query while it fails over, unless Agora takes updates then', async () => {
    for (const [updateInFailover, code] of [
      ['404', 'E_VENDOR_REFUSED'],
      ['applied', 'E_NOT_PROVED'],
    ] as const) {
      const k = kit({ mode: 'web', unknowns: { updateInFailover } });
      const take = await page(k);
      k.control('failover', { forMs: 30 * SECOND });
      expect(await k.failure(pause(k, take))).toMatchObject({ code });
      k.clock.advance(31 * SECOND);
      expect(await k.see(take)).toMatchObject({
        actual: updateInFailover === 'applied' ? 'paused' : 'recording',
      });
    }
  });

  it('are refused by a page that has ended, and a look tells of it', async () => {
    const k = kit({ mode: 'web' });
    const take = await page(k);
    k.control('page.set', { url: PAGE, state: 'down' });
    expect(await k.failure(pause(k, take))).toMatchObject({ code: 'E_VENDOR_REFUSED', applied: 'no' });
    expect(await k.see(take)).toMatchObject({ actual: 'failed' });
  });
});
