/** Refusals without a sentence of their own still say what would be right. */
import { expect, it, test } from 'vitest';
import { normalisingContext } from '../../src/config/normalising.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { KeepRollingError } from '../../src/contract/errors.ts';
import type { Problem } from '../../src/contract/problems.ts';
import { normalise } from '../../src/contract/specification.ts';
import { VENDORS } from '../../src/recorders/registry.ts';

const naver = { vendor: 'naver', accessKey: 'CANARY', secretKey: 'CANARY' };
const settings = settingsOf({ installation: 'test01', accounts: { own: naver } }, null, '/', VENDORS, {});
const good = {
  name: 'n',
  account: 'own',
  target: { channel: 'ls-20260101090000-AbCdE' },
  window: { length: '1h' },
};

function ofSpecification(document: Record<string, unknown>): Problem[] {
  const result = normalise(document, normalisingContext(settings, Date.now()));
  return result.ok ? [] : result.problems;
}

function ofAccount(account: Record<string, unknown>): Problem[] {
  try {
    settingsOf({ accounts: { own: account } }, null, '/', VENDORS, {});
  } catch (error) {
    if (error instanceof KeepRollingError) return error.details.problems as Problem[];
    throw error;
  }
  return [];
}

test('a policy that is none says which there are', () => {
  expect(ofSpecification({ ...good, policy: { foreign: 'adpot' } })).toMatchObject([
    { where: 'policy.foreign', found: '"adpot"', try: 'refuse, adopt' },
  ]);
});

test('a misspelt field is told the nearest, and what is missing says so', () => {
  const { account, ...rest } = good;
  expect(ofSpecification({ ...rest, acount: account })).toEqual(
    expect.arrayContaining([
      { where: 'acount', problem: 'there is no such field here', try: 'account' },
      { where: 'account', problem: expect.stringContaining('it is missing'), try: 'one of own' },
    ]),
  );
  const { accessKey, ...others } = naver;
  expect(ofAccount({ ...others, acessKey: accessKey })).toContainEqual({
    where: 'accounts.own.acessKey',
    problem: 'there is no such field here',
    try: 'accessKey',
  });
  expect(ofSpecification({ ...good, somethingElse: 1 })[0]).not.toHaveProperty('try');
});

test('a vendor without quotas says that it has none', () => {
  expect(ofAccount({ ...naver, quotas: { x: 1 } })).toMatchObject([
    { where: 'accounts.own.quotas.x', try: expect.stringContaining('it has none') },
  ]);
});

it('shows what was found where that is no secret, and nothing else of an account', () => {
  const [region] = ofAccount({ ...naver, regionCode: 'US' });
  expect(region).toMatchObject({ where: 'accounts.own.regionCode', found: '"US"' });
  const [domains] = ofAccount({
    vendor: 'huawei',
    region: 'cn-north-4',
    projectId: 'a'.repeat(32),
    accessKey: 'CANARY',
    secretKey: 'CANARY',
    callbacks: { path: 'CANARY'.repeat(4), keys: 'a'.repeat(32), domains: 'push.example.com' },
  });
  expect(domains).toMatchObject({ where: 'accounts.own.callbacks.domains', found: '"push.example.com"' });
  expect(JSON.stringify(ofAccount({ ...naver, accessKey: 'CANARY WITH BLANKS' }))).not.toContain('CANARY');
  expect(ofSpecification({ ...good, options: { format: 'MP4' } })).toMatchObject([{ found: '"MP4"' }]);
});
