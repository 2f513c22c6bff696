/** The commands about schedules, from a page of channels to nothing, on a real server. No worker is needed. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { temporalAddress } from '../setup/servers.ts';

let folder: string;
let config: string;

const CONFIGURATION = (address: string): string => `
installation: cli001
temporal: { address: "${address}" }
queues: { prefix: "cli${process.pid}-" }
accounts: { studio: { vendor: ome, url: "http://127.0.0.1:1", accessToken: token } }
`;
const PAGE = `
each: { n: 1..3 }
name: ch-{n:3}
account: studio
target: { app: app, stream: "channel{n}" }
schedule: { at: "20:00", until: "22:00", days: mon-fri, zone: Europe/Berlin }
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keeprolling-cli-'));
  config = join(folder, 'keeprolling.yaml');
  writeFileSync(config, CONFIGURATION(await temporalAddress()));
  mkdirSync(join(folder, 'channels'));
  writeFileSync(join(folder, 'channels', 'page.yaml'), PAGE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

async function keeprolling(...args: string[]): Promise<{ out: string; exit: unknown }> {
  let out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  await createProgram().parseAsync(['node', 'keeprolling', '--config', config, ...args]);
  vi.restoreAllMocks();
  return { out: out.trimEnd(), exit: process.exitCode };
}

const channels = (): string => join(folder, 'channels');
const page = (): string => join(channels(), 'page.yaml');

it('a page is checked, planned, applied, shown and taken away', { timeout: 60_000 }, async () => {
  expect((await keeprolling('validate', page())).out).toContain('3 schedules');
  expect((await keeprolling('schedule', 'next', page(), '--count', '1')).out).toContain('ch-002');
  const plan = await keeprolling('apply', channels(), '--plan');
  expect(plan.out).toContain('3 documents: 3 create\nnothing was changed');
  const made = await keeprolling('apply', channels());
  expect([made.out.split('\n').at(-1), made.exit]).toEqual(['3 documents: 3 create', 0]);
  expect((await keeprolling('apply', channels())).out).toContain('3 documents: 3 unchanged');

  const shown = await keeprolling('schedule', 'show', 'ch-002');
  expect(shown.out).toContain('rule        Mon–Fri 20:00 – 22:00 Europe/Berlin');
  const paused = await keeprolling('schedule', 'pause', 'ch-002', '--by', 'me', '--reason', 'no show');
  expect(paused.out).toBe('ch-002  paused: no window of it begins');
  const json = await keeprolling('--json', 'schedule', 'show', 'ch-002');
  expect(JSON.parse(json.out)).toMatchObject({ paused: true, note: 'paused by me (no show)' });

  await expect(keeprolling('schedule', 'create', page())).resolves.toMatchObject({ exit: 4 });
  await expect(keeprolling('schedule', 'delete', 'ch-0002')).rejects.toMatchObject({
    code: 'E_SCHEDULE_UNKNOWN',
    details: { near: 'ch-002' },
  });
  expect((await keeprolling('schedule', 'delete', 'ch-003', '--by', 'me')).out).toBe('ch-003  deleted');
  writeFileSync(page(), PAGE.replace('1..3', '1..1'));
  const pruned = await keeprolling('apply', channels(), '--prune');
  expect(pruned.out).toMatch(/prune +schedule +ch-002 +deleted/);
  await keeprolling('schedule', 'delete', 'ch-001');
});
