/** A client that others wrote records at our emulated Agora: what it is answered is what Agora answers. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createAgoraEmulator,
  offsetClock,
  serveEmulator,
  type Emulator,
  type ServedEmulator,
  type Upload,
} from '../../src/emulators/index.ts';
import { rtcToken } from '../../src/recorders/agora/token.ts';

const PACKAGE = 'agora-rest-client==0.2.0';
const HOUR = 3_600_000;
/** Outside the project: it is fetched once for every checkout. */
const FOLDER = join(homedir(), '.cache', 'keeprolling', 'python', PACKAGE.replace('==', '-'));
const SCRIPT = fileURLToPath(new URL('agora_client.py', import.meta.url));
const APP = { appId: '0123456789abcdef0123456789abcdef', certificate: 'fedcba9876543210fedcba9876543210' };
const CUSTOMER = { customerId: 'customer', customerSecret: 'secret' };

function missing(): string | null {
  const has = (...args: string[]): boolean => {
    try {
      execFileSync('python3', args, { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  if (!has('--version')) return 'python3 is not installed';
  return has('-m', 'pip', '--version') ? null : 'pip is not installed';
}

async function python(args: string[], input = '', env: Record<string, string> = {}): Promise<string> {
  return await new Promise((resolve, reject) => {
    const child = execFile('python3', args, { env: { ...process.env, ...env } }, (error, out, said) => {
      if (error) reject(new Error(`${error.message}\n${said}`));
      else resolve(out);
    });
    child.stdin?.end(input);
  });
}

/** Into a folder of its own first, so that nobody meets a half of it. */
async function install(): Promise<void> {
  if (existsSync(FOLDER)) return;
  mkdirSync(dirname(FOLDER), { recursive: true });
  const folder = mkdtempSync(`${FOLDER}-`);
  try {
    const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore'];
    await python(['-m', 'pip', 'install', ...quiet, '--target', folder, PACKAGE]);
    renameSync(folder, FOLDER);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    if (!existsSync(FOLDER)) throw error;
  }
}

const why = missing();
const name = why === null ? PACKAGE : `${PACKAGE} (not tried: ${why})`;

describe.skipIf(why !== null)(`the client ${name}`, { timeout: 60_000 }, () => {
  let emulator: Emulator;
  let served: ServedEmulator;
  const uploads: Upload[] = [];

  beforeAll(install, 120_000);

  beforeEach(async () => {
    uploads.splice(0);
    const clock = offsetClock();
    emulator = createAgoraEmulator({
      clock,
      ...CUSTOMER,
      apps: [APP],
      store: {
        put: (upload) => {
          uploads.push(upload);
          return 'stored';
        },
      },
    });
    served = await serveEmulator(emulator, { port: 0, control: true });
  });
  afterEach(async () => {
    await served.close();
  });

  const play = async (what: string): Promise<Record<string, Record<string, unknown>>> => {
    const now = Date.now();
    const { appId, certificate } = APP;
    const asked = {
      play: what,
      host: `127.0.0.1:${served.port}`,
      appId,
      ...CUSTOMER,
      bucket: 'recordings',
      token: rtcToken({ appId, appCertificate: certificate }, 'news', '3000000001', now, now + HOUR),
      expiresAt: Math.floor((now + 5 * HOUR) / 1000),
    };
    const out = await python([SCRIPT], JSON.stringify(asked), {
      PYTHONPATH: FOLDER,
      PYTHONDONTWRITEBYTECODE: '1',
    });
    return JSON.parse(out) as Record<string, Record<string, unknown>>;
  };
  const statuses = (op: string): number[] =>
    emulator.truth.entries.flatMap((entry) =>
      entry.type === 'request' && entry.op === op ? [entry.status] : [],
    );
  const users = (): void => void emulator.controls['source.start']!({ channel: 'news' }, emulator.clock());

  it('acquires, starts, asks, brings new credentials, rearranges and stops', async () => {
    users();
    const told = await play('life');
    expect(told.acquired).toMatchObject({ cname: 'news', uid: '3000000001' });
    const { resourceId } = told.acquired!;
    const { sid } = told.started!;
    expect(sid).toMatch(/^[0-9a-f]{32}$/);
    const ids = { cname: 'news', uid: '3000000001', resourceId, sid };
    expect(told.started).toMatchObject(ids);
    expect(told.queried).toMatchObject({ ...ids, serverResponse: { status: 5, fileListMode: 'json' } });
    expect(told.updated).toMatchObject(ids);
    expect(told.layout).toMatchObject(ids);
    expect(told.stopped).toMatchObject({ ...ids, serverResponse: { uploadingStatus: 'uploaded' } });
    expect(told.gone).toMatchObject({ exception: 'ServiceResponseException', status: 404, code: 404 });
    expect(uploads[0]).toMatchObject({ bucket: 'recordings', token: 'first' });
    expect(uploads.at(-1)).toMatchObject({ bucket: 'recordings', token: 'second' });
  });

  it('takes 201 for a success, and learns no sid from it', async () => {
    users();
    const { again, started } = await play('life');
    expect(statuses('start')).toEqual([200, 201]);
    expect(again).toMatchObject({ code: 7, reason: 'already started' });
    expect(again!['sid']).toBeUndefined();
    expect(started!['sid']).toBeDefined();
  });

  it('sends a start again that is answered with 206, and gives up with its code', async () => {
    users();
    emulator.faults.arm({ op: 'start', kind: 'error-unapplied', status: 206, times: 2 });
    const { started } = await play('unanswered');
    expect(started).toEqual({ exception: 'ClientRequestException', status: 206, code: 65 });
    expect(statuses('start')).toEqual([206, 206]);
  });

  it('takes the 206 of a stop without recorded data for a failure, although it has stopped', async () => {
    const { stopped } = await play('empty');
    expect(stopped).toEqual({ exception: 'ClientRequestException', status: 206, code: 435 });
    emulator.settle(emulator.clock());
    expect(emulator.truth.entries).toContainEqual(
      expect.objectContaining({ type: 'recording', event: 'ended' }),
    );
  });
});
