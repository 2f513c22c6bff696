/**
 * Builds dist/: compiles src/, then bundles the workflow code. Does nothing when neither the sources nor the tools have
 * changed. It is npm's `prepare` too, so it is silent unless it fails, and leaves alone an installation that has no
 * compiler (`--omit=dev`).
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, runQuietly, say, tool } from './lib.mjs';

const dist = join(root, 'dist');
const STAMP = '.build-hash';
const BUNDLE = 'workflow-bundle.js';
/** What, besides src/, decides what comes out. */
const INPUTS = [
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/build.mjs',
  'scripts/workflow-bundle.mjs',
];

/** Answers undefined when dist/ is as the sources are, else what stood in the way. */
export async function build() {
  if (!existsSync(tool('tsc'))) return undefined;
  const hash = await hashInputs();
  const built = await readFile(join(dist, STAMP), 'utf8').catch(() => '');
  if (built === hash) return undefined;

  // Built beside dist/ and renamed, so that a failure leaves the old one, and nothing of a removed source stays.
  const fresh = join(root, '.keeprolling', `dist-${process.pid}`);
  try {
    await mkdir(fresh, { recursive: true });
    const compiled = await runQuietly(tool('tsc'), ['-p', 'tsconfig.build.json', '--outDir', fresh]);
    if (compiled.code !== 0) return compiled.output;
    // For the second that the bundling takes, a worker that starts finds the bundle of before.
    await copyFile(join(dist, BUNDLE), join(fresh, BUNDLE)).catch(() => {});
    const old = `${fresh}-old`;
    await rename(dist, old).catch((error) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(fresh, dist).catch((error) => {
      // Another build came between, of the same sources or of newer ones; the next run tells by its hash.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    await rm(old, { recursive: true, force: true });
    await bundle();
    await writeFile(join(dist, STAMP), hash);
    return undefined;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function hashInputs() {
  const hash = createHash('sha256');
  const entries = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true });
  const sources = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const files = [...sources, ...INPUTS.map((name) => join(root, name))].toSorted();
  for (const file of files) {
    hash.update(file.slice(root.length)).update('\0');
    hash.update(await readFile(file)).update('\0');
  }
  return hash.digest('hex');
}

/**
 * Workers load the bundle by its path: bundling at each start would cost a second and need webpack's memory. It is made
 * where the code stays, because its stack traces carry the paths.
 */
async function bundle() {
  const workflowsPath = join(dist, 'workflows', 'index.js');
  if (!existsSync(workflowsPath)) return rm(join(dist, BUNDLE), { force: true });
  const { bundle: bundleWorkflows } = await import('./workflow-bundle.mjs');
  const { code } = await bundleWorkflows(workflowsPath);
  const fresh = join(dist, `.bundle-${process.pid}`);
  await writeFile(fresh, code);
  return rename(fresh, join(dist, BUNDLE));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const trouble = await build();
  if (trouble !== undefined) {
    say(`dist/ could not be built:\n${trouble}`);
    process.exitCode = 1;
  }
}
