/** `keeprolling dev` and `emulate` as processes, and a whole session by the command line alone. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { devConfiguration } from '../../src/cli/dev/configuration.ts';
import { normalisingContext } from '../../src/config/normalising.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { destinationSchema } from '../../src/contract/destinations.ts';
import { normalise } from '../../src/contract/specification.ts';
import { storageAccess } from '../../src/credentials/access.ts';
import { emulatedVendors } from '../../src/emulators/registry.ts';
import { createAgoraApi } from '../../src/recorders/agora/api.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { openDataFolder } from '../../src/cli/dev/data-folder.ts';
import type { SessionStatus, TargetCoverage } from '../../src/client/types.ts';
import type { DevTold } from '../../src/cli/render/dev.ts';
import { temporalCliPath } from '../setup/servers.ts';
import { ensureBuilt, ROOT, run } from './kit.ts';

let folder: string;

beforeAll(async () => {
  await ensureBuilt();
  folder = await mkdtemp(join(tmpdir(), 'keeprolling-dev-'));
}, 120_000);
afterAll(async () => rm(folder, { recursive: true, force: true }));

/** Starts a command that stays, in a process group of its own, and waits for its one JSON document. */
async function staying(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ child: ChildProcess; told: unknown; err: () => string }> {
  const child = spawn(process.execPath, [`${ROOT}/bin/keeprolling.js`, ...args, '--json'], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  for (let i = 0; i < 300; i += 1) {
    await sleep(100);
    if (out.endsWith('}\n')) return { child, told: JSON.parse(out) as unknown, err: () => err };
    if (child.exitCode !== null) break;
  }
  throw new Error(`It did not come up: ${out}${err}`);
}

/** As a terminal sends Ctrl-C: to the whole process group. */
async function interrupted(child: ChildProcess): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  process.kill(-(child.pid ?? 0), 'SIGINT');
  return await ended;
}

const control = async (url: string, body: unknown): Promise<void> => {
  await fetch(url, { method: 'POST', body: JSON.stringify(body) });
};

describe('emulate', () => {
  test('serves a vendor with its controls until Ctrl-C, and writes down the truth', async () => {
    const { child, told: said } = await staying(['emulate', 'ome', '--truth', 'truth.jsonl']);
    const told = said as { url: string; control: string; accessToken: string };
    const authorization = `Basic ${Buffer.from(told.accessToken).toString('base64')}`;
    expect((await fetch(`${told.url}/v1/version`)).status).toBe(401);
    expect((await fetch(`${told.url}/v1/version`, { headers: { authorization } })).status).toBe(200);
    await control(`${told.control}source.start`, { app: 'app', stream: 'cam1' });
    expect(await interrupted(child)).toBe(0);
    expect(await readFile(join(folder, 'truth.jsonl'), 'utf8')).toContain('"event":"up"');
  });
});

describe('emulate', () => {
  test('tells a configuration how to reach a vendor that keeps no files itself', async () => {
    const { child, told: said } = await staying(['emulate', 'agora', '--access-token', 'canary-secret']);
    const { account } = said as { account: Parameters<typeof createAgoraApi>[0] };
    expect(account).toMatchObject({ vendor: 'agora', customerSecret: 'canary-secret' });
    const dispatcher = new Agent();
    const acquire = async (options: Partial<typeof account>) =>
      await createAgoraApi({ ...account, ...options, dispatcher }).acquire({
        cname: 'cam1',
        uid: '1',
        clientRequest: {},
      });
    expect((await acquire({})).resourceId).toMatch(/^\S+$/);
    await expect(acquire({ customerSecret: 'another' })).rejects.toThrow(
      'does not accept the customer id and secret',
    );
    await dispatcher.close();
    expect(await interrupted(child)).toBe(0);
  });

  test('tells a configuration how to reach the cloud', async () => {
    const { child, told: said } = await staying(['emulate', 'cloud']);
    const { destination } = said as { destination: unknown };
    const dispatcher = new Agent();
    const parsed = destinationSchema.parse(destination);
    const access = storageAccess({ name: 'd', destination: parsed, dispatcher, now: Date.now });
    const { life } = await access.mint({ minLifeMs: 4 * 3_600_000, folder: 'a' });
    expect(life).not.toBeNull();
    await dispatcher.close();
    expect(await interrupted(child)).toBe(0);
  });

  test.each(emulatedVendors())(
    'tells a configuration and a specification that fit for %s',
    async (vendor) => {
      const { child, told: said } = await staying(['emulate', vendor]);
      const { account, destination, destinationName, sample } = said as {
        account: Record<string, unknown>;
        destination?: Record<string, unknown>;
        destinationName?: string;
        sample: string;
      };
      const written = parse(sample) as { account: string; storage?: string };
      const configuration = {
        installation: 'test01',
        accounts: { [written.account]: account },
        ...(destinationName !== undefined && { destinations: { [destinationName]: destination } }),
      };
      const settings = settingsOf(configuration, null, folder, VENDORS, {});
      expect(settings.account(written.account).vendor).toBe(vendor);
      const { problems = [] } = normalise(written, normalisingContext(settings, Date.now())) as {
        problems?: { where: string }[];
      };
      // The emulated cloud is another process: its destination is told by that one.
      expect(problems.filter(({ where }) => where !== 'storage' || destinationName !== undefined)).toEqual(
        [],
      );
      expect(await interrupted(child)).toBe(0);
    },
  );

  test('takes no folder for files that are never written', async () => {
    for (const name of ['agora', 'huawei', 'cloud']) {
      const { code, err } = await run(['emulate', name, '--records-dir', 'x'], { cwd: folder });
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('leave out --records-dir') });
    }
    const { out } = await run(['emulate', '--help'], { cwd: folder });
    for (const name of [...emulatedVendors(), 'cloud']) expect(out).toContain(name);
  });
});

describe('dev', () => {
  test('carries a session from start to files, and ends in order at Ctrl-C', async () => {
    const PATH = `${join(await temporalCliPath(), '..')}:${process.env.PATH ?? ''}`;
    const { child, told: said, err } = await staying(['dev', '--emulators'], { PATH });
    const told = said as DevTold;
    const emulator = told.emulators[0]!;
    const service = told.emulators[1]!;
    const cli = async (...args: string[]) =>
      run(args, { cwd: folder, env: { KEEPROLLING_CONFIG: told.config } });
    const json = async <T>(...args: string[]): Promise<T> =>
      JSON.parse((await cli(...args, '--json')).out) as T;
    const until = async (what: (status: SessionStatus) => boolean): Promise<SessionStatus> => {
      for (let i = 0; i < 120; i += 1) {
        const status = await json<SessionStatus>('status', 'cam1');
        if (what(status)) return status;
        await sleep(200);
      }
      throw new Error(`It never came: ${(await cli('status', 'cam1')).out}`);
    };
    try {
      await control(`${emulator.control}source.start`, emulator.source);
      expect((await cli('start', emulator.sample.file)).out).toMatch(
        /^cam1 {2}started {3}\S{26} {3}\S+\/cam1\n$/,
      );
      expect((await cli('start', emulator.sample.file)).out).toContain('is there already');
      await control(`${service.control}source.start`, service.source);
      expect((await cli('start', service.sample.file)).out).toMatch(/^cam2 {2}started/);
      await until(
        (status) => status.view?.phase === 'recording' && status.view.takes[0]?.evidence !== 'inferred',
      );

      expect((await cli('pause', 'cam1', '--by', 'test', '--reason', 'sponsor')).out).toMatch(
        /^cam1 {2}paused/,
      );
      await until((status) => status.view?.phase === 'paused');
      expect((await cli('resume', 'cam1')).code).toBe(0);
      await until((status) => status.view?.phase === 'recording');
      const listed = (await cli('list')).out;
      expect(listed).toMatch(/^2 sessions .* server ok {2}workers 6\/6\n/);
      expect(listed).toContain('cam1     recording');
      const take = (await json<SessionStatus>('status', 'cam2')).view?.takes[0];
      expect(take).toMatchObject({ storage: told.cloud!.destination });
      expect(Date.parse(take!.credentialsUntil!) - Date.now()).toBeGreaterThan(11 * 3_600_000);
      const doctor = await cli('doctor');
      expect(doctor).toMatchObject({ code: 0, out: expect.stringContaining('all is well') });
      expect(doctor.out).toMatch(/✓ {2}archive of the workers +1 worker with the same mark/);
      expect(doctor.out).toMatch(
        /✓ {2}behaviour +new sessions begin with level \d+; open: 2 sessions at level \d/,
      );

      for (const { account } of told.emulators) expect(doctor.out).toContain(`✓  account ${account}`);
      expect(doctor.out).toMatch(/✓ {2}destination cloud-emulated +aws recordings was written; .*live 12h/);

      const second = await run(['dev'], { cwd: folder });
      expect({ code: second.code, err: second.err }).toMatchObject({
        code: 2,
        err: expect.stringContaining('runs here already'),
      });

      const watching = cli('watch', 'cam1');
      await sleep(1_500);
      expect((await cli('stop', 'cam1', '--by', 'test')).out).toMatch(/^cam1 {2}stopped/);
      const watched = await watching;
      expect(watched.code).toBe(0);
      expect(watched.out).toContain('COMPLETED');
      expect((await cli('stop', 'cam2')).out).toMatch(/^cam2 {2}stopped/);
      const coverage = await json<TargetCoverage>('coverage', 'cam1');
      expect(coverage.gaps.map((gap) => gap.cause)).toContain('paused');
      expect(coverage.spans.length).toBeGreaterThanOrEqual(2);
    } finally {
      expect(await interrupted(child)).toBe(0);
    }
    expect(err()).toContain('SIGINT: the worker finishes its calls, then the server ends');
    await expect(fetch(emulator.url)).rejects.toThrow('fetch failed');

    // The archive answers without any server.
    const ended = await cli('status', 'cam1');
    expect(ended).toMatchObject({ code: 0, out: expect.stringMatching(/^COMPLETED/) });
    expect((await readdir(join(folder, '.keeprolling', 'dev'))).includes('dev.pid')).toBe(false);
  }, 240_000);
});

describe('what dev keeps', () => {
  test('the copy of the configuration finds the same files, and holds no secret', async () => {
    const own = join(folder, 'own.yaml');
    await writeFile(
      own,
      'temporal: { profile: prod }\ndestinations: { d: { cloud: aws } }\naccounts:\n  a: { vendor: ome, url: "http://x", accessToken: "file:secret", recordsDir: /r }\n  b: { accessToken: "${B}" }\narchive: { directory: old }\n',
    );
    const text = devConfiguration(own, folder, {
      installation: 'abc123',
      address: '127.0.0.1:1',
      namespace: 'default',
      archive: '/unused',
      accounts: { c: { vendor: 'x' } },
      destinations: { e: { cloud: 'aws' } },
    });
    expect(parse(text)).toEqual({
      installation: 'abc123',
      temporal: { address: '127.0.0.1:1', namespace: 'default' },
      archive: { directory: join(folder, 'old') },
      destinations: { d: { cloud: 'aws' }, e: { cloud: 'aws' } },
      accounts: {
        a: {
          vendor: 'ome',
          url: 'http://x',
          accessToken: `file:${join(folder, 'secret')}`,
          recordsDir: '/r',
        },
        b: { accessToken: '${B}' },
        c: { vendor: 'x' },
      },
    });
  });

  test('leaves an archive in a bucket where it is', async () => {
    const own = join(folder, 'bucket.yaml');
    await writeFile(own, 'archive: { destination: d }\ndestinations: { d: { cloud: aws } }\n');
    const brought = {
      installation: 'abc123',
      address: '127.0.0.1:1',
      namespace: 'default',
      archive: '/unused',
    };
    const text = devConfiguration(own, folder, { ...brought, accounts: {}, destinations: {} });
    expect(parse(text)).toMatchObject({
      archive: { destination: 'd' },
      destinations: { d: { cloud: 'aws' } },
    });
    expect(text).not.toContain('undefined');
  });

  test('stays over runs, belongs to one at a time, and is not nested', async () => {
    const parent = await mkdtemp(join(folder, 'data-'));
    const first = openDataFolder(parent);
    const id = first.kept('installation', () => 'one');
    first.release();
    const second = openDataFolder(parent);
    expect(second.kept('installation', () => 'two')).toBe(id);
    await writeFile(join(second.path, 'dev.pid'), `${process.ppid}\n`);
    expect(() => openDataFolder(parent)).toThrow(`runs here already (process ${process.ppid})`);
    expect(() => openDataFolder(second.path)).toThrow('was written by keeprolling dev itself');
  });
});
