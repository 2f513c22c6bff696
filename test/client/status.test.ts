import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeepRolling, SessionStatus } from '../../src/client/index.ts';
import { startDevServer } from '../../src/server/index.ts';
import { temporalCliPath } from '../setup/servers.ts';
import { until } from '../temporal/world.ts';
import { clientKit, NO_SERVER, specificationOf, type ClientKit } from './kit.ts';

let kit: ClientKit;
let client: KeepRolling;
beforeAll(async () => {
  kit = await clientKit();
  client = await kit.connect();
});
afterAll(async () => await kit.close());

describe('a status', () => {
  it('comes from the session, brought up to now by the looks that told it nothing', async () => {
    await kit.startWorker();
    kit.source(`${kit.world.prefix}cam1`, true);
    const { handle } = await client.start(specificationOf(kit, 'cam1'));
    const status = await until('looked at twice', async () => {
      const found = await handle.status();
      return (found.look?.attempt ?? 0) > 2 && found.look?.at !== null ? found : undefined;
    });
    expect(status).toMatchObject({
      source: 'live',
      ended: false,
      silent: null,
      view: { phase: 'recording' },
    });
    expect(status.look?.sentence).toMatch(/^recording, .*next look/);
    const [take] = status.view!.takes;
    expect(Date.parse(take!.provedTo!)).toBeGreaterThan(Date.parse(status.view!.asOf));
    expect(status.view!.soFar.byEvidence.observed).toBeGreaterThan(0);
    const { soFar } = status.view!;
    const sum = Object.values(soFar.byEvidence).reduce((a, b) => a + b);
    expect(soFar.recordedMs).toBe(sum);
    expect(soFar.windowMs).toBe(sum + Object.values(soFar.gapMs).reduce((a, b) => a + b, 0));
  });

  it('falls back to memo and look when the workers are gone, and says which part is silent', async () => {
    const handle = await client.session('cam1');
    await kit.stopWorker();
    const status = await handle.status();
    expect(status).toMatchObject({
      source: 'last-known',
      ended: false,
      view: null,
      lastKnown: { phase: 'recording', take: 1 },
      silent: { part: 'workflow-worker', queue: `${kit.world.prefix}keeprolling` },
    });
    expect(status.look?.sentence).toMatch(/^recording/);
    expect(status.silent?.text).toMatch(/The vendor goes on recording meanwhile; the window ends/);
  });

  it('falls back to the archive when the server is gone, too', async () => {
    const offline = await kit.connect({ temporal: NO_SERVER });
    const handle = await offline.session('cam1');
    expect(await handle.status()).toMatchObject({
      source: 'last-known',
      ended: false,
      lastKnown: { phase: 'recording', take: 1 },
      silent: { part: 'server', queue: null },
    });
  });

  it('of a closed session is the same with and without a server', async () => {
    await kit.startWorker();
    const handle = await client.session('cam1');
    const { status: last } = await handle.stop();
    expect(last).toMatchObject({ ended: true, result: { outcome: 'completed' } });
    const offline = await kit.connect({ temporal: NO_SERVER });
    const archived = await until('archived', async () => {
      const found = await (await offline.session('cam1')).status();
      return found.ended ? found : undefined;
    });
    expect(archived).toMatchObject({ source: 'archive', silent: null });
    expect(archived.result).toEqual(last.result);
    expect(archived.totals).toEqual(last.totals);
    expect(archived.zone).toBe(last.zone);
    expect(archived.lastKnown).toMatchObject({ phase: 'released', outcome: 'completed' });
  });

  it('of a session that was refused tells why', async () => {
    const { key } = await client.start(specificationOf(kit, 'terminated'));
    const handle = await client.session(key);
    await kit.world.client.workflow.getHandle(`recording/${key}`).terminate('by hand');
    expect(await handle.status()).toMatchObject({
      ended: true,
      result: null,
      lastKnown: { outcome: 'failed', trouble: expect.stringContaining('by hand') },
    });
    await expect(handle.result()).rejects.toMatchObject({ code: 'E_UNHEALTHY' });
  });
});

describe('watching', () => {
  it('tells each change of meaning, and ends with the session', async () => {
    await kit.startWorker();
    const { handle } = await client.start(specificationOf(kit, 'cam2'));
    const seen: SessionStatus[] = [];
    for await (const status of handle.watch({ everyMs: 100 })) {
      const before = seen.at(-1)?.view?.phase;
      seen.push(status);
      if (status.view?.phase === 'waiting' && before !== 'waiting')
        kit.source(`${kit.world.prefix}cam2`, true);
      if (status.view?.phase === 'recording' && before !== 'recording') void handle.stop();
    }
    const phases = seen
      .map((one) => one.view?.phase)
      .filter((phase, i, all) => phase && phase !== all[i - 1]);
    expect(phases).toEqual(expect.arrayContaining(['waiting', 'recording', 'released']));
    expect(seen.at(-1)).toMatchObject({ ended: true, result: { outcome: 'completed' } });
    expect(seen.slice(0, -1).every((one) => !one.ended)).toBe(true);
  });

  it('ends when it is told to', async () => {
    const { handle } = await client.start(specificationOf(kit, 'cam3'));
    const controller = new AbortController();
    const seen: SessionStatus[] = [];
    for await (const status of handle.watch({ signal: controller.signal })) {
      seen.push(status);
      controller.abort();
    }
    expect(seen).toHaveLength(1);
  });

  it('outlives a restart of the server', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'keeprolling-test-'));
    const server = await startDevServer({ cliPath: await temporalCliPath(), dataDir });
    try {
      const own = await kit.connect({ temporal: { address: server.address } });
      const { handle } = await own.start(specificationOf(kit, 'cam4'));
      const parts: (string | undefined)[] = [];
      for await (const status of handle.watch({ everyMs: 100 })) {
        parts.push(status.silent?.part);
        if (parts.length === 1) await server.kill();
        if (parts.length === 2) await server.restart();
        if (parts.length === 3) break;
      }
      expect(parts).toEqual(['workflow-worker', 'server', 'workflow-worker']);
    } finally {
      await server.stop();
    }
  });
});
