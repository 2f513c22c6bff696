/** Ledgers in a bucket that speaks S3. Pieces are immutable, as in a directory: whoever writes first has written. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { Dispatcher } from 'undici';
import type { Destination } from '../contract/destinations.ts';
import { KeepRollingError } from '../contract/errors.ts';
import { obtain } from '../credentials/access.ts';
import { inTime, loadS3, s3Client } from '../credentials/aws/clients.ts';
import { awsVerdict, type AwsSubject } from '../credentials/aws/errors.ts';
import { probeWrite } from '../credentials/aws/probe.ts';
import { StorageFailure, type Minted } from '../credentials/minted.ts';
import { failureFrom } from '../credentials/verdict.ts';
import { changed, type OpenArchive } from './archive.ts';

export interface BucketArchiveOptions {
  /** The destination's name in keeprolling.yaml. */
  name: string;
  /** Resolved at each use. @throws KeepRollingError E_CONFIG_INVALID */
  destination: () => Destination;
  /** For people. */
  place: string;
  /** Folders below the destination's own prefix. */
  prefix: string;
  dispatcher: () => Promise<Dispatcher>;
  now: () => number;
  /** Lets go of what was opened for it. */
  close?: () => Promise<void>;
}

/** One call with all that belongs to it: the activity that writes a part has 10 s. */
const CALL_MS = 8_000;
/** Credentials are used until so long before their end. */
const SPARE_MS = 5 * 60_000;
/** What a command gave without an end is asked for again after this time. */
const ENDLESS_MS = 5 * 60_000;

type S3 = Awaited<ReturnType<typeof loadS3>>;
interface Opened {
  s3: S3;
  client: S3Client;
  destination: Destination;
  /** Where the archive begins, with a trailing `/`. */
  root: string;
  /** For sentences; each request says in `operation` what it is. */
  subject: AwsSubject;
  signal: AbortSignal;
}

export function bucketArchive(options: BucketArchiveOptions): OpenArchive {
  const keys = keptKeys(options);

  const call = async <T>(work: (opened: Opened) => Promise<T>): Promise<T> => {
    const destination = options.destination();
    const root = `${[destination.prefix, options.prefix].filter(Boolean).join('/')}/`;
    const { name, now } = options;
    const subject: AwsSubject = {
      name,
      operation: 'PutObject',
      bucket: destination.bucket,
      region: destination.region ?? 'us-east-1',
      host: destination.endpoint === undefined ? undefined : new URL(destination.endpoint).host,
      folder: root,
    };
    const attempt = async (signal: AbortSignal): Promise<T> => {
      const dispatcher = await options.dispatcher();
      const way = { dispatcher, now };
      const client = await s3Client(way, destination, await keys.get({ name, destination, ...way }));
      return await work({ s3: await loadS3(), client, destination, root, subject, signal });
    };
    try {
      return await inTime(CALL_MS, async (signal) => {
        const kept = keys.areKept();
        try {
          return await attempt(signal);
        } catch (error) {
          // What was minted a while ago may have been revoked since.
          if (!kept || awsVerdict(error, 's3', subject).cause !== 'credentials') throw error;
          keys.forget();
          return await attempt(signal);
        }
      });
    } catch (error) {
      if (error instanceof KeepRollingError) throw error;
      if (error instanceof StorageFailure) {
        throw new StorageFailure({ ...error.failure, code: 'E_ARCHIVE_UNWRITABLE' });
      }
      const verdict = awsVerdict(error, 's3', subject);
      if (verdict.cause === 'credentials') keys.forget();
      const applied = subject.operation === 'PutObject' && verdict.status === undefined ? 'unknown' : 'no';
      throw new StorageFailure({
        ...failureFrom(verdict, 'E_ARCHIVE_UNWRITABLE', name, subject),
        applied,
      });
    }
  };

  return {
    place: options.place,
    get: async (name) => await call(async (opened) => await read(opened, name)),
    put: async (name, text) => await call(async (opened) => await putOnce(opened, name, text)),
    list: async (prefix) => await call(async (opened) => await list(opened, prefix)),
    probe: async () =>
      await call(async ({ destination, root }) => {
        const context = { ...options, destination, dispatcher: await options.dispatcher() };
        await probeWrite(context, await keys.get(context), root.slice(0, -1), CALL_MS);
      }),
    close: async () => await options.close?.(),
  };
}

async function putOnce(opened: Opened, name: string, text: string): Promise<void> {
  // A store that does not know the condition would write over what is there.
  const isDoubtful = opened.destination.cloud !== 'aws';
  if (isDoubtful && isSame(name, await read(opened, name), text)) return;
  if (await write(opened, name, text)) return;
  if (isSame(name, await read(opened, name), text)) return;
  throw new StorageFailure({
    code: 'E_ARCHIVE_UNWRITABLE',
    message: `${opened.subject.name}: PutObject: the bucket says that ${name} is there, and it is not.`,
    who: 'destination',
    applied: 'unknown',
    retry: 'later',
    cause: 'destination',
  });
}

/** false where nothing is there. @throws KeepRollingError E_ARCHIVE_UNREADABLE where other content is */
function isSame(name: string, there: string | undefined, text: string): boolean {
  if (there !== undefined && there !== text) throw changed(name);
  return there === text;
}

/** false where something of this name is there already. */
async function write(opened: Opened, name: string, text: string, once = true): Promise<boolean> {
  const { s3, client, destination, root, subject, signal } = opened;
  subject.operation = 'PutObject';
  const command = new s3.PutObjectCommand({
    Bucket: destination.bucket,
    Key: `${root}${name}`,
    Body: text,
    ContentType: 'application/json',
    ...(once && { IfNoneMatch: '*' }),
  });
  try {
    await client.send(command, { abortSignal: signal });
    return true;
  } catch (error) {
    const { status, code } = said(error);
    // 409: somebody else writes it just now.
    if (status === 412 || (status === 409 && code === 'ConditionalRequestConflict')) return false;
    if (once && status === 501) return await write(opened, name, text, false);
    throw error;
  }
}

async function read(opened: Opened, name: string): Promise<string | undefined> {
  const { s3, client, destination, root, subject, signal } = opened;
  subject.operation = 'GetObject';
  const command = new s3.GetObjectCommand({ Bucket: destination.bucket, Key: `${root}${name}` });
  try {
    const { Body } = await client.send(command, { abortSignal: signal });
    return (await Body?.transformToString('utf8')) ?? '';
  } catch (error) {
    const { status, code } = said(error);
    if (status === 404 && code !== 'NoSuchBucket') return undefined;
    throw error;
  }
}

async function list(opened: Opened, prefix: string): Promise<string[]> {
  const { s3, client, destination, root, subject, signal } = opened;
  subject.operation = 'ListObjectsV2';
  const base = prefix === '' ? root : `${root}${prefix}/`;
  const names: string[] = [];
  let token: string | undefined;
  do {
    const command = new s3.ListObjectsV2Command({
      Bucket: destination.bucket,
      Prefix: base,
      Delimiter: '/',
      ...(token !== undefined && { ContinuationToken: token }),
    });
    const page = await client.send(command, { abortSignal: signal });
    const keys = [
      ...(page.Contents ?? []).map((one) => one.Key),
      ...(page.CommonPrefixes ?? []).map((one) => one.Prefix),
    ];
    // Some consoles make an object that is called like its folder.
    for (const key of keys) if (key !== undefined && key !== base) names.push(key.slice(base.length));
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
  return names.toSorted();
}

function said(error: unknown): { status: number | undefined; code: string } {
  const { $metadata, name } = error as { $metadata?: { httpStatusCode?: number }; name?: string };
  return { status: $metadata?.httpStatusCode, code: name ?? '' };
}

/** Credentials are minted once for many calls, and once for calls at the same time. */
function keptKeys({ now }: BucketArchiveOptions) {
  let kept: { keys: Minted; until: number } | undefined;
  let coming: Promise<Minted> | undefined;
  const areKept = (): boolean => kept !== undefined && now() < kept.until;
  return {
    areKept,
    forget(): void {
      kept = undefined;
    },
    async get(context: Parameters<typeof obtain>[0]): Promise<Minted> {
      if (kept && areKept()) return kept.keys;
      coming ??= obtain(context)
        .then((keys) => {
          // Keys as they stand in the configuration cost nothing, and may change at any time.
          const isStatic = context.destination.credentials?.provider === 'static';
          const until = keys.life ? keys.life.expiresAt - SPARE_MS : now() + ENDLESS_MS;
          kept = isStatic ? undefined : { keys, until };
          return keys;
        })
        .finally(() => {
          coming = undefined;
        });
      return await coming;
    },
  };
}
