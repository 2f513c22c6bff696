import { readFileSync } from 'node:fs';

/** How long a worker finishes its calls, seconds. */
export function graceSeconds(): number {
  const source = readFileSync('src/worker.ts', 'utf8');
  return Number(/SHUTDOWN_GRACE = '(\d+) seconds'/.exec(source)?.[1]);
}
