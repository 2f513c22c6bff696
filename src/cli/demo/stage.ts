/** What the demo stands on: an embedded server, emulated vendors and a cloud over HTTP, and worker processes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.ts';
import type { Specification } from '../../contract/specification.ts';
import type { TruthEntry } from '../../emulators/truth.ts';
import { loadSettings } from '../../config/settings.ts';
import { freePort } from '../../server/ports.ts';
import type { Context } from '../context.ts';
import { runGateway } from '../gateway.ts';
import { newInstallationId, openDataFolder, type DataFolder } from '../dev/data-folder.ts';
import type { EmulatedCloud, EmulatedPace, EmulatedVendor, EmulatedWorld } from '../dev/emulated.ts';

/** Quick enough to watch; a real account looks once a minute, and a real destination is refreshed once an hour. */
const PACE: EmulatedPace = {
  looks: { every: '1s', doubt: '500ms', withCallbacks: '2s' },
  refresh: '15s',
};
export const LOOK_MS = 1000;
const HOST = '127.0.0.1';
const EXECUTABLE = fileURLToPath(new URL('../../../bin/keeprolling.js', import.meta.url));
/** What a run leaves behind, and the next one would take for its own. */
const LEFT = /^(archive|worker\.log|temporal\..+|(.+-)?records|(.+-)?truth\.jsonl)$/;

/** An emulated recorder, and what is recorded there. */
export interface Player {
  vendor: string;
  url: string;
  account: string;
  /** What `source.start` is in its world. */
  arrival: string;
  specification: Specification;
  /** A control, as the vendor's own operator would act. */
  control(name: string, input?: Record<string, unknown>): void;
  /** The control of the source of what is recorded. */
  sourceControl(name: 'source.start' | 'source.stop'): void;
  /** All that really happened up to now. */
  truth(): readonly TruthEntry[];
  /** Names in rules and channels are the vendor's own: what it recorded there is this session's, which it knows nothing of. */
  namesNothing: boolean;
  /** Where its files are, in a word, and whether one of them is there now. */
  keeps: 'disk' | 'bucket';
  holds(file: string): boolean;
}

export interface Stage {
  data: DataFolder;
  config: string;
  uiUrl: string | null;
  /** The embedded server's address. */
  server: string;
  cloudUrl: string;
  /** A recorder of one's own, with a disk. */
  own: Player;
  /** A recorder as a service, which uploads its files. */
  service: Player;
  /** Services that record what their own account says: a rule, a configuration, a channel. */
  others: Player[];
  gatewayUrl: string;
  startWorker(): Promise<ChildProcess>;
  /** Runs the CLI as a user would, and gives its output. */
  cli(args: string[]): Promise<{ code: number; output: string }>;
}

/** Ends what was started, the last one first. */
export interface Ending {
  what: string;
  end: () => Promise<void>;
  /** At once, for somebody who does not wait. */
  force?: () => void;
}

export async function setStage(context: Context, endings: Ending[], signal: AbortSignal): Promise<Stage> {
  const data = openDataFolder(context.cwd, 'demo');
  endings.unshift({ what: 'data folder', end: async () => await Promise.resolve(data.release()) });
  for (const left of readdirSync(data.path).filter((name) => LEFT.test(name))) {
    rmSync(join(data.path, left), { recursive: true, force: true });
  }
  const { startDevServer } = await import('../../server/index.ts');
  const server = await startDevServer({
    dataDir: data.path,
    ui: true,
    searchAttributes: SEARCH_ATTRIBUTES,
    log: context.say,
  });
  endings.unshift({ what: 'server', end: async () => await server.stop(), force: () => void server.kill() });
  signal.throwIfAborted();

  const { sectionsOf, startEmulated } = await import('../dev/emulated.ts');
  // Emulated vendors call it, so its address is known before they begin.
  const gatewayPort = await freePort(HOST);
  const gatewayUrl = `http://${HOST}:${gatewayPort}`;
  const onStarted = (what: string, end: () => Promise<void>): void => void endings.unshift({ what, end });
  const world = await startEmulated(data, PACE, onStarted, gatewayUrl);
  const { cloud, own, service, others } = playersOf(world);
  const config = data.write(
    'keeprolling.yaml',
    stringify({
      installation: data.kept('installation', newInstallationId),
      temporal: { address: server.address, namespace: server.namespace },
      ...sectionsOf(world),
      archive: { directory: data.folder('archive') },
    }),
  );
  const settings = loadSettings(config, context.registry, context.env, context.cwd);
  const gateway = await runGateway(settings, context.env, { port: gatewayPort });
  endings.unshift({ what: 'gateway', end: gateway.close });
  return {
    data,
    config,
    own,
    service,
    others,
    gatewayUrl,
    uiUrl: server.uiUrl ?? null,
    server: server.address,
    cloudUrl: cloud.url,
    startWorker: async () => await startWorker(data, config, endings, signal),
    cli: async (args) => await runCli(['--config', config, ...args]),
  };
}

/** Of those that there are, the first that has a disk, the first that uploads, and those that record by their own account. */
export function playersOf({
  cloud,
  vendors,
}: EmulatedWorld): Pick<Stage, 'own' | 'service' | 'others'> & { cloud: EmulatedCloud } {
  const own = vendors.find((one) => one.recordsDir !== null);
  const service = vendors.find((one) => one.storage === cloud?.name);
  if (!own || !service || !cloud)
    throw new Error('The demo wants an emulated recorder with a disk, and one that uploads.');
  const onDisk = (file: string): boolean => existsSync(join(own.recordsDir ?? '', file));
  const bucket = String(cloud.destination.bucket);
  const inBucket = (file: string): boolean => {
    const { controls, clock } = cloud.emulator;
    const found = controls.objects!({ bucket, prefix: file }, clock()) as { key: string }[];
    return found.some(({ key }) => key === file);
  };
  return {
    cloud,
    own: playerOf(own, { keeps: 'disk', holds: onDisk }),
    service: playerOf(service, { keeps: 'bucket', holds: inBucket }),
    others: vendors
      .filter((one) => one.destination !== null)
      .map((one) => playerOf(one, { keeps: 'bucket', holds: (file) => isFinished(one.emulator, file) })),
  };
}

/** Its bucket is its own cloud's: what it finished is there. */
function isFinished({ truth }: EmulatedVendor['emulator'], name: string): boolean {
  const last = truth.entries.findLast(
    (entry) => entry.type === 'file' && (entry.file === name || entry.tmp === name),
  );
  return last?.type === 'file' && last.event === 'finalised';
}

function playerOf(one: EmulatedVendor, files: Pick<Player, 'keeps' | 'holds'>): Player {
  const { emulator, vendor, url, account, arrival, storage, stream, options } = one;
  const control: Player['control'] = (name, input = {}) => {
    const act = emulator.controls[name];
    if (!act) throw new Error(`The emulator has no control "${name}".`);
    act(input, emulator.clock());
  };
  return {
    vendor,
    url,
    account,
    arrival,
    specification: {
      name: `demo-${stream}`,
      owner: 'demo',
      account,
      target: one.target,
      window: { from: 'now', length: '10m' },
      ...(storage !== null && { storage }),
      ...(Object.keys(options).length > 0 && { options }),
    },
    namesNothing: one.destination !== null,
    control,
    sourceControl: (name) => control(name, one.source),
    truth() {
      emulator.settle(emulator.clock());
      return emulator.truth.entries;
    },
    ...files,
  };
}

/** A worker in a process of its own, so that it can be killed. Not in our group: Ctrl-C is ours to pass on. */
async function startWorker(
  data: DataFolder,
  config: string,
  endings: Ending[],
  signal: AbortSignal,
): Promise<ChildProcess> {
  const log = join(data.path, 'worker.log');
  const out = openSync(log, 'w');
  const child = spawn(process.execPath, [EXECUTABLE, '--config', config, 'worker'], {
    stdio: ['ignore', out, out],
    detached: true,
  });
  closeSync(out);
  endings.unshift({
    what: `worker ${child.pid}`,
    end: async () => await endWorker(child),
    force: () => void child.kill('SIGKILL'),
  });
  for (let waited = 0; waited < 30_000; waited += 100) {
    if (/worker runs on/.test(readFileSync(log, 'utf8'))) return child;
    if (child.exitCode !== null) break;
    await sleep(100, undefined, { signal });
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
