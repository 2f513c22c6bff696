/** An Agora start whose reply was lost, over a real server and the gateway: the callback brings the sid that nobody has. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import { systemClock } from '../../src/emulators/index.ts';
import { startSending } from '../../src/emulators/sending.ts';
import { startGateway, type Gateway } from '../../src/gateway/index.ts';
import { freePort } from '../../src/server/ports.ts';
import type { SessionResult } from '../../src/session/events.ts';
import { sessionWorkflowId, workflowQueue } from '../../src/session/names.ts';
import { judge } from '../referee/referee.ts';
import {
  ACCOUNT,
  agoraPlaces,
  keyOf,
  MIX,
  SETTLED,
  specificationOf,
  type Places,
} from '../temporal/agora-places.ts';
import { closedLedger, whenStatus } from '../temporal/ome.ts';
import { QUICK_LOOKS, temporalWorld, type RunningWorkers, type TemporalWorld } from '../temporal/world.ts';
import { counted } from './kit.ts';

const CALLBACKS = { path: 'path-of-the-callbacks', keys: 'key-of-the-callbacks' };

const counts = counted();
let places: Places;
let world: TemporalWorld;
let workers: RunningWorkers;
let gateway: Gateway;
let sending: { stop(): void };

beforeAll(async () => {
  const port = await freePort('127.0.0.1');
  const url = `http://127.0.0.1:${port}/callbacks/account/${CALLBACKS.path}`;
  places = agoraPlaces({ clock: systemClock, agora: { notices: { url, secret: CALLBACKS.keys } } });
  world = await temporalWorld({ account: ACCOUNT, dispatcher: places.dispatcher, registry: SETTLED });
  places.configured(world.settings, { looks: QUICK_LOOKS, callbacks: CALLBACKS });
  workers = await world.startWorkers();
  gateway = await startGateway({ settings: world.settings, env: {}, port, counts, log: () => {} });
  sending = startSending(places.agora);
}, 60_000);

afterAll(async () => {
  sending.stop();
  await gateway.close();
  await workers.stop();
  await world.close();
});

async function start(): Promise<WorkflowHandle> {
  return await world.client.workflow.start('recording', {
    workflowId: sessionWorkflowId(keyOf(MIX)),
    taskQueue: workflowQueue(world.prefix),
    args: [{ specification: specificationOf(MIX) }],
  });
}

it('goes on as the take that it is, and no second recording begins', { timeout: 120_000 }, async () => {
  places.control('source.start', { channel: MIX.channel });
  // The reply is lost, and what comes of the repeats names no sid.
  places.control('faults', { op: 'start', kind: 'reply-lost', times: 3 });
  const handle = await start();
  const status = await whenStatus(
    handle,
    'a take that is named and records',
    ({ takes }) => takes[0]?.actual === 'recording',
    90_000,
  );
  const begun = places.agora.truth.entries.flatMap((entry) =>
    entry.type === 'recording' && entry.event === 'began' ? [entry.recording] : [],
  );
  expect(begun).toHaveLength(1);
  expect(status.takes).toMatchObject([{ number: 1, recording: begun[0] }]);
  expect(status.callbacks).toMatchObject({ healthy: true });
  expect(counts.verdicts['account delivered']).toBeGreaterThan(0);

  await handle.signal('stop', { by: 'director' });
  const result = (await handle.result()) as SessionResult;
  const { closeTime } = await handle.describe();
  expect(result).toMatchObject({ outcome: 'completed', takes: 1 });
  places.agora.settle(Date.now());
  const faults = judge({
    sessionId: result.sessionId,
    truth: places.agora.truth.entries,
    record: await closedLedger(world, result),
    closedAt: closeTime!.getTime(),
    now: Date.now(),
    lookMs: 10_000,
    filesByName: true,
  });
  expect(faults).toEqual([]);
});
