/**
 * Makes a checkout ready to run: installs the dependencies when they are not what package-lock.json says, and builds
 * dist/ when it is not what src/ says. `npm run demo`, `npm test` and `npm run bench` begin with it, so that each works
 * alone on a fresh clone. Uses nothing that is not in Node.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root, runQuietly, say } from './lib.mjs';

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

export async function ensureDependencies() {
  const why = await whatIsMissing();
  if (why === undefined) return;
  say(`Installing the dependencies with npm ci (${why}) ...`);
  const startedAt = Date.now();
  // Development dependencies also where NODE_ENV is production: the compiler is one. No scripts: the only one that
  // matters is our own `prepare`, and the build comes next anyway.
  const options = ['--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  let result = await runQuietly(npm, ['ci', ...options]);
  if (result.code !== 0 && result.output.includes('EUSAGE')) {
    // A lock file written behind a registry that does not serve the builds for other platforms lacks them, and npm ci
    // refuses it on every platform. The versions that it does name are installed all the same.
    say('npm ci finds package-lock.json incomplete; installing what it names with npm install --no-save ...');
    result = await runQuietly(npm, ['install', '--no-save', ...options]);
  }
  if (result.code !== 0) {
    say(`The dependencies could not be installed; npm says:\n${result.output}`);
    process.exit(1);
  }
  say(`Installed the dependencies in ${((Date.now() - startedAt) / 1_000).toFixed(0)} s.`);
}

/** Answers what stood in the way of the build, undefined when dist/ is up to date. */
export async function ensureBuilt() {
  const { build } = await import('./build.mjs');
  return build();
}

export async function ensure() {
  await ensureDependencies();
  const trouble = await ensureBuilt();
  if (trouble === undefined) return;
  say(`dist/ could not be built:\n${trouble}`);
  process.exit(1);
}

/**
 * npm writes what it has installed to node_modules/.package-lock.json, last of all. Comparing that with the lock file
 * knows of interrupted installations, of `npm install` by hand and of a pull that changed the lock file alike.
 */
async function whatIsMissing() {
  const wanted = await readLock('package-lock.json');
  if (wanted === undefined) return 'there is no package-lock.json';
  const installed = await readLock('node_modules/.package-lock.json');
  if (installed === undefined) return 'nothing is installed yet';
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const here = installed[path];
    // Builds for other platforms are in the lock file and not on this machine.
    if (here === undefined && entry.optional === true) continue;
    if (here?.version !== entry.version) return `${path.replace(/^.*node_modules\//, '')} is not up to date`;
  }
  return undefined;
}

async function readLock(name) {
  try {
    return JSON.parse(await readFile(join(root, name), 'utf8')).packages;
  } catch {
    return undefined;
  }
}
