import type { Agent, Dispatcher } from 'undici';
import type { Settings } from '../config/settings.ts';
import { directoryArchive, type OpenArchive } from './archive.ts';
import { bucketArchive } from './bucket.ts';

export interface OpenOptions {
  /** Without one, an archive in a bucket has its own, which `close` ends. */
  dispatcher?: Dispatcher;
  now?: () => number;
}

/** The archive that the configuration names, for worker, client and `doctor` alike; null where it names none. */
export function openArchive(
  settings: Pick<Settings, 'archive' | 'place' | 'destination'>,
  { dispatcher, now = Date.now }: OpenOptions = {},
): OpenArchive | null {
  const where = settings.archive();
  if (where === null) return null;
  if ('directory' in where) return directoryArchive(where.directory);
  const { destination: name, prefix } = where;
  let own: Promise<Agent> | undefined;
  return bucketArchive({
    name,
    destination: () => settings.destination(name),
    place: placeOf(settings, name, prefix),
    prefix,
    // Loaded at the first use: most commands never look into the archive.
    dispatcher: async () =>
      dispatcher ??
      (await (own ??= import('undici').then((undici) => new undici.Agent({ connect: { timeout: 5_000 } })))),
    now,
    close: async () => await (await own)?.destroy(),
  });
}

/** For people; what is missing in the environment is told by the first call that needs it. */
function placeOf(settings: Pick<Settings, 'place'>, name: string, prefix: string): string {
  try {
    const place = settings.place(name);
    return `s3://${[place?.bucket, place?.prefix, prefix].filter(Boolean).join('/')}`;
  } catch {
    return `destination ${name}/${prefix}`;
  }
}
