/** Workers die, and recordings go on: the vendor records, the server remembers, and a new worker takes over. */
import { temporal } from '@temporalio/proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inPhase, omeWorld, whenStatus, type OmeWorld } from '../temporal/ome.ts';
import { until } from '../temporal/world.ts';
import { endWorkerProcesses, workerProcess } from './worker-process.ts';

let world: OmeWorld;

beforeAll(async () => {
  world = await omeWorld({ served: true });
});
afterAll(async () => {
  endWorkerProcesses();
  await world.close();
});

const looks = (): number => world.requests('records').length;

const SCHEDULED = temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;

/** A worker that dies within a look leaves it to the look's time-out of 40 s: right, and slow to test. */
async function betweenLooks(handle: Awaited<ReturnType<OmeWorld['start']>>): Promise<void> {
  await until('the time between two looks', async () => {
    const { raw } = await handle.describe();
    const watch = raw.pendingActivities?.find((pending) => pending.activityType?.name === 'watchTakes');
    // What waits for its next attempt is called scheduled.
    return watch?.state === SCHEDULED && (watch.attempt ?? 0) > 2 && !raw.pendingWorkflowTask;
  });
}

describe('a worker', () => {
  it('that is killed in mid-recording costs not a second of media, and the next one goes on with the same take', async () => {
    const first = await workerProcess(world);
    const handle = await world.start('killed');
    await inPhase(handle, 'recording');
    await betweenLooks(handle);
    expect(await first.end('SIGKILL')).toBe('SIGKILL');
    const before = looks();
    // Nobody hears this until the next worker comes.
    await handle.signal('extend', { until: new Date(Date.now() + 7_200_000).toISOString(), by: 'director' });
    const second = await workerProcess(world);
    await until('looks by the new worker', async () => await Promise.resolve(looks() > before + 2), 60_000);
    const status = await whenStatus(handle, 'the extension', (view) => view.revision === 1);
    expect(status).toMatchObject({ phase: 'recording', takes: [{ number: 1, actual: 'recording' }] });
    await handle.signal('stop', { by: 'director' });
    const { result, record, faults } = await world.verdict(handle);
    expect(faults).toEqual([]);
    expect(result).toMatchObject({ outcome: 'completed', takes: 1 });
    expect(record.spans).toHaveLength(1);
    expect(await second.end('SIGTERM')).toBe(0);
  }, 90_000);

  it('that is killed while a start is under way makes no second recording', async () => {
    const first = await workerProcess(world);
    const starts = world.requests('startRecord').length;
    // Applied at once, answered when nobody listens any more.
    world.control('faults', { op: 'startRecord', kind: 'late', times: 1, delayMs: 20_000 });
    const handle = await world.start('start-killed');
    await until(
      'the start',
      async () => await Promise.resolve(world.requests('startRecord').length > starts),
    );
    await first.end('SIGKILL');
    const second = await workerProcess(world);
    // The server waits for the time-out of the call.
    const status = await whenStatus(handle, 'the same take', (view) => view.phase === 'recording', 60_000);
    expect(status.takes).toMatchObject([{ number: 1, status: 'open' }]);
    await handle.signal('stop', { by: 'director' });
    const { result, faults } = await world.verdict(handle, 45_000);
    expect(faults).toEqual([]);
    expect(result).toMatchObject({ outcome: 'completed', takes: 1 });
    expect(
      world
        .requests('startRecord')
        .slice(starts)
        .map((request) => request.verdict),
    ).toEqual(['applied-reply-lost', 'refused']);
    await second.end('SIGTERM');
  }, 120_000);

  it('that is told to end finishes the call that is under way', async () => {
    const first = await workerProcess(world);
    const handle = await world.start('graceful');
    await inPhase(handle, 'recording');
    const stops = world.requests('stopRecord').length;
    world.control('faults', { op: 'stopRecord', kind: 'late', times: 1, delayMs: 1_500 });
    await handle.signal('pause', { by: 'director' });
    await until('the call', async () => await Promise.resolve(world.requests('stopRecord').length > stops));
    expect(await first.end('SIGTERM')).toBe(0);
    const second = await workerProcess(world);
    const status = await inPhase(handle, 'paused');
    expect(status.troubles).toEqual([]);
    expect(world.requests('stopRecord').length).toBe(stops + 1);
    await handle.signal('stop', { by: 'director' });
    const { result, faults } = await world.verdict(handle);
    expect(faults).toEqual([]);
    expect(result).toMatchObject({ outcome: 'completed', takes: 1 });
    await second.end('SIGTERM');
  }, 60_000);
});
