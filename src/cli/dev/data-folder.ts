/** What `keeprolling dev` keeps between two runs, beside the configuration: nothing of it belongs into a repository. */
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../failure.ts';

export interface DataFolder {
  path: string;
  /** A value that is made once and then stays: an id, a token. Readable by its owner alone. */
  kept(name: string, make: () => string): string;
  write(name: string, text: string): string;
  /** Creates a folder below. */
  folder(name: string): string;
  release(): void;
}

const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

export function newInstallationId(): string {
  return Array.from({ length: 6 }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]).join('');
}

export function newToken(): string {
  return randomBytes(16).toString('hex');
}

/** @throws KeepRollingError E_USAGE where another `dev` uses it: two servers on one database file destroy it */
export function openDataFolder(parent: string, purpose = 'dev'): DataFolder {
  const place = join('.keeprolling', purpose);
  if (parent.endsWith(place)) {
    throw usageError(
      `This configuration was written by keeprolling ${purpose} itself: name your own with --config, or none.`,
    );
  }
  const path = join(parent, place);
  mkdirSync(path, { recursive: true });
  const lock = join(path, `${purpose}.pid`);
  const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
  if (holder > 0 && holder !== process.pid && isAlive(holder)) {
    throw usageError(
      `keeprolling ${purpose} runs here already (process ${holder}); its data are in ${path}.`,
      {
        holder,
        path,
      },
    );
  }
  writeFileSync(lock, `${process.pid}\n`);
  const inside = (name: string): string => join(path, name);
  writeFileSync(inside('.gitignore'), '*\n');
  return {
    path,
    kept(name, make) {
      const file = inside(name);
      if (!existsSync(file)) writeFileSync(file, `${make()}\n`, { mode: 0o600 });
      return readFileSync(file, 'utf8').trim();
    },
    write(name, text) {
      writeFileSync(inside(name), text, { mode: 0o600 });
      return inside(name);
    },
    folder(name) {
      mkdirSync(inside(name), { recursive: true });
      return inside(name);
    },
    release: () => rmSync(lock, { force: true }),
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
