/** Hand-made data for the pure outputs, and the command line as a process. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { NormalSpecification } from '../../src/session/plan.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HOUR = 3_600_000;

export function specification(change: Partial<NormalSpecification> = {}): NormalSpecification {
  const fromMs = Date.parse('2026-11-24T22:30:00Z');
  return {
    name: 'ch-news',
    owner: 'team-news',
    labels: {},
    account: 'studio',
    vendor: 'ome',
    target: { vhost: 'default', app: 'app', stream: 'news1' },
    window: {
      fromMs,
      untilMs: fromMs + 4.5 * HOUR,
      limitMs: null,
      beforeMs: 0,
      afterMs: 0,
      overrunMs: 0,
      zone: 'Europe/Berlin',
    },
    source: { late: { kind: 'wait' }, gone: { kind: 'wait' } },
    pause: { warnAfterMs: 15 * 60_000, maxMs: null },
    storage: null,
    options: {},
    policy: { foreign: 'refuse', account: 'ensure', repush: 'never', made: 'keep' },
    written: { from: '2026-11-24T23:30' },
    ...change,
  };
}

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the built command line in a folder; `input` goes to its standard input. */
export async function run(
  args: string[],
  options: { cwd: string; input?: string; env?: Record<string, string> },
): Promise<Ran> {
  const child = spawn(process.execPath, [`${ROOT}/bin/keeprolling.js`, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? '', HOME: options.cwd, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, out, err };
}

/** The command line runs from dist/: built here when it is not what src/ says. */
export async function ensureBuilt(): Promise<void> {
  const script = new URL('../../scripts/build.mjs', import.meta.url).href;
  const { build } = (await import(script)) as { build: () => Promise<string | undefined> };
  const trouble = await build();
  if (trouble !== undefined) throw new Error(`dist/ could not be built:\n${trouble}`);
}
