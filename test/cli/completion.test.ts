import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt, ROOT, run } from './kit.ts';

const folder = mkdtempSync(join(tmpdir(), 'keeprolling-completion-'));
const bin = join(folder, 'bin');

beforeAll(async () => {
  await ensureBuilt();
  mkdirSync(bin);
  mkdirSync(join(folder, 'specs'));
  symlinkSync(join(ROOT, 'bin/keeprolling.js'), join(bin, 'keeprolling'));
  writeFileSync(join(folder, 'specs', 'cam1.yaml'), '');
  writeFileSync(join(folder, 'specs', 'notes.txt'), '');
  const account = 'vendor: ome\n    url: http://127.0.0.1:8081\n    accessToken: token';
  writeFileSync(join(folder, 'keeprolling.yaml'), `accounts:\n  studio-one:\n    ${account}\n`);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a real bash offers after these words, the last of which is being typed. */
async function offered(...words: string[]): Promise<string[]> {
  const script = `
    source <(keeprolling completion bash) || exit 1
    COMP_WORDS=(keeprolling "$@"); COMP_CWORD=$#; COMP_LINE="keeprolling $*"; COMP_POINT=\${#COMP_LINE}
    compopt() { :; }
    "$(complete -p keeprolling | sed 's/.*-F \\([^ ]*\\).*/\\1/')" keeprolling
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const child = spawn('bash', ['--norc', '-c', script, 'bash', ...words], {
    cwd: folder,
    env: { PATH: `${bin}:${process.env.PATH}`, HOME: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  await new Promise((resolve) => child.once('close', resolve));
  return out.split('\n').filter((line) => line !== '');
}

describe('a real bash', () => {
  it('completes commands, also below another', async () => {
    expect(await offered('va')).toEqual(['validate']);
    expect(await offered('notify', 'te')).toEqual(['test']);
  });

  it('completes options of the command that is typed', async () => {
    expect(await offered('validate', '--ex')).toEqual(['--explain']);
  });

  it('completes the names of accounts that the configuration knows', async () => {
    expect(await offered('maintenance', 'st')).toEqual(['studio-one']);
    expect(await offered('list', '--account', '')).toEqual(['studio-one']);
  });

  it('completes the vendors that are emulated', async () => {
    expect(await offered('emulate', 'hu')).toEqual(['huawei']);
    expect(await offered('dev', '--emulators', 'hu')).toEqual(['huawei']);
  });

  it('completes specifications, folder by folder', async () => {
    expect(await offered('start', 'sp')).toEqual(['specs/']);
    expect(await offered('start', 'specs/')).toEqual(['specs/cam1.yaml']);
  });

  it('evaluates nothing of what is typed', async () => {
    await offered('status', '$(touch evil)', '');
    expect(await offered('start', './')).toEqual(['./bin/', './keeprolling.yaml', './specs/']);
    expect(await offered('start', 'ev')).toEqual([]);
  });
});

it.each(['zsh', 'fish', 'powershell'])('there is a script for %s, which asks the same way', async (shell) => {
  const { code, out } = await run(['completion', shell], { cwd: folder });
  expect(code).toBe(0);
  expect(out).toMatch(/complete '?--/);
});

it('another shell is refused', async () => {
  expect((await run(['completion', 'tcsh'], { cwd: folder })).code).toBe(2);
});
