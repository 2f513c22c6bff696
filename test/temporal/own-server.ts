/** A dev server of a test's own: with settings that the one of the run has not, or to be killed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDevServer, type DevServer } from '../../src/server/index.ts';
import { startChild } from '../../src/server/child.ts';
import { freePort } from '../../src/server/ports.ts';
import { Connection } from '@temporalio/client';
import { temporalCliPath } from '../setup/servers.ts';
import { until } from './world.ts';

/** With a database file, so that a server that was killed goes on where it was. */
export async function durableServer(): Promise<{ server: DevServer; dispose(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'keeprolling-server-'));
  const server = await startDevServer({ cliPath: await temporalCliPath(), dataDir: folder });
  return {
    server,
    dispose: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** In memory, with values of the server's dynamic configuration. */
export async function configuredServer(
  values: Record<string, unknown>,
): Promise<{ address: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'keeprolling-server-'));
  const port = await freePort('127.0.0.1');
  const flags = Object.entries(values).flatMap(([key, value]) => [
    '--dynamic-config-value',
    `${key}=${JSON.stringify(value)}`,
  ]);
  const address = `127.0.0.1:${port}`;
  const child = startChild(
    await temporalCliPath(),
    [
      'server',
      'start-dev',
      '--ip',
      '127.0.0.1',
      '--port',
      String(port),
      '--headless',
      '--log-level',
      'error',
      ...flags,
    ],
    join(folder, 'log'),
  );
  await until('the server', async () => await serves(address));
  return {
    address,
    async stop() {
      child.signal('SIGTERM');
      await child.ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function serves(address: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 1000 }).catch(() => null);
  if (!connection) return false;
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}
