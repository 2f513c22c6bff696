/**
 * `npm run test:cluster`: sessions on two production Temporal servers on PostgreSQL, one of which is gone at a time. It
 * takes about 4 minutes, and needs Go (for the first run, to build the server) and PostgreSQL's executables. Where one
 * of them is missing it says so and ends with 77, which is neither passed nor failed. `-- --proxy` puts a TCP proxy before the
 * servers also where a name for both can be had.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ensure } from './ensure.mjs';
import { root, run, runQuietly, say, tool } from './lib.mjs';

/** The one whose limits docs/production.md tells. It wants Go 1.25.8; newer servers want a newer Go. */
const SERVER = '1.30.4';
const PROGRAMS = {
  server: { executable: 'temporal-server', version: SERVER, package: 'go.temporal.io/server/cmd/server' },
  sqlTool: {
    executable: 'temporal-sql-tool',
    version: SERVER,
    package: 'go.temporal.io/server/cmd/tools/sql',
  },
};
/** As test harnesses know it: not run. */
const SKIPPED = 77;
const NAME = 'cluster.keeprolling.test';
const HOSTS = `127.0.0.1 localhost ${NAME}\n127.0.0.2 ${NAME}\n`;
/** Becomes its arguments, in a mount namespace of its own in which the first one is the hosts file. */
const WITH_HOSTS = 'mount --bind "$1" /etc/hosts && shift && exec "$@"';

if (process.platform !== 'linux') skip('it needs Linux, where 127.0.0.2 is an address without any set-up');
const pgBin = postgresBin();
if (pgBin === undefined) {
  skip(
    'there is no PostgreSQL (apt-get install postgresql, or KEEPROLLING_PG_BIN names its folder of executables)',
  );
}
await ensure();
const { cachedPath, isExecutableFile, moveIntoCache, withStage } = await import('../dist/server/cache.js');
const programs = {};
for (const [name, program] of Object.entries(PROGRAMS)) programs[name] = await built(program);

const folder = await mkdtemp(join(tmpdir(), 'keeprolling-cluster-'));
// PostgreSQL's user passes through.
await chmod(folder, 0o711);
try {
  process.exitCode = await test();
} finally {
  // Of a run that was broken off, PostgreSQL is still ending.
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
}

async function test() {
  const hosts = join(folder, 'hosts');
  await writeFile(hosts, HOSTS, { mode: 0o644 });
  const own = ['-m', 'sh', '-c', WITH_HOSTS, 'sh', hosts];
  const named = !process.argv.includes('--proxy') && spawnSync('unshare', [...own, 'true']).status === 0;
  const logs = join(root, '.keeprolling', 'cluster');
  await rm(logs, { recursive: true, force: true });
  await mkdir(logs, { recursive: true });
  const given = {
    ...programs,
    pgBin,
    pgUser: process.getuid() === 0 ? ordinaryUser() : null,
    name: named ? NAME : null,
    folder,
    logs,
  };
  const vitest = [tool('vitest'), 'run', '--config', 'test/cluster/vitest.config.ts', '--root', root];
  const [command, ...args] = named ? ['unshare', ...own, ...vitest] : vitest;
  say(`Logs of the servers and workers: ${logs}`);
  return await run(command, args, { env: { ...process.env, KEEPROLLING_CLUSTER: JSON.stringify(given) } });
}

/** Out of the cache, or built into it: all checkouts share what is there. */
async function built(program) {
  const cached = cachedPath(program, process.env);
  if (await isExecutableFile(cached)) return cached;
  if (spawnSync('go', ['version']).status !== 0) {
    skip(
      `there is no Go to build ${program.executable} ${SERVER} with (1.25.8 or newer), and none in ${cached}`,
    );
  }
  say(`Building ${program.executable} ${SERVER} with Go, once for this machine; the first takes minutes ...`);
  return await withStage(process.env, async (stage) => {
    const from = `${program.package}@v${SERVER}`;
    const { code, output } = await runQuietly('go', ['install', from], {
      env: { ...process.env, GOBIN: stage },
    });
    if (code !== 0) {
      say(`go install ${from} failed:\n${output}`);
      process.exit(1);
    }
    return await moveIntoCache(program, process.env, join(stage, program.package.split('/').at(-1)));
  });
}

function postgresBin() {
  const versions = '/usr/lib/postgresql';
  const debian = existsSync(versions)
    ? readdirSync(versions)
        .toSorted((a, b) => Number(b) - Number(a))
        .map((version) => join(versions, version, 'bin'))
    : [];
  const places = [process.env.KEEPROLLING_PG_BIN, ...(process.env.PATH ?? '').split(delimiter), ...debian];
  const needed = ['initdb', 'postgres', 'pg_isready'];
  return places.find((place) => place && needed.every((program) => existsSync(join(place, program))));
}

/** PostgreSQL refuses to run as root. */
function ordinaryUser() {
  const found = ['postgres', 'nobody'].find((user) => spawnSync('id', ['-u', user]).status === 0);
  return (
    found ?? skip('PostgreSQL refuses to run as root, and there is no user postgres or nobody to lend it')
  );
}

function skip(why) {
  say(`skipped: npm run test:cluster was NOT run: ${why}.`);
  process.exit(SKIPPED);
}
