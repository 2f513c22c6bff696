import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandProblem } from './commands.ts';
import { graceSeconds } from './grace.ts';
import { have } from './have.ts';

const units = readdirSync('deploy/systemd').map((name) => ({
  name,
  text: readFileSync(join('deploy/systemd', name), 'utf8'),
}));
const folder = mkdtempSync(join(tmpdir(), 'keeprolling-units-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settingOf = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1];

describe.each(units)('deploy/systemd/$name', ({ name, text }) => {
  it('runs a command that there is, by our executable', () => {
    const [node, path, ...words] = settingOf(text, 'ExecStart')!.split(' ');
    expect(node).toBe('/usr/bin/node');
    expect(existsSync(path!.replace('/opt/keeprolling/', ''))).toBe(true);
    expect(words[0]).toBe(/keeprolling-(\w+)\.service/.exec(name)![1]);
    expect(commandProblem(words)).toBeNull();
  });

  it('comes back whatever ended it, and is waited for longer than its calls take', () => {
    expect(settingOf(text, 'Restart')).toBe('always');
    expect(Number.parseInt(settingOf(text, 'TimeoutStopSec')!, 10)).toBeGreaterThan(graceSeconds());
  });

  it('lets Node compile', () => {
    expect(settingOf(text, 'MemoryDenyWriteExecute')).toBeUndefined();
  });

  it('is taken by systemd, and lets little in', ({ skip }) => {
    if (!have('systemd-analyze', '--version')) skip('there is no systemd-analyze on this machine');
    const copy = join(folder, name);
    writeFileSync(copy, text.replaceAll('/usr/bin/node', process.execPath));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', copy]);
    expect([status, stderr.toString()]).toEqual([0, '']);
    const security = spawnSync('systemd-analyze', ['security', '--offline=true', copy]);
    if (security.status !== 0) skip('this systemd-analyze judges no files');
    const exposure = /exposure level for \S+: ([\d.]+)/.exec(security.stdout.toString())?.[1];
    expect(Number(exposure)).toBeLessThan(2);
  });
});
