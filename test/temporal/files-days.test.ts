/** The keeper of the files over days: it looks while the take runs, outlives its workers, and carries sums alone. */
import { describe, expect, it } from 'vitest';
import { listManifest } from '../../src/archive/manifest.ts';
import { ledgerFolder } from '../../src/archive/ledger.ts';
import { createOmeEmulator, emulatorDispatcher } from '../../src/emulators/index.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import type { SessionResult } from '../../src/session/events.ts';
import { filesWorkflowId, sessionWorkflowId } from '../../src/session/names.ts';
import type { FilesView } from '../../src/workflows/definitions.ts';
import { skippingWorld, type SkippingWorld } from './skipping.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TOKEN = 'CANARY-token';
const ID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

describe('the keeper of the files', { timeout: 120_000 }, () => {
  it('has each of 4,320 files after three days, and goes on after its workers have died', async () => {
    let world: SkippingWorld | undefined;
    const clock = (): number => world?.clock.now() ?? 0;
    const emulator = createOmeEmulator({ clock, accessToken: TOKEN, seed: 1 });
    const account = { vendor: 'ome', url: 'http://127.0.0.1:8081', accessToken: TOKEN };
    world = await skippingWorld({
      registry: VENDORS,
      account,
      dispatcher: emulatorDispatcher(emulator),
      looks: { every: '30m' },
      uncached: true,
    });
    try {
      const begunAt = await world.clock.sync();
      emulator.controls['source.start']!({ stream: 'cam1' }, begunAt);
      const handle = await world.client.workflow.start('recording', {
        workflowId: sessionWorkflowId('ome/account/default/app/cam1'),
        taskQueue: 'keeprolling',
        args: [
          {
            sessionId: ID,
            specification: {
              name: 'cam1',
              account: 'account',
              target: { app: 'app', stream: 'cam1' },
              window: { from: 'now', length: '3d' },
              options: { interval: MINUTE },
            },
          },
        ],
      });
      await world.sleepUntil(begunAt + 30 * HOUR);
      const keeper = world.client.workflow.getHandle(filesWorkflowId(ID));
      const view = await keeper.query<FilesView>('files');
      expect(view.open).toEqual([{ take: 1, running: true, nextAt: expect.any(Number) as number }]);
      expect(view.takes[0]!.fileCount).toBeGreaterThan(1_400);
      await world.stopWorkers();
      await world.startWorkers();
      const result = (await handle.result()) as SessionResult;
      const record = await world.recordOf(ID, result.key);
      expect(record.takes[0]!.files).toMatchObject({ sums: { missing: 0 } });
      const truth = emulator.truth.entries.filter((one) => one.type === 'file' && one.event === 'finalised');
      expect(record.takes[0]!.files!.fileCount).toBe(truth.length);
      expect(truth.length).toBeGreaterThan(4_300);
      const pieces = await listManifest(world.archive, ledgerFolder(record.header));
      expect(pieces.get(1)).toHaveLength(5);
      const { events } = await keeper.fetchHistory();
      expect(events!.length).toBeLessThan(200);
    } finally {
      await world.close();
    }
  });
});
