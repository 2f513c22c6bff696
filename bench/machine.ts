/** On what the figures were taken: without it they say nothing. */
import { readFile } from 'node:fs/promises';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './paths.ts';

export interface Load {
  at: Date;
  one: number;
}

export function load(): Load {
  return { at: new Date(), one: loadavg()[0]! };
}

export async function machine(): Promise<string> {
  const [cpu] = cpus();
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  const versions = await Promise.all(
    ['worker', 'client', 'testing'].map(async (name) => {
      const path = join(projectRoot(), 'node_modules', '@temporalio', name, 'package.json');
      const { version } = JSON.parse(await readFile(path, 'utf8')) as { version: string };
      return `@temporalio/${name} ${version}`;
    }),
  );
  return [
    `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${gib} GiB, ${platform()} ${arch()}`,
    `Node ${process.versions.node}, ${versions.join(', ')}`,
  ].join('\n');
}

/** Client, workers, emulator and server run on the same cores, so other work on them moves every rate. */
export function loadText(before: Load, after: Load): string {
  const seconds = Math.round((after.at.getTime() - before.at.getTime()) / 1000);
  return `${seconds} s; load average ${before.one.toFixed(2)} before, ${after.one.toFixed(2)} after`;
}
