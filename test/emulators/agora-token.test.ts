import agoraToken from 'agora-token';
import { describe, expect, it } from 'vitest';
import { verifyRtcToken } from '../../src/emulators/agora/rtc-token.ts';
import { agoraKit, APP, events, MIX, STORAGE, type AgoraKit } from './agora-kit.ts';

const { RtcTokenBuilder, RtcRole, RtmTokenBuilder } = agoraToken;
const CERTIFICATE = 'fedcba9876543210fedcba9876543210';
const HOUR = 3600;

interface Wish {
  channel?: string;
  uid?: number;
  certificate?: string;
  app?: string;
  lifeS?: number;
  privilegeS?: number;
}

/** A token by the vendor's own code, issued now. */
const issue = (wish: Wish = {}) =>
  RtcTokenBuilder.buildTokenWithUid(
    wish.app ?? APP,
    wish.certificate ?? CERTIFICATE,
    wish.channel ?? 'room',
    wish.uid ?? 900,
    RtcRole.SUBSCRIBER,
    wish.lifeS ?? HOUR,
    wish.privilegeS ?? 0,
  );

const verify = (token: string, now = Date.now()) =>
  verifyRtcToken({ token, appId: APP, certificate: CERTIFICATE, channel: 'room', uid: '900', now });

/** Seconds from now to the end of the token. */
const lifeOf = (token: string) => {
  const verdict = verify(token);
  return verdict.ok ? Math.round((verdict.endsAt - Date.now()) / 1000) : verdict;
};

describe('RTC tokens built by agora-token', () => {
  it('are good for their app, channel and uid, until their end', () => {
    const token = issue();
    expect(verify(token)).toMatchObject({ ok: true });
    expect(lifeOf(token)).toBeGreaterThanOrEqual(HOUR - 2);
    expect(lifeOf(token)).toBeLessThanOrEqual(HOUR);
    expect(verify(token, Date.now() + HOUR * 1000)).toMatchObject({ ok: false, code: 109 });
  });

  it('are good for every uid, if for none', () => {
    expect(verify(issue({ uid: 0 }))).toMatchObject({ ok: true });
  });

  it('live for 24 h at most, and not longer than the privilege to join', () => {
    expect(lifeOf(issue({ lifeS: 48 * HOUR }))).toBeGreaterThan(24 * HOUR - 3);
    expect(lifeOf(issue({ lifeS: 48 * HOUR }))).toBeLessThanOrEqual(24 * HOUR);
    expect(lifeOf(issue({ privilegeS: 600 }))).toBeLessThanOrEqual(600);
  });

  it.each([
    ['another uid', { uid: 901 }, 'the uid 901'],
    ['another channel', { channel: 'hall' }, 'the channel hall'],
    ['another certificate', { certificate: 'a'.repeat(32) }, 'certificate'],
    ['another app', { app: 'e'.repeat(32) }, 'another app'],
  ])('are wrong for %s', (_words, wish, why) => {
    const verdict = verify(issue(wish));
    expect(verdict).toMatchObject({ ok: false, code: 110 });
    expect(verdict.ok ? '' : verdict.why).toContain(why);
  });

  it('are wrong when anything in them was touched', () => {
    const token = issue();
    const middle = Math.floor(token.length / 2);
    // Not among the last characters: some of their bits only fill up the deflated block, and mean nothing.
    for (const at of [2, 10, middle, token.length - 30]) {
      const other = token[at] === 'A' ? 'B' : 'A';
      expect(verify(token.slice(0, at) + other + token.slice(at + 1))).toMatchObject({
        ok: false,
        code: 110,
      });
    }
    expect(verify('')).toMatchObject({ ok: false, code: 110 });
    expect(verify(token.slice(0, middle))).toMatchObject({ ok: false, code: 110 });
  });

  it('are wrong for another service', () => {
    expect(verify(RtmTokenBuilder.buildToken(APP, CERTIFICATE, '900', HOUR))).toMatchObject({ code: 110 });
  });
});

describe('a start with a token', () => {
  const kitWith = () => agoraKit({ apps: [{ appId: APP, certificate: CERTIFICATE }], at: Date.now() });
  const begin = (kit: AgoraKit, token?: string) =>
    kit.begin('mix', { ...(token !== undefined && { token }) });

  it('records with a good one, until it ends', () => {
    const kit = kitWith();
    kit.join();
    const ids = begin(kit, issue());
    kit.wait(10_000);
    expect(kit.query(ids).json.serverResponse.status).toBe(4);
    kit.wait(HOUR * 1000);
    expect(kit.query(ids).status).toBe(404);
    expect(kit.truth('recording').at(-1)).toMatchObject({ event: 'ended', reason: 'token expired' });
    expect(events(kit)).toContain(41);
    const ended = kit.truth('media').at(-1)?.to ?? 0;
    expect(Math.abs(ended - kit.clock.now() + 10_000)).toBeLessThan(2000);
  });

  it.each([
    ['a wrong uid', () => issue({ uid: 901 }), 110],
    ['a wrong signature', () => issue({ certificate: 'a'.repeat(32) }), 110],
    ['none', () => undefined, 110],
    ['an expired one', () => issue({ lifeS: 1 }), 109],
  ])('is answered with 200 and fails later with %s', (_words, make, errorCode) => {
    const kit = kitWith();
    kit.join();
    const token = make();
    if (errorCode === 109) kit.wait(10_000);
    const ids = begin(kit, token);
    expect(kit.query(ids).status).toBe(200);
    kit.wait(5000);
    expect(kit.query(ids)).toMatchObject({
      status: 404,
      json: { code: 404, reason: 'failed to find worker' },
    });
    expect(kit.notices()[0]).toMatchObject({
      eventType: 1,
      payload: { serviceType: 0, details: { module: 0, errorLevel: 5, errorCode, stat: 0, errorMsg: '' } },
    });
    expect(events(kit).at(-1)).toBe(11);
    expect(kit.truth('media')).toEqual([]);
  });

  it('is not looked at without a certificate, and not needed for a page', () => {
    const plain = agoraKit();
    begin(plain, 'nonsense');
    plain.wait(5000);
    expect(plain.notices().map(({ eventType }) => eventType)).toEqual([40]);
    const kit = kitWith();
    const ids = kit.begin('web');
    kit.wait(30_000);
    expect(kit.query(ids).status).toBe(200);
  });

  it.each([
    ['at-start', [401, 403]],
    ['after-start', [200, 200]],
  ] as const)('is looked at %s, as the switch says', (tokenCheck, statuses) => {
    const kit = agoraKit({
      apps: [{ appId: APP, certificate: CERTIFICATE }],
      at: Date.now() + 10_000,
      unknowns: { tokenCheck, oldStatus: { 110: 401, 109: 403 } },
    });
    const start = (uid: string, token: string) =>
      kit.start(
        kit.acquire({}, 'room', uid).json.resourceId,
        'mix',
        { storageConfig: STORAGE, ...MIX, token },
        'room',
        uid,
      );
    const got = [start('901', 'nonsense'), start('900', issue({ lifeS: 1 }))];
    expect(got.map(({ status }) => status)).toEqual(statuses);
    expect(got.map(({ json }) => json.code)).toEqual(
      tokenCheck === 'at-start' ? [110, 109] : [undefined, undefined],
    );
    expect(kit.truth('recording').filter(({ event }) => event === 'began')).toHaveLength(
      tokenCheck === 'at-start' ? 0 : 2,
    );
  });
});
