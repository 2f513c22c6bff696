/** A sweep against a real server: by describe, by the keeper of the files, and by the session's own word. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KeepRollingError } from '../../src/client/index.ts';
import { open, type Opened } from '../../src/client/open.ts';
import { sessionsOf, sweep } from '../../src/client/sweep.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { createOmeEmulator, emulatorDispatcher, systemClock } from '../../src/emulators/index.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import type { Sweep, SweepOptions } from '../../src/sweeper/types.ts';
import { start } from '../../src/client/start.ts';
import { temporalWorld, until, type TemporalWorld } from '../temporal/world.ts';

const TOKEN = 'CANARY-ome-access-token';
const ACCOUNT = { vendor: 'ome', url: 'http://127.0.0.1:8081', accessToken: TOKEN };
const MINUTE = 60_000;

const emulator = createOmeEmulator({ clock: systemClock, accessToken: TOKEN, seed: 1 });
const dispatcher = emulatorDispatcher(emulator);
let world: TemporalWorld;
let opened: Opened;
let workers: { stop(): Promise<void> };
/** The sweep's clock is ahead of the server's and the vendor's. */
let aheadMs = 0;

beforeAll(async () => {
  world = await temporalWorld({ account: ACCOUNT, dispatcher });
  workers = await world.startWorkers();
  opened = await open({ settings: world.settings, registry: VENDORS, env: {} });
});
afterAll(async () => {
  await workers.stop();
  await opened.close();
  await world.close();
});

async function swept(options: SweepOptions): Promise<Sweep> {
  return await sweep(opened.context, options, { now: () => Date.now() + aheadMs, dispatcher });
}

/** A session that records a stream of its own. */
async function recording(stream: string): Promise<{ key: string; sessionId: string }> {
  emulator.controls['source.start']!({ stream, outputs: [{ name: `${stream}_o` }] }, Date.now());
  const { key, sessionId } = await start(opened.context, {
    name: stream,
    account: 'account',
    target: { app: 'app', stream },
    window: { from: 'now', length: '1h' },
  });
  await until(`${stream} records`, async () => (await records()).some((id) => id.includes(sessionId)));
  return { key, sessionId };
}

async function records(): Promise<string[]> {
  const { findings } = await swept({});
  return findings.map((one) => one.recording);
}

it('finds the take of a terminated session and stops it, and no take of an open one', async () => {
  const [lost, kept] = [await recording(`${world.prefix}lost`), await recording(`${world.prefix}kept`)];
  expect((await swept({})).findings.map(({ state }) => state)).toEqual(['session-open', 'session-open']);

  await world.client.workflow.getHandle(`recording/${lost.key}`).terminate('by hand');
  const first = await swept({ stop: true });
  const ofLost = (one: Sweep) => one.findings.find(({ sessionId }) => sessionId === lost.sessionId);
  expect(ofLost(first)).toMatchObject({
    key: lost.key,
    state: 'no-session',
    session: 'TERMINATED',
    stopped: null,
  });
  aheadMs = 10 * MINUTE;
  const second = await swept({ stop: true });
  expect(ofLost(second)).toMatchObject({ stopped: { how: 'stopped' }, problem: null });
  expect(second.findings.find(({ sessionId }) => sessionId === kept.sessionId)).toMatchObject({
    key: kept.key,
    state: 'session-open',
    session: 'RUNNING',
    stopped: null,
  });
  const { findings } = await swept({});
  expect(findings.map(({ sessionId }) => sessionId)).toEqual([kept.sessionId]);
  expect(JSON.stringify([first, second])).not.toContain(TOKEN);
});

it('knows a session by the keeper of its files, and what it says of its takes', async () => {
  const { key, sessionId } = await recording(`${world.prefix}known`);
  const sessions = sessionsOf(opened.context);
  expect(await until('its keeper', async () => (await sessions.keyOf(sessionId)) ?? undefined)).toBe(key);
  expect(await sessions.keyOf('01NOBODY')).toBeNull();
  expect(await sessions.lockOf(key)).toEqual({
    sessionId,
    open: true,
    onOurQueues: true,
    status: 'RUNNING',
    outcome: null,
  });
  expect(await sessions.lockOf(`${key}-too`)).toBeNull();
  const takes = await until('its take', async () => {
    const said = await sessions.takesOf(key, sessionId);
    return said?.every(({ recording: named }) => named !== null) ? said : undefined;
  });
  expect(takes).toEqual([{ number: 1, recording: expect.stringContaining(sessionId) as string }]);
  expect(await sessions.takesOf(key, '01ANOTHER')).toBeNull();
});

it('stops nothing where no worker of ours takes work from this server', async () => {
  const refusal = async (installation: string, queuePrefix: string): Promise<unknown> => {
    const elsewhere = settingsOf(
      {
        installation,
        temporal: { address: world.address },
        accounts: { account: ACCOUNT },
        archive: { directory: `${world.folder}/archive` },
        queues: { prefix: queuePrefix },
      },
      null,
      world.folder,
      VENDORS,
      {},
    );
    const other = await open({ settings: elsewhere, registry: VENDORS, env: {} });
    try {
      return await sweep(other.context, { stop: true }, { dispatcher }).catch((error: unknown) => error);
    } finally {
      await other.close();
    }
  };
  const nobody = await refusal('test01', `${world.prefix}nobody-`);
  expect(nobody).toBeInstanceOf(KeepRollingError);
  expect(nobody).toMatchObject({ code: 'E_NO_WORKER' });
  // Its archive is the same.
  expect(await refusal('stage1', world.prefix)).toMatchObject({
    code: 'E_NO_WORKER',
    message: expect.stringContaining('no worker has installation stage1') as string,
  });
});

it('refuses an account, and an installation, that cannot be meant', async () => {
  await expect(swept({ account: 'nobody' })).rejects.toMatchObject({ code: 'E_ACCOUNT_UNKNOWN' });
  for (const adopt of ['test01', 'No', 'much-too-long']) {
    await expect(swept({ adopt })).rejects.toMatchObject({ code: 'E_COMMAND_INVALID' });
  }
});
