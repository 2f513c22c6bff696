/** Whether an object is in a bucket that speaks S3, asked with credentials that may read it. */
import type { BucketPlace } from './clients.ts';
import { EXCHANGE_MS, inTime, loadS3, s3Client, type AwsKeys, type AwsWay } from './clients.ts';
import { awsVerdict } from './errors.ts';
import { failureFrom } from '../verdict.ts';
import { failed } from '../provider.ts';

/** null where there is none. @throws StorageFailure */
export type HeadObject = (key: string) => Promise<{ bytes: number } | null>;

export async function headObjects(
  name: string,
  way: AwsWay,
  place: BucketPlace,
  keys: AwsKeys,
): Promise<HeadObject> {
  const { bucket, region, endpoint } = place;
  const { HeadObjectCommand } = await loadS3();
  const client = await s3Client(way, place, keys);
  const host = endpoint == null ? undefined : new URL(endpoint).host;
  const subject = { name, operation: 'HeadObject', bucket, region: region ?? 'us-east-1', host };
  return async (key) => {
    try {
      const command = new HeadObjectCommand({ Bucket: bucket, Key: key });
      const { ContentLength: bytes = 0 } = await inTime(
        EXCHANGE_MS,
        async (abortSignal) => await client.send(command, { abortSignal }),
      );
      return { bytes };
    } catch (error) {
      const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
      // An answer without a body does not tell a bucket that is missing from an object that is.
      if ($metadata?.httpStatusCode === 404) return null;
      throw failed(failureFrom(awsVerdict(error, 's3', subject), 'E_DESTINATION', name, subject));
    }
  };
}
