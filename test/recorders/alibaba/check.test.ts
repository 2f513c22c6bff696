/** What `doctor` tells of an account, and the temporary keys of a role. */
import { describe, expect, test } from 'vitest';
import { alibabaRecorder } from '../../../src/recorders/alibaba/adapter.ts';
import { alibabaTraits } from '../../../src/recorders/alibaba/traits.ts';
import { HOUR, kit, MINUTE, ROLE, SECOND, type Kit } from './kit.ts';

async function check(k: Kit, withSubject = true) {
  const lines = await alibabaRecorder.check(k.context, withSubject ? k.subject : undefined);
  k.told.push(lines);
  return lines;
}

describe('a check', () => {
  test('tries what only reads, by the names of the permissions, and names the rest', async () => {
    const k = kit();
    const lines = await check(k);
    expect(lines.every(({ ok }) => ok)).toBe(true);
    expect(lines.map(({ what }) => what)).toEqual([
      'Alibaba Cloud gives keys',
      'permission live:DescribeLiveRecordConfig',
      'permission live:DescribeLiveStreamsOnlineList',
      'permission live:DescribeLiveStreamState',
      'permission live:DescribeLiveRecordNotifyRecords',
      'permission live:DescribeLiveStreamRecordIndexFiles',
      'other permissions',
      'record config of play.example.com/live/ch7',
      'what callbacks prove',
    ]);
    const { detail } = lines.find(({ what }) => what === 'other permissions')!;
    for (const name of [
      'RealTimeRecordCommand',
      'AddLiveAppRecordConfig',
      'DeleteLiveAppRecordConfig',
      'ForbidLiveStream',
      'ResumeLiveStream',
    ])
      expect(detail).toContain(`live:${name}`);
    expect(k.sent.every(({ op }) => op.startsWith('Describe'))).toBe(true);
  });

  test.each(['DescribeLiveRecordConfig', 'DescribeLiveStreamsOnlineList', 'DescribeLiveRecordNotifyRecords'])(
    'names live:%s where it is missing, and what to do',
    async (action) => {
      const k = kit();
      k.control('permission', { action: `live:${action}` });
      const line = (await check(k)).find(({ what }) => what === `permission live:${action}`)!;
      expect(line.ok).toBe(false);
      expect(line.remedy).toContain(`Add live:${action} on acs:cdn:*:<account>:domain/<domain>`);
    },
  );

  test('says that the keys are wrong', async () => {
    const k = kit({ account: { accessKeySecret: 'canary-wrong' } });
    const line = (await check(k)).find(({ ok }) => !ok)!;
    expect(line.remedy).toContain('accessKeySecret');
  });

  test('without any domain proves the keys', async () => {
    const k = kit({ account: { callbacks: undefined } });
    const lines = await check(k, false);
    expect(lines.every(({ ok }) => ok)).toBe(true);
    expect(lines[1]!.detail).toContain('the keys are accepted');
    expect(lines.at(-1)).toMatchObject({ what: 'what callbacks prove', ok: true });
  });

  test('says what a config that stands in the way differs in', async () => {
    const k = kit();
    await k.prepare();
    k.options.DelayTime = 60;
    const line = (await check(k)).find(({ what }) => what.startsWith('record config'))!;
    expect(line).toMatchObject({ ok: false, detail: 'DelayTime is 180, not 60' });
  });

  test('says what callbacks lack', async () => {
    const k = kit({ account: { callbacks: { path: 'canary-path-secret', keys: 'canaryCallbackKey0123' } } });
    expect((await check(k)).at(-1)!.detail).toContain('callbacks.domains is empty');
  });
});

describe('temporary keys of a role', () => {
  const account = (more: Record<string, unknown> = {}) => ({
    assumeRole: { role: ROLE, url: 'http://sts.example.com', ...more },
  });
  const sts = (k: Kit) => k.sent.filter(({ op }) => op === 'AssumeRole');

  test('are minted once for many calls, and sign all of them', async () => {
    const k = kit({ account: account({ sessionName: 'rec-one', duration: '30m', policy: '{}' }) });
    await k.ready();
    await k.start();
    expect(sts(k)).toHaveLength(1);
    expect(sts(k)[0]!.query).toMatchObject({
      RoleArn: ROLE,
      RoleSessionName: 'rec-one',
      DurationSeconds: '1800',
      Policy: '{}',
    });
    const calls = k.sent.filter(({ op }) => op !== 'AssumeRole');
    expect(calls.every(({ headers }) => headers['x-acs-security-token'] !== undefined)).toBe(true);
    expect(calls.every(({ headers }) => headers['x-acs-accesskey-id']!.startsWith('STS.'))).toBe(true);
  });

  test('are renewed before they end', async () => {
    const k = kit({ account: account({ sessionName: 'rec-two' }) });
    const take = await k.begin();
    k.clock.advance(39 * MINUTE);
    await k.see(take);
    expect(sts(k)).toHaveLength(1);
    k.clock.advance(2 * MINUTE);
    await k.see(take);
    expect(sts(k)).toHaveLength(2);
    for (let hour = 0; hour < 5; hour += 1) {
      k.clock.advance(HOUR);
      expect((await k.see(take)).actual).toBe('presumed');
    }
  });

  test('are asked for once, however many calls wait for them', async () => {
    const k = kit({ account: account({ sessionName: 'rec-three' }) });
    await Promise.all(Array.from({ length: 10 }, async () => await k.plan()));
    expect(sts(k)).toHaveLength(1);
  });

  test('serve on while STS is down, until they end', async () => {
    const k = kit({ account: account({ sessionName: 'rec-four' }) });
    const take = await k.begin();
    k.clock.advance(45 * MINUTE);
    k.fault('AssumeRole', 'error-unapplied', { times: 10 });
    expect((await k.see(take)).actual).toBe('presumed');
    k.clock.advance(15 * MINUTE);
    expect(
      await k.failure(k.see(take).catch(async () => await alibabaRecorder.stop(k.context, k.subject, take))),
    ).toMatchObject({
      code: 'E_VENDOR_FAULT',
      applied: 'no',
      vendor: { operation: 'AssumeRole' },
    });
  });

  test('that are refused are minted anew', async () => {
    const k = kit({ account: account({ sessionName: 'rec-five' }) });
    await k.plan();
    k.refuses('DescribeLiveRecordConfig', 'InvalidSecurityToken.Expired', 400, 1);
    expect(await k.failure(k.plan())).toMatchObject({ code: 'E_VENDOR_AUTH' });
    await k.plan();
    expect(sts(k)).toHaveLength(2);
  });

  test('of a role that may not be assumed are the user’s affair', async () => {
    const k = kit({
      account: account({ sessionName: 'rec-six', role: 'acs:ram::1234567890123456:role/another' }),
    });
    const failure = await k.failure(k.plan());
    expect(failure).toMatchObject({
      code: 'E_VENDOR_AUTH',
      who: 'you',
      cause: 'credentials',
      applied: 'no',
      vendor: { code: 'NoPermission' },
    });
    const lines = await check(k);
    expect(lines).toMatchObject([
      { ok: false, remedy: expect.stringContaining('AliyunSTSAssumeRoleAccess') as string },
    ]);
  });

  test('with an external id are given only for it', async () => {
    const roles = [{ arn: ROLE, externalId: 'ext-1' }];
    const k = kit({ roles, account: account({ sessionName: 'rec-seven', externalId: 'ext-1' }) });
    expect(await k.plan()).toHaveLength(1);
    const other = kit({ roles, account: account({ sessionName: 'rec-seven' }) });
    expect(await other.failure(other.plan())).toMatchObject({ code: 'E_VENDOR_AUTH' });
  });

  test('that somebody else renews are sent as they stand', async () => {
    const k = kit();
    k.account.securityToken = 'canary-token';
    expect(await k.failure(k.plan())).toMatchObject({
      code: 'E_VENDOR_AUTH',
      vendor: { code: 'InvalidAccessKeyId.NotFound' },
    });
    expect(k.sent.at(-1)!.headers['x-acs-security-token']).toBe('canary-token');
  });
});

test('files settle once the delay of the config is over', () => {
  const k = kit({ options: { DelayTime: 600 } });
  expect(alibabaTraits(k.subject).filesSettleMs).toBe(600 * SECOND + 2 * MINUTE);
});
