import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectOptions, KeepRolling, loadDataConverter } from '../../src/client/index.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { clientKit, failureOf, NO_SERVER, specificationOf, type ClientKit } from './kit.ts';

const folder = mkdtempSync(join(tmpdir(), 'keeprolling-test-'));
const temporal = (settings: Record<string, unknown>, env: Record<string, string> = {}) =>
  connectOptions(settingsOf({ temporal: settings }, null, folder, VENDORS, {}), env);

describe('the address of the server', () => {
  it('comes from the environment, overlaid by the configuration', () => {
    const env = { TEMPORAL_ADDRESS: 'env:7233', TEMPORAL_NAMESPACE: 'env', TEMPORAL_CONFIG_FILE: '/nowhere' };
    expect(temporal({}, env)).toMatchObject({ namespace: 'env', connectionOptions: { address: 'env:7233' } });
    expect(temporal({ address: 'yaml:7233' }, env)).toMatchObject({
      namespace: 'env',
      connectionOptions: { address: 'yaml:7233' },
    });
    expect(temporal({ namespace: 'yaml' }, env).namespace).toBe('yaml');
  });

  it('comes from a profile, and a profile that is not there is told', () => {
    const file = join(folder, 'temporal.toml');
    writeFileSync(file, '[profile.prod]\naddress = "prod:7233"\nnamespace = "prod"\n');
    const env = { TEMPORAL_CONFIG_FILE: file };
    expect(temporal({ profile: 'prod' }, env)).toMatchObject({
      namespace: 'prod',
      connectionOptions: { address: 'prod:7233' },
    });
    expect(() => temporal({ profile: 'other' }, env)).toThrow(
      expect.objectContaining({ code: 'E_CONFIG_INVALID' }),
    );
  });
});

describe('the configuration', () => {
  it('is found by path, by variable, and in the working directory', async () => {
    const file = join(folder, 'keeprolling.yaml');
    writeFileSync(file, `temporal: { address: '${NO_SERVER.address}' }\narchive: { directory: archive }\n`);
    for (const options of [{ config: file }, { env: { KEEPROLLING_CONFIG: file } }, { cwd: folder }]) {
      const client = await KeepRolling.connect({ env: {}, ...options });
      expect(await client.list({ state: 'closed' })).toEqual([]);
      await client.close();
    }
    const broken = KeepRolling.connect({ env: {}, configuration: { archives: {} } });
    expect((await failureOf(broken)).code).toBe('E_CONFIG_INVALID');
  });
});

describe('the codec', () => {
  it('encodes what the client sends, and decodes what it reads', async () => {
    const kit = await clientKit();
    const codec = join(folder, 'codec.mjs');
    writeFileSync(
      codec,
      `const flip = (bytes) => bytes.map((byte) => byte ^ 0x5a);
       export default [{
         encode: async (payloads) => payloads.map(({ metadata, data }) =>
           ({ metadata: { encoding: Buffer.from('binary/flipped'), was: metadata.encoding }, data: flip(data) })),
         decode: async (payloads) => payloads.map(({ metadata, data }) =>
           metadata.was ? { metadata: { encoding: metadata.was }, data: flip(data) } : { metadata, data }),
       }];`,
    );
    try {
      const client = await kit.connect({ codec });
      const { handle, key } = await client.start(specificationOf(kit, 'hidden', { owner: 'CANARY-owner' }));
      expect(await handle.status()).toMatchObject({ name: 'hidden', lastKnown: { phase: 'waiting' } });
      expect((await client.start(specificationOf(kit, 'hidden'))).existing).toBe(true);
      const { workflowService } = kit.world.client;
      const raw = await workflowService.describeWorkflowExecution({
        namespace: 'default',
        execution: { workflowId: `recording/${key}` },
      });
      const memo = raw.workflowExecutionInfo?.memo?.fields?.specification?.data;
      expect(Buffer.from(memo!).includes('CANARY-owner')).toBe(false);
    } finally {
      await kit.close();
    }
  });

  it('is refused where it is none', async () => {
    const none = join(folder, 'none.mjs');
    writeFileSync(none, 'export default { encode() {} };');
    for (const file of [none, join(folder, 'missing.mjs')]) {
      expect((await failureOf(loadDataConverter(file))).code).toBe('E_CONFIG_INVALID');
    }
    expect(await loadDataConverter(null)).toBeUndefined();
  });
});

describe('a server that takes the connection and never answers', () => {
  let kit: ClientKit;
  let mute: Server;
  let client: KeepRolling;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    kit = await clientKit();
    mute = createServer((socket) => void sockets.add(socket));
    await new Promise<void>((resolve) => {
      mute.listen(0, '127.0.0.1', resolve);
    });
    client = await kit.connect({
      temporal: { address: `127.0.0.1:${(mute.address() as AddressInfo).port}` },
    });
    // What is asked of the archive is there.
    const own = await kit.connect();
    kit.source(`${kit.world.prefix}cam`, true);
    await kit.startWorker();
    const { handle } = await own.start(specificationOf(kit, 'cam'));
    for await (const status of handle.watch({ everyMs: 100 })) if (status.view?.phase === 'recording') break;
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    mute.close();
    await kit.close();
  });

  it('keeps nobody waiting, and is told as the silent part', async () => {
    const handle = await client.session('cam');
    expect(await handle.status()).toMatchObject({
      source: 'last-known',
      lastKnown: { phase: 'recording' },
      silent: { part: 'server' },
    });
    expect((await client.coverage('cam')).missing).toContainEqual(
      expect.stringMatching(/^No Temporal server answers/),
    );
    for (const call of [
      async () => await handle.stop(),
      async () => await client.list(),
      async () => await client.start(specificationOf(kit, 'cam')),
      async () => await client.session('nobody'),
    ]) {
      expect((await failureOf(call())).code).toBe('E_SERVER_UNREACHABLE');
    }
  });
});
