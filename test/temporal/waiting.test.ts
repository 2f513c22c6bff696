/** Updates that must wait: the 20 s of their promise, and commands that overtake them. Virtual time. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import { sessionWorkflowId } from '../../src/session/names.ts';
import type { SessionResult } from '../../src/session/events.ts';
import type { UpdateAnswer } from '../../src/workflows/definitions.ts';
import { syntheticVendor, type SyntheticVendor } from '../synthetic/vendor.ts';
import { whenStatus } from './ome.ts';
import { skippingWorld, type SkippingWorld } from './skipping.ts';

let world: SkippingWorld;
let vendor: SyntheticVendor;
let handle: WorkflowHandle;

beforeEach(async () => {
  vendor = syntheticVendor();
  world = await skippingWorld({
    registry: new Map([['synthetic', vendor.vendor]]),
    account: { vendor: 'synthetic', secret: 'CANARY-synthetic' },
  });
  vendor.source('news', true, await world.clock.sync());
  handle = await world.client.workflow.start('recording', {
    workflowId: sessionWorkflowId('synthetic/account/news'),
    taskQueue: 'keeprolling',
    args: [
      {
        specification: {
          name: 'waiting',
          account: 'account',
          target: { channel: 'news' },
          window: { from: 'now', length: '1h' },
        },
      },
    ],
  });
  await world.sleepUntil((await world.clock.sync()) + 30_000);
});
afterEach(async () => {
  vendor.faults.armed.length = 0;
  await world.close();
});

const update = async (name: string, payload: unknown): Promise<UpdateAnswer> =>
  await handle.executeUpdate<UpdateAnswer, [unknown]>(name, { args: [payload] });
const desired = async (state: string): Promise<unknown> =>
  await whenStatus(handle, state, (view) => view.desired.state === state);

describe('an update whose effect does not come', { timeout: 120_000 }, () => {
  it('is answered after 20 s as accepted and not applied, and the session goes on trying', async () => {
    vendor.faults.arm({ op: 'stop', kind: 'error-unapplied', times: 1000 });
    const begun = await world.clock.sync();
    const answer = update('pause', { by: 'director', id: 'p' });
    await desired('paused');
    await world.sleepUntil(begun + 25_000);
    expect(await answer).toMatchObject({ accepted: true, applied: false, revision: 1 });
    expect((await answer).note).toMatch(/Not in effect after 20 s; the session goes on trying/);
    vendor.faults.armed.length = 0;
    await world.sleepUntil(begun + 120_000);
    await whenStatus(handle, 'the pause', (view) => view.phase === 'paused');
    // The same request once more hears how things stand now.
    expect(await update('pause', { by: 'director', id: 'p' })).toMatchObject({ applied: true, revision: 1 });
  });

  it('is answered as not applied when a later command overtakes it', async () => {
    vendor.faults.arm({ op: 'stop', kind: 'error-unapplied', times: 1000 });
    const paused = update('pause', { by: 'director' });
    await desired('paused');
    const resumed = update('resume', { by: 'somebody' });
    expect(await paused).toMatchObject({ accepted: true, applied: false });
    expect((await paused).note).toMatch(/A later command wants the session recording/);
    expect(await resumed).toMatchObject({ accepted: true, applied: true });
  });

  it('is answered for each who asks, also under one id', async () => {
    vendor.faults.arm({ op: 'stop', kind: 'error-unapplied', times: 1000 });
    const answers = [
      update('pause', { id: 'a' }),
      update('pause', { id: 'a' }),
      update('pause', { id: 'b' }),
    ];
    await desired('paused');
    await world.sleepUntil((await world.clock.sync()) + 25_000);
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ applied: false });
  });
});

describe('a stop by update', { timeout: 120_000 }, () => {
  it('is answered when the recording has ended, and the session closes after it', async () => {
    const answer = await update('stop', { by: 'director', reason: 'rain' });
    expect(answer).toMatchObject({ accepted: true, applied: true, status: { phase: 'released' } });
    expect((await handle.result()) as SessionResult).toMatchObject({ outcome: 'completed', takes: 1 });
  });
});
