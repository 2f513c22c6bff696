/** AssumeRole of STS (2015-04-01), at the same address: keys that end by the emulator's clock. */
import type { Caller } from './access.ts';
import { integer, required, type Parameters } from './parameters.ts';
import { refuse } from './reply.ts';
import { nextSerial, type AlibabaState } from './state.ts';
import { writeTime } from './times.ts';

const HOUR_S = 3600;

export function assumeRole(
  state: AlibabaState,
  parameters: Parameters,
  caller: Caller,
): Record<string, unknown> {
  const arn = required(state, parameters, 'RoleArn');
  const session = required(state, parameters, 'RoleSessionName');
  if (!/^[\w.@-]{2,64}$/.test(session))
    refuse(400, 'InvalidParameter.RoleSessionName', 'The specified RoleSessionName is not valid.');
  if (!/^acs:ram::\d+:role\/.+$/.test(arn))
    refuse(400, 'InvalidParameter.RoleArn', 'The specified RoleArn is not valid.');
  const role = state.roles.get(arn);
  const external = parameters.get('ExternalId');
  if (caller.root || !role || (role.externalId !== undefined && role.externalId !== external))
    refuse(403, 'NoPermission', 'You are not authorized to do this action. You should be authorized by RAM.');
  if ((parameters.get('Policy') ?? '').length > 2048)
    refuse(400, 'InvalidParameter.PolicyGrammar', 'The specified Policy is not valid.');
  const seconds = integer(parameters, 'DurationSeconds', {
    usual: HOUR_S,
    min: 900,
    max: role.maxSessionS ?? HOUR_S,
    code: 'InvalidParameter.DurationSeconds',
  });
  const serial = nextSerial(state);
  const { names } = state.config;
  // To the second, as `Expiration` is told.
  const endsAt = Math.floor(caller.at / 1000 + seconds) * 1000;
  const minted = {
    id: `STS.${names.opaque(24, 'key', serial)}`,
    secret: names.opaque(44, 'secret', serial),
    token: names.opaque(400, 'token', serial),
    endsAt,
  };
  state.minted.set(minted.id, minted);
  return {
    AssumedRoleUser: {
      Arn: `${arn}/${session}`,
      AssumedRoleId: `${names.opaque(16, 'role', 0)}:${session}`,
    },
    Credentials: {
      AccessKeyId: minted.id,
      AccessKeySecret: minted.secret,
      SecurityToken: minted.token,
      Expiration: writeTime(endsAt),
    },
  };
}
