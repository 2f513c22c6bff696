/** Temporary keys: fetched from IAM, kept in the process, renewed before they end. */
import { describe, expect, it } from 'vitest';
import { apiOf } from '../../../src/recorders/huawei/handle.ts';
import { BASE, HOUR, kit, MINUTE, PASSWORD, type KitOptions } from './kit.ts';

function temporary(more: Record<string, unknown> = {}, options: KitOptions = {}) {
  const by = { domain: 'customer', user: 'recorder', password: PASSWORD };
  return kit({
    ...options,
    account: {
      accessKey: undefined,
      secretKey: undefined,
      temporary: { iam: BASE, ...by, duration: '1h', ...more },
    },
  });
}

const keysFetched = (k: ReturnType<typeof kit>): number => k.lines('OS-CREDENTIAL').length;

describe('temporary keys', () => {
  it('are had by password, and sign with their security token', async () => {
    const k = temporary();
    await apiOf(k.context).listRules({});
    expect(k.sent.map(({ line }) => line.replace(/\?.*/, ''))).toEqual([
      'POST /v3/auth/tokens',
      'POST /v3.0/OS-CREDENTIAL/securitytokens',
      'GET /v1/0123456789abcdef0123456789abcdef/record/rules',
    ]);
    expect(JSON.parse(k.sent[0]!.body)).toEqual({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'recorder', password: PASSWORD, domain: { name: 'customer' } } },
        },
        scope: { project: { id: '0123456789abcdef0123456789abcdef' } },
      },
    });
    expect(JSON.parse(k.sent[1]!.body)).toMatchObject({
      auth: { identity: { methods: ['token'], token: { duration_seconds: 3600 } } },
    });
    const { authorization, 'x-security-token': token } = k.sent[2]!.headers;
    expect(authorization).toContain('Access=HST');
    expect(token).toMatch(/^[0-9a-f]{256}$/);
  });

  it('are had by a configured token alone', async () => {
    const k = temporary();
    await apiOf(k.context).listRules({});
    const token = (JSON.parse(k.sent[1]!.body) as { auth: { identity: { token: { id: string } } } }).auth
      .identity.token.id;
    const own = kit({
      account: { accessKey: undefined, secretKey: undefined, temporary: { iam: BASE, token } },
    });
    // Another emulator does not know the token: what is asked is all that counts here.
    await own.failure(apiOf(own.context).listRules({}));
    expect(own.lines('auth/tokens')).toEqual([]);
    expect(keysFetched(own)).toBe(1);
    expect(JSON.parse(own.sent[0]!.body)).toMatchObject({
      auth: { identity: { token: { id: token, duration_seconds: 43_200 } } },
    });
  });

  it('are kept in the process, also for calls at the same time', async () => {
    const k = temporary();
    await Promise.all(Array.from({ length: 5 }, async () => await apiOf(k.context).listRules({})));
    k.clock.advance(30 * MINUTE);
    await apiOf(k.context).listRules({});
    expect(keysFetched(k)).toBe(1);
  });

  it('are renewed after two thirds of their life', async () => {
    const k = temporary();
    await apiOf(k.context).listRules({});
    k.clock.advance(41 * MINUTE);
    await apiOf(k.context).listRules({});
    expect(keysFetched(k)).toBe(2);
  });

  it('go on to be used while IAM is away, until they end', async () => {
    const k = temporary();
    await apiOf(k.context).listRules({});
    k.answers = (request, said) => (request.target.includes('/v3') ? { kind: 'reset', delayMs: 0 } : said());
    k.clock.advance(45 * MINUTE);
    await apiOf(k.context).listRules({});
    k.clock.advance(20 * MINUTE);
    expect(await k.failure(apiOf(k.context).listRules({}))).toMatchObject({
      code: 'E_VENDOR_UNANSWERED',
      applied: 'no',
      vendor: { operation: 'IAM auth/tokens' },
    });
  });

  it.each(['APIGW.0301', 'APIGW.0307'] as const)(
    'that are refused by %s are fetched anew by the next call',
    async (code) => {
      const k = temporary({}, { unknowns: { endedKeysCode: code } });
      await apiOf(k.context).listRules({});
      // Huawei's clock is ahead of ours, and they have ended there.
      k.says('record/rules', 401, { error_code: code, error_msg: 'ended' });
      expect(await k.failure(apiOf(k.context).listRules({}))).toMatchObject({ code: 'E_VENDOR_AUTH' });
      k.answers = (_request, said) => said();
      await apiOf(k.context).listRules({});
      expect(keysFetched(k)).toBe(2);
    },
  );

  it('of a wrong password are not had, and the password is told nowhere', async () => {
    const k = temporary({ password: 'canary-wrong' });
    const failure = await k.failure(apiOf(k.context).listRules({}));
    expect(failure).toMatchObject({ code: 'E_VENDOR_AUTH', who: 'you', applied: 'no' });
  });

  it('of another password are others', async () => {
    const k = temporary();
    await apiOf(k.context).listRules({});
    const changed = {
      ...k.context,
      account: { ...k.account, temporary: { ...k.account.temporary!, duration: 2 * HOUR } },
    };
    await apiOf(changed).listRules({});
    expect(keysFetched(k)).toBe(2);
  });
});
