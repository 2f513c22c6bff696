/** The launcher on Temporal: seen, moved, extended and cancelled before it begins, and in step with its neighbours. */
import { readFileSync } from 'node:fs';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import { createOmeEmulator, emulatorDispatcher } from '../../src/emulators/index.ts';
import { launchPlanOf } from '../../src/planning/launch-plan.ts';
import { prepare } from '../../src/planning/prepare.ts';
import { VENDORS, type Registry } from '../../src/recorders/registry.ts';
import { launchWorkflowId, sessionWorkflowId } from '../../src/session/names.ts';
import type { LaunchInput, LaunchView } from '../../src/workflows/definitions.ts';
import { syntheticVendor, type SyntheticVendor } from '../synthetic/vendor.ts';
import { workflowBundlePath } from '../setup/servers.ts';
import type { History } from '../temporal/histories.ts';
import { skippingWorld, type SkippingWorld } from '../temporal/skipping.ts';
import { until as eventually } from '../temporal/world.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const KEY = 'synthetic/account/news';

let world: SkippingWorld;
let vendor: SyntheticVendor;
let registry: Registry;
let begunAt: number;

const isoAt = (at: number): string => new Date(at).toISOString();

function specification(
  name: string,
  from: number,
  until: number,
  more: object = {},
): Record<string, unknown> {
  return {
    name,
    account: 'account',
    target: { channel: 'news' },
    window: { from: isoAt(begunAt + from), until: isoAt(begunAt + until) },
    ...more,
  };
}

async function launch(id: string, input: LaunchInput): Promise<WorkflowHandle> {
  return await world.client.workflow.start('launch', {
    workflowId: launchWorkflowId(id),
    taskQueue: 'keeprolling',
    args: [input],
  });
}

/** Once its window has been worked out. */
async function seen(handle: WorkflowHandle): Promise<LaunchView> {
  for (;;) {
    const view = await handle.query<LaunchView>('status').catch(() => null);
    if (view) return view;
  }
}

const session = (key = KEY): WorkflowHandle => world.client.workflow.getHandle(sessionWorkflowId(key));
const sinceBegin = (at: string | number): number => new Date(at).getTime() - begunAt;

async function synthetic(): Promise<void> {
  vendor = syntheticVendor();
  registry = new Map([['synthetic', vendor.vendor]]);
  world = await skippingWorld({
    registry,
    account: { vendor: 'synthetic', secret: 'CANARY-synthetic' },
  });
  begunAt = await world.clock.sync();
  vendor.source('news', true, begunAt);
}

afterEach(async () => await world.close());

describe('a window that has not begun', { timeout: 60_000 }, () => {
  beforeEach(synthetic);

  it('is worked out from a bare specification, and is seen', async () => {
    const handle = await launch('bare', { specification: specification('bare', 60 * MINUTE, 90 * MINUTE) });
    expect(await seen(handle)).toMatchObject({ name: 'bare', key: KEY, phase: 'scheduled' });
    expect(sinceBegin((await seen(handle)).startAt)).toBe(60 * MINUTE);
    await world.sleepUntil(begunAt + 60 * MINUTE + 30 * SECOND);
    const { sessionId } = (await handle.result()) as { sessionId: string };
    expect(await session().query('status')).toMatchObject({ sessionId, phase: 'recording' });
  });

  it('is moved by update and by signal, and extended', async () => {
    const handle = await launch('moved', { specification: specification('moved', 60 * MINUTE, 90 * MINUTE) });
    await seen(handle);
    const from = isoAt(begunAt + 30 * MINUTE);
    const moved = await handle.executeUpdate<LaunchView, [object]>('reschedule', { args: [{ from }] });
    expect(moved.startAt).toBe(from);
    await handle.signal('reschedule', { from: isoAt(begunAt + 40 * MINUTE) });
    const until = isoAt(begunAt + 100 * MINUTE);
    const extended = await handle.executeUpdate<LaunchView, [object]>('extend', { args: [{ until }] });
    expect(sinceBegin(extended.startAt)).toBe(40 * MINUTE);
    await world.sleepUntil(begunAt + 41 * MINUTE);
    expect(await session().query('status')).toMatchObject({
      window: { from: isoAt(begunAt + 40 * MINUTE), until },
    });
  });

  it('refuses a window that is none, and stays as it was', async () => {
    const handle = await launch('kept', { specification: specification('kept', 60 * MINUTE, 90 * MINUTE) });
    await seen(handle);
    const until = isoAt(begunAt + 50 * MINUTE);
    await expect(handle.executeUpdate('extend', { args: [{ until }] })).rejects.toThrow(
      /Workflow Update failed/,
    );
    await expect(handle.executeUpdate('extend', { args: [{ until: 'tomorrow' }] })).rejects.toThrow(
      /Workflow Update failed/,
    );
    expect(await seen(handle)).toMatchObject({ phase: 'scheduled', startAt: isoAt(begunAt + 60 * MINUTE) });
  });

  it.each(['update', 'signal', 'cancel'])('is cancelled by %s, and nothing is ever called', async (how) => {
    const handle = await launch('off', { specification: specification('off', 60 * MINUTE, 90 * MINUTE) });
    await seen(handle);
    if (how === 'update') await handle.executeUpdate('stop', { args: [{ by: 'director' }] });
    else if (how === 'signal') await handle.signal('stop', { by: 'director' });
    else await handle.cancel();
    expect(await handle.result()).toMatchObject({ started: false, outcome: 'cancelled' });
    await world.sleepUntil(begunAt + 61 * MINUTE);
    await expect(session().describe()).rejects.toThrow(/not found/i);
    expect(vendor.truth.entries.filter(({ type }) => type === 'request')).toEqual([]);
  });
});

describe('a window of a schedule whose session runs', { timeout: 60_000 }, () => {
  beforeEach(synthetic);

  const director = { by: 'director', reason: 'a mistake' };
  it.each<[string, (handle: WorkflowHandle) => Promise<unknown>, string]>([
    [
      'update',
      async (handle) => await handle.executeUpdate('stop', { args: [director] }),
      'stop by director: a mistake',
    ],
    ['signal', async (handle) => await handle.signal('stop', director), 'stop by director: a mistake'],
    ['cancel', async (handle) => await handle.cancel(), 'stop --all by temporal cancel'],
  ])('is stopped by %s, and not moved any more', async (_how, stop, text) => {
    const document = specification('nightly', -MINUTE, 60 * MINUTE);
    const handle = await launch('nightly', {
      specification: document,
      planned: launchPlanOf(prepare({ settings: world.settings, registry }, document, {}, begunAt), false),
      schedule: { id: 'nightly', pauseOnFailure: false },
    });
    const recording = async (): Promise<boolean> =>
      (await session().query<{ phase: string }>('status')).phase === 'recording';
    await eventually('recording', async () => await recording().catch(() => false));
    const later = handle.executeUpdate('extend', { args: [{ until: isoAt(begunAt + 90 * MINUTE) }] });
    await expect(later).rejects.toThrow(/Workflow Update failed/);
    await stop(handle);
    // Before anybody waits for a result: the server skips then.
    await eventually('closed', async () => (await session().describe()).status.name === 'COMPLETED');
    expect(await handle.result()).toMatchObject({ outcome: 'ended', result: { outcome: 'completed' } });
    const { sessionId } = (await session().result()) as { sessionId: string };
    const log = (await world.recordOf(sessionId, KEY)).log.map((line) => line.text);
    expect(log).toContainEqual(text);
  });

  it('hears of a stop that came before the reply to its start', async () => {
    const bundle = { workflowBundle: { codePath: await workflowBundlePath() } };
    const history = stoppedWhileStarting();
    await expect(Worker.runReplayHistory(bundle, history, 'launch/nightly')).resolves.toBeUndefined();
  });
});

describe('neighbours on Temporal', { timeout: 60_000 }, () => {
  it('follow each other at OvenMediaEngine within two seconds of virtual time', async () => {
    // It has no clock before its world is there.
    let now = (): number => 0;
    const emulator = createOmeEmulator({ clock: () => now(), accessToken: 'CANARY-token' });
    world = await skippingWorld({
      registry: VENDORS,
      account: { vendor: 'ome', url: 'http://127.0.0.1:8081', accessToken: 'CANARY-token' },
      dispatcher: emulatorDispatcher(emulator),
    });
    now = world.clock.now;
    begunAt = await world.clock.sync();
    emulator.controls['source.start']!({ app: 'app', stream: 'cam1' }, begunAt);
    const target = { target: { app: 'app', stream: 'cam1' } };
    const padded = { padding: { after: '10m' } };
    const of = (name: string, from: number, until: number): LaunchInput => {
      const one = specification(name, from, until, target);
      return { specification: { ...one, window: { ...(one.window as object), ...padded } } };
    };
    const first = await launch('first', of('first', 5 * MINUTE, 15 * MINUTE));
    await seen(first);
    // From the first word between two workflows on this server's time is the real one.
    await world.sleepUntil(begunAt + 15 * MINUTE - 8 * SECOND);
    await launch('second', of('second', 15 * MINUTE, 25 * MINUTE));
    await world.sleepUntil(begunAt + 15 * MINUTE + 8 * SECOND);
    expect(await session('ome/account/default/app/cam1').query('status')).toMatchObject({ name: 'second' });
    emulator.settle(await world.clock.sync());
    const recordings = emulator.truth.entries.filter((entry) => entry.type === 'recording');
    const [, endOfFirst, beginOfSecond] = recordings.map(({ at }) => at);
    expect(recordings.map(({ event }) => event)).toEqual(['began', 'ended', 'began']);
    expect(endOfFirst! - begunAt).toBeGreaterThanOrEqual(15 * MINUTE);
    expect(beginOfSecond! - endOfFirst!).toBeLessThan(2 * SECOND);
  });
});

interface KeptEvent {
  eventId: string;
  eventType: string;
  [attributes: string]: unknown;
}

/** A stop that came before the reply to the start cannot be timed on a server: a history of one. */
function stoppedWhileStarting(): History {
  const kept = new URL('../histories/launch-schedule.json', import.meta.url);
  const { events } = JSON.parse(readFileSync(kept, 'utf8')) as { events: KeptEvent[] };
  const started = events.findIndex(({ eventType }) => eventType.endsWith('CHILD_WORKFLOW_EXECUTION_STARTED'));
  const [reply, task, begun, completed, ...rest] = events.slice(started);
  const { eventTime } = reply!;
  const payload = (data: object): object => ({
    payloads: [
      {
        metadata: { encoding: Buffer.from('json/plain').toString('base64') },
        data: Buffer.from(JSON.stringify(data)).toString('base64'),
      },
    ],
  });
  const stop = { signalName: 'stop', input: payload({ by: 'director' }) };
  const workflowExecution = { workflowId: sessionWorkflowId(KEY) };
  const told: KeptEvent[] = [
    ...events.slice(0, started),
    {
      eventId: 'stop',
      eventTime,
      eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED',
      workflowExecutionSignaledEventAttributes: stop,
    },
    reply!,
    task!,
    begun!,
    completed!,
    {
      eventId: 'sent on',
      eventTime,
      eventType: 'EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED',
      signalExternalWorkflowExecutionInitiatedEventAttributes: {
        ...stop,
        workflowTaskCompletedEventId: completed!.eventId,
        workflowExecution,
        childWorkflowOnly: true,
      },
    },
    {
      eventId: 'heard',
      eventTime,
      eventType: 'EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED',
      externalWorkflowExecutionSignaledEventAttributes: { initiatedEventId: 'sent on', workflowExecution },
    },
    ...rest,
  ];
  const numbers = new Map(told.map(({ eventId }, index) => [eventId, `${index + 1}`]));
  const numbered: unknown = JSON.parse(JSON.stringify({ events: told }), (key, value: unknown) =>
    /eventId$/i.test(key) && typeof value === 'string' ? (numbers.get(value) ?? value) : value,
  );
  return historyFromJSON(numbered);
}
