/** Emulated vendors as `dev` starts them, their sessions, and the gateway between: each is believed, and none but them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDataFolder } from '../../src/cli/dev/data-folder.ts';
import { sectionsOf, startEmulated, type EmulatedWorld } from '../../src/cli/dev/emulated.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { startGateway, type Gateway } from '../../src/gateway/index.ts';
import { KeepRolling } from '../../src/client/index.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { installRuntime } from '../../src/runtime.ts';
import { freePort } from '../../src/server/ports.ts';
import { startWorkers } from '../../src/worker.ts';
import { temporalAddress, workflowBundlePath } from '../setup/servers.ts';
import { counted } from './kit.ts';

const folder = mkdtempSync(join(tmpdir(), 'keeprolling-emulated-'));
const data = openDataFolder(folder);
const ends: (() => Promise<void>)[] = [];
const counts = counted();
const lines: string[] = [];
let world: EmulatedWorld;
let gateway: Gateway;
let client: KeepRolling;

beforeAll(async () => {
  const port = await freePort('127.0.0.1');
  const pace = { looks: { every: '5s', doubt: '1s', withCallbacks: '30s' }, refresh: '1m' };
  world = await startEmulated(data, pace, (_what, end) => void ends.unshift(end), `http://127.0.0.1:${port}`);
  const configuration = {
    installation: 'test01',
    temporal: { address: await temporalAddress() },
    archive: { directory: join(folder, 'archive') },
    queues: { prefix: `emulated-${process.pid}-` },
    ...sectionsOf(world),
  };
  const settings = settingsOf(configuration, null, folder, VENDORS, {});
  installRuntime('ERROR');
  const workflowBundle = { codePath: await workflowBundlePath() };
  const workers = await startWorkers({ settings, env: {}, workflowBundle });
  const running = workers.run();
  ends.unshift(async () => {
    workers.shutdown();
    await running;
  });
  client = await KeepRolling.connect({ configuration, cwd: folder, env: {} });
  ends.unshift(async () => await client.close());
  gateway = await startGateway({ settings, env: {}, port, counts, log: (line) => lines.push(line) });
});
afterAll(async () => {
  for (const end of ends) await end();
  await gateway?.close();
  data.release();
  rmSync(folder, { recursive: true, force: true });
});

test('each emulated vendor that calls back is believed, and its session hears of it', async () => {
  for (const { emulator, source, stream, account, target, storage, options } of world.vendors) {
    const specification = { name: stream, account, target, options, window: { length: '1h' } };
    const session = await client.start({ ...specification, ...(storage !== null && { storage }) });
    // What a take needs in the account counts for pushes that begin after it: the first start comes before the source.
    await expect
      .poll(async () => (await session.handle.status()).view?.takes.length, { timeout: 20_000 })
      .toBeGreaterThan(0);
    emulator.controls['source.start']!(source, Date.now());
    await expect
      .poll(async () => (await session.handle.status()).view?.phase, { timeout: 30_000 })
      .toBe('recording');
    // One that calls only when a source changes.
    emulator.controls['source.stop']!(source, Date.now());
    await expect.poll(() => counts.verdicts[`${account} delivered`], { timeout: 20_000 }).toBeGreaterThan(0);
    const { view } = await session.handle.status();
    expect(view?.callbacks?.heard).toBeGreaterThan(0);
  }
  expect(gateway.accounts).toEqual(world.vendors.map(({ account }) => account));
}, 120_000);

test('a forged one is counted, and its secrets are in no line of the log', async () => {
  const [vendor] = world.vendors as [EmulatedWorld['vendors'][number]];
  vendor.emulator.controls['callback.faults']!({ kind: 'forged' }, Date.now());
  vendor.emulator.controls['source.start']!(vendor.source, Date.now());
  await expect
    .poll(() => counts.verdicts[`${vendor.account} forged`], { timeout: 20_000 })
    .toBeGreaterThan(0);
  const kept = ['path', 'key'].map((what) =>
    readFileSync(join(data.path, `${vendor.account}-callback-${what}.token`), 'utf8').trim(),
  );
  expect(lines.length).toBeGreaterThan(0);
  for (const secret of kept) {
    expect(secret).toMatch(/^[0-9a-f]{32}$/);
    expect(lines.join('\n')).not.toContain(secret);
  }
});
