import { mkdtemp, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { omeRecorder } from '../../../src/recorders/ome/adapter.ts';
import { inside } from '../../../src/recorders/ome/files.ts';
import type { TakeInQuestion } from '../../../src/recorders/recorder.ts';
import type { FileSeen } from '../../../src/session/facts.ts';
import { kit, type Kit } from './kit.ts';

let recordsDir: string;
beforeEach(async () => {
  recordsDir = await mkdtemp(join(tmpdir(), 'keeprolling-ome-'));
});
afterEach(() => rm(recordsDir, { recursive: true, force: true }));

function files(k: Kit, take: TakeInQuestion, known: FileSeen[]) {
  return omeRecorder.files!(k.context, k.subject, take, known);
}

/** Three files on a real disk. */
async function threeFiles(account: Record<string, unknown> = {}) {
  const k = kit({ recordsDir, account, options: { interval: 10_000 } });
  k.source('start');
  const { take } = await k.start();
  k.clock.advance(25_000);
  const { observation } = await k.stop(take);
  return { k, take, known: observation?.files ?? [] };
}

describe('files of OvenMediaEngine', () => {
  it('are stored with their bytes where a worker sees the folder', async () => {
    const { k, take, known } = await threeFiles({ recordsDir });
    expect(known).toHaveLength(3);
    const found = await files(k, take, known);
    expect(found.map(({ sequence, state }) => [sequence, state])).toEqual([
      [0, 'stored'],
      [1, 'stored'],
      [2, 'stored'],
    ]);
    expect(found.every(({ bytes }) => (bytes ?? 0) > 0)).toBe(true);
    expect(found.at(-1)).toMatchObject({ name: known.at(-1)!.name, from: known.at(-1)!.from });
  });

  it('have the times that the info file tells of each', async () => {
    const { k, take } = await threeFiles({ recordsDir });
    const found = await files(k, { ...take, fileCount: 3, endedAt: k.clock.now() }, []);
    expect(found.map(({ durationMs, from, to }) => [durationMs, to! - from!])).toEqual([
      [10_000, 10_000],
      [10_000, 10_000],
      [5_000, 5_000],
    ]);
    expect(found[1]!.from).toBe(found[0]!.to);
  });

  it('of a running take are those that are closed, by the sequence', async () => {
    const k = kit({ options: { interval: 10_000 } });
    k.source('start');
    const { take } = await k.start();
    k.clock.advance(25_000);
    const found = await files(k, take, []);
    expect(found.map(({ sequence, state }) => [sequence, state])).toEqual([
      [0, 'named'],
      [1, 'named'],
    ]);
  });

  it('stay named where no worker sees the folder', async () => {
    const { k, take, known } = await threeFiles();
    expect(await files(k, take, known)).toEqual(known);
  });

  it('are missing when they are not there, and found without being told of', async () => {
    const { k, take, known } = await threeFiles({ recordsDir });
    await unlink(join(recordsDir, known[1]!.name));
    const found = await files(k, { ...take, handle: null }, known.slice(0, 2));
    expect(found.map(({ sequence, state }) => [sequence, state])).toEqual([
      [0, 'stored'],
      [1, 'missing'],
      [2, 'stored'],
    ]);
  });

  it('are never taken from another take, nor from outside of the folder', async () => {
    const { k, take } = await threeFiles({ recordsDir });
    await writeFile(join(recordsDir, 'keeprolling', 'stranger_0.ts'), 'x');
    await symlink('/etc/hostname', join(recordsDir, 'link'));
    const forged: FileSeen[] = [{ name: '../../../etc/hostname', sequence: 7, state: 'named' }];
    const found = await files(k, take, forged);
    expect(found.find(({ sequence }) => sequence === 7)?.state).toBe('missing');
    expect(found).toHaveLength(4);
    expect(inside('/mnt/ome', '../etc/passwd')).toBeNull();
    expect(inside('/mnt/ome', '/../../etc/passwd')).toBeNull();
    expect(inside('/mnt/ome', '')).toBeNull();
    expect(inside('/mnt/ome', '/keeprolling/x_0.ts')).toBe('/mnt/ome/keeprolling/x_0.ts');
  });

  it('are not called missing when the folder itself is not there', async () => {
    const { k, take, known } = await threeFiles({ recordsDir: '/nowhere/at/all' });
    expect(await k.failure(files(k, take, known))).toMatchObject({
      code: 'E_DESTINATION',
      who: 'you',
      retry: 'later',
    });
  });

  it('are missing when the directory was removed while it recorded, though the stop was answered with 200', async () => {
    const k = kit({ recordsDir, account: { recordsDir } });
    k.source('start');
    const { take } = await k.start();
    k.clock.advance(5_000);
    k.control('directory', { path: '/keeprolling', removed: true });
    const { how, observation } = await k.stop(take);
    expect(how).toBe('stopped');
    expect(await files(k, take, observation?.files ?? [])).toMatchObject([{ sequence: 0, state: 'missing' }]);
  });

  it('may hold nothing when start and stop come at once', async () => {
    const k = kit({ recordsDir, account: { recordsDir } });
    k.source('start');
    const { take } = await k.start();
    const { observation } = await k.stop(take);
    expect(await files(k, take, observation?.files ?? [])).toMatchObject([{ state: 'stored', bytes: 0 }]);
  });

  it('carry names that no second take, session or installation can have', async () => {
    const k = kit({ recordsDir, account: { recordsDir } });
    k.source('start');
    for (const name of [
      k.name(1),
      k.name(2),
      k.name(1, { installation: 'other' }),
      k.name(1, { sessionId: '0'.repeat(26) }),
    ]) {
      const { take } = await k.start(name);
      k.clock.advance(2_000);
      await k.stop(take);
    }
    const entries = k.truth('file');
    expect(entries.filter(({ event }) => event === 'overwritten')).toEqual([]);
    expect(new Set(entries.map(({ file }) => file)).size).toBe(4);
  });
});
