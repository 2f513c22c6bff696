/** The public contract from outside: a whole session driven by the `temporal` command line, and by nothing of ours. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoverageView, StatusView } from '../../src/session/views.ts';
import type { UpdateAnswer } from '../../src/workflows/definitions.ts';
import { temporalCliPath } from '../setup/servers.ts';
import { closedLedger, keyOf, omeWorld, specificationOf, type OmeWorld } from './ome.ts';
import { until, type RunningWorkers } from './world.ts';

const run = promisify(execFile);

let world: OmeWorld;
let workers: RunningWorkers;
let cli: string;

beforeAll(async () => {
  world = await omeWorld();
  workers = await world.startWorkers();
  cli = await temporalCliPath();
});
afterAll(async () => {
  await workers.stop();
  await world.close();
});

/** `temporal workflow …`, its answer as JSON. */
async function temporal(...args: string[]): Promise<unknown> {
  const all = ['workflow', ...args, '--address', world.address, '--output', 'json'];
  const { stdout } = await run(cli, all, { env: { PATH: process.env.PATH, HOME: world.folder } });
  return stdout.trim() === '' ? null : (JSON.parse(stdout) as unknown);
}

interface Queried<T> {
  queryResult: T[];
}

async function query<T>(id: string, name: string): Promise<T | undefined> {
  const answer = await temporal('query', '--workflow-id', id, '--type', name).catch((error: unknown) => {
    if (/has not begun/.test(String(error))) return undefined;
    throw error;
  });
  return (answer as Queried<T> | undefined)?.queryResult[0];
}

async function start(stream: string): Promise<string> {
  world.control('source.start', { stream });
  const id = `recording/${keyOf(stream)}`;
  const input = JSON.stringify({ specification: specificationOf(stream) });
  const queue = `${world.prefix}keeprolling`;
  await temporal(
    'start',
    '--type',
    'recording',
    '--workflow-id',
    id,
    '--task-queue',
    queue,
    '--input',
    input,
  );
  return id;
}

const inPhase = async (id: string, phase: string): Promise<StatusView> =>
  await until(phase, async () => {
    const status = await query<StatusView>(id, 'status');
    return status?.phase === phase ? status : undefined;
  });

describe('the temporal command line', { timeout: 120_000 }, () => {
  it('starts, pauses, resumes, extends, asks and stops a session', async () => {
    const id = await start('by-hand');
    await inPhase(id, 'recording');

    const pause = JSON.stringify({ by: 'director', reason: 'sponsor', id: 'p1' });
    await temporal('signal', '--workflow-id', id, '--name', 'pause', '--input', pause);
    expect(await inPhase(id, 'paused')).toMatchObject({ desired: { by: 'director', reason: 'sponsor' } });

    const resumed = (await temporal(
      'update',
      'execute',
      '--workflow-id',
      id,
      '--name',
      'resume',
      '--input',
      '{"by":"director"}',
    )) as { result: UpdateAnswer };
    expect(resumed.result).toMatchObject({ accepted: true, applied: true, revision: 2 });

    const end = new Date(Date.now() + 2 * 3_600_000).toISOString();
    await temporal(
      'signal',
      '--workflow-id',
      id,
      '--name',
      'extend',
      '--input',
      JSON.stringify({ until: end }),
    );
    await until('the new end', async () => (await query<StatusView>(id, 'status'))?.window.until === end);

    const coverage = await query<CoverageView>(id, 'coverage');
    expect(coverage?.spans.map((span) => span.take)).toContain(2);
    expect(coverage?.gaps.map((gap) => gap.cause)).toContain('paused');

    await temporal('signal', '--workflow-id', id, '--name', 'stop', '--input', '{"by":"director"}');
    const done = (await temporal('result', '--workflow-id', id)) as { status: string; result: never };
    expect(done).toMatchObject({ status: 'COMPLETED', result: { outcome: 'completed', takes: 2 } });
    const record = await closedLedger(world, done.result);
    expect(record.commands.map(({ command, by }) => `${command} ${by}`)).toEqual([
      'pause director',
      'resume director',
      'extend unnamed',
      'stop director',
    ]);
  });

  it('cancels a session, which stops its recording with all its steps', async () => {
    const stops = world.requests('stopRecord').length;
    const id = await start('cancelled');
    await inPhase(id, 'recording');
    await temporal('cancel', '--workflow-id', id);
    const done = (await temporal('result', '--workflow-id', id)) as { status: string; result: never };
    expect(done).toMatchObject({ status: 'COMPLETED', result: { outcome: 'completed', takes: 1 } });
    expect(world.requests('stopRecord').length).toBe(stops + 1);
    const record = await closedLedger(world, done.result);
    expect(record.takes.map((take) => take.status)).toEqual(['ended']);
  });

  it('is told in a sentence why an update is refused', async () => {
    const id = await start('refusal');
    await inPhase(id, 'recording');
    const update = ['update', 'execute', '--workflow-id', id, '--name', 'pause', '--input'];
    await expect(temporal(...update, '{"until":"tomorrow"}')).rejects.toThrow(/must be ISO 8601 with offset/);
    await temporal('signal', '--workflow-id', id, '--name', 'stop');
    await temporal('result', '--workflow-id', id);
  });

  it('reads what is going on from the details of the workflow', async () => {
    const id = await start('described');
    await inPhase(id, 'recording');
    const described = JSON.stringify(await temporal('describe', '--workflow-id', id));
    expect(described).toContain('specificationHash');
    expect(described).toContain('lastKnown');
    await temporal('signal', '--workflow-id', id, '--name', 'stop');
    await temporal('result', '--workflow-id', id);
  });
});
