/** `keeprolling gateway` as a process: what it prints, what it serves, and how it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emulatedAccount } from '../../src/emulators/registry.ts';
import { freePort } from '../../src/server/ports.ts';
import { ensureBuilt, ROOT, run } from '../cli/kit.ts';

const PATH = 'CANARY-path-secret-1';
const folder = mkdtempSync(join(tmpdir(), 'keeprolling-gateway-'));

function configure(callbacks: boolean): void {
  const account = {
    vendor: 'ome',
    ...emulatedAccount('ome', {
      url: 'http://127.0.0.1:1',
      token: 'CANARY-token',
      ...(callbacks && { callbacks: { path: PATH, key: 'CANARY-key' } }),
    }),
  };
  const configuration = {
    installation: 'test01',
    temporal: { address: '127.0.0.1:1' },
    accounts: { 'ome-studio': account },
  };
  writeFileSync(join(folder, 'keeprolling.yaml'), stringify(configuration));
}

beforeAll(async () => await ensureBuilt(), 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('it tells the address of each vendor without its secret, serves, and ends in order at Ctrl-C', async () => {
  configure(true);
  const port = await freePort('127.0.0.1');
  const child = spawn(process.execPath, [`${ROOT}/bin/keeprolling.js`, 'gateway', '--port', String(port)], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  try {
    await expect.poll(() => said, { timeout: 20_000 }).toContain('/callbacks/ome-studio/…');
    const url = `http://127.0.0.1:${port}`;
    const statusOf = async (path: string, init: RequestInit = {}): Promise<number> =>
      (await fetch(`${url}${path}`, init)).status;
    expect(await statusOf('/healthz')).toBe(200);
    expect(await statusOf('/readyz')).toBe(503);
    expect(await statusOf(`/callbacks/ome-studio/${PATH}`)).toBe(200);
    expect(await statusOf('/callbacks/ome-studio/another', { method: 'POST', body: '{}' })).toBe(404);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/keeprolling_callbacks_total\{account="ome-studio",verdict="unknown"\} 1/);

    const taken = await run(['gateway', '--port', String(port)], { cwd: folder });
    expect(taken).toMatchObject({
      code: 2,
      err: expect.stringContaining('something else listens there') as string,
    });
  } finally {
    child.kill('SIGINT');
  }
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(said).toContain(`gateway listens on http://127.0.0.1:${port}`);
  expect(said).not.toContain('CANARY');
});

test('without an account that has callbacks there is nobody to listen to', async () => {
  configure(false);
  const { code, err } = await run(['gateway'], { cwd: folder });
  expect([code, err]).toEqual([2, expect.stringContaining('nobody to listen to')]);
});
