/** A worker in a process of its own, to be killed: `keeprolling worker` as users run it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DIES_WITH_PARENT } from '../../src/server/child.ts';
import { TOKEN, type OmeWorld } from '../temporal/ome.ts';
import { QUICK_LOOKS } from '../temporal/world.ts';

export interface WorkerProcess {
  pid: number;
  /** Sends the signal and waits for the end: the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
  /** All that it has printed. */
  output(): string;
}

const EXECUTABLE = fileURLToPath(new URL('../../bin/keeprolling.js', import.meta.url));
const BUILT = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const running = new Set<ChildProcess>();

/** Returns when it polls its queues. */
export async function workerProcess(
  world: OmeWorld,
  looks: Record<string, string> = QUICK_LOOKS,
): Promise<WorkerProcess> {
  if (!existsSync(BUILT)) throw new Error('dist/ is not built: npm run build, or npm test.');
  const config = join(world.folder, 'keeprolling.yaml');
  // JSON is YAML.
  writeFileSync(
    config,
    JSON.stringify({
      installation: 'test01',
      temporal: { address: world.address },
      accounts: { account: { vendor: 'ome', url: world.url, accessToken: TOKEN, looks } },
      archive: world.settings.archive(),
      queues: { prefix: world.prefix },
    }),
  );
  // Also when a run is broken off, none is left behind.
  const command = [process.execPath, EXECUTABLE, 'worker', '--config', config];
  const child = spawn('sh', ['-c', DIES_WITH_PARENT, 'sh', ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: world.folder,
    env: { PATH: process.env.PATH, HOME: world.folder },
  });
  // The watcher may be gone already.
  child.stdin.on('error', () => {});
  running.add(child);
  let text = '';
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, signal) => {
      running.delete(child);
      child.stdin.end('ended\n');
      resolve(signal ?? code);
    });
  });
  await new Promise<void>((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      text += chunk.toString();
      if (text.includes('worker runs on')) resolve();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    void ended.then((how) => reject(new Error(`The worker ended with ${how}: ${text}`)));
  });
  return {
    pid: child.pid!,
    output: () => text,
    async end(signal) {
      child.kill(signal);
      return await ended;
    },
  };
}

/** For afterAll: nothing of a test that failed stays behind. */
export function endWorkerProcesses(): void {
  for (const child of running) child.kill('SIGKILL');
}
