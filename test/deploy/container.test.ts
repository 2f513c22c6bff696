/** The image, without Docker: what it copies, runs and answers is there. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { commandProblem } from './commands.ts';

const text = readFileSync('Dockerfile', 'utf8').replaceAll(/^\s*#.*\n/gm, '');
const lines = text
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '');
const packaged = JSON.parse(readFileSync('package.json', 'utf8')) as {
  engines: { node: string };
  bin: Record<string, string>;
  scripts: Record<string, string>;
};

/** Arguments of the instructions of a kind. */
function all(instruction: string): string[] {
  return lines.flatMap((line) =>
    line.startsWith(`${instruction} `) ? [line.slice(instruction.length + 1).trim()] : [],
  );
}

function list(instruction: string): string[] {
  return JSON.parse(all(instruction).at(-1)!) as string[];
}

/** What .dockerignore lets in; all else stays out. */
const admitted = readFileSync('.dockerignore', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1));

describe('the Dockerfile', () => {
  it('stands on a Node that the package takes, with the C library of its binaries, in both stages', () => {
    const bases = all('FROM').map((from) => from.split(' ')[0]!);
    expect(new Set(bases).size).toBe(1);
    const major = /^node:(\d+)-bookworm-slim$/.exec(bases[0]!)?.[1];
    expect(packaged.engines.node).toBe(`>=${major}.19`);
  });

  it('copies what there is and what .dockerignore lets in', () => {
    const copied = all('COPY')
      .filter((copy) => !copy.startsWith('--from'))
      .flatMap((copy) => copy.split(' ').slice(0, -1))
      .filter((path) => path !== '.');
    expect(copied.length).toBeGreaterThan(3);
    expect(copied.filter((path) => !existsSync(path) || !admitted.includes(path))).toEqual([]);
    expect(admitted.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('lets in all that the build reads, and no secret', () => {
    const inputs = /const INPUTS = \[([^\]]*)\]/.exec(readFileSync('scripts/build.mjs', 'utf8'))![1]!;
    const read = ['src', ...inputs.matchAll(/'([^']+)'/g)].map((one) =>
      typeof one === 'string' ? one : one[1]!,
    );
    const isIn = (path: string): boolean =>
      admitted.some((one) => path === one || path.startsWith(`${one}/`));
    expect(read.filter((path) => !isIn(path))).toEqual([]);
    expect(readFileSync('.dockerignore', 'utf8')).toMatch(/^\*$/m);
    expect(['deploy', 'deploy/secrets', '.keeprolling', 'keeprolling.yaml', '.git'].filter(isIn)).toEqual([]);
  });

  it('builds by a script of the package', () => {
    const scripts = all('RUN').flatMap((run) => [...run.matchAll(/npm run (\S+)/g)].map(([, name]) => name!));
    expect(scripts).toEqual(['build']);
    expect(Object.keys(packaged.scripts)).toEqual(expect.arrayContaining(scripts));
  });

  it('runs our executable as an ordinary user, as a worker unless told otherwise', () => {
    expect(list('ENTRYPOINT')).toEqual(['node', packaged.bin['keeprolling']]);
    expect(commandProblem(list('CMD'))).toBeNull();
    expect(all('USER')).toEqual(['node']);
  });

  it('is healthy while /healthz answers 200, at the port that is told', async () => {
    let status = 200;
    const server = createServer(({ url }, reply) => reply.writeHead(url === '/healthz' ? status : 404).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const check = all('HEALTHCHECK')[0]!;
    const [, ...args] = JSON.parse(check.slice(check.indexOf('['))) as string[];
    const exit = async (to: number): Promise<number | null> =>
      await new Promise((resolve) => {
        const child = spawn(process.execPath, args, {
          stdio: 'ignore',
          env: { HEALTH_PORT: String(to) },
        });
        child.once('exit', resolve);
      });
    expect(await exit(port)).toBe(0);
    status = 503;
    expect(await exit(port)).toBe(1);
    await new Promise((resolve) => server.close(resolve));
    expect(await exit(port)).toBe(1);
  });
});
