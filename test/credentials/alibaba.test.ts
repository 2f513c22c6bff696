import { MockAgent } from 'undici';
import { describe, expect, it } from 'vitest';
import { destinationSchema } from '../../src/contract/destinations.ts';
import { storageAccess } from '../../src/credentials/access.ts';
import { createAlibabaEmulator } from '../../src/emulators/alibaba/alibaba.ts';
import type { AlibabaEmulatorOptions } from '../../src/emulators/alibaba/options.ts';
import { emulatorDispatcher, ManualClock } from '../../src/emulators/index.ts';
import { failureOf, HOUR_MS, NEED, SECRET, T0 } from './kit.ts';

const ROLE = 'acs:ram::1234567890123456:role/recorder';
const KEY = { accessKey: 'LTAICANARY0000000001', secretKey: SECRET };
const HOST = 'sts.cn-shanghai.aliyuncs.com';

function kit(options: Partial<AlibabaEmulatorOptions> = {}) {
  const clock = new ManualClock(T0);
  const emulator = createAlibabaEmulator({
    clock: clock.now,
    keys: [
      { id: KEY.accessKey, secret: KEY.secretKey },
      { id: 'LTAIROOT', secret: 'root', root: true },
    ],
    roles: [{ arn: ROLE, maxSessionS: 43_200 }],
    ...options,
  });
  const dispatcher = emulatorDispatcher(emulator, { advance: (ms) => clock.advance(ms) });
  const access = (credentials: object = {}, over = dispatcher) =>
    storageAccess({
      name: 'oss-archive',
      destination: destinationSchema.parse({
        cloud: 'alibaba',
        bucket: 'recordings',
        region: 'cn-shanghai',
        credentials: { provider: 'alibaba', role: ROLE, region: 'cn-shanghai', ...KEY, ...credentials },
      }),
      dispatcher: over,
      now: clock.now,
    });
  return { clock, emulator, access };
}

describe('AssumeRole of Alibaba Cloud', () => {
  it('gives temporary keys for as long as the role lives', async () => {
    const { access, emulator } = kit();
    const minted = await access().mint(NEED);
    expect(minted.accessKey).toMatch(/^STS\./);
    expect(minted.token?.length).toBeGreaterThan(100);
    expect(minted.life).toMatchObject({ mintedAt: T0, expiresAt: T0 + 12 * HOUR_MS });
    expect(access().place).toMatchObject({ shortLived: true, lifeMs: 12 * HOUR_MS });
    expect(emulator.truth.entries.filter(({ type }) => type === 'request')).toHaveLength(1);
  });

  it('tells the externalId and the policy', async () => {
    const { access } = kit({ roles: [{ arn: ROLE, maxSessionS: 43_200, externalId: 'kr+7' }] });
    const policy = '{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:PutObject","Resource":"*"}]}';
    await expect(access({ externalId: 'kr+7', policy }).mint(NEED)).resolves.toBeDefined();
    expect((await failureOf(access())).vendor).toEqual({
      operation: 'AssumeRole',
      status: 403,
      code: 'NoPermission',
      requestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
    });
  });

  it.each([
    ['a stranger', { accessKey: 'LTAINOBODY' }, 'there is no such access key'],
    ['a wrong secret', { secretKey: 'CANARY-wrong' }, 'the secret key does not fit the access key'],
    ["the account's own keys", { accessKey: 'LTAIROOT', secretKey: 'root' }, "never the account's own"],
    ['an unknown role', { role: 'acs:ram::1:role/other' }, 'may not assume acs:ram::1:role/other'],
  ])('refuses %s, and says who must act', async (_what, credentials, words) => {
    const failure = await failureOf(kit().access(credentials));
    expect(failure).toMatchObject({ code: 'E_DESTINATION', who: 'you', applied: 'no', cause: 'credentials' });
    expect(failure.message).toContain(`oss-archive: AssumeRole at ${HOST}: `);
    expect(failure.message).toContain(words);
  });

  it('says what to raise where the role lives too shortly', async () => {
    const failure = await failureOf(kit({ roles: [{ arn: ROLE }] }).access());
    expect(failure.message).toContain('raise its MaxSessionDuration or lower `duration`');
    const { access, emulator } = kit();
    expect((await failureOf(access({ duration: '1h' }))).message).toBe(
      "oss-archive: its credentials are to live 1h, and 4h are needed: raise `duration` above it and the role's MaxSessionDuration with it.",
    );
    expect(emulator.truth.entries.filter(({ type }) => type === 'request')).toEqual([]);
  });

  it.each([
    ['throttled', { who: 'destination', retry: 10_000 }, 'asks for fewer calls'],
    ['error-unapplied', { who: 'destination', retry: 'later' }, 'a fault of its own'],
    ['reply-lost', { who: 'destination', retry: 'later' }, 'gave no answer in time, or cut the connection'],
  ] as const)('stands a %s', async (kind, fact, words) => {
    const { access, emulator } = kit();
    emulator.faults.arm({ op: 'AssumeRole', kind, times: 1 });
    const failure = await failureOf(access());
    expect(failure).toMatchObject(fact);
    expect(failure.message).toContain(words);
    await expect(access().mint(NEED)).resolves.toBeDefined();
  });

  it('quotes nothing of an answer that is no answer', async () => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    const pool = agent.get(`https://${HOST}`);
    const answer = (status: number, body: string) =>
      pool.intercept({ path: /./, method: 'POST' }).reply(status, body);
    answer(200, '{"Credentials":{"AccessKeyId":"CANARY"}}');
    expect((await failureOf(kit().access({}, agent))).message).toContain('holds no whole credentials');
    answer(403, '{"Code":"CANARY.Odd","RequestId":"CANARY canary"}');
    const failure = await failureOf(kit().access({}, agent));
    expect(failure.message).toContain('for a reason that keeprolling does not know');
    expect(failure.vendor).toEqual({ operation: 'AssumeRole', status: 403 });
    answer(502, '<html>CANARY</html>');
    expect((await failureOf(kit().access({}, agent))).message).toContain('the answer is 502');
  });

  it('asks the central service where no region is named', async () => {
    const { access, emulator } = kit();
    await access({ region: undefined }).mint(NEED);
    expect(JSON.stringify(emulator.truth.entries)).toContain('AssumeRole');
  });
});
