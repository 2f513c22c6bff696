/** Size of the code that is evaluated for the first workflow of a worker, and parsed at each of its starts. */
import { readFile } from 'node:fs/promises';
import type { Bundles } from '../bundles.ts';
import { measured, type Measured } from '../report.ts';

export async function bundleSize({ session, bare }: Bundles): Promise<Measured[]> {
  const [value, baseline] = await Promise.all([session, bare].map(kibOf));
  return [
    measured(
      {
        name: 'workflow bundle without its source map',
        value: value!,
        unit: 'KiB',
        baseline: baseline!,
      },
      'as shipped, against the two workflows of this bench, bundled alike; exact',
      { atMost: 600 },
    ),
  ];
}

async function kibOf(path: string): Promise<number> {
  const code = await readFile(path, 'utf8');
  return Buffer.byteLength(code.replace(/\n\/\/# sourceMappingURL=[^\n]*/g, '')) / 1024;
}
