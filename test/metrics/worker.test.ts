/** The endpoint of a worker on a real server: what it tells of a session that runs, and of itself. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockAgent } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { observing, type Observing } from '../../src/cli/observing.ts';
import { KeepRolling } from '../../src/client/index.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { startWorkers, type Workers } from '../../src/worker.ts';
import { temporalAddress, workflowBundlePath } from '../setup/servers.ts';
import { syntheticVendor } from '../synthetic/vendor.ts';
import { QUICK_LOOKS, until } from '../temporal/world.ts';
import { valueOf } from './kit.ts';

const CANARY = 'CANARY-account';
const synthetic = syntheticVendor({ firstLookMs: 200 });
const registry = new Map([['synthetic', synthetic.vendor]]);
const folder = mkdtempSync(join(tmpdir(), 'keeprolling-test-'));
let watching: Observing;
let workers: Workers;
let ended: Promise<void>;
let client: KeepRolling;
let early: { status: number; text: string };

const page = async (path: string): Promise<{ status: number; text: string }> => {
  const response = await fetch(`http://${watching.address}${path}`);
  return { status: response.status, text: await response.text() };
};

beforeAll(async () => {
  const configuration = {
    installation: 'test01',
    temporal: { address: await temporalAddress() },
    accounts: {
      busy: { vendor: 'synthetic', secret: CANARY, looks: QUICK_LOOKS },
    },
    archive: { directory: join(folder, 'archive') },
    queues: { prefix: `m${process.pid}-` },
  };
  const settings = settingsOf(configuration, null, folder, registry, {});
  const say = (): void => undefined;
  watching = await observing({ settings, env: {}, metrics: '127.0.0.1:0', say, everyMs: 100 });
  early = await page('/readyz');
  workers = await startWorkers({
    settings,
    registry,
    env: {},
    metrics: watching.metrics,
    workflowBundle: { codePath: await workflowBundlePath() },
    dispatcher: new MockAgent(),
  });
  ended = workers.run();
  await watching.begin(workers.running);
  client = await KeepRolling.connect({ configuration, cwd: folder, env: {}, registry });
});
afterAll(async () => {
  await client.close();
  workers.shutdown();
  await ended;
  await watching.close();
  rmSync(folder, { recursive: true, force: true });
});

const told = async (name: string, labels: Record<string, string>, value: number): Promise<void> => {
  await until(`${name} ${JSON.stringify(labels)} ${value}`, async () => {
    const { text } = await page('/metrics');
    return valueOf(text, name, labels) === value;
  });
};

it('is ready once its workers run and the server has answered', async () => {
  expect(early).toEqual({ status: 503, text: 'it is starting\n' });
  await until('ready', async () => (await page('/readyz')).status === 200);
  expect((await page('/healthz')).status).toBe(200);
});

it('tells of a session from its start to its verdict, and of the SDK beside it', async () => {
  synthetic.source('news', true, Date.now());
  const { handle } = await client.start({
    name: 'news',
    account: 'busy',
    target: { channel: 'news' },
    window: { from: 'now', length: '1h' },
  });
  await told('keeprolling_vendor_calls_total', { account: 'busy', operation: 'start', result: 'ok' }, 1);
  await told('keeprolling_lane_wait_seconds_count', { account: 'busy', operation: 'start' }, 1);
  await told('keeprolling_sessions_open', { account: 'busy', phase: 'recording' }, 1);
  await told('keeprolling_server_reachable', {}, 1);
  await told('keeprolling_account_without_worker', { account: 'busy' }, 0);
  await until('looked at on time', async () => {
    const { text } = await page('/metrics');
    return (valueOf(text, 'keeprolling_look_lateness_seconds_count', { account: 'busy' }) ?? 0) > 0;
  });
  await handle.stop({ by: 'tester' });
  await told('keeprolling_sessions_ended_total', { account: 'busy', outcome: 'completed' }, 1);
  await told('keeprolling_sessions_open', { account: 'busy', phase: 'recording' }, 0);
  const { text } = await page('/metrics');
  expect(text).toMatch(/^temporal_\w+\{.*\} \d+/m);
  expect(text).not.toContain(CANARY);
  expect(text).not.toContain(handle.sessionId);
});

it('is not ready any more when its workers end, and still lives', async () => {
  workers.shutdown();
  expect(await page('/readyz')).toMatchObject({ status: 503, text: 'not running\n' });
  expect((await page('/healthz')).status).toBe(200);
});
