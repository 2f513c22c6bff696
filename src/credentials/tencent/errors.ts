/**
 * What Tencent Cloud's STS says, in our own words and with who must act.
 * Sources: Security Token Service, AssumeRole, error codes; Tencent Cloud API 3.0, common error codes.
 */
import { CLOCK, THROTTLED_MS, type Row } from '../verdict.ts';

/** `role`: the one that is to be assumed. */
export function stsRows(role: string): Record<string, Row> {
  const forbidden: Row = [
    `these keys may not assume ${role}: the user needs sts:AssumeRole, and the role's trust policy must name the user, and the externalId if it asks for one`,
    'you',
  ];
  return {
    UnauthorizedOperation: forbidden,
    'AuthFailure.UnauthorizedOperation': forbidden,
    'InternalError.IllegalRole': forbidden,
    ResourceNotFound: [`there is no role ${role}`, 'you'],
    'InternalError.GetRoleError': [`the role ${role} cannot be had: look at its name`, 'you'],
    'AuthFailure.SecretIdNotFound': ['there is no such access key, or it is disabled', 'you'],
    'AuthFailure.InvalidSecretId': ['the access key is none of its API', 'you'],
    'AuthFailure.SignatureFailure': ['the secret key does not fit the access key', 'you'],
    'AuthFailure.SignatureExpire': CLOCK,
    'AuthFailure.TokenFailure': ["the keys are temporary ones: a user's own are needed", 'you'],
    AuthFailure: ['the keys are refused', 'you'],
    'InvalidParameter.OverTimeError': [
      'the role gives no credentials for so long: raise its longest session duration or lower `duration`',
      'you',
    ],
    'InvalidParameter.PolicyTooLong': ['`policy` is too large for the cloud', 'you'],
    'InvalidParameter.StrategyFormatError': ['`policy` is not a policy that CAM understands', 'you'],
    'InvalidParameter.StrategyInvalid': ['`policy` is not a policy that CAM understands', 'you'],
    'InvalidParameter.ResouceError': ['a resource in `policy` is not in the form that CAM wants', 'you'],
    'InvalidParameter.GrantOtherResource': ['`policy` names what belongs to another account', 'you'],
    'InvalidParameter.AccountNotAvaliable': ['the account does not exist, or cannot be used', 'you'],
    'InvalidParameter.OverLimit': ['the cloud asks for fewer calls', 'destination', THROTTLED_MS],
    InvalidParameter: ['it refuses a parameter: look at role, externalId, policy and duration', 'you'],
    UnsupportedRegion: ['it does not know the region: name another one under credentials', 'you'],
    RequestLimitExceeded: ['the cloud asks for fewer calls', 'destination', THROTTLED_MS],
    InternalError: ['the cloud has a fault of its own', 'destination'],
  };
}
