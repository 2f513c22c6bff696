/** What `dev` writes and prints for some of the emulated vendors. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDataFolder } from '../../src/cli/dev/data-folder.ts';
import { sectionsOf, startEmulated, type EmulatedWorld } from '../../src/cli/dev/emulated.ts';
import { devText, emulateText, type DevTold } from '../../src/cli/render/dev.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { VENDORS } from '../../src/recorders/registry.ts';

const PACE = { looks: { every: '1s', doubt: '500ms', withCallbacks: '10s' }, refresh: '15s' };
const GATEWAY = 'http://127.0.0.1:9';

let folder: string;
let world: EmulatedWorld;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeprolling-dev-'));
  const data = openDataFolder(folder, 'dev');
  const wanted = ['huawei', 'alibaba', 'naver'];
  world = await startEmulated(data, PACE, (_what, end) => void ends.push(end), GATEWAY, wanted);
});
afterAll(async () => {
  await Promise.all(ends.map(async (end) => await end()));
  await rm(folder, { recursive: true, force: true });
});

test('a cloud is there only for vendors that upload to it', () => {
  expect(world.cloud).toBeNull();
  expect(Object.keys(sectionsOf(world).destinations)).toEqual([
    'huawei-files',
    'alibaba-files',
    'naver-files',
  ]);
});

test('an account has all that `callbacks` asks of it, where its vendor is told where to call', () => {
  const settings = settingsOf({ installation: 'test01', ...sectionsOf(world) }, null, folder, VENDORS, {});
  for (const { account } of world.vendors)
    expect(settings.calledAccount(account).fields.callbacks).toMatchObject({ url: GATEWAY });
  expect(settings.calledAccount('huawei-emulated').fields.callbacks).toMatchObject({
    domains: [expect.stringMatching(/\./)],
  });
});

const sample = { name: 'cam1', file: 'sample-huawei.yaml' };
const one = { vendor: 'huawei', account: 'a', url: 'http://h', control: 'http://c/', source: {}, sample };

test('a session is started before its source, which some vendors would not record otherwise', () => {
  const told: DevTold = {
    server: '127.0.0.1:1',
    namespace: 'default',
    ui: null,
    queues: [],
    gateway: null,
    data: 'd',
    config: '/c',
    emulators: [one],
    cloud: null,
    destinations: ['huawei-files'],
  };
  const text = devText(told);
  expect(text).toMatch(/start sample-huawei\.yaml[\s\S]*source\.start/);
  expect(text).toContain('huawei-files');
  const alone = emulateText({
    vendor: one.vendor,
    url: one.url,
    control: one.control,
    source: one.source,
    accessToken: 'x',
    recordsDir: null,
    truth: null,
    sample: 'name: cam1\n',
  });
  expect(alone).toMatch(/name: cam1[\s\S]*source\.start/);
});
