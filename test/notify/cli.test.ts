/** `keeprolling notify test` and `keeprolling maintenance`, as they are typed. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { KeepRollingError } from '../../src/contract/errors.ts';
import { listen, type Listener } from './listener.ts';

const KEY = `whsec_${randomBytes(32).toString('base64')}`;
let folder: string;
let listener: Listener;
let printed = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keeprolling-notify-'));
  listener = await listen('/CANARY-path');
  const configuration = {
    installation: 'test01',
    temporal: { address: '127.0.0.1:1' },
    accounts: { studio: { vendor: 'ome', url: 'http://127.0.0.1:1', accessToken: 'token' } },
    receivers: { ops: { url: listener.url, keys: KEY, events: ['verdict'] } },
  };
  writeFileSync(join(folder, 'keeprolling.yaml'), JSON.stringify(configuration));
});
afterAll(async () => {
  await listener.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  listener.posts.length = 0;
  listener.answer = () => 204;
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

async function typed(...args: string[]): Promise<unknown> {
  const config = ['--config', join(folder, 'keeprolling.yaml')];
  try {
    await createProgram()
      .exitOverride()
      .parseAsync([...config, ...args], { from: 'user' });
    return process.exitCode;
  } catch (error) {
    return error;
  }
}

describe('keeprolling notify test', () => {
  it('sends one signed notification, whatever kinds the receiver wants', async () => {
    expect(await typed('notify', 'test', 'ops')).toBe(0);
    const [post] = listener.posts;
    const event = new Webhook(KEY).verify(post!.body, post!.headers as Record<string, string>);
    expect(event).toMatchObject({
      type: 'keeprolling.receiver.test',
      source: '/keeprolling/test01/receiver/ops',
      data: { receiver: 'ops' },
    });
    expect(printed).toContain(`ops  took the notification ${post!.event.id}`);
  });

  it('says what the receiver answered, and neither its address nor its key', async () => {
    listener.answer = () => 403;
    const refusal = await typed('notify', 'test', 'ops');
    expect(refusal).toBeInstanceOf(KeepRollingError);
    expect(refusal).toMatchObject({ code: 'E_UNHEALTHY', message: expect.stringContaining('answered 403') });
    listener.answer = () => 410;
    expect(await typed('notify', 'test', 'ops')).toMatchObject({ message: expect.stringContaining('(410)') });
    expect(`${String(refusal)} ${printed}`).not.toMatch(/CANARY|whsec/);
  });

  it('refuses a receiver that is not configured', async () => {
    expect(await typed('notify', 'test', 'desk')).toMatchObject({ code: 'E_CONFIG_INVALID' });
  });
});

describe('keeprolling maintenance', () => {
  it.each([
    [[], 'E_USAGE'],
    [['--for', '15m', '--end'], 'E_USAGE'],
    [['--until', 'whenever'], 'E_USAGE'],
    [['--for', 'soon'], 'E_COMMAND_INVALID'],
  ])('refuses %j', async (args, code) => {
    expect(await typed('maintenance', 'studio', ...args)).toMatchObject({ code });
  });

  it('refuses an account that is not configured before any server is asked', async () => {
    expect(await typed('maintenance', 'nobody', '--for', '15m')).toMatchObject({ code: 'E_ACCOUNT_UNKNOWN' });
  });

  it('says that no server answers', async () => {
    const refusal = await typed('maintenance', 'studio', '--until', '23:59', '--reason', 'upgrade');
    expect(refusal).toMatchObject({ code: 'E_SERVER_UNREACHABLE' });
  });
});
