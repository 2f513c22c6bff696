/** A PostgreSQL of our own in a private folder. It refuses to run as root, so root lends it an ordinary user. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, tailOf } from '../../src/server/child.ts';
import { until } from '../temporal/world.ts';
import type { Given } from './given.ts';

export interface Postgres {
  port: number;
  user: string;
  password: string;
  stop(): Promise<void>;
}

export async function startPostgres(
  { pgBin, pgUser, folder: ours, logs }: Given,
  port: number,
): Promise<Postgres> {
  const user = 'temporal';
  const password = randomBytes(12).toString('hex');
  const folder = join(ours, 'postgres');
  mkdirSync(folder, { mode: 0o700 });
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (pgUser !== null) for (const path of [folder, passwordFile]) chownSync(path, ...idsOf(pgUser));
  // setpriv becomes the program: the pid that is signalled at the end is PostgreSQL's own.
  const lent =
    pgUser === null ? [] : ['setpriv', `--reuid=${pgUser}`, `--regid=${idsOf(pgUser)[1]}`, '--clear-groups'];
  const command = (name: string, args: string[]): [string, string[]] => {
    const [first, ...rest] = [...lent, join(pgBin, name), ...args];
    return [first!, rest];
  };
  const data = join(folder, 'data');
  execFileSync(
    ...command(
      'initdb',
      `-D ${data} -U ${user} --pwfile=${passwordFile} -A scram-sha-256 -E UTF8 --locale=C.UTF-8`.split(' '),
    ),
    { cwd: folder, stdio: 'pipe' },
  );
  appendFileSync(
    join(data, 'postgresql.conf'),
    // Two servers hold about 80 connections.
    `listen_addresses='127.0.0.1'\nport=${port}\nunix_socket_directories='${folder}'\nmax_connections=200\n`,
  );
  const log = join(logs, 'postgres.log');
  const child = startChild(...command('postgres', ['-D', data]), log);
  const stop = async (): Promise<void> => {
    // "Fast": it does not wait for connections to end.
    child.signal('SIGINT');
    await child.ended;
  };
  try {
    await until('PostgreSQL', async () => {
      if (child.hasEnded) throw new Error(`PostgreSQL has ended:\n${tailOf(log)}`);
      return await Promise.resolve(isReady(join(pgBin, 'pg_isready'), port));
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, user, password, stop };
}

function idsOf(user: string): [uid: number, gid: number] {
  const id = (flag: string): number => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return [id('-u'), id('-g')];
}

function isReady(program: string, port: number): boolean {
  try {
    execFileSync(program, ['-q', '-h', '127.0.0.1', '-p', String(port)]);
    return true;
  } catch {
    return false;
  }
}
