import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inPhase, omeWorld, type OmeWorld } from './ome.ts';
import type { RunningWorkers } from './world.ts';

describe('a session on Temporal', { timeout: 120_000 }, () => {
  let world: OmeWorld;
  let workers: RunningWorkers;

  beforeAll(async () => {
    world = await omeWorld();
    workers = await world.startWorkers();
  });
  afterAll(async () => {
    await workers.stop();
    await world.close();
  });

  it('records from a bare start to a stop by signal', async () => {
    const handle = await world.start('cam1');
    const status = await inPhase(handle, 'recording');
    expect(status.takes).toHaveLength(1);
    await handle.signal('pause', { by: 'tester', reason: 'sponsor' });
    await inPhase(handle, 'paused');
    await handle.executeUpdate('resume', { args: [{ by: 'tester' }] });
    await handle.signal('stop', { by: 'tester' });
    const { result, faults } = await world.verdict(handle);
    expect(result).toMatchObject({ outcome: 'completed', takes: 2 });
    expect(faults).toEqual([]);
  });
});
