/** A canary in the account's token, a session with every kind of failure, and a search for its bytes in all that stays. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporal } from '@temporalio/proto';
import { afterAll, beforeAll, expect, describe, it } from 'vitest';
import type { FaultKind } from '../../src/emulators/index.ts';
import { filesWorkflowId } from '../../src/session/names.ts';
import { endWorkerProcesses, workerProcess, type WorkerProcess } from '../kill/worker-process.ts';
import { runsOf } from './histories.ts';
import { inPhase, omeWorld, statusOf, TOKEN, whenStatus, type OmeWorld } from './ome.ts';
import { until } from './world.ts';

const FAULTS: [FaultKind, Record<string, unknown>][] = [
  ['refused', { status: 401 }],
  ['error-unapplied', { status: 500 }],
  ['malformed', {}],
  ['reset', {}],
  ['late', { delayMs: 60_000 }],
];

/** The token as it stands, and as Basic authentication carries it, at each of the three offsets of base64. */
function traces(): string[] {
  const encoded = [0, 1, 2].map((offset) =>
    Buffer.from('x'.repeat(offset) + TOKEN)
      .toString('base64')
      .slice(4, -6),
  );
  return [TOKEN, ...encoded];
}

let world: OmeWorld;
let worker: WorkerProcess;
const kept: { where: string; bytes: Buffer }[] = [];

beforeAll(async () => {
  world = await omeWorld({ served: true });
  worker = await workerProcess(world);
  const keep = (where: string, what: unknown): void => {
    kept.push({ where, bytes: Buffer.isBuffer(what) ? what : Buffer.from(JSON.stringify(what) ?? '') });
  };

  // A look that fails in each way, then a start and a stop that do.
  const handle = await world.start('canary', { input: { searchAttributes: true } });
  await inPhase(handle, 'recording');
  for (const [kind, more] of FAULTS) {
    const before = world.emulator.faults.fired.get(kind) ?? 0;
    world.control('faults', { op: '*', kind, times: 2, ...more });
    await until(
      `the fault ${kind}`,
      async () => await Promise.resolve((world.emulator.faults.fired.get(kind) ?? 0) > before),
      40_000,
    );
    keep(`status at ${kind}`, await statusOf(handle));
    if (kind === 'refused' || kind === 'malformed') {
      await handle.signal('pause', { by: 'tester' });
      await whenStatus(handle, 'the pause', (view) => view.phase === 'paused', 40_000);
      await handle.signal('resume', { by: 'tester' });
      await whenStatus(handle, 'the resume', (view) => view.phase === 'recording', 40_000);
    }
  }
  keep('coverage', await handle.query('coverage'));
  keep('describe while it runs', (await handle.describe()).raw);
  keep(
    'an update',
    await handle.executeUpdate('extend', {
      args: [{ until: new Date(Date.now() + 7_200_000).toISOString() }],
    }),
  );
  world.control('faults', { op: 'stopRecord', kind: 'refused', times: 2, status: 401 });
  await handle.signal('stop', { by: 'tester' });
  const { result } = await world.verdict(world.client.workflow.getHandle(handle.workflowId));
  keep('result', result);
  keep('describe', (await handle.describe()).raw);

  const { firstExecutionRunId } = handle as unknown as { firstExecutionRunId: string };
  const files = await world.client.workflow.getHandle(filesWorkflowId(result.sessionId)).describe();
  const runs = [
    ...(await runsOf(world.client, handle.workflowId, firstExecutionRunId)),
    ...(await runsOf(world.client, files.workflowId, files.runId)),
  ];
  for (const run of runs) {
    keep(
      `history ${run.runId}, raw`,
      Buffer.from(temporal.api.history.v1.History.encode(run.history).finish()),
    );
    for (const payload of payloadsIn(run.history)) keep(`a payload of ${run.runId}`, Buffer.from(payload));
  }
  const { directory: archive } = world.settings.archive() as { directory: string };
  for (const name of await readdir(archive, { recursive: true, withFileTypes: true })) {
    if (name.isFile()) keep(`archive ${name.name}`, await readFile(join(name.parentPath, name.name)));
  }
  await worker.end('SIGTERM');
  keep("the worker's output", Buffer.from(worker.output()));
}, 120_000);

afterAll(async () => {
  endWorkerProcesses();
  await world.close();
});

/** Every `data` of every payload, wherever it lies in a history. */
function payloadsIn(value: unknown): Uint8Array[] {
  if (value instanceof Uint8Array) return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap((inner) => payloadsIn(inner));
}

describe("the account's token", () => {
  it('was sent to the recorder, so that this test tests something', () => {
    const started = world.requests('startRecord').filter((request) => request.verdict !== 'refused');
    expect(started.length).toBeGreaterThan(1);
    for (const [kind] of FAULTS) expect(world.emulator.faults.fired.get(kind)).toBeGreaterThan(0);
  });

  it('is in nothing that the session left: histories, memo, search attributes, answers, pending looks, archive, logs', () => {
    expect(kept.length).toBeGreaterThan(50);
    const described = kept.find(({ where }) => where === 'describe')!.bytes.toString();
    expect(described).toContain('KeeprollingPhase');
    const found = kept.filter(({ bytes }) => traces().some((trace) => bytes.includes(trace)));
    expect(found.map(({ where }) => where)).toEqual([]);
  });
});
