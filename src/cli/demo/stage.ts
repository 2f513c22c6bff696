/** What the demo stands on: an embedded server, an emulated vendor over HTTP, and worker processes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.ts';
import type { StartedEmulator } from '../../emulators/registry.ts';
import type { Context } from '../context.ts';
import { newInstallationId, newToken, openDataFolder, type DataFolder } from '../dev/data-folder.ts';

/** Quick enough to watch; a real account looks once a minute. */
const LOOKS = { every: '1s', doubt: '500ms', withCallbacks: '10s' };
export const LOOK_MS = 1000;
const STREAM = 'cam1';
const EXECUTABLE = fileURLToPath(new URL('../../../bin/keeprolling.js', import.meta.url));

export interface Stage {
  data: DataFolder;
  config: string;
  account: string;
  emulator: StartedEmulator;
  uiUrl: string | null;
  /** The embedded server's address. */
  server: string;
  /** What is recorded, in the vendor's own words. */
  target: Record<string, string>;
  /** What the controls of a source are told, so that it is that target's. */
  source: Record<string, string>;
  /** A control of the emulated vendor, as its own operator would act. */
  vendor(control: string, input?: Record<string, unknown>): void;
  startWorker(): Promise<ChildProcess>;
  /** Runs the CLI as a user would, and gives its output. */
  cli(args: string[]): Promise<{ code: number; output: string }>;
}

/** Ends what was started, the last one first. */
export type Ending = { what: string; end: () => Promise<void> };

export async function setStage(context: Context, endings: Ending[]): Promise<Stage> {
  const data = openDataFolder(context.cwd, 'demo');
  endings.unshift({ what: 'data folder', end: async () => await Promise.resolve(data.release()) });
  for (const left of [
    'archive',
    'records',
    'temporal.db',
    'temporal.db-shm',
    'temporal.db-wal',
    'temporal.log',
  ]) {
    rmSync(join(data.path, left), { recursive: true, force: true });
  }
  const { startDevServer } = await import('../../server/index.ts');
  const { emulatedAccount, emulatedVendors, sampleSource, sampleTarget, startEmulator } =
    await import('../../emulators/registry.ts');
  const server = await startDevServer({
    dataDir: data.path,
    ui: true,
    searchAttributes: SEARCH_ATTRIBUTES,
    log: context.say,
  });
  endings.unshift({ what: 'server', end: async () => await server.stop() });

  const [vendor = ''] = emulatedVendors();
  const recordsDir = data.folder('records');
  const token = newToken();
  const emulator = await startEmulator(vendor, {
    port: 0,
    controlPort: 0,
    truthFile: join(data.path, 'truth.jsonl'),
    token,
    recordsDir,
  });
  endings.unshift({ what: 'emulator', end: async () => await emulator.close() });

  const account = `${vendor}-emulated`;
  const tokenFile = data.write('account.token', `${token}\n`);
  const config = data.write(
    'keeprolling.yaml',
    stringify({
      installation: data.kept('installation', newInstallationId),
      temporal: { address: server.address, namespace: server.namespace },
      accounts: {
        [account]: {
          ...emulatedAccount(vendor, { url: emulator.url, token: `file:${tokenFile}`, recordsDir }),
          looks: LOOKS,
        },
      },
      archive: { directory: data.folder('archive') },
    }),
  );
  return {
    data,
    config,
    account,
    target: sampleTarget(vendor, STREAM),
    source: sampleSource(vendor, STREAM),
    emulator,
    uiUrl: server.uiUrl ?? null,
    server: server.address,
    vendor(control, input = {}) {
      const { emulator: vendorItself } = emulator;
      const act = vendorItself.controls[control];
      if (!act) throw new Error(`The emulator has no control "${control}".`);
      act(input, vendorItself.clock());
    },
    startWorker: async () => await startWorker(data, config, endings),
    cli: async (args) => await runCli(['--config', config, ...args]),
  };
}

/** A worker in a process of its own, so that it can be killed. Not in our group: Ctrl-C is ours to pass on. */
async function startWorker(data: DataFolder, config: string, endings: Ending[]): Promise<ChildProcess> {
  const log = join(data.path, 'worker.log');
  const out = openSync(log, 'w');
  const child = spawn(process.execPath, [EXECUTABLE, '--config', config, 'worker'], {
    stdio: ['ignore', out, out],
    detached: true,
  });
  closeSync(out);
  endings.unshift({ what: `worker ${child.pid}`, end: async () => await endWorker(child) });
  for (let waited = 0; waited < 30_000; waited += 100) {
    if (/worker runs on/.test(readFileSync(log, 'utf8'))) return child;
    if (child.exitCode !== null) break;
    await sleep(100);
  }
  throw new Error(`The worker did not start: ${readFileSync(log, 'utf8').slice(-2000)}`);
}

async function endWorker(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  child.kill('SIGTERM');
  const killed = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(killed);
}

async function runCli(args: string[]): Promise<{ code: number; output: string }> {
  return await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [EXECUTABLE, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output: output.trimEnd() }));
  });
}
