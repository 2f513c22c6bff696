/** What every archive does, in whatever it keeps the pieces. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directoryArchive, type OpenArchive } from '../../src/archive/archive.ts';
import { markerOf, toldIn, workerIdentity } from '../../src/archive/marker.ts';
import { openArchive } from '../../src/archive/open.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { CLOUD_DEFAULTS, serveCloud } from '../../src/emulators/cloud/serve.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { bucketIn, OWN } from './kit.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'keeprolling-archive-'));

type Made = { archive: OpenArchive; again: OpenArchive; close?: () => Promise<void> };

const kinds: Record<string, () => Promise<Made> | Made> = {
  'a directory': () => {
    const directory = folder();
    return { archive: directoryArchive(directory), again: directoryArchive(directory) };
  },
  'a bucket of AWS': () => {
    const { open } = bucketIn();
    return { archive: open(), again: open() };
  },
  'a bucket of a store that does not know If-None-Match': () => {
    const { open } = bucketIn({ buckets: [{ name: 'own', ifNoneMatch: 'ignored' }], pageSize: 3 }, OWN);
    return { archive: open(), again: open() };
  },
  'a bucket of a store that refuses If-None-Match': () => {
    const { open } = bucketIn({ buckets: [{ name: 'own', ifNoneMatch: 'refused' }], pageSize: 1 }, OWN);
    return { archive: open(), again: open() };
  },
  'a bucket over HTTP': async () => {
    const cloud = await serveCloud();
    const dispatcher = new Agent();
    const configuration = {
      destinations: { place: cloud.destination(CLOUD_DEFAULTS.buckets[0]!.name) },
      archive: { destination: 'place', prefix: 'a/b' },
    };
    const settings = settingsOf(configuration, null, '/', VENDORS, {});
    const own = openArchive(settings)!;
    return {
      archive: openArchive(settings, { dispatcher })!,
      again: own,
      close: async () => {
        await own.close();
        await dispatcher.destroy();
        await cloud.close();
      },
    };
  },
};

describe.each(Object.entries(kinds))('%s', (_kind, make) => {
  let made: Made;
  beforeAll(async () => {
    made = await make();
  });
  afterAll(async () => await made.close?.());

  it('gives back what was put', async () => {
    const { archive, again } = made;
    await archive.put('k%2F1/2026-01-01/one.json', '{"a": "ü\\n"}\n');
    expect(await again.get('k%2F1/2026-01-01/one.json')).toBe('{"a": "ü\\n"}\n');
    expect(await archive.get('k%2F1/2026-01-01/two.json')).toBeUndefined();
    expect(await archive.get('none/at/all.json')).toBeUndefined();
  });

  it('takes the same again, and nothing else under the same name', async () => {
    const { archive, again } = made;
    await archive.put('once', 'one\n');
    await again.put('once', 'one\n');
    await expect(again.put('once', 'two\n')).rejects.toMatchObject({ code: 'E_ARCHIVE_UNREADABLE' });
    expect(await archive.get('once')).toBe('one\n');
  });

  it('lists what is directly below, in order', async () => {
    const { archive, again } = made;
    for (const name of ['l/b.json', 'l/a.json', 'l/c/1.json', 'l/c/2.json', 'l/d/e/f.json', 'lx.json'])
      await archive.put(name, 'x');
    expect(await again.list('l')).toEqual(['a.json', 'b.json', 'c/', 'd/']);
    expect(await again.list('l/d')).toEqual(['e/']);
    expect(await again.list('nothing')).toEqual([]);
    expect(await again.list('')).toEqual(expect.arrayContaining(['l/', 'lx.json']));
  });

  it('has one mark for all who see it', async () => {
    const { archive, again } = made;
    const marks = await Promise.all([archive, again, archive, again].map(async (one) => await markerOf(one)));
    expect(new Set(marks).size).toBe(1);
    const told = { worker: expect.stringMatching(/^\d+@\S+$/) as string, mark: marks[0] };
    expect(toldIn(await workerIdentity(again, 'prod1'))).toEqual({ ...told, installation: 'prod1' });
    expect(toldIn(await workerIdentity(again, null))).toEqual({ ...told, installation: null });
  });

  it('can be tried, and shows nothing of it among the folders', async () => {
    const { archive } = made;
    await archive.probe();
    expect((await archive.list('')).filter((name) => name.endsWith('/'))).not.toContain('keeprolling-probe/');
  });
});
