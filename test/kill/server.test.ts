/** The server dies in mid-recording and comes back on the same file and port. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inPhase, omeWorld, whenStatus, type OmeWorld } from '../temporal/ome.ts';
import { durableServer } from '../temporal/own-server.ts';
import { until, type RunningWorkers } from '../temporal/world.ts';

describe('a server that is killed', () => {
  let own: Awaited<ReturnType<typeof durableServer>>;
  let world: OmeWorld;
  let workers: RunningWorkers;

  beforeAll(async () => {
    own = await durableServer();
    world = await omeWorld({ address: own.server.address });
    workers = await world.startWorkers();
  });
  afterAll(async () => {
    await workers.stop();
    await world.close();
    await own.dispose();
  });

  it('leaves the recording alone, and goes on with the session, its due times and its commands', async () => {
    const handle = await world.start('server-killed');
    await inPhase(handle, 'recording');
    await handle.executeUpdate('pause', { args: [{ by: 'director' }] });
    await handle.executeUpdate('resume', { args: [{ by: 'director' }] });
    await whenStatus(handle, 'the second take', (view) => view.takes.some((take) => take.number === 2));
    const { server } = own;
    await server.kill('SIGKILL');
    expect(server.running).toBe(false);
    await server.restart();
    const looks = world.requests('records').length;
    await until(
      'looks after the restart',
      async () => await Promise.resolve(world.requests('records').length > looks + 2),
    );
    const status = await whenStatus(handle, 'an answer', () => true);
    expect(status).toMatchObject({ phase: 'recording', revision: 2, takes: [{ number: 2, status: 'open' }] });
    const end = new Date(Date.now() + 4_000).toISOString();
    await handle.signal('pause', { by: 'director', until: end });
    await inPhase(handle, 'paused');
    await whenStatus(handle, 'the end of the pause', (view) => view.phase === 'recording');
    await handle.signal('stop', { by: 'director' });
    const { result, record, faults } = await world.verdict(handle);
    expect(faults).toEqual([]);
    expect(result).toMatchObject({ outcome: 'completed', takes: 3 });
    expect(record.commands.map((command) => command.command)).toEqual(['pause', 'resume', 'pause', 'stop']);
    expect(record.takes.every((take) => take.ended?.how === 'stopped')).toBe(true);
  }, 90_000);
});
