/**
 * A small cloud: STS AssumeRole and the part of S3 that keeprolling uses, with real signatures, on a clock that can be
 * set. AssumeRole of Tencent Cloud's STS is answered too. It is a bucket for emulated recorders too, so that what they upload meets what we probe and read.
 */
import type { Emulator, EmulatorRequest, EmulatorResponse } from '../emulator.ts';
import { FaultPlan, type Fault } from '../faults.ts';
import { faultyHandle, type Outcome } from '../faulty.ts';
import type { ObjectStore, Upload, UploadVerdict } from '../object-store.ts';
import { TruthLog } from '../truth.ts';
import { cloudControls } from './controls.ts';
import { authenticate, type Service } from './guard.ts';
import { Identities } from './identities.ts';
import { Bucket } from './objects.ts';
import type { CloudEmulatorOptions } from './options.ts';
import { applyS3, readS3Request, S3_OPS } from './s3.ts';
import type { CloudState } from './state.ts';
import { assumeRole } from './sts.ts';
import { applyTencent, isForTencent, tencentError } from './tencent.ts';
import { CloudError, s3Error, stsError } from './xml.ts';

export type CloudEmulator = Emulator & ObjectStore;

const PAGE = 1000;

export function createCloudEmulator(options: CloudEmulatorOptions): CloudEmulator {
  const { clock, faults = new FaultPlan(), truth = new TruthLog(), pageSize = PAGE } = options;
  const state: CloudState = {
    identities: new Identities(options),
    buckets: new Map(options.buckets.map((one) => [one.name, new Bucket(one)])),
    downUntil: 0,
    mintFails: null,
  };
  let requests = 0;
  const nextId = (): string => {
    requests += 1;
    return `EMULATED${String(requests).padStart(8, '0')}`;
  };
  const inWords = (request: EmulatorRequest, error: CloudError): EmulatorResponse => {
    if (isForTencent(request)) return tencentError(error, nextId());
    return serviceOf(request) === 'sts'
      ? stsError(error, nextId())
      : s3Error(error, nextId(), request.method === 'HEAD');
  };
  const fault =
    (sts: [number, string], s3: [number, string], tencent: string) =>
    (_op: string, { status }: Fault, request: EmulatorRequest): EmulatorResponse => {
      const [usual, code] = isForTencent(request)
        ? ([200, tencent] as const)
        : serviceOf(request) === 'sts'
          ? sts
          : s3;
      return inWords(request, new CloudError(status ?? usual, code, 'A fault of the emulator.'));
    };

  const handle = faultyHandle({
    faults,
    truth,
    vendor: {
      classify: operationOf,
      apply: (request, now) => {
        try {
          return apply(state, request, now, pageSize, nextId());
        } catch (error) {
          if (!(error instanceof CloudError)) throw error;
          return { response: inWords(request, error), detail: error.code };
        }
      },
      bodies: {
        refused: fault([403, 'AccessDenied'], [403, 'AccessDenied'], 'UnauthorizedOperation'),
        throttled: fault([400, 'Throttling'], [503, 'SlowDown'], 'RequestLimitExceeded'),
        notFound: fault([404, 'InvalidAction'], [404, 'NoSuchKey'], 'ResourceNotFound.RoleNotFound'),
        failed: fault([500, 'InternalFailure'], [500, 'InternalError'], 'InternalError.SystemError'),
      },
      isDown: (now) => now < state.downUntil,
    },
  });

  return {
    vendor: 'cloud',
    clock,
    faults,
    truth,
    handle,
    settle: () => undefined,
    controls: cloudControls(state, faults, clock),
    downUntil: (now) => (now < state.downUntil ? state.downUntil : undefined),
    put: (upload, now) => putUpload(state, upload, now),
  };
}

/** A request for STS is a form that is posted to the root; nothing that is used of S3 is posted. */
function serviceOf({ method }: EmulatorRequest): Service {
  return method === 'POST' ? 'sts' : 's3';
}

function operationOf(request: EmulatorRequest): string {
  if (isForTencent(request)) return request.headers['x-tc-action'] ?? 'Unknown';
  if (serviceOf(request) === 's3') return readS3Request(request).op;
  return new URLSearchParams(request.body).get('Action') ?? 'Unknown';
}

function apply(
  state: CloudState,
  request: EmulatorRequest,
  now: number,
  pageSize: number,
  requestId: string,
): Outcome {
  const { identities, buckets } = state;
  if (isForTencent(request)) return applyTencent(identities, request, now, requestId);
  if (serviceOf(request) === 'sts') {
    const { caller } = authenticate(identities, 'sts', request, now);
    const parameters = new URLSearchParams(request.body);
    if (parameters.get('Action') !== 'AssumeRole')
      throw new CloudError(400, 'InvalidAction', 'Could not find operation for version 2011-06-15');
    if (state.mintFails && now < state.mintFails.untilMs) throw state.mintFails.error;
    return assumeRole(identities, caller, parameters, now, requestId);
  }
  const asked = readS3Request(request);
  const needed = S3_OPS[asked.op];
  if (!needed) throw new CloudError(405, 'MethodNotAllowed', 'The specified method is not allowed.');
  const { caller, claim } = authenticate(identities, 's3', request, now);
  const bucket = buckets.get(asked.bucket);
  if (!bucket) {
    throw new CloudError(404, 'NoSuchBucket', 'The specified bucket does not exist', {
      elements: { BucketName: asked.bucket },
    });
  }
  if (claim.region !== bucket.region) throw wrongRegion(request, claim.region, bucket.region);
  if (!identities.mayUse(caller, needed.access, needed.action, asked.bucket, asked.key))
    throw new CloudError(403, 'AccessDenied', 'Access Denied');
  const response = applyS3(asked, request, bucket, now, pageSize);
  return {
    response: { ...response, headers: { 'x-amz-request-id': requestId, ...response.headers } },
    detail: `${asked.bucket}/${asked.key || (asked.query.get('prefix') ?? '')}`,
  };
}

/** A host of another region sends the client elsewhere; any other only says that the signature is for a wrong one. */
function wrongRegion({ headers }: EmulatorRequest, signed: string, real: string): CloudError {
  const more = { headers: { 'x-amz-bucket-region': real } };
  if (headers['host']?.includes(`.${signed}.`)) {
    return new CloudError(
      301,
      'PermanentRedirect',
      'The bucket you are attempting to access must be addressed using the specified endpoint.',
      more,
    );
  }
  return new CloudError(
    400,
    'AuthorizationHeaderMalformed',
    `The authorization header is malformed; the region '${signed}' is wrong; expecting '${real}'`,
    { ...more, elements: { Region: real } },
  );
}

/** An emulated recorder has plain keys and signs nothing. */
function putUpload({ identities, buckets }: CloudState, upload: Upload, now: number): UploadVerdict {
  const recognised = identities.recognise(upload.accessKey, upload.token, now);
  if ('refused' in recognised) return recognised.refused === 'expired' ? 'expired' : 'unknown-key';
  const { caller } = recognised;
  if (caller.secretKey !== upload.secretKey) return 'unknown-key';
  const bucket = buckets.get(upload.bucket);
  if (!bucket) return 'no-bucket';
  if (!identities.mayUse(caller, 'write', 's3:PutObject', upload.bucket, upload.key)) return 'denied';
  bucket.put(upload.key, '', now, upload.bytes);
  return 'stored';
}
