/**
 * Clients of the AWS SDK, made for one call: that costs about a millisecond, and keeps nothing secret in memory. All
 * that the SDK would look up by itself is given, so that neither the environment nor a profile of this machine
 * changes where a request goes. The SDK is loaded at the first use: most commands never need it.
 */
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Dispatcher } from 'undici';
import type { Destination } from '../../contract/destinations.ts';
import { withoutSupportNote } from './environment.ts';
import { awsHttpHandler } from './http-handler.ts';

/** For one exchange with STS or S3. */
export const EXCHANGE_MS = 5_000;

export interface AwsWay {
  dispatcher: Dispatcher;
  now: () => number;
}

export interface AwsKeys {
  accessKey: string;
  secretKey: string;
  token?: string;
}

export async function loadS3() {
  withoutSupportNote();
  return await import('@aws-sdk/client-s3');
}

export async function loadSts() {
  withoutSupportNote();
  return await import('@aws-sdk/client-sts');
}

function common({ dispatcher, now }: AwsWay, keys: AwsKeys | undefined) {
  return {
    requestHandler: awsHttpHandler(dispatcher, EXCHANGE_MS),
    // The session has the only retry layer.
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    ignoreConfiguredEndpointUrls: true,
    authSchemePreference: ['sigv4'],
    userAgentAppId: 'keeprolling',
    // Signatures are made for the instant that everything else here is decided at.
    systemClockOffset: now() - Date.now(),
    ...(keys && {
      credentials: {
        accessKeyId: keys.accessKey,
        secretAccessKey: keys.secretKey,
        ...(keys.token !== undefined && { sessionToken: keys.token }),
      },
    }),
  } satisfies Partial<S3ClientConfig> & Record<string, unknown>;
}

/** Without keys, AWS's usual chain finds them: environment, profile, instance. */
export async function stsClient(
  way: AwsWay,
  place: { region: string; endpoint?: string },
  keys: AwsKeys | undefined,
): Promise<STSClient> {
  const { STSClient: Client } = await loadSts();
  return new Client({ ...common(way, keys), ...place });
}

/** What of a destination says how its bucket is reached. */
export type BucketPlace = Pick<Destination, 'cloud' | 'bucket'> & {
  region?: string | null | undefined;
  endpoint?: string | null | undefined;
};

export async function s3Client(way: AwsWay, place: BucketPlace, keys: AwsKeys): Promise<S3Client> {
  const { S3Client: Client } = await loadS3();
  return new Client({
    ...common(way, keys),
    // Stores of one's own seldom care for a region, but the signature needs one.
    region: place.region ?? 'us-east-1',
    ...(place.endpoint != null && { endpoint: place.endpoint, forcePathStyle: true }),
    // Newer checksums are refused by many S3-compatible stores.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    useArnRegion: false,
    disableMultiregionAccessPoints: true,
    disableS3ExpressSessionAuth: true,
    expectContinueHeader: false,
    sigv4aSigningRegionSet: [],
  });
}

/** Runs one call of the SDK, its lookup of keys included, and gives it up after `ms`. */
export async function inTime<T>(ms: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const cut = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      cut.abort();
      reject(new DOMException('No answer in time.', 'AbortError'));
    }, ms);
  });
  try {
    return await Promise.race([call(cut.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
