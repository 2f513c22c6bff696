/** What is told of an installation whose workers are all gone, on a real server. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, afterEach, expect, it, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { KeepRolling } from '../../src/client/index.ts';
import { configuredServer } from '../temporal/own-server.ts';
import { until } from '../temporal/world.ts';

let folder: string;
let server: Awaited<ReturnType<typeof configuredServer>>;
let client: KeepRolling;
let printed = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keeprolling-no-worker-'));
  server = await configuredServer({});
  const configuration = {
    installation: 'test01',
    temporal: { address: server.address },
    accounts: { studio: { vendor: 'ome', url: 'http://127.0.0.1:1', accessToken: 'token' } },
  };
  writeFileSync(join(folder, 'keeprolling.yaml'), JSON.stringify(configuration));
  client = await KeepRolling.connect({ configuration, env: {} });
  await client.start({
    name: 'cam1',
    account: 'studio',
    target: { app: 'app', stream: 'cam1' },
    window: { from: 'now', length: '1h' },
  });
  await until('listed', async () => (await client.list()).length === 1);
}, 120_000);
afterAll(async () => {
  await client.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

async function typed(...args: string[]): Promise<unknown> {
  await createProgram()
    .exitOverride()
    .parseAsync(['--config', join(folder, 'keeprolling.yaml'), ...args], { from: 'user' });
  return process.exitCode;
}

it('list --problems says first that sessions want a worker, and exits as status does', async () => {
  expect(await typed('list', '--problems')).toBe(7);
  expect(printed).toMatch(/^1 of 1 session needs somebody, 1 for want of a worker .* workers 0\/2\n/);
  expect(printed).toMatch(/\n {2}you {2}cam1 .* → start one: keeprolling worker\n/);
  expect(await typed('status', 'cam1')).toBe(7);
});

it('list says it too, and is no failure', async () => {
  expect(await typed('list')).toBe(0);
  expect(printed).toMatch(/^1 session, 1 without a worker /);
});

it('maintenance is accepted, and not applied', async () => {
  expect(await typed('maintenance', 'studio', '--for', '15m')).toBe(7);
  expect(printed).toMatch(
    /^studio {2}maintenance until .* is accepted, not applied: no worker; 1 open session/,
  );
});
