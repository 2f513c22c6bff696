import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runsOf } from './histories.ts';
import { inPhase, omeWorld, whenStatus, type OmeWorld } from './ome.ts';
import { configuredServer } from './own-server.ts';
import type { RunningWorkers } from './world.ts';

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
});
