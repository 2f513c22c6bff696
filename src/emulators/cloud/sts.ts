/** AssumeRole, in the query protocol. */
import { createHash } from 'node:crypto';
import type { EmulatorResponse } from '../emulator.ts';
import { readPolicy, type Caller, type Identities, type Statement } from './identities.ts';
import { CloudError, element, xmlResponse } from './xml.ts';

const HOUR_S = 3600;

/** @throws CloudError */
export function assumeRole(
  identities: Identities,
  caller: Caller,
  parameters: URLSearchParams,
  now: number,
  requestId: string,
): { response: EmulatorResponse; detail: string } {
  const arn = parameters.get('RoleArn') ?? '';
  const name = parameters.get('RoleSessionName') ?? '';
  const seconds = Number(parameters.get('DurationSeconds') ?? HOUR_S);
  checkForm(arn, name, seconds);
  const role = identities.roles.get(arn);
  const trusted = role?.trusts?.includes(caller.principal) ?? caller.session === null;
  if (
    !role ||
    !trusted ||
    (role.externalId !== undefined && role.externalId !== parameters.get('ExternalId'))
  ) {
    throw new CloudError(
      403,
      'AccessDenied',
      `User: ${caller.principal} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
    );
  }
  if (caller.session !== null && seconds > HOUR_S) {
    throw invalid(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (seconds * 1000 > (role.maxSessionMs ?? HOUR_S * 1000)) {
    throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  const session = identities.mint(arn, policyIn(parameters.get('Policy')), now, seconds * 1000);
  const end = new Date(session.expiresAt).toISOString().replace('.000Z', 'Z');
  const id = createHash('sha256').update(arn).digest('hex').toUpperCase().slice(0, 17);
  const user = [
    element('AssumedRoleId', `AROA${id}:${name}`),
    element('Arn', `${arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${name}`),
  ].join('');
  const credentials = [
    element('AccessKeyId', session.accessKey),
    element('SecretAccessKey', session.secretKey),
    element('SessionToken', session.token),
    element('Expiration', end),
  ].join('');
  const result = `<AssumeRoleResult><AssumedRoleUser>${user}</AssumedRoleUser><Credentials>${credentials}</Credentials></AssumeRoleResult>`;
  const metadata = `<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata>`;
  return {
    response: xmlResponse(
      200,
      `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${result}${metadata}</AssumeRoleResponse>`,
      { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    ),
    detail: `${arn} until ${end}`,
  };
}

function checkForm(arn: string, name: string, seconds: number): void {
  const failed = (field: string, value: unknown, constraint: string): CloudError =>
    invalid(
      `1 validation error detected: Value '${String(value)}' at '${field}' failed to satisfy constraint: Member must ${constraint}`,
    );
  if (!/^arn:[a-z0-9-]+:iam::\d*:role\/.+$/.test(arn)) throw invalid(`${arn} is invalid`);
  if (!/^[\w+=,.@-]{2,64}$/.test(name)) {
    throw failed('roleSessionName', name, String.raw`satisfy regular expression pattern: [\w+=,.@-]*`);
  }
  if (!Number.isInteger(seconds) || seconds < 900)
    throw failed('durationSeconds', seconds, 'have value greater than or equal to 900');
  if (seconds > 12 * HOUR_S)
    throw failed('durationSeconds', seconds, 'have value less than or equal to 43200');
}

function policyIn(text: string | null): Statement[] | null {
  if (text === null) return null;
  if (text.length > 2048)
    throw new CloudError(400, 'PackedPolicyTooLarge', 'Packed policy consumes more than 100% of its quota.');
  try {
    return readPolicy(text);
  } catch {
    throw new CloudError(400, 'MalformedPolicyDocument', 'The policy is not in the valid JSON format.');
  }
}

function invalid(message: string): CloudError {
  return new CloudError(400, 'ValidationError', message);
}
