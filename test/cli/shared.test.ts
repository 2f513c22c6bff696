/** Two teams on one channel, and a window that is moved, as they are typed, on a real server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import type { KeepRolling } from '../../src/client/index.ts';
import { clientKit, inMs, specificationOf, type ClientKit } from '../client/kit.ts';
import { temporalAddress } from '../setup/servers.ts';
import { until } from '../temporal/world.ts';

const HOUR = 3_600_000;

let kit: ClientKit;
let client: KeepRolling;
let printed = '';

beforeAll(async () => {
  kit = await clientKit();
  await kit.startWorker();
  client = await kit.connect();
  const account = { vendor: 'ome', url: 'http://127.0.0.1:8081', accessToken: 'token' };
  file('keeprolling.yaml', {
    installation: 'test01',
    temporal: { address: await temporalAddress() },
    accounts: { account },
    archive: { directory: kit.archive },
    queues: { prefix: kit.world.prefix },
  });
}, 120_000);
afterAll(async () => await kit.close());
beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

function file(name: string, content: unknown): string {
  const path = join(kit.world.folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

/** What it prints, once it has ended well. */
async function typed(...args: string[]): Promise<string> {
  printed = '';
  const config = ['--config', join(kit.world.folder, 'keeprolling.yaml')];
  await createProgram()
    .exitOverride()
    .parseAsync([...config, ...args], { from: 'user' });
  expect(process.exitCode ?? 0).toBe(0);
  return printed;
}

it('a recording is joined, goes on for the other one, and is ended for all', async () => {
  const window = { from: inMs(-60_000), until: inMs(HOUR), zone: 'UTC' };
  const ours = specificationOf(kit, 'channel', { owner: 'team-a', window });
  const { handle } = await client.start(ours);
  await until('begun', async () => (await handle.status()).view);
  const theirs = { ...ours, name: 'theirs', owner: 'team-b', window: { ...window, until: inMs(2 * HOUR) } };

  expect(await typed('start', '--join', file('theirs.json', theirs))).toMatch(
    /^channel {2}joined: it goes on for you until [\d:. -]+ UTC {3}/,
  );
  const shared = await until('told', async () => {
    const text = await typed('status', 'channel').catch(() => '');
    return text.includes('wanted') && text;
  });
  expect(shared).toMatch(/\n {2}wanted +by team-a until .* \(channel\), team-b until .* \(theirs\)\n/);
  await expect(typed('stop', 'channel', '--by', 'cleo')).rejects.toThrow(
    /^cleo has no claim .* by team-a until [\d:. -]+, team-b until [\d:. -]+\. .* stop --all\. \(times are those of UTC\)$/,
  );
  expect(await typed('stop', 'channel', '--by', 'team-b')).toMatch(
    /^channel {2}your claim has ended; it goes on for team-a until /,
  );
  await typed('start', '--join', file('theirs.json', theirs));
  expect(await typed('stop', 'channel', '--by', 'director', '--all')).toMatch(/^channel {2}stopped /);
});

it('a window that has not begun is moved', async () => {
  const window = { from: inMs(HOUR), until: inMs(2 * HOUR), zone: 'UTC' };
  await client.start(specificationOf(kit, 'evening', { window }));
  const from = inMs(3 * HOUR);
  expect(await typed('reschedule', 'evening', '--from', from, '--length', '30m')).toMatch(
    /^evening {2}rescheduled to .* → .* UTC, starts /,
  );
  const until30 = new Date(Date.parse(from) + HOUR / 2).toISOString();
  const handle = await client.session('evening');
  expect((await handle.status()).launch?.window).toEqual({ from, until: until30 });
  expect(await typed('status', 'evening')).toMatch(/^SCHEDULED {3}starts in 2h.*\n(.*\n)* {2}window /);
});
