/** The emulated world of `demo` and `dev`: what it is made of, what is written down of it, and what the demo says of it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fitting } from '../../src/cli/demo/screen.ts';
import { playersOf } from '../../src/cli/demo/stage.ts';
import { credentialsTold } from '../../src/cli/demo/story.ts';
import { openDataFolder, type DataFolder } from '../../src/cli/dev/data-folder.ts';
import {
  sampleSpecification,
  sectionsOf,
  startEmulated,
  type EmulatedWorld,
} from '../../src/cli/dev/emulated.ts';
import type { SessionStatus } from '../../src/client/types.ts';
import { normalisingContext } from '../../src/config/normalising.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { normalise } from '../../src/contract/specification.ts';
import { VENDORS } from '../../src/recorders/registry.ts';

const PACE = { looks: { every: '1s', doubt: '500ms', withCallbacks: '10s' }, refresh: '15s' };

let folder: string;
let data: DataFolder;
let world: EmulatedWorld;
const started: { what: string; end: () => Promise<void> }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeprolling-demo-'));
  data = openDataFolder(folder, 'demo');
  world = await startEmulated(data, PACE, (what, end) => void started.push({ what, end }));
});
afterAll(async () => {
  await Promise.all(started.map(async ({ end }) => await end()));
  await rm(folder, { recursive: true, force: true });
});

describe('the emulated world', () => {
  test('tells of everything that it has started how it ends', () => {
    expect(started.map(({ what }) => what)).toEqual([
      'emulated cloud',
      ...world.vendors.map(({ vendor }) => `emulator of ${vendor}`),
    ]);
  });

  test('is a configuration that is right, holds no secret, and takes the sample of every vendor', async () => {
    const sections = sectionsOf(world);
    const names = ['cloud-emulated', ...world.vendors.map(({ account }) => account)];
    for (const name of names) {
      const secret = (await readFile(join(data.path, `${name}.token`), 'utf8')).trim();
      expect(secret).toMatch(/^[0-9a-f]{32}$/);
      expect(JSON.stringify(sections)).not.toContain(secret);
    }
    const settings = settingsOf({ installation: 'test01', ...sections }, null, folder, VENDORS, {});
    expect(settings.destination('cloud-emulated')).toMatchObject({ refresh: 15_000 });
    for (const one of world.vendors) {
      const written = parse(sampleSpecification(one)) as { storage?: string };
      // A vendor with a bucket of its own has a destination of its own.
      const place = one.destination === null ? 'cloud-emulated' : `${one.vendor}-files`;
      expect(written.storage).toBe(one.recordsDir === null ? place : undefined);
      expect(normalise(written, normalisingContext(settings, Date.now()))).toMatchObject({ ok: true });
    }
  });

  test('has names and streams of its own for every sample', () => {
    expect(new Set(world.vendors.map(({ stream }) => stream)).size).toBe(world.vendors.length);
  });
});

describe('the players', () => {
  test('are a recorder with a disk, and one that uploads', () => {
    const { own, service, others } = playersOf(world);
    expect([own.keeps, service.keeps]).toEqual(['disk', 'bucket']);
    expect(others.map(({ vendor }) => vendor).toSorted()).toEqual(
      world.vendors.flatMap(({ vendor, destination }) => (destination ? [vendor] : [])).toSorted(),
    );
    expect(1 + 1 + others.length).toBe(world.vendors.length);
    expect(service.specification.storage).toBe('cloud-emulated');
    expect(own.specification).not.toHaveProperty('storage');
    expect(own.specification.name).not.toBe(service.specification.name);
    for (const player of [own, service, ...others]) {
      player.sourceControl('source.start');
      expect(player.truth().findLast(({ type }) => type === 'source')).toMatchObject({ event: 'up' });
      expect(player.holds('none.ts')).toBe(false);
    }
  });

  test('are asked for nothing that they do not have', () => {
    expect(() => playersOf(world).own.control('nonsense')).toThrow('no control "nonsense"');
  });
});

describe('the story of the credentials', () => {
  const status = (since: string | null, until: string | null): Pick<SessionStatus, 'view'> =>
    ({
      view: { takes: [{ credentialsSince: since, credentialsUntil: until }] },
    }) as unknown as Pick<SessionStatus, 'view'>;

  test('has a line for each that the status shows anew, and none besides', () => {
    const lines: string[] = [];
    const told = credentialsTold('cam2', 'Europe/Berlin', (line) => lines.push(line));
    const [one, two] = ['2026-11-24T12:00:00.000Z', '2026-11-24T12:00:15.400Z'];
    const [end, later] = ['2026-11-25T00:00:00.000Z', '2026-11-25T00:00:15.000Z'];
    for (const seen of [{ view: null }, status(null, null), status(one, end), status(one, end)])
      told.learn(seen);
    expect(told.refreshes()).toBe(0);
    // With no worker there is no view, and what was known is known.
    for (const seen of [status(two, later), { view: null }, status(two, later)]) told.learn(seen);
    expect(told.refreshes()).toBe(1);
    expect(lines).toEqual([
      'storage credentials of cam2 minted at 13:00:00, proved by a write: until 01:00:00',
      'storage credentials of cam2 refreshed at 13:00:15, proved by a write: until 01:00:15',
    ]);
  });
});

describe('the live blocks', () => {
  const block = Array.from({ length: 20 }, (_, n) => `line ${n}`).join('\n');

  test.each([24, 40, 60, 10])('fit on a screen of %i rows', (rows) => {
    const drawn = fitting([block, block], rows).split('\n');
    expect(drawn.length).toBeLessThan(rows);
    expect(drawn.filter((line) => line === 'line 0')).toHaveLength(2);
  });
});
