/** AssumeRole at the emulated ApsaraVideo Live: temporary keys that end by its clock. */
import { expect, it } from 'vitest';
import { DEFAULT_ROLE } from '../../src/emulators/alibaba/options.ts';
import { alibabaKit, KEYS, T0, TRIPLE, type AlibabaKit, type Fields, type Keys } from './alibaba-kit.ts';

const ASKED: Fields = { RoleArn: DEFAULT_ROLE, RoleSessionName: 'keeprolling' };
const STS = { version: '2015-04-01' };

function assume(kit: AlibabaKit, fields: Fields = {}): Keys & { endsAt: number } {
  const { status, json } = kit.send('AssumeRole', { ...ASKED, ...fields }, STS);
  expect(status).toBe(200);
  const { AccessKeyId, AccessKeySecret, SecurityToken, Expiration } = json.Credentials;
  return { id: AccessKeyId, secret: AccessKeySecret, token: SecurityToken, endsAt: Date.parse(Expiration) };
}

it('temporary keys work with their token until they end', () => {
  const kit = alibabaKit();
  const { endsAt, ...keys } = assume(kit, { DurationSeconds: 900 });
  const look = (more: Partial<Keys> = {}) =>
    kit.code('DescribeLiveStreamState', TRIPLE, { keys: { ...keys, ...more } });
  expect(keys.id).toMatch(/^STS\./);
  expect(endsAt).toBe(T0 + 900_000);
  expect(look()).toBe('200');
  expect(look({ token: 'another' })).toBe('400 InvalidSecurityToken.MismatchWithAccessKey');
  expect(look({ secret: 'another' })).toBe('400 SignatureDoesNotMatch');
  const { token: _none, ...alone } = keys;
  expect(kit.code('DescribeLiveStreamState', TRIPLE, { keys: alone })).toBe(
    '404 InvalidAccessKeyId.NotFound',
  );
  kit.wait(899_000);
  expect(look()).toBe('200');
  kit.wait(1000);
  expect(look()).toBe('400 InvalidSecurityToken.Expired');
});

it('a role is assumed for as long as it allows, by whom it allows', () => {
  const kit = alibabaKit({
    keys: [
      { id: KEYS.id, secret: KEYS.secret },
      { id: 'root', secret: 'root', root: true },
    ],
    roles: [{ arn: DEFAULT_ROLE, maxSessionS: 7200, externalId: 'ours' }],
  });
  const code = (fields: Fields, keys: Keys = KEYS) =>
    kit.code('AssumeRole', { ...ASKED, ExternalId: 'ours', ...fields }, { ...STS, keys });
  expect(code({})).toBe('200');
  expect(code({ DurationSeconds: 7200 })).toBe('200');
  expect(code({ DurationSeconds: 7201 })).toBe('400 InvalidParameter.DurationSeconds');
  expect(code({ DurationSeconds: 899 })).toBe('400 InvalidParameter.DurationSeconds');
  expect(code({ ExternalId: 'theirs' })).toBe('403 NoPermission');
  expect(code({}, { id: 'root', secret: 'root' })).toBe('403 NoPermission');
  expect(code({ RoleArn: 'acs:ram::1:role/other' })).toBe('403 NoPermission');
  expect(code({ RoleArn: 'role' })).toBe('400 InvalidParameter.RoleArn');
  expect(code({ RoleSessionName: 'a' })).toBe('400 InvalidParameter.RoleSessionName');
  kit.control('permission', { action: 'sts:AssumeRole' });
  expect(code({})).toBe('403 Forbidden.RAM');
});
