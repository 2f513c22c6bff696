/** A real server, real workers in this process, and a vendor: what tests on the dev server stand on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { WorkflowBundleOption } from '@temporalio/worker';
import type { Dispatcher } from 'undici';
import { settingsOf, type Settings } from '../../src/config/settings.ts';
import { VENDORS, type Registry } from '../../src/recorders/registry.ts';
import { installRuntime } from '../../src/runtime.ts';
import { startWorkers } from '../../src/worker.ts';
import { temporalAddress, workflowBundlePath } from '../setup/servers.ts';

export interface RunningWorkers {
  /** In order: calls in flight are finished. */
  stop(): Promise<void>;
}

export interface TemporalWorld {
  client: Client;
  settings: Settings;
  address: string;
  folder: string;
  /** Unique, so that tests on one server keep apart. */
  prefix: string;
  startWorkers(bundle?: WorkflowBundleOption): Promise<RunningWorkers>;
  close(): Promise<void>;
}

export interface WorldOptions {
  account: Record<string, unknown>;
  dispatcher?: Dispatcher;
  registry?: Registry;
  looks?: Record<string, string>;
  /** More sections of the configuration. */
  configuration?: Record<string, unknown>;
  maxCachedWorkflows?: number;
  /** A server of the test's own instead of the one of the run. */
  address?: string;
}

/** Virtual instants are real here: looks come often, so that nothing takes long. */
export const QUICK_LOOKS = { every: '500ms', doubt: '200ms', withCallbacks: '1s' };

let worlds = 0;

export async function temporalWorld(options: WorldOptions): Promise<TemporalWorld> {
  const { registry = VENDORS, looks = QUICK_LOOKS } = options;
  worlds += 1;
  installRuntime('ERROR');
  const address = options.address ?? (await temporalAddress());
  const folder = mkdtempSync(join(tmpdir(), 'keeprolling-test-'));
  const prefix = `t${process.pid}-${worlds}-`;
  const settings = settingsOf(
    {
      installation: 'test01',
      temporal: { address },
      accounts: { account: { ...options.account, looks } },
      archive: { directory: join(folder, 'archive') },
      queues: { prefix },
      ...options.configuration,
    },
    null,
    folder,
    registry,
    {},
  );
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  return {
    client,
    settings,
    address,
    folder,
    prefix,
    async startWorkers(bundle) {
      const workers = await startWorkers({
        settings,
        registry,
        env: {},
        workflowBundle: bundle ?? { codePath: await workflowBundlePath() },
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
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for a condition, and for nothing else. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  timeoutMs = 25_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > end) throw new Error(`Waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
