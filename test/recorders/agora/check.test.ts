import { describe, expect, it } from 'vitest';
import { agoraRecorder } from '../../../src/recorders/agora/adapter.ts';
import { kit, type Kit, WEB_APP_ID } from './kit.ts';

async function check(k: Kit) {
  const lines = await agoraRecorder.check(k.context);
  k.told.push(lines);
  return lines;
}

describe('the checks of an account', () => {
  it('acquire a resource that nobody uses, and make a token', async () => {
    const k = kit();
    expect(await check(k)).toMatchObject([
      { ok: true },
      { ok: true, detail: expect.stringContaining('24 h') },
    ]);
    expect(k.sent.map(({ path }) => path.split('/').at(-1))).toEqual(['acquire']);
    expect(Number(k.sent[0]!.body.uid)).toBeGreaterThanOrEqual(3_000_000_000);
  });

  it('ask for both App IDs where web pages have one of their own', async () => {
    const k = kit({ account: { webAppId: WEB_APP_ID } });
    const lines = await check(k);
    expect(lines.map(({ what }) => what)).toEqual([
      'Agora gives a resource',
      'Agora gives a resource for web pages',
      'tokens for recorders',
    ]);
    expect(k.sent[1]).toMatchObject({
      path: expect.stringContaining(WEB_APP_ID),
      body: { clientRequest: { scene: 1 } },
    });
  });

  it('say so where there is no certificate', async () => {
    const k = kit({ account: { appCertificate: undefined } });
    expect((await check(k))[1]).toMatchObject({
      ok: true,
      detail: expect.stringContaining('no appCertificate'),
    });
  });

  it.each([
    [
      'customerSecret',
      (k: Kit) => void (k.context.account.customerSecret = 'canary-wrong'),
      /customerId and customerSecret/,
    ],
    ['account', (k: Kit) => k.control('account', { state: 'overdue' }), /appId of the account, its bill/],
    ['capacity', (k: Kit) => k.control('pcw', { limit: 0 }), /recordings that nobody needs/],
    ['outage', (k: Kit) => k.control('restart', { downMs: 60_000 }), /reach the Internet/],
    ['fault', (k: Kit) => k.fault('acquire', 'error-unapplied'), /Try again later/],
  ])('name a remedy for trouble with %s', async (_what, spoil, remedy) => {
    const k = kit();
    spoil(k);
    expect((await check(k))[0]).toMatchObject({ ok: false, remedy: expect.stringMatching(remedy) });
  });
});
