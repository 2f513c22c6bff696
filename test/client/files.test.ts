import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeepRolling, SessionFiles, SessionHandle } from '../../src/client/index.ts';
import { filesText, retriedText } from '../../src/cli/render/files.ts';
import { filesWorkflowId } from '../../src/session/names.ts';
import { until } from '../temporal/world.ts';
import { clientKit, failureOf, NO_SERVER, specificationOf, type ClientKit } from './kit.ts';

let kit: ClientKit;
let client: KeepRolling;
let handle: SessionHandle;
let id: string;

const names = (): string[] => readdirSync(kit.archive, { recursive: true }).map(String).toSorted();
const keeper = () => kit.world.client.workflow.getHandle(filesWorkflowId(id));

beforeAll(async () => {
  kit = await clientKit();
  await kit.startWorker();
  client = await kit.connect();
  kit.source(`${kit.world.prefix}cam1`, true);
  ({ handle, sessionId: id } = await client.start(
    specificationOf(kit, 'cam1', { options: { interval: 1_000 } }),
  ));
  await until('recording', async () => (await handle.status()).view?.phase === 'recording');
});
afterAll(async () => await kit.close());

describe('the files of a session', { timeout: 60_000 }, () => {
  it('are known of a running take, by a keeper that begins with it', async () => {
    const files = await until('the keeper', async () => {
      const told = await client.files('cam1');
      return told.takes.length > 0 ? told : undefined;
    });
    expect(files).toMatchObject({ from: 'keeper', settled: false, playlist: null });
    expect(files.takes[0]).toMatchObject({
      take: 1,
      running: true,
      nextLookAt: expect.any(String) as string,
    });
    const takes = [{ ...files.takes[0]!, told: 9 }];
    expect(filesText({ ...files, takes }, { now: Date.now(), zone: 'UTC' })).toContain(
      '(its session was told of 9)',
    );
  });

  it('are looked at at once when that is asked for', async () => {
    expect(await client.retryFiles('cam1')).toMatchObject({ how: 'told' });
    const files = await until('a look', async () => {
      await client.retryFiles('cam1');
      const told = await client.files('cam1', { take: 1 });
      return told.counts.named > 0 ? told : undefined;
    });
    expect(files.files!.map(({ sequence }) => sequence)).toEqual(files.files!.map((_, n) => n));
    expect(names().some((name) => name.endsWith('files/take-0001-0001-v1.json'))).toBe(true);
  });

  it('are the last word in the archive when all are settled, with and without a server', async () => {
    await handle.stop();
    await handle.result();
    await keeper().result();
    const files = await client.files(id, { take: 1 });
    expect(files).toMatchObject({
      from: 'archive',
      settled: true,
      missing: [],
      counts: { missing: 0, open: 0 },
    });
    expect(files.manifest).toMatch(/files\.json$/);
    expect(files.playlist).toEqual({ why: expect.stringContaining('is, is not known') as string });
    expect(files.files).toHaveLength(files.counts.files);
    const alone = await kit.connect({ temporal: NO_SERVER });
    const begun = performance.now();
    expect(await alone.files(id, { take: 1 })).toEqual(files);
    expect(performance.now() - begun).toBeLessThan(15_000);
    const text = filesText(files, { now: Date.now(), zone: 'UTC' });
    expect(text).toContain('the last word');
    expect(text).toContain(files.files![0]!.name);
  });

  it('are looked at once more by a new run of their keeper, which has all it needs from the archive', async () => {
    const before = await client.files(id);
    const first = await keeper().describe();
    const retried = await client.retryFiles(id);
    expect(retried).toMatchObject({ how: 'begun', takes: 1 });
    expect(retriedText(retried)).toContain('1 take is looked at again, by a new run');
    await keeper().result();
    expect((await keeper().describe()).runId).not.toBe(first.runId);
    const after: SessionFiles = await client.files(id);
    expect(after.counts).toEqual(before.counts);
    // Nothing has changed, so nothing was said anew.
    expect(names().filter((name) => /\/files(-\d+)?\.json$/.test(name))).toHaveLength(1);
  });

  it('of a session that nobody knows are not told', async () => {
    expect((await failureOf(client.files('nobody'))).code).toBe('E_SESSION_UNKNOWN');
  });
});
