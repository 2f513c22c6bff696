/** A real server, real workers in this process, and a vendor: what every test on Temporal stands on. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Dispatcher } from 'undici';
import { settingsOf, type Settings } from '../../src/config/settings.ts';
import { VENDORS, type Registry } from '../../src/recorders/registry.ts';
import { installRuntime } from '../../src/runtime.ts';
import { startWorkers } from '../../src/worker.ts';
import { temporalAddress, workflowBundlePath } from '../setup/servers.ts';

export interface TemporalWorld {
  client: Client;
  settings: Settings;
  folder: string;
  /** Unique, so that tests on one server keep apart. */
  prefix: string;
  startWorkers(): Promise<{ stop(): Promise<void> }>;
  close(): Promise<void>;
}

let worlds = 0;

export async function temporalWorld(options: {
  account: Record<string, unknown>;
  dispatcher?: Dispatcher;
  registry?: Registry;
  looks?: Record<string, string>;
  maxCachedWorkflows?: number;
}): Promise<TemporalWorld> {
  const { registry = VENDORS, looks = { every: '500ms', doubt: '200ms', withCallbacks: '1s' } } = options;
  worlds += 1;
  installRuntime('ERROR');
  const address = await temporalAddress();
  const folder = mkdtempSync(join(tmpdir(), 'keeprolling-test-'));
  const prefix = `t${process.pid}-${worlds}-`;
  const settings = settingsOf(
    {
      installation: 'test01',
      temporal: { address },
      accounts: { account: { ...options.account, looks } },
      archive: { directory: join(folder, 'archive') },
      queues: { prefix },
    },
    null,
    folder,
    registry,
    {},
  );
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const workflowBundle = { codePath: await workflowBundlePath() };
  return {
    client,
    settings,
    folder,
    prefix,
    async startWorkers() {
      const workers = await startWorkers({
        settings,
        registry,
        env: {},
        workflowBundle,
        ...(options.dispatcher && { dispatcher: options.dispatcher }),
        ...(options.maxCachedWorkflows !== undefined && { maxCachedWorkflows: options.maxCachedWorkflows }),
      });
      const running = workers.run();
      return {
        async stop() {
          workers.shutdown();
          await running;
        },
      };
    },
    async close() {
      await connection.close();
    },
  };
}

export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  timeoutMs = 20_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > end) throw new Error(`Waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
