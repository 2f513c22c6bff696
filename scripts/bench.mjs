/** `npm run bench`: makes this checkout ready, compiles bench/ (Node 20 runs no TypeScript) and runs bench/index.ts. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensure } from './ensure.mjs';
import { root, run, say, tool } from './lib.mjs';

if (!existsSync(join(root, 'bench', 'index.ts'))) {
  say('There is no bench/index.ts, so there is nothing to measure yet.');
  process.exit(1);
}
await ensure();
// Below the project, so that imports find node_modules and package.json says that this is ESM.
await rm(join(root, '.keeprolling', 'bench'), { recursive: true, force: true });
const compiled = await run(tool('tsc'), ['-p', 'scripts/tsconfig.bench.json']);
process.exitCode =
  compiled === 0
    ? await run(process.execPath, ['.keeprolling/bench/bench/index.js', ...process.argv.slice(2)])
    : compiled;
