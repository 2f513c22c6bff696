import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startDevServer, type DevServer, type DevServerOptions } from '../../src/server/index.ts';
import { DIES_WITH_PARENT } from '../../src/server/child.ts';
import { temporalAddress, temporalCliPath } from '../setup/servers.ts';

let folder: string;
const started: DevServer[] = [];

async function start(options: DevServerOptions = {}): Promise<DevServer> {
  const server = await startDevServer({ cliPath: await temporalCliPath(), ...options });
  started.push(server);
  return server;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  for (let i = 0; i < 100 && alive(pid); i += 1) await sleep(50);
  expect(alive(pid)).toBe(false);
}

async function withClient<T>(address: string, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeprolling-server-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map(async (server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
});

describe('the dev server', () => {
  test('serves with its search attributes and ends when it is stopped', async () => {
    const server = await start({ searchAttributes: { KeeprollingPhase: 'Keyword' } });
    const { pid } = server;
    await withClient(server.address, async (client) => {
      await client.workflow.start('nobodyRunsThis', {
        taskQueue: 'none',
        workflowId: 'one',
        searchAttributes: { KeeprollingPhase: ['recording'] },
      });
    });
    expect(server.uiUrl).toBeUndefined();
    await server.stop();
    expect(server.running).toBe(false);
    await untilGone(pid);
  });

  test('keeps what was acknowledged over SIGKILL and restart on the same file and port', async () => {
    const reports: string[] = [];
    const server = await start({ dataDir: folder, log: (line) => void reports.push(line) });
    const { address, pid } = server;
    await withClient(address, async (client) =>
      client.workflow.start('nobodyRunsThis', { taskQueue: 'none', workflowId: 'kept' }),
    );
    await server.kill('SIGKILL');
    expect(alive(pid)).toBe(false);
    await server.restart();
    expect(server.address).toBe(address);
    expect(server.pid).not.toBe(pid);
    const status = await withClient(
      address,
      async (client) => (await client.workflow.getHandle('kept').describe()).status.name,
    );
    expect(status).toBe('RUNNING');
    expect(reports).toEqual([]);
  });

  test('shows its UI where it says', async () => {
    const server = await start({ ui: true });
    const reply = await fetch(server.uiUrl ?? 'no url');
    expect(reply.status).toBe(200);
    expect(await reply.text()).toContain('<html');
  });

  test('reports an end that nobody asked for, once, with the tail of its log', async () => {
    const reports: Error[] = [];
    const server = await start({ dataDir: folder, onUnexpectedExit: (error) => void reports.push(error) });
    process.kill(server.pid, 'SIGKILL');
    await untilGone(server.pid);
    await sleep(50);
    expect(reports).toHaveLength(1);
    expect(reports[0]?.message).toMatch(
      /^The Temporal dev server at .* ended without being asked to \(SIGKILL\)\./,
    );
  });

  test('refuses a port that is taken, in a sentence and before anything is started', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    await expect(start({ port })).rejects.toThrow(
      `The Temporal dev server cannot listen on 127.0.0.1:${port}: something else listens there.`,
    );
    holder.close();
  });

  test('an executable that is no Temporal CLI is told with what it printed', async () => {
    const cliPath = join(folder, 'not-temporal');
    await writeFile(cliPath, '#!/bin/sh\necho "I am something else" >&2\nexit 3\n', { mode: 0o755 });
    await expect(startDevServer({ cliPath, dataDir: folder })).rejects.toThrow(
      /ended before it served \(exit code 3\)\. The end of its log, .*temporal\.log:\nI am something else/,
    );
  });

  test.skipIf(process.platform === 'win32')('is not reached by a Ctrl-C that is meant for us', async () => {
    const server = await start();
    // A terminal sends the signal to its foreground process group. The server leads one of its own.
    expect(() => process.kill(-server.pid, 0)).not.toThrow();
  });

  test('does not outlive a parent that is killed, however it is killed', async () => {
    // A parent that starts a program exactly as startChild does; `sleep` stands for the server.
    const args = JSON.stringify(['-c', DIES_WITH_PARENT, 'sh', 'sleep', '600']);
    const script =
      `const c = require('node:child_process').spawn('sh', ${args}, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });` +
      'console.log(c.pid); setInterval(() => {}, 1000);';
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    await sleep(200);
    expect(alive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await untilGone(pid);
  });
});

test('the dev server of this run is one for all', async () => {
  expect(await temporalAddress()).toBe(await temporalAddress());
});
