import { expect, it } from 'vitest';
import { failureOf } from '../../src/cli/failure.ts';
import { accountPlanText, forbiddenPlanText, mayChangeText } from '../../src/cli/render/account-plan.ts';
import { KeepRolling } from '../../src/client/index.ts';
import type { AccountPlan } from '../../src/client/types.ts';
import { VendorFailure, type Recorder } from '../../src/recorders/recorder.ts';
import type { Registry, Vendor } from '../../src/recorders/registry.ts';
import type { AccountChange } from '../../src/session/facts.ts';
import { syntheticVendor } from '../synthetic/vendor.ts';

type Data = Record<string, unknown>;
type Plan = NonNullable<Recorder<Data, Data, Data>['plan']>;

const RULE: AccountChange = {
  action: 'update',
  what: 'recording rule',
  where: 'push.example.com/live/*',
  id: 'rule-7',
  before: { format: ['HLS'], cycle: 900 },
  after: { format: ['HLS', 'MP4'], cycle: 900 },
  overrides: ['stream news no longer follows the rule of live/*'],
};

function vendorWith(prepares: boolean, plan: Plan): Vendor {
  const { vendor } = syntheticVendor({ prepares });
  return {
    contract: { ...vendor.contract, policies: ['rule', 'repush', 'made'] },
    recorder: { ...vendor.recorder, plan },
  };
}

async function planned(vendor: Vendor, secret: string, policy: Data = {}) {
  const registry: Registry = new Map([['synthetic', vendor]]);
  const configuration = { installation: 'plan01', accounts: { acc: { vendor: 'synthetic', secret } } };
  const client = await KeepRolling.connect({ configuration, env: {}, registry });
  try {
    return await client.plan({
      name: 'match',
      account: 'acc',
      target: { channel: 'one' },
      window: { length: '1h' },
      policy,
    });
  } finally {
    await client.close();
  }
}

it('asks the recorder with the credentials of the account, and shows each change before and after', async () => {
  const asked: unknown[] = [];
  const vendor = vendorWith(true, async ({ account }, { target, policy }) => {
    asked.push(account.secret, target, policy.account);
    return await Promise.resolve([RULE]);
  });
  const plan = await planned(vendor, 'hidden', { rule: 'ensure', made: 'remove' });
  expect(asked).toEqual(['hidden', { channel: 'one' }, 'ensure']);
  expect(plan).toMatchObject({ key: 'synthetic/acc/one', prepares: true, changes: [RULE] });
  const text = accountPlanText(plan);
  expect(text).toContain('update recording rule (rule-7) of push.example.com/live/*');
  expect(text).toMatch(/format\[1\] +nothing → MP4/);
  expect(text).not.toContain('cycle');
  expect(text).toContain('! stream news no longer follows the rule of live/*');
  expect(text).toContain('taken away when the session ends');
});

it('asks nobody where nothing stands in the account, nor tells of what cannot be', async () => {
  const vendor = vendorWith(false, async () => await Promise.reject(new Error('never asked')));
  const plan = await planned(vendor, 'hidden');
  expect(plan).toMatchObject({ prepares: false, changes: [] });
  expect(accountPlanText(plan)).toContain("no change to the vendor's account");
  expect(mayChangeText(plan.policy, null)).toBe("no change to the vendor's account");
});

it('says what to do where the secrets of the account are not known here', async () => {
  const vendor = vendorWith(true, async () => await Promise.reject(new Error('never asked')));
  await expect(planned(vendor, '${NOT_HERE}')).rejects.toMatchObject({
    code: 'E_CONFIG_INVALID',
    message: expect.stringMatching(
      /credentials of acc are needed here: .*NOT_HERE.*worker's machine/s,
    ) as string,
  });
});

it('gives the refusal of the recorder under its code', async () => {
  const vendor = vendorWith(true, async () => {
    const failure = { code: 'E_ACCOUNT_UNREADY', message: 'There is no rule.', who: 'you' } as const;
    return await Promise.reject(
      new VendorFailure({ ...failure, applied: 'no', retry: 'later', cause: 'vendor-rule' }),
    );
  });
  await expect(planned(vendor, 'x', { rule: 'require' })).rejects.toMatchObject({
    code: 'E_ACCOUNT_UNREADY',
    exitCode: 6,
  });
});

it('shows what would have to be made where the policy alone forbids it', async () => {
  const vendor = vendorWith(true, async (_context, { policy }) => {
    if (policy.account === 'ensure') return await Promise.resolve([RULE]);
    const failure = { code: 'E_ACCOUNT_UNREADY', message: 'There is no rule.', who: 'you' } as const;
    throw new VendorFailure({ ...failure, applied: 'no', retry: 'later', cause: 'vendor-rule' });
  });
  const error = await planned(vendor, 'x', { rule: 'require' }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'E_ACCOUNT_UNREADY', details: { plan: { changes: [RULE] } } });
  const failure = failureOf(error);
  expect(failure.exit).toBe(6);
  const text = forbiddenPlanText(failure.details.plan as AccountPlan, failure);
  expect(text).toMatch(/update recording rule[\s\S]*✗ E_ACCOUNT_UNREADY {2}There is no rule\./);
});

it('tells without a call what may be changed', () => {
  const policy = { foreign: 'refuse', account: 'ensure', repush: 'force', made: 'keep' } as const;
  expect(mayChangeText(policy, 'rule')).toMatch(/made where it is missing \(rule: ensure\).*cut off once/);
  expect(mayChangeText(policy, undefined)).toMatch(/^nothing is written to the vendor's account/);
  expect(mayChangeText({ ...policy, account: 'require' }, 'config')).toMatch(
    /nothing is written .*config: require/,
  );
});
