import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesWorkflowId } from '../../src/session/names.ts';
import type { FilesView } from '../../src/workflows/definitions.ts';
import { runsOf } from './histories.ts';
import { inPhase, omeWorld, whenStatus, type OmeWorld } from './ome.ts';
import { configuredServer } from './own-server.ts';
import { until, type RunningWorkers } from './world.ts';

const MINUTE = 60_000;

describe('a server that suggests to continue as new', { timeout: 120_000 }, () => {
  let server: Awaited<ReturnType<typeof configuredServer>>;
  let world: OmeWorld;
  let workers: RunningWorkers;

  beforeAll(async () => {
    server = await configuredServer({ 'limit.historyCount.suggestContinueAsNew': 80 });
    world = await omeWorld({ address: server.address });
    workers = await world.startWorkers();
  });
  afterAll(async () => {
    await workers.stop();
    await world.close();
    await server.stop();
  });

  it('is followed at the next quiet moment, and no command that comes meanwhile is lost', async () => {
    const handle = await world.start('busy');
    await inPhase(handle, 'recording');
    const turns = 12;
    for (let turn = 1; turn <= turns; turn += 1) {
      await handle.signal('pause', { id: `p${turn}`, by: 'director' });
      await whenStatus(
        handle,
        'the pause',
        (view) => view.phase === 'paused' && view.revision === 2 * turn - 1,
      );
      await handle.signal('resume', { id: `r${turn}`, by: 'director' });
      await whenStatus(
        handle,
        'the resume',
        (view) => view.phase === 'recording' && view.revision === 2 * turn,
      );
    }
    await handle.signal('stop', { by: 'director' });
    const { result, record, faults } = await world.verdict(
      world.client.workflow.getHandle(handle.workflowId),
    );
    expect(faults).toEqual([]);
    expect(result).toMatchObject({ outcome: 'completed', takes: turns + 1 });
    expect(record.commands.map((command) => command.revision)).toEqual(
      Array.from({ length: 2 * turns + 1 }, (_, index) => index + 1),
    );
    const { firstExecutionRunId } = handle as unknown as { firstExecutionRunId: string };
    const runs = await runsOf(world.client, handle.workflowId, firstExecutionRunId);
    expect(runs.length).toBeGreaterThan(1);
  });

  it('is followed by the keeper of the files too while the archive is away: it looks on, and writes the part later', async () => {
    const directory = join(world.folder, 'archive');
    mkdirSync(directory, { recursive: true });
    renameSync(directory, `${directory}-away`);
    writeFileSync(directory, 'not a folder');
    const handle = await world.start('away');
    const { sessionId } = await inPhase(handle, 'recording');
    const keeper = world.client.workflow.getHandle(filesWorkflowId(sessionId));
    const view = async (): Promise<FilesView> => await keeper.query<FilesView>('files');
    /** Whose manifest is not written is looked at again 5 minutes later. */
    const look = async (): Promise<void> => {
      const from = Date.now() + 5 * MINUTE;
      await keeper.signal('retry');
      await until('a look', async () =>
        (await view()).open.some(({ nextAt }) => nextAt >= from && nextAt < from + 5 * MINUTE),
      );
    };
    const first = await until('the keeper', async () => await keeper.describe().catch(() => undefined));
    await until('the take', async () => (await view()).open.length > 0);
    await until('the next run', async () => {
      await look();
      return (await keeper.describe()).runId !== first.runId;
    });
    await look();
    expect(await view()).toMatchObject({
      waitingParts: expect.toSatisfy((parts: number) => parts > 0) as number,
      unarchived: expect.any(String) as string,
    });

    rmSync(directory);
    renameSync(`${directory}-away`, directory);
    await until('the part', async () => (await view()).waitingParts === 0);
    await handle.signal('stop', { by: 'director' });
    const { result, faults } = await world.verdict(handle);
    expect(faults).toEqual([]);
    expect(result).toMatchObject({ outcome: 'completed', takes: 1 });
  });
});
