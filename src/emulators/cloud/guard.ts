/** Who sends a request, proved by its signature. */
import type { EmulatorRequest } from '../emulator.ts';
import type { Caller, Identities } from './identities.ts';
import { isSignedWith, readAmzDate, readClaim, sha256, unsignedHeaders, type Claim } from './signature.ts';
import { CloudError } from './xml.ts';

export type Service = 'sts' | 's3';

const SKEW_MS = 15 * 60_000;

/** The same refusal has another name at each service. */
const WORDS = {
  missing: {
    sts: [403, 'MissingAuthenticationToken', 'Request is missing Authentication Token'],
    s3: [403, 'AccessDenied', 'Access Denied'],
  },
  form: {
    sts: [400, 'IncompleteSignature', 'Authorization header is not of the required form'],
    s3: [400, 'AuthorizationHeaderMalformed', 'The authorization header is malformed.'],
  },
  skew: {
    sts: [403, 'SignatureDoesNotMatch', 'Signature expired: the date is too far from the time of the server'],
    s3: [
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
    ],
  },
  'unknown-key': {
    sts: [403, 'InvalidClientTokenId', 'The security token included in the request is invalid.'],
    s3: [403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.'],
  },
  'bad-token': {
    sts: [403, 'InvalidClientTokenId', 'The security token included in the request is invalid'],
    s3: [400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.'],
  },
  expired: {
    sts: [403, 'ExpiredToken', 'The security token included in the request is expired'],
    s3: [400, 'ExpiredToken', 'The provided token has expired.'],
  },
  signature: {
    sts: [
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
    ],
    s3: [
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    ],
  },
} as const;

/** @throws CloudError */
export function authenticate(
  identities: Identities,
  service: Service,
  request: EmulatorRequest,
  now: number,
): { caller: Caller; claim: Claim } {
  const no = (what: keyof typeof WORDS): CloudError => {
    const [status, code, message] = WORDS[what][service];
    return new CloudError(status, code, message);
  };
  const { headers } = request;
  const authorization = headers['authorization'];
  if (authorization === undefined) throw no('missing');
  const claim = readClaim(authorization);
  if (!claim || claim.service !== service || unsignedHeaders(request, claim).length > 0) throw no('form');
  const at = readAmzDate(headers['x-amz-date']);
  if (at === undefined || !headers['x-amz-date']?.startsWith(claim.date)) throw no('form');
  if (Math.abs(at - now) > SKEW_MS) throw no('skew');
  const recognised = identities.recognise(claim.accessKey, headers['x-amz-security-token'], now);
  if ('refused' in recognised) throw no(recognised.refused);
  if (!isSignedWith(recognised.caller.secretKey, claim, request)) throw no('signature');
  if (service === 's3') checkPayload(request);
  return { caller: recognised.caller, claim };
}

function checkPayload({ headers, body }: EmulatorRequest): void {
  const stated = headers['x-amz-content-sha256'];
  if (stated === undefined) {
    throw new CloudError(
      400,
      'InvalidRequest',
      'Missing required header for this request: x-amz-content-sha256',
    );
  }
  if (stated === 'UNSIGNED-PAYLOAD') return;
  if (stated.startsWith('STREAMING-')) {
    throw new CloudError(501, 'NotImplemented', 'This emulator takes bodies in one piece only.');
  }
  if (stated !== sha256(body)) {
    throw new CloudError(
      400,
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
}
