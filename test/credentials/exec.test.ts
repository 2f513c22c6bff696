import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { cloudKit, failureOf, HOUR_MS, NEED, SECRET, T0 } from './kit.ts';

const folder = mkdtempSync(join(tmpdir(), 'keeprolling-exec-'));

function running(command: string[], timeout = '5s') {
  return cloudKit().access({ credentials: { provider: 'exec', command, timeout }, probe: 'off' });
}
const node = (script: string, ...args: string[]): string[] => [process.execPath, '-e', script, ...args];
const printing = (output: unknown): string[] =>
  node('process.stdout.write(process.argv[1])', typeof output === 'string' ? output : JSON.stringify(output));

const whole = {
  Version: 1,
  AccessKeyId: 'AKIACANARY0000000002',
  SecretAccessKey: SECRET,
  SessionToken: 'CANARY-token',
  Expiration: '2026-01-01T18:00:00Z',
};

describe('a command', () => {
  it('gives what it prints', async () => {
    expect(await running(printing(whole)).mint(NEED)).toEqual({
      accessKey: whole.AccessKeyId,
      secretKey: SECRET,
      token: 'CANARY-token',
      life: {
        mintedAt: T0,
        expiresAt: T0 + 6 * HOUR_MS,
        fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
      },
    });
    const { Expiration: _end, ...lasting } = whole;
    expect((await running(printing(lasting)).mint(NEED)).life).toBeNull();
  });

  it('gets its arguments as they are, without a shell', async () => {
    const odd = JSON.stringify({ ...whole, SessionToken: '$HOME `id` ; echo "*"' });
    expect((await running(printing(odd)).mint(NEED)).token).toBe('$HOME `id` ; echo "*"');
  });

  const rows: [what: string, command: string[], words: string][] = [
    ['is not there', ['/nowhere/CANARY'.replace('CANARY', 'mint')], 'cannot be started (ENOENT)'],
    ['may not be run', [folder], 'cannot be started (EACCES)'],
    [
      'fails',
      node(`console.error('${SECRET}'); console.log('${SECRET}'); process.exit(3)`),
      'ended with exit code 3',
    ],
    [
      'is killed',
      node(`process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 9e3)`),
      'was killed by SIGTERM',
    ],
    ['prints no JSON', printing(`{"SecretAccessKey": "${SECRET}`), 'does not print JSON'],
    ['prints nothing', printing(''), 'does not print JSON'],
    ['prints a text', printing(`"${SECRET}"`), 'wrong: the whole'],
    ['prints another version', printing({ ...whole, Version: 2 }), 'wrong: Version'],
    [
      'leaves out a key',
      printing({ ...whole, AccessKeyId: undefined, SecretAccessKey: '' }),
      'wrong: AccessKeyId, SecretAccessKey',
    ],
    ['has a date that is none', printing({ ...whole, Expiration: `CANARY` }), 'wrong: Expiration'],
    ['gives what has ended', printing({ ...whole, Expiration: '2026-01-01T11:59:59Z' }), 'have expired'],
    [
      'gives too little life',
      printing({ ...whole, Expiration: '2026-01-01T13:00:00Z' }),
      'have 1h of life left, and 4h are needed: let the command ask',
    ],
    [
      'prints without end',
      node(`const s = '${SECRET}'.repeat(1000); for (;;) process.stdout.write(s)`),
      'far more than credentials',
    ],
  ];
  it.each(rows)('that %s is told and never quoted', async (_what, command, words) => {
    const failure = await failureOf(running(command));
    expect(failure).toMatchObject({
      code: 'E_DESTINATION',
      who: 'you',
      retry: 'later',
      cause: 'credentials',
    });
    expect(failure.message).toContain(words);
  });

  it('that is too slow is killed with all that it has started', async () => {
    const file = join(folder, 'slow.pid');
    const command = ['/bin/sh', '-c', `sleep 300 & echo $! $$ > ${file}; wait`];
    const began = performance.now();
    expect((await failureOf(running(command, '300ms'))).message).toContain('did not end within 300ms');
    expect(performance.now() - began).toBeLessThan(3000);
    await gone(file);
  });

  it('that leaves something running behind leaves nothing', async () => {
    const file = join(folder, 'left.pid');
    const command = ['/bin/sh', '-c', `sleep 300 & echo $! > ${file}; echo '${JSON.stringify(whole)}'`];
    await expect(running(command).mint(NEED)).resolves.toMatchObject({ token: 'CANARY-token' });
    await gone(file);
  });
});

/** None of the processes whose ids stand in a file runs any more. */
async function gone(file: string): Promise<void> {
  const pids = readFileSync(file, 'utf8').trim().split(' ').map(Number);
  for (let tries = 0; tries < 50; tries += 1) {
    if (pids.every((pid) => !isAlive(pid))) return;
    await sleep(20);
  }
  throw new Error(`Still running: ${pids.filter(isAlive).join(', ')}`);
}

/** A dead child that nobody has waited for yet still has its id. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
