/** A file with a secret that cannot be read for a while, as when it is written anew: the recording goes on. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createOmeEmulator, emulatorDispatcher, systemClock } from '../../src/emulators/index.ts';
import { sessionWorkflowId, workflowQueue } from '../../src/session/names.ts';
import { inPhase, whenStatus } from './ome.ts';
import { temporalWorld, type RunningWorkers, type TemporalWorld } from './world.ts';

const TOKEN = 'ome-access-token';
const emulator = createOmeEmulator({ clock: systemClock, accessToken: TOKEN, seed: 1 });
let world: TemporalWorld;
let workers: RunningWorkers;
let file: string;

beforeAll(async () => {
  world = await temporalWorld({
    account: {
      vendor: 'ome',
      url: 'http://127.0.0.1:8081',
      accessToken: 'file:token',
      // Only a gateway needs them, and here there is none.
      callbacks: { path: 'file:nowhere', keys: '${NOWHERE}' },
    },
    dispatcher: emulatorDispatcher(emulator),
  });
  file = join(world.folder, 'token');
  writeFileSync(file, TOKEN);
  workers = await world.startWorkers();
});
afterAll(async () => {
  await workers.stop();
  await world.close();
});

it('costs a look at its pace and not a storm of them, and is over as soon as it can be read', async () => {
  emulator.controls['source.start']!({ stream: 'cam1' }, Date.now());
  const handle = await world.client.workflow.start('recording', {
    workflowId: sessionWorkflowId('ome/account/default/app/cam1'),
    taskQueue: workflowQueue(world.prefix),
    args: [
      {
        specification: {
          name: 'cam1',
          account: 'account',
          target: { app: 'app', stream: 'cam1' },
          window: { from: 'now', length: '1h' },
        },
      },
    ],
  });
  await inPhase(handle, 'recording');
  const watches = async (): Promise<number> =>
    (await handle.fetchHistory()).events!.filter(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'watchTakes',
    ).length;
  const before = await watches();
  rmSync(file);
  const blind = await whenStatus(handle, 'a trouble', ({ troubles }) => troubles.length > 0);
  expect(blind.troubles).toMatchObject([{ about: 'look', who: 'you', code: 'E_CONFIG_INVALID' }]);
  // Ten looks at the pace of doubt.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect((await watches()) - before).toBeLessThanOrEqual(3);
  writeFileSync(file, TOKEN);
  const seen = await whenStatus(handle, 'no trouble', ({ troubles }) => troubles.length === 0);
  expect(seen).toMatchObject({ phase: 'recording', conditions: [] });
  expect(seen.takes).toMatchObject([{ number: 1, suspectSince: null }]);
  await handle.signal('stop', { by: 'test' });
  expect(await handle.result()).toMatchObject({ outcome: 'completed', takes: 1 });
}, 60_000);
