/** `stored`, confirmed by a look into the bucket itself, where the destination has credentials that may read it. */
import type { Destination } from '../contract/destinations.ts';
import { obtain } from '../credentials/access.ts';
import { headObjects, type HeadObject } from '../credentials/aws/head.ts';
import type { ObtainContext } from '../credentials/provider.ts';
import type { FileSeen } from '../session/facts.ts';
import { NOT_NAMED } from '../session/filed.ts';

/** So many objects in one look, and so many of them at once. */
const MOST = 5_000;
const AT_ONCE = 10;

/** The files as they are in the bucket, and why it could not be asked. @throws what has nothing to do with the bucket */
export async function confirmFiles(
  context: ObtainContext,
  files: FileSeen[],
  told: (error: unknown) => string,
): Promise<{ files: FileSeen[]; trouble: string | null }> {
  const { destination, name } = context;
  const { read } = destination;
  const open = files.filter((file) => isToConfirm(file)).slice(0, MOST);
  if (!read || open.length === 0) return { files, trouble: null };
  const confirmed = new Map<FileSeen, FileSeen>();
  try {
    const keys = await obtain({ ...context, destination: { ...destination, credentials: read.credentials } });
    const place = { ...destination, endpoint: read.endpoint ?? destination.endpoint };
    const head = await headObjects(name, context, place, keys);
    for (let i = 0; i < open.length; i += AT_ONCE) {
      const some = open.slice(i, i + AT_ONCE);
      const seen = await Promise.all(some.map(async (file) => await look(head, destination, file)));
      some.forEach((file, n) => confirmed.set(file, seen[n]!));
    }
    return { files: files.map((file) => confirmed.get(file) ?? file), trouble: null };
  } catch (error) {
    return { files: files.map((file) => confirmed.get(file) ?? file), trouble: told(error) };
  }
}

/** Also one that was missing: a vendor that lists no files never names it again. */
const isToConfirm = ({ name, state, by }: FileSeen): boolean =>
  by !== 'head' && state !== 'open' && name !== NOT_NAMED;

async function look(head: HeadObject, destination: Destination, file: FileSeen): Promise<FileSeen> {
  const { bucket } = destination;
  const found = await head(keyOf(file, bucket));
  if (found) {
    const { trouble: _past, expiresAt: _deadline, ...rest } = file;
    return { ...rest, state: 'stored', by: 'head', bytes: found.bytes };
  }
  // One that is only named may still be on its way; of one that is missing it is known why.
  if (file.state !== 'stored') return file;
  return { ...file, state: 'missing', trouble: `told to be stored, and bucket ${bucket} does not have it` };
}

/** The key of an object: from its address, or its name where none is told. */
export function keyOf({ name, place }: FileSeen, bucket: string): string {
  if (place === undefined || !URL.canParse(place)) return name.replace(/^\/+/, '');
  const { protocol, pathname, host } = new URL(place);
  const path = decodeURIComponent(pathname).replace(/^\/+/, '');
  const inPath =
    /^https?:$/.test(protocol) && !host.startsWith(`${bucket}.`) && path.startsWith(`${bucket}/`);
  return inPath ? path.slice(bucket.length + 1) : path;
}
