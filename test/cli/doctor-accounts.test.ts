import { Agent } from 'undici';
import { expect, it } from 'vitest';
import { accountChecks } from '../../src/cli/doctor/accounts.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { VENDORS } from '../../src/recorders/registry.ts';

const KEY = '0123456789abcdef0123456789abcdef';

/** The accounts that the recorder is asked about. */
async function askedAbout(env: Record<string, string>) {
  const callbacks = { path: 'CANARY-path-secret-1', keys: '${CALLBACK_KEY}', domains: ['push.example.com'] };
  const prod = { vendor: 'huawei', region: 'cn-north-4', projectId: 'p', token: 'CANARY', callbacks };
  const asked: unknown[] = [];
  const huawei = VENDORS.get('huawei')!;
  const check = async ({ account }: { account: unknown }) => {
    asked.push(account);
    return await Promise.resolve([{ what: 'asked', ok: true, detail: 'yes' }]);
  };
  const registry = new Map([['huawei', { ...huawei, recorder: { ...huawei.recorder, check } }]]);
  const settings = settingsOf({ accounts: { prod } }, null, '/', VENDORS, env);
  const checks = await Promise.all(accountChecks(settings, registry, new Agent(), Date.now));
  expect(checks.flat()).toEqual([{ what: 'account prod: asked', ok: true, detail: 'yes' }]);
  return asked;
}

it('asks about an account with its callbacks, which name the domains to try', async () => {
  expect(await askedAbout({ CALLBACK_KEY: KEY })).toMatchObject([
    { callbacks: { domains: ['push.example.com'] } },
  ]);
});

it('asks about an account whose callbacks cannot be read, without them', async () => {
  const [account] = await askedAbout({});
  expect(account).toMatchObject({ vendor: 'huawei' });
  expect(account).not.toHaveProperty('callbacks');
});
