import { describe, expect, it } from 'vitest';
import { agoraAccountSchema, type AgoraOptions } from '../../../src/contract/vendors/agora.ts';
import { limitsOf } from '../../../src/recorders/agora/limits.ts';
import { APP_ID, CERTIFICATE, HOUR, kit, MINUTE, T0 } from './kit.ts';

interface Wish {
  mode?: 'mix' | 'web' | 'individual';
  hours?: number;
  patienceMs?: number | null;
  options?: AgoraOptions;
  account?: Record<string, unknown>;
}

function limits({ mode = 'mix', hours = 3, patienceMs = null, options = {}, account = {} }: Wish) {
  const parsed = agoraAccountSchema.parse({
    vendor: 'agora',
    appId: APP_ID,
    appCertificate: CERTIFICATE,
    customerId: 'c',
    customerSecret: 's',
    ...account,
  });
  return limitsOf(
    parsed,
    { target: { channel: 'news', mode }, options },
    { now: T0, endBy: T0 + hours * HOUR, patienceMs },
  );
}

const NO_CERTIFICATE = { appCertificate: undefined };

describe("the ends of a recording's life", () => {
  it('lie as near to the end of the window as they go', () => {
    expect(limits({ hours: 3 })).toEqual({
      resourceExpiredHour: 4,
      maxRecordingHour: null,
      maxIdleTime: 3600,
      tokenEndsAt: T0 + 3 * HOUR,
      endsAt: T0 + 3 * HOUR,
      orphanUntil: T0 + 3 * HOUR,
    });
    expect(limits({ mode: 'web', hours: 3 })).toEqual({
      resourceExpiredHour: 4,
      maxRecordingHour: 3,
      maxIdleTime: null,
      tokenEndsAt: null,
      endsAt: T0 + 3 * HOUR,
      orphanUntil: T0 + 3 * HOUR + 5 * MINUTE,
    });
  });

  it('end a take with its token, after 24 h at most', () => {
    expect(limits({ hours: 60 })).toMatchObject({
      resourceExpiredHour: 61,
      tokenEndsAt: T0 + 24 * HOUR,
      endsAt: T0 + 24 * HOUR,
      orphanUntil: T0 + 24 * HOUR,
    });
    expect(limits({ hours: 60, account: { tokenHours: 6 } })).toMatchObject({ endsAt: T0 + 6 * HOUR });
  });

  it('know no bound without certificate but an empty channel, and end a take while calls are taken', () => {
    expect(limits({ hours: 60, account: NO_CERTIFICATE })).toMatchObject({
      tokenEndsAt: null,
      orphanUntil: null,
      endsAt: T0 + 61 * HOUR - 5 * MINUTE,
    });
  });

  it('stop at 720 h, and end a take before', () => {
    expect(limits({ hours: 1000, account: NO_CERTIFICATE })).toMatchObject({
      resourceExpiredHour: 720,
      endsAt: T0 + 720 * HOUR - 5 * MINUTE,
    });
    expect(limits({ mode: 'web', hours: 1000 })).toMatchObject({
      resourceExpiredHour: 720,
      maxRecordingHour: 720,
      endsAt: T0 + 720 * HOUR - 5 * MINUTE,
      orphanUntil: T0 + 720 * HOUR + 5 * MINUTE,
    });
  });

  it('follow what the options say, and end a take before the shorter of them', () => {
    expect(limits({ hours: 10, options: { resourceExpiredHour: 2 } })).toMatchObject({
      resourceExpiredHour: 2,
      endsAt: T0 + 2 * HOUR - 5 * MINUTE,
    });
    expect(limits({ mode: 'web', hours: 10, options: { maxRecordingHour: 2 } })).toMatchObject({
      resourceExpiredHour: 3,
      maxRecordingHour: 2,
      endsAt: T0 + 2 * HOUR,
    });
  });

  it('never record a page for longer than calls are taken', () => {
    expect(limits({ mode: 'web', hours: 10, options: { resourceExpiredHour: 2 } })).toMatchObject({
      maxRecordingHour: 2,
    });
    expect(limits({ mode: 'web', hours: 1, options: { maxRecordingHour: 9 } })).toMatchObject({
      resourceExpiredHour: 10,
      endsAt: T0 + 9 * HOUR,
    });
  });

  it('take maxIdleTime from the patience of the session, below the ceiling of the account', () => {
    expect(limits({ patienceMs: 10 * MINUTE }).maxIdleTime).toBe(600);
    expect(limits({ patienceMs: 9 * HOUR }).maxIdleTime).toBe(3600);
    expect(limits({ patienceMs: 1_000 }).maxIdleTime).toBe(5);
    expect(limits({ account: { idleCeiling: '10m' } }).maxIdleTime).toBe(600);
    expect(limits({ options: { maxIdleTime: 60 } }).maxIdleTime).toBe(60);
    expect(limits({ options: { maxIdleTime: 90_000 } }).maxIdleTime).toBe(3600);
  });
});

describe('the ends that Agora is told', () => {
  it.each([
    ['mix', 'token expired', {}, 24 * HOUR],
    ['web', 'max hours', {}, 30 * HOUR],
  ] as const)('end an orphan of mode %s by the bound that is told', async (mode, reason, account, most) => {
    const k = kit({ mode, account });
    if (mode === 'mix') k.control('source.start');
    const reserved = await k.reserve(k.name(), { endBy: T0 + 30 * HOUR });
    expect(reserved.orphanUntil).toBeGreaterThanOrEqual(T0 + most);
    // The latest start that a session sends.
    k.clock.advance(4.5 * MINUTE);
    await k.send(k.name(), reserved);
    k.clock.set(reserved.orphanUntil! + 1);
    const end = k.truth('recording').find(({ event }) => event === 'ended');
    expect(end).toMatchObject({ reason });
    expect(end!.at).toBeLessThanOrEqual(reserved.orphanUntil!);
    expect(end!.at).toBeGreaterThanOrEqual(reserved.reservation.endsAt);
  });

  it('take calls until the end that is told, and not after it', async () => {
    const k = kit({
      options: { resourceExpiredHour: 1 },
      account: { appCertificate: undefined },
      apps: [{ appId: APP_ID }],
    });
    k.control('source.start');
    const { take, started } = await k.begin(k.name(), { endBy: T0 + 3 * HOUR });
    k.clock.set(started.endsAt!);
    expect(await k.see(take)).toMatchObject({ actual: 'recording' });
    k.clock.set(T0 + HOUR + MINUTE);
    expect(await k.see(take)).toMatchObject({ actual: 'absent' });
  });

  it('leave an empty channel after maxIdleTime', async () => {
    const k = kit();
    const { started } = await k.begin(k.name(), { patienceMs: 2 * MINUTE });
    expect(started.blindMs).toBe(2 * MINUTE);
    k.clock.advance(5 * MINUTE);
    expect(k.truth('recording').at(-1)).toMatchObject({ event: 'ended', reason: 'idle' });
  });
});
