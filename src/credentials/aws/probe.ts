import type { Minted } from '../minted.ts';
import { failed, type ObtainContext } from '../provider.ts';
import { inTime, loadS3, s3Client } from './clients.ts';
import { failureFrom } from '../verdict.ts';
import { awsVerdict } from './errors.ts';

/** One object for each folder: it is overwritten at each probe. */
const PROBE = 'keeprolling-probe';

/** The last folders differ at each attempt, and the same refusal is to be the same sentence: the first ones are told. */
function toldFolder(folder: string, prefix: string | undefined): string {
  const [first = ''] = folder.split('/');
  const told = prefix !== undefined && folder.startsWith(`${prefix}/`) ? prefix : first;
  return told === '' ? '' : `${told}/`;
}

/** Writes a small object with the very credentials that the recorder gets. @throws StorageFailure */
export async function probeWrite(
  { name, destination, dispatcher, now }: ObtainContext,
  keys: Minted,
  folder: string,
  ms: number,
): Promise<void> {
  const { bucket, region = 'us-east-1', endpoint } = destination;
  const subject = {
    name,
    operation: 'PutObject',
    bucket,
    region,
    host: endpoint === undefined ? undefined : new URL(endpoint).host,
    folder: toldFolder(folder, destination.prefix),
  };
  try {
    await inTime(ms, async (abortSignal) => {
      const { PutObjectCommand } = await loadS3();
      const client = await s3Client({ dispatcher, now }, destination, keys);
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: folder === '' ? PROBE : `${folder}/${PROBE}`,
        Body: 'keeprolling writes this to see that it may; it can be deleted.\n',
        ContentType: 'text/plain',
      });
      await client.send(command, { abortSignal });
    });
  } catch (error) {
    throw failed(failureFrom(awsVerdict(error, 's3', subject), 'E_DESTINATION', name, subject));
  }
}
