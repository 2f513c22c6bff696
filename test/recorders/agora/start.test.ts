import { describe, expect, it } from 'vitest';
import { agoraTraits } from '../../../src/recorders/agora/traits.ts';
import { CHANNEL, HOUR, kit, MINUTE, SECOND, T0, WEB_APP_ID, WEB_OPTIONS } from './kit.ts';

describe('a reservation', () => {
  it('is acquired under the uid of the take and told with all that the start needs', async () => {
    const k = kit();
    const { reservation, expiresAt, orphanUntil, mark } = await k.reserve();
    expect(k.sent).toHaveLength(1);
    expect(k.sent[0]!.body).toMatchObject({
      cname: CHANNEL,
      uid: reservation.uid,
      clientRequest: { scene: 0, resourceExpiredHour: 2 },
    });
    expect(expiresAt).toBe(T0 + 5 * MINUTE);
    expect(orphanUntil).toBe(T0 + HOUR);
    expect(mark, 'by which notifications name it').toBe(reservation.uid);
    expect(JSON.parse(JSON.stringify(reservation))).toEqual(reservation);
  });

  it('sends no startParameter, which would hold keys and must be the same in the start', async () => {
    const k = kit();
    await k.reserve();
    expect(k.lastSent('acquire')).not.toHaveProperty('startParameter');
  });

  it.each([
    ['overdue', { code: 'E_VENDOR_REFUSED', who: 'you', retry: 'later' }],
    ['invalid', { code: 'E_VENDOR_REFUSED', who: 'you', retry: 'later' }],
  ])('is refused for an account that is %s, and may be tried again', async (state, expected) => {
    const k = kit();
    k.control('account', { state });
    expect(await k.failure(k.reserve())).toMatchObject({ applied: 'no', ...expected });
  });

  it('waits where the project records as much as it may', async () => {
    const k = kit({ pcw: 0 });
    const failure = await k.failure(k.reserve());
    expect(failure).toMatchObject({ code: 'E_VENDOR_THROTTLED', retry: 'later', vendor: { code: '406' } });
  });
});

describe('a start', () => {
  it('sends token, storage and maxIdleTime, and tells handle, credentials and ends', async () => {
    const k = kit();
    const { started, handle } = await k.begin();
    const sent = k.lastSent('start');
    expect(sent['token']).toMatch(/^007/);
    expect(sent['recordingConfig']).toMatchObject({ channelType: 0, maxIdleTime: 3600 });
    expect(sent['storageConfig']).toMatchObject({
      vendor: 1,
      region: 7,
      bucket: 'my-recordings',
      stsExpiration: (T0 + 4 * HOUR) / 1000,
    });
    expect(sent['recordingFileConfig']).toEqual({ avFileType: ['hls'] });
    expect(Object.keys(handle).toSorted()).toEqual(['folder', 'resourceId', 'sid', 'uid']);
    expect(started).toMatchObject({
      recording: handle.sid,
      credentials: { mintedAt: T0, expiresAt: T0 + 4 * HOUR, fingerprint: 'f1' },
      endsAt: T0 + HOUR,
      blindMs: HOUR,
    });
    expect(started).not.toHaveProperty('wasOurs');
    expect(started.observation, 'a 200 proves nothing').toBeUndefined();
  });

  it('makes a token that opens the channel until its end', async () => {
    const k = kit({ unknowns: { tokenCheck: 'at-start' } });
    k.control('source.start');
    const { take } = await k.begin();
    expect(await k.seeIn(HOUR - MINUTE, take)).toMatchObject({ actual: 'recording' });
    k.clock.advance(2 * MINUTE);
    expect(k.truth('recording').at(-1)).toMatchObject({ event: 'ended', reason: 'token expired' });
  });

  it('sends none where the app has no certificate', async () => {
    const k = kit({ account: { appCertificate: undefined } });
    await k.begin();
    expect(k.lastSent('start')).not.toHaveProperty('token');
  });

  it('records web pages with the App ID that is enabled for them, without token and maxIdleTime', async () => {
    const k = kit({ mode: 'web', account: { webAppId: WEB_APP_ID } });
    const { started } = await k.begin();
    expect(k.sent.every(({ path }) => path.includes(WEB_APP_ID))).toBe(true);
    const sent = k.lastSent('start');
    expect(sent).not.toHaveProperty('token');
    expect(sent).not.toHaveProperty('recordingConfig');
    expect(sent['extensionServiceConfig']).toMatchObject({
      extensionServices: [{ errorHandlePolicy: 'error_abort', serviceParam: { maxRecordingHour: 1 } }],
    });
    expect(started).not.toHaveProperty('blindMs');
  });

  it('is not sent where the storage cannot be written, and the unused resource is nothing', async () => {
    const k = kit();
    const reserved = await k.reserve();
    k.mintFails = true;
    const failure = await k.failure(k.send(k.name(), reserved));
    expect(failure).toMatchObject({ code: 'E_DESTINATION', applied: 'no', retry: 'later' });
    expect(k.requests('start')).toHaveLength(0);
    k.mintFails = false;
    await expect(k.send(k.name(), reserved)).resolves.toBeDefined();
  });

  it('is taken 4.5 min after its acquire, when a session still sends it', async () => {
    const k = kit();
    const reserved = await k.reserve();
    k.clock.advance(4.5 * MINUTE);
    const started = await k.send(k.name(), reserved);
    expect(started.endsAt).toBe(T0 + HOUR);
  });
});

describe('a start whose answer is lost', () => {
  it.each([
    ['reply-lost', {}],
    ['error-applied', { status: 206 }],
    ['error-applied', { status: 500 }],
    ['error-applied', { status: 504 }],
  ] as const)('is sent again after 3 s and 6 s, then left unnamed: %s %j', async (kind, more) => {
    const k = kit();
    const name = k.name();
    const reserved = await k.reserve(name);
    const tries = [];
    for (const attempt of [1, 2, 3]) {
      k.fault('start', kind, more);
      tries.push(await k.failure(k.send(name, reserved, attempt)));
    }
    expect(tries).toMatchObject([
      { applied: 'unknown', retry: 3_000 },
      { applied: 'unknown', retry: 6_000 },
      { applied: 'unnamed', retry: 'later' },
    ]);
    expect(k.truth('recording').filter(({ event }) => event === 'began')).toHaveLength(1);
  });

  it('is unnamed at once where Agora says that it runs in an answer that is cut', async () => {
    const k = kit();
    const reserved = await k.reserve();
    for (const [attempt, applied] of [
      [1, 'unknown'],
      [2, 'unnamed'],
    ] as const) {
      k.fault('start', 'malformed');
      expect(await k.failure(k.send(k.name(), reserved, attempt))).toMatchObject({ applied });
    }
  });

  it('is unnamed at once where Agora says that it runs, and not under which sid', async () => {
    const k = kit();
    const reserved = await k.reserve();
    await k.send(k.name(), reserved);
    const failure = await k.failure(k.send(k.name(), reserved, 2));
    expect(failure).toMatchObject({ applied: 'unnamed', vendor: { status: 201, code: '7' } });
  });

  it('is ours where the 201 names the sid, with the credentials of the first try', async () => {
    const k = kit({ unknowns: { alreadyStartedCarriesSid: true } });
    k.control('source.start');
    const name = k.name();
    const reserved = await k.reserve(name);
    k.fault('start', 'reply-lost');
    await k.failure(k.send(name, reserved, 1));
    k.clock.advance(20 * SECOND);
    const started = await k.send(name, reserved, 2);
    expect(started).toMatchObject({ wasOurs: true, endsAt: T0 + HOUR, blindMs: HOUR });
    expect(started.credentials).toMatchObject({ mintedAt: T0, expiresAt: T0 + 4 * HOUR });
    const take = { take: 1, name, handle: started.handle, belief: 'accepted' };
    // It began with the first try, before the answer that named it.
    const seen = await k.see(take);
    expect(seen).toMatchObject({ actual: 'recording', since: { at: T0 + 2 * SECOND } });
    expect(await k.stop(take)).toMatchObject({ how: 'stopped' });
  });

  it('may run under a resource id that is too old for another try', async () => {
    const k = kit();
    const reserved = await k.reserve();
    k.clock.advance(6 * MINUTE);
    expect(await k.failure(k.send(k.name(), reserved, 2))).toMatchObject({
      applied: 'unnamed',
      retry: 'later',
    });
  });
});

describe('a start whose sid a notification tells', () => {
  /** Lost in each of its tries, as far as the API goes. */
  async function unnamed(given: Parameters<typeof kit>[0] = {}) {
    const k = kit(given);
    k.control('source.start');
    const name = k.name();
    const reserved = await k.reserve(name);
    k.fault('start', 'reply-lost');
    await k.failure(k.send(name, reserved, 1));
    k.clock.advance(20 * SECOND);
    const [began] = k.truth('recording');
    return { k, name, reserved, sid: began!.recording };
  }

  it('is ours, sends nothing, and can be looked at and stopped', async () => {
    const { k, name, reserved, sid } = await unnamed();
    const sent = k.sent.length;
    const started = await k.send(name, reserved, 2, {}, sid);
    expect(k.sent).toHaveLength(sent);
    expect(started).toMatchObject({ recording: sid, wasOurs: true, endsAt: T0 + HOUR, blindMs: HOUR });
    expect(started.credentials).toMatchObject({ mintedAt: T0, expiresAt: T0 + 4 * HOUR });
    const take = { take: 1, name, handle: started.handle, belief: 'accepted' };
    expect(await k.see(take)).toMatchObject({ actual: 'recording', since: { at: T0 + 2 * SECOND } });
    expect(await k.stop(take)).toMatchObject({ how: 'stopped' });
  });

  it('is the same as one whose sid the 201 has told', async () => {
    const { k, name, reserved, sid } = await unnamed({ unknowns: { alreadyStartedCarriesSid: true } });
    const byAnswer = await k.send(name, reserved, 2);
    const { requestId: _id, ...known } = byAnswer;
    const byNotification = await k.send(name, reserved, 2, {}, sid);
    // Each mints anew to learn how long credentials live; neither is taken.
    const { credentials, ...rest } = byNotification;
    expect({ ...rest, credentials: { ...credentials, fingerprint: known.credentials!.fingerprint } }).toEqual(
      known,
    );
  });

  it('is named also while nothing can be minted, with the least life that its credentials have', async () => {
    const { k, name, reserved, sid } = await unnamed();
    k.mintFails = true;
    const started = await k.send(name, reserved, 2, {}, sid);
    expect(started).toMatchObject({ recording: sid, wasOurs: true });
    expect(started.credentials).toMatchObject({ mintedAt: T0, expiresAt: T0 + 4 * HOUR });
  });
});

describe('a start that Agora refuses', () => {
  it.each(['mixed', 'old', 'new'] as const)(
    'for its resource id is only good for another reservation, by the %s table',
    async (errorTable) => {
      const k = kit({ unknowns: { errorTable } });
      const reserved = await k.reserve();
      k.clock.advance(6 * MINUTE);
      expect(await k.failure(k.send(k.name(), reserved, 1))).toMatchObject({ applied: 'no', retry: 'later' });
    },
  );

  it('for a conflict of uids is only good for another uid', async () => {
    const k = kit();
    const name = k.name();
    await k.begin(name);
    const again = await k.reserve(name);
    const failure = await k.failure(k.send(name, again, 1));
    expect(failure).toMatchObject({ applied: 'no', retry: 'later', vendor: { status: 400, code: '53' } });
    await expect(k.begin(k.name(2))).resolves.toBeDefined();
  });

  it('for want of a machine goes on with another acquire, and may have left one running before', async () => {
    const k = kit();
    const stub = { status: 500, headers: {}, body: '{"code":502,"reason":"Failed to allocate worker"}' };
    const reserved = await k.reserve();
    k.answers = (request, said) =>
      request.target.endsWith('/start') ? { kind: 'response', response: stub, delayMs: 0 } : said();
    expect(await k.failure(k.send(k.name(), reserved, 1))).toMatchObject({ applied: 'no', retry: 'later' });
    expect(await k.failure(k.send(k.name(), reserved, 2))).toMatchObject({
      applied: 'unnamed',
      retry: 'later',
    });
  });

  it('for its token tells who must act', async () => {
    const k = kit({
      unknowns: { tokenCheck: 'at-start' },
      account: { appCertificate: '0'.repeat(32) },
    });
    const failure = await k.failure(k.begin());
    expect(failure).toMatchObject({ code: 'E_VENDOR_AUTH', who: 'you', applied: 'no', cause: 'credentials' });
  });
});

describe('traits', () => {
  it('wait for a page that may be loaded twice', () => {
    const target = { channel: 'shop', mode: 'web' } as const;
    const options = kit({ mode: 'web', options: { ...WEB_OPTIONS, readyTimeout: 60 } }).options;
    expect(agoraTraits({ target, options }).proofDeadlineMs).toBe(210_000);
    expect(agoraTraits({ target, options: {} })).toMatchObject({
      proofDeadlineMs: 90_000,
      nativePause: true,
    });
    expect(agoraTraits({ target: { channel: 'news', mode: 'mix' }, options: {} })).toMatchObject({
      nativePause: false,
      absence: { proofMs: 95_000 },
    });
  });
});
