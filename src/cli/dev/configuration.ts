/**
 * The configuration under which `dev` runs: the user's own, with what `dev` brings along. It is written to the data
 * folder, so that every other command finds server, archive and accounts by naming that file.
 */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { parse, stringify } from 'yaml';

export interface Brought {
  installation: string;
  address: string;
  namespace: string;
  archive: string;
  accounts: Record<string, Record<string, unknown>>;
  destinations: Record<string, Record<string, unknown>>;
}

type Fields = Record<string, unknown>;

/** @param file the user's configuration, which has been checked, or null */
export function devConfiguration(file: string | null, folder: string, brought: Brought): string {
  const own = file === null ? {} : ((parse(readFileSync(file, 'utf8')) ?? {}) as Fields);
  const { installation, archive, accounts, destinations, temporal, codec, ...rest } = withAbsoluteFiles(
    own,
    folder,
  ) as Fields;
  // A profile would name another server.
  const { profile: _profile, ...server } = (temporal ?? {}) as Fields;
  const places = { ...(destinations as Fields | undefined), ...brought.destinations };
  const whole = {
    installation: installation ?? brought.installation,
    temporal: { ...server, address: brought.address, namespace: brought.namespace },
    archive:
      archive === undefined ? { directory: brought.archive } : absoluteDirectory(archive as Fields, folder),
    accounts: { ...(accounts as Fields | undefined), ...brought.accounts },
    ...(Object.keys(places).length > 0 && { destinations: places }),
    ...(codec !== undefined && { codec: absolute(codec as string, folder) }),
    ...rest,
  };
  return `# Written by keeprolling dev at each start; changes are lost.\n${stringify(whole)}`;
}

/** The copy lies in another folder; `\${NAME}` stays, so that no secret is copied. */
function withAbsoluteFiles(value: unknown, folder: string): unknown {
  if (typeof value === 'string') {
    return value.startsWith('file:') ? `file:${absolute(value.slice('file:'.length), folder)}` : value;
  }
  if (Array.isArray(value)) return value.map((one) => withAbsoluteFiles(one, folder));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withAbsoluteFiles(inner, folder)]),
  );
}

/** One in a bucket has none. */
function absoluteDirectory(archive: Fields, folder: string): Fields {
  const { directory } = archive;
  return typeof directory === 'string' ? { ...archive, directory: absolute(directory, folder) } : archive;
}

/** A value from the environment may be absolute itself: only what is plainly relative is moved. */
function absolute(path: string, folder: string): string {
  return isAbsolute(path) || path.startsWith('${') || path.startsWith('file:') ? path : join(folder, path);
}
