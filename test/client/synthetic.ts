/** A synthetic vendor that can be changed in mid-session, on a real server: workers and a client of one configuration. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockAgent } from 'undici';
import { KeepRolling, type Specification } from '../../src/client/index.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { installRuntime } from '../../src/runtime.ts';
import { startWorkers } from '../../src/worker.ts';
import { temporalAddress, workflowBundlePath } from '../setup/servers.ts';
import { syntheticVendor, type SyntheticVendor } from '../synthetic/vendor.ts';
import { QUICK_LOOKS } from '../temporal/world.ts';

export const CANARY = 'CANARY-stream-key';

export interface SyntheticKit {
  client: KeepRolling;
  synthetic: SyntheticVendor;
  specificationOf(name: string, more?: Partial<Specification>): Specification;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  close(): Promise<void>;
}

const place = (bucket: string): Record<string, unknown> => ({
  cloud: 's3-compatible',
  bucket,
  endpoint: 'https://store.example.com',
  probe: 'off',
  credentials: { provider: 'static', accessKey: 'key', secretKey: 'CANARY-key' },
});

export async function syntheticKit(): Promise<SyntheticKit> {
  installRuntime('ERROR');
  // The third destination is there, and the vendor does not write to it.
  const synthetic = syntheticVendor(
    { firstLookMs: 200 },
    { changes: true, destinations: ['alpha', 'beta'], takeLifeMs: 24 * 3_600_000 },
  );
  const registry = new Map([['synthetic', synthetic.vendor]]);
  const folder = mkdtempSync(join(tmpdir(), 'keeprolling-test-'));
  const configuration = {
    installation: 'test01',
    temporal: { address: await temporalAddress() },
    accounts: { account: { vendor: 'synthetic', secret: 'CANARY-account', looks: QUICK_LOOKS } },
    destinations: { alpha: place('alpha'), beta: place('beta'), gamma: place('gamma') },
    secrets: { push: `rtmp://live.example.com/app/${CANARY}` },
    archive: { directory: join(folder, 'archive') },
    queues: { prefix: `s${process.pid}-` },
  };
  const settings = settingsOf(configuration, null, folder, registry, {});
  const client = await KeepRolling.connect({ configuration, cwd: folder, env: {}, registry });
  let running: { stop(): Promise<void> } | undefined;
  const stopWorker = async (): Promise<void> => {
    await running?.stop();
    running = undefined;
  };
  return {
    client,
    synthetic,
    specificationOf: (name, more = {}) => ({
      name,
      account: 'account',
      target: { channel: name },
      window: { from: 'now', length: '1h' },
      storage: 'alpha',
      ...more,
    }),
    async startWorker() {
      const workers = await startWorkers({
        settings,
        registry,
        env: {},
        workflowBundle: { codePath: await workflowBundlePath() },
        // Nothing is called over the network.
        dispatcher: new MockAgent(),
      });
      const ended = workers.run();
      running = {
        async stop() {
          workers.shutdown();
          await ended;
        },
      };
    },
    stopWorker,
    async close() {
      await stopWorker();
      await client.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
