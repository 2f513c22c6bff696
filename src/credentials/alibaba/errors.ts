/**
 * What Alibaba Cloud's STS says, in our own words and with who must act.
 * Sources: Object Storage Service, "Common errors of AssumeRole"; Resource Access Management, AssumeRole, error codes.
 */
import { CLOCK, THROTTLED_MS, type Row } from '../verdict.ts';

/** `role`: the one that is to be assumed. */
export function stsRows(role: string): Record<string, Row> {
  return {
    // One code for both: the account's own keys are never taken, and a user needs two rights.
    NoPermission: [
      `these keys may not assume ${role}: they must be a RAM user's and never the account's own, the user needs AliyunSTSAssumeRoleAccess, and the role's trust policy must name the user, and the externalId if it asks for one`,
      'you',
    ],
    'EntityNotExist.Role': [`there is no role ${role}`, 'you'],
    'InvalidAccessKeyId.NotFound': ['there is no such access key', 'you'],
    'InvalidAccessKeyId.Inactive': ['the access key is disabled', 'you'],
    SignatureDoesNotMatch: ['the secret key does not fit the access key', 'you'],
    IncompleteSignature: ['the signature is not in the form that it wants', 'keeprolling'],
    SignatureNonceUsed: ['a signature came twice', 'keeprolling'],
    InvalidTimeStamp: CLOCK,
    'InvalidParameter.RoleArn': [`${role} is no role: it must be acs:ram::1234567890123456:role/name`, 'you'],
    'InvalidParameter.RoleSessionName': ["the destination's name makes no session name there", 'you'],
    'InvalidParameter.DurationSeconds': [
      'the role gives no credentials for so long: raise its MaxSessionDuration or lower `duration`, which is 15m at least',
      'you',
    ],
    'InvalidParameter.PolicyGrammar': ['`policy` is not a policy that RAM understands', 'you'],
    'InvalidParameter.PolicySize': ['`policy` is too large for the cloud', 'you'],
    InvalidParameter: ['it refuses a parameter: look at role, externalId, policy and duration', 'you'],
    MissingSecurityToken: ["the keys are temporary ones: a RAM user's own are needed", 'you'],
    Throttling: ['the cloud asks for fewer calls', 'destination', THROTTLED_MS],
    InternalError: ['the cloud has a fault of its own', 'destination'],
    ServiceUnavailable: ['the cloud has a fault of its own', 'destination'],
  };
}
