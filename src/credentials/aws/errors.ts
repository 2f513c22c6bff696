/**
 * What STS and S3 say, in our own words and with who must act. Nothing of a reply is quoted: what a store writes into
 * an error may hold anything. A code is told only if it stands in these tables.
 */
import type { GapCause, Who } from '../../session/facts.ts';
import { CLOCK, THROTTLED_MS, unreached, type Verdict } from '../verdict.ts';

/** What a sentence may name; none of it is secret. */
export interface AwsSubject {
  /** As it is called in keeprolling.yaml. */
  name: string;
  operation: string;
  bucket: string;
  region: string;
  /** Host of another endpoint than AWS's own. */
  host?: string | undefined;
  /** Only for AssumeRole. */
  role?: string | undefined;
  /** Where in the bucket. */
  folder?: string | undefined;
}

type Row = [text: (subject: AwsSubject, about: Reply) => string, who: Who, cause: GapCause, retry?: number];

interface Reply {
  code: string;
  status: number | undefined;
  requestId: string | undefined;
  /** Read to tell two meanings of one code apart, never quoted. */
  message: string;
  bucketRegion: string | undefined;
}

const CHAINING =
  'a role that is assumed with the keys of another role (role chaining, which is so on an instance or in a pod) lives 1h at most';

const clockRow: Row = [() => CLOCK[0], CLOCK[1], 'credentials'];

const STS: Record<string, Row> = {
  AccessDenied: [
    ({ role }) =>
      `these keys may not assume ${role}: its trust policy must name them and their externalId, if it asks for one, and they need sts:AssumeRole`,
    'you',
    'credentials',
  ],
  ExpiredToken: [() => 'the keys that would assume the role have expired', 'you', 'credentials'],
  InvalidClientTokenId: [
    () => 'there is no such access key, or it is disabled, or its token does not fit',
    'you',
    'credentials',
  ],
  SignatureDoesNotMatch: [() => 'the secret key does not fit the access key', 'you', 'credentials'],
  MalformedPolicyDocument: [
    () => '`policy` is not a policy that the cloud understands: it must be JSON of IAM',
    'you',
    'credentials',
  ],
  PackedPolicyTooLarge: [() => '`policy` is too large for the cloud', 'you', 'credentials'],
  RegionDisabled: [
    ({ region }) =>
      `STS is not activated in ${region}: activate it, or name another region under credentials`,
    'you',
    'credentials',
  ],
  ValidationError: [
    () => 'the request is refused as invalid: look at role, externalId and duration',
    'you',
    'credentials',
  ],
  MissingAuthenticationToken: [() => 'the request reached it unsigned', 'keeprolling', 'credentials'],
  Throttling: [() => 'the cloud asks for fewer calls', 'destination', 'credentials', THROTTLED_MS],
  InternalFailure: [() => 'the cloud has a fault of its own', 'destination', 'credentials'],
};

const OVERLONG: Row = [
  () =>
    `the role gives no credentials for so long: raise its MaxSessionDuration or lower \`duration\`; and ${CHAINING}`,
  'you',
  'credentials',
];
const CHAINED: Row = [
  () =>
    `${CHAINING}: assume this role with keys of a user, or use a provider that gives longer credentials; a lower \`duration\` does where the vendor takes one`,
  'you',
  'credentials',
];
const OUT_OF_RANGE: Row = [() => '`duration` must be from 15m to 12h here', 'you', 'credentials'];

const wrongRegion: Row = [
  ({ bucket, region }, { bucketRegion }) =>
    bucketRegion === undefined
      ? `${bucket} is not in ${region}: name the region in which it was made`
      : `${bucket} is in ${bucketRegion}, not in ${region}`,
  'you',
  'destination',
];

const S3: Record<string, Row> = {
  AccessDenied: [
    ({ bucket, folder, operation }) =>
      operation.startsWith('Put')
        ? `these credentials may not write ${bucket}/${folder ?? ''}*: the role or user, the bucket's policy and the session's \`policy\` must all allow s3:PutObject there`
        : `these credentials may not read ${bucket}/${folder ?? ''}*: s3:GetObject and s3:ListBucket must be allowed`,
    'you',
    'destination',
  ],
  NoSuchBucket: [({ bucket }) => `there is no bucket ${bucket}`, 'you', 'destination'],
  PermanentRedirect: wrongRegion,
  TemporaryRedirect: wrongRegion,
  AuthorizationHeaderMalformed: wrongRegion,
  IllegalLocationConstraintException: wrongRegion,
  SignatureDoesNotMatch: [() => 'the secret key does not fit the access key', 'you', 'credentials'],
  ExpiredToken: [() => 'the credentials have expired', 'you', 'credentials'],
  InvalidToken: [() => 'the session token does not fit the access key', 'you', 'credentials'],
  InvalidAccessKeyId: [() => 'there is no such access key, or it is disabled', 'you', 'credentials'],
  RequestTimeTooSkewed: clockRow,
  SlowDown: [() => 'the bucket asks for fewer calls', 'destination', 'destination', THROTTLED_MS],
  QuotaExceeded: [({ bucket }) => `${bucket} is full`, 'you', 'destination'],
  InternalError: [() => 'the store has a fault of its own', 'destination', 'destination'],
};

/** Other spellings of the same. */
const SAME: Record<string, string> = {
  AccessDeniedException: 'AccessDenied',
  AllAccessDisabled: 'AccessDenied',
  AccountProblem: 'AccessDenied',
  ExpiredTokenException: 'ExpiredToken',
  ExpiredTokenExceptionException: 'ExpiredToken',
  TokenRefreshRequired: 'ExpiredToken',
  InvalidIdentityToken: 'InvalidClientTokenId',
  UnrecognizedClientException: 'InvalidClientTokenId',
  MalformedPolicyDocumentException: 'MalformedPolicyDocument',
  PackedPolicyTooLargeException: 'PackedPolicyTooLarge',
  RegionDisabledException: 'RegionDisabled',
  ThrottlingException: 'Throttling',
  RequestLimitExceeded: 'Throttling',
  TooManyRequestsException: 'Throttling',
  RequestThrottled: 'SlowDown',
  SlowDownRead: 'SlowDown',
  SlowDownWrite: 'SlowDown',
  XMinioStorageFull: 'QuotaExceeded',
  InsufficientStorage: 'QuotaExceeded',
  ServiceUnavailable: 'InternalError',
  InternalServerError: 'InternalError',
};

/** Why a call of the SDK failed. */
export function awsVerdict(error: unknown, service: 'sts' | 's3', subject: AwsSubject): Verdict {
  const reply = replyIn(error);
  const where = subject.host ?? (service === 'sts' ? 'STS' : 'S3');
  if (reply === undefined) return unanswered(error, where, service);
  const known = service === 'sts' ? stsRow(reply) : s3Row(reply);
  const [code, row] = known ?? [undefined, otherRow(reply.status, service)];
  const [text, who, cause, retry = 'later' as const] = row;
  return {
    text: `${subject.operation} at ${where}: ${text(subject, reply)}`,
    who,
    cause,
    retry,
    ...(code !== undefined && { code }),
    ...(reply.status !== undefined && { status: reply.status }),
    ...(reply.requestId !== undefined && { requestId: reply.requestId }),
  };
}

function replyIn(error: unknown): Reply | undefined {
  if (!(error instanceof Error)) return undefined;
  const { $metadata, $response } = error as {
    $metadata?: { httpStatusCode?: number; requestId?: string };
    $response?: { statusCode?: number; headers?: Record<string, string> };
  };
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  if (status === undefined) return undefined;
  const requestId = $metadata?.requestId;
  const bucketRegion = $response?.headers?.['x-amz-bucket-region'];
  return {
    code: error.name,
    status,
    message: error.message,
    requestId: requestId !== undefined && /^[A-Za-z0-9-]{8,64}$/.test(requestId) ? requestId : undefined,
    bucketRegion:
      bucketRegion !== undefined && /^[a-z]{2}(-[a-z]{2,12}){1,3}-\d$/.test(bucketRegion)
        ? bucketRegion
        : undefined,
  };
}

function stsRow({ code, message }: Reply): [string, Row] | undefined {
  const name = SAME[code] ?? code;
  if (name === 'ValidationError') {
    if (/role chaining/i.test(message)) return [name, CHAINED];
    if (/MaxSessionDuration/i.test(message)) return [name, OVERLONG];
    if (/durationSeconds/i.test(message)) return [name, OUT_OF_RANGE];
  }
  if (name === 'SignatureDoesNotMatch' && /expired|not yet current/i.test(message)) return [name, clockRow];
  if (name === 'RequestExpired') return [name, clockRow];
  const row = STS[name];
  return row && [name, row];
}

function s3Row({ code, status }: Reply): [string, Row] | undefined {
  const name = SAME[code] ?? code;
  const row = S3[name];
  if (row) return [name, row];
  // Without a body there is a status only.
  if (status === 301 || status === 307) return ['PermanentRedirect', wrongRegion];
  return undefined;
}

function otherRow(status: number | undefined, service: 'sts' | 's3'): Row {
  const cause = service === 'sts' ? 'credentials' : 'destination';
  const inside = status !== undefined && status >= 500;
  if (inside) return [() => `the answer is ${status}, a fault of its own`, 'destination', cause];
  if (status !== undefined && status < 300) {
    return [() => 'the answer is not in the documented form: look at the endpoint', 'you', cause];
  }
  return [() => `the answer is ${status}, for a reason that keeprolling does not know`, 'you', cause];
}

function unanswered(error: unknown, where: string, service: 'sts' | 's3'): Verdict {
  const cause: GapCause = service === 'sts' ? 'credentials' : 'destination';
  if (error instanceof Error && error.name === 'CredentialsProviderError') {
    return {
      text: "no keys are configured, and AWS's usual places (environment, profile, instance) have none for this worker",
      who: 'you',
      cause: 'credentials',
      retry: 'later',
    };
  }
  return { ...unreached(error, where), cause };
}
