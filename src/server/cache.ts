import { randomBytes } from 'node:crypto';
import { access, chmod, constants, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { BinarySpec } from './binary-table.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const STAGE_PREFIX = '.partial-';
const STALE_STAGE_MS = 24 * 3_600_000;

/** Our cache lies outside the project, so that every checkout and every `npm ci` shares one download. */
export function cacheRoot(env: Environment): string {
  const base = env['XDG_CACHE_HOME'];
  // The XDG rules say that a relative path is to be ignored.
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.cache'), 'keeprolling');
}

function cacheFolder(spec: BinarySpec, env: Environment): string {
  return join(cacheRoot(env), `${spec.executable}-${spec.version}`);
}

export function cachedPath(spec: BinarySpec, env: Environment): string {
  return join(cacheFolder(spec, env), spec.executable);
}

export async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Gives `work` a fresh folder on the cache's own file system, so that what it makes can be renamed into place. */
export async function withStage<T>(env: Environment, work: (folder: string) => Promise<T>): Promise<T> {
  const root = cacheRoot(env);
  const folder = join(root, `${STAGE_PREFIX}${randomBytes(6).toString('hex')}`);
  await mkdir(folder, { recursive: true });
  await removeStaleStages(root);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Puts one finished file into the cache. The folder appears under its name in one rename, so another process sees it
 * whole or not at all; of two that race, the first wins and the second uses what is there.
 */
export async function moveIntoCache(spec: BinarySpec, env: Environment, file: string): Promise<string> {
  const ready = join(cacheRoot(env), `${STAGE_PREFIX}${randomBytes(6).toString('hex')}`);
  await mkdir(ready, { recursive: true });
  await rename(file, join(ready, spec.executable));
  await chmod(join(ready, spec.executable), 0o755);
  try {
    await rename(ready, cacheFolder(spec, env));
  } catch (error) {
    await rm(ready, { recursive: true, force: true });
    if (!(await isExecutableFile(cachedPath(spec, env)))) throw error;
  }
  return cachedPath(spec, env);
}

/** A killed download leaves its folder of up to 200 MB behind; nobody else would ever remove it. */
async function removeStaleStages(root: string): Promise<void> {
  const names = await readdir(root);
  const stages = names.filter((name) => name.startsWith(STAGE_PREFIX)).map((name) => join(root, name));
  await Promise.all(
    stages.map(async (path) => {
      const info = await stat(path).catch(() => undefined);
      if (info === undefined || Date.now() - info.mtimeMs < STALE_STAGE_MS) return;
      await rm(path, { recursive: true, force: true });
    }),
  );
}
