/** What happens to the cluster while fifty sessions record, and what they leave. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { KeepRolling, KeepRollingError, type SessionHandle } from '../../src/client/index.ts';
import { sessionWorkflowId } from '../../src/session/names.ts';
import { endWorkerProcesses, workerProcess } from '../kill/worker-process.ts';
import { runsOf, type Run } from '../temporal/histories.ts';
import { keyOf, omeWorld, specificationOf, TOKEN, type OmeWorld, type Verdict } from '../temporal/ome.ts';
import { until } from '../temporal/world.ts';
import { startCluster } from './cluster.ts';
import { given } from './given.ts';
import type { Member } from './member.ts';

export const SESSIONS = 50;
/** As in production, only faster; the edges of what is claimed are as sharp as this. */
const LOOKS = { every: '5s', doubt: '2s', withCallbacks: '5s' };
const LOOK_MS = 5_000;
/** The survivor suspects a killed server for 5 s, and then takes over what it did. */
const OUTAGE_MS = 15_000;
/** Until one that came back has its share again: ending the other one sooner would be ending both. */
const SETTLE_MS = 8_000;
const DROP_MS = 8_000;
/** Half of the sessions end by themselves, at the end of their window; the rest are stopped. */
const WINDOW = '3m';
const EXECUTABLE = fileURLToPath(new URL('../../bin/keeprolling.js', import.meta.url));

export interface Ended extends Verdict {
  stream: string;
  runs: Run[];
}

export interface Found {
  sessions: Ended[];
  /** Ids of all session workflows that the server lists as completed. */
  listed: string[];
  /** Takes that a session must have had, by its stream. */
  takes: Map<string, number>;
}

/** @param note takes a line of the story as it happens */
export async function story(note: (line: string) => void): Promise<Found> {
  const cluster = await startCluster();
  note(`two servers on one PostgreSQL serve at ${cluster.address}, ${cluster.by}`);
  const world = await omeWorld({ served: true, address: cluster.address, looks: LOOKS });
  const workers: Awaited<ReturnType<typeof workerProcess>>[] = [];
  const client = await KeepRolling.connect({ configuration: configurationOf(world), env: {} });
  try {
    workers.push(await workerProcess(world, LOOKS), await workerProcess(world, LOOKS));
    await setup(world);
    const registeredAt = Date.now();
    for (const { address } of [cluster.first, cluster.second]) await knowsAttributes(address);
    const known = seconds(Date.now() - registeredAt);
    note(`two workers poll; both servers know the search attributes, ${known} after \`keeprolling setup\``);
    return await recordThroughOutages(world, client, cluster.first, cluster.second, note);
  } finally {
    await client.close();
    for (const worker of workers) await worker.end('SIGTERM');
    endWorkerProcesses();
    workers.forEach((worker, i) => {
      writeFileSync(join(given().logs, `worker-${i + 1}.log`), worker.output());
    });
    await world.close();
    await cluster.stop();
  }
}

async function recordThroughOutages(
  world: OmeWorld,
  client: KeepRolling,
  first: Member,
  second: Member,
  note: (line: string) => void,
): Promise<Found> {
  const streams = Array.from({ length: SESSIONS }, (_, i) => `cam${String(i + 1).padStart(2, '0')}`);
  const half = SESSIONS / 2;
  const paused = streams.slice(0, 5);
  const dropped = streams.slice(10, 15);
  const stopped = streams.slice(half);
  const calls = countedCalls();
  const handles = new Map<string, SessionHandle>();
  const handleOf = (stream: string): SessionHandle => handles.get(stream)!;
  const start = async (stream: string): Promise<void> => {
    world.control('source.start', { stream });
    const specification = specificationOf(stream, { window: { from: 'now', length: WINDOW } });
    const started = await calls('start', async () =>
      client.start(specification as never, { requestId: `start-${stream}` }),
    );
    handles.set(stream, started.handle);
  };
  const everyOne = async (some: string[], work: (stream: string) => Promise<unknown>): Promise<void> => {
    await Promise.all(some.map(work));
  };

  await spread(streams.slice(0, half), start);
  note(`${half} sessions are started`);

  await first.end('SIGKILL');
  note(`SIGKILL: the server at ${first.address} is gone`);
  await Promise.all([
    sleep(OUTAGE_MS),
    spread(streams.slice(half), start),
    everyOne(paused, async (stream) =>
      calls('pause', async () => handleOf(stream).pause({ by: 'director', id: `pause-${stream}` })),
    ),
  ]);
  note(`meanwhile ${half} more were started and ${paused.length} paused: ${calls.told()}`);
  await first.start();
  await sleep(SETTLE_MS);
  note('it is back');

  const took = await second.end('SIGTERM');
  note(`SIGTERM: the server at ${second.address} is gone, after ${seconds(took)}`);
  for (const stream of dropped) world.control('source.stop', { stream });
  await Promise.all([
    sleep(OUTAGE_MS),
    sleep(DROP_MS).then(() => {
      for (const stream of dropped) world.control('source.start', { stream });
    }),
    everyOne(paused, async (stream) =>
      calls('resume', async () => handleOf(stream).resume({ by: 'director', id: `resume-${stream}` })),
    ),
  ]);
  note(`meanwhile ${paused.length} were resumed and ${dropped.length} lost their source: ${calls.told()}`);
  await second.start();
  await sleep(SETTLE_MS);
  note('it is back');

  await everyOne(stopped, async (stream) =>
    calls('stop', async () => handleOf(stream).stop({ by: 'director', id: `stop-${stream}` })),
  );
  note(`${stopped.length} sessions are told to stop: ${calls.told()}`);
  const sessions = await Promise.all(streams.map(async (stream) => await ended(world, stream)));
  note(`all have ended: ${outcomes(sessions)}`);
  note(`lost of all together: ${losses(sessions)}; longest time without any look ${seconds(silence(world))}`);
  const takes = new Map(streams.map((stream) => [stream, paused.includes(stream) ? 2 : 1]));
  return { sessions, listed: await listedAsCompleted(world), takes };
}

async function ended(world: OmeWorld, stream: string): Promise<Ended> {
  const handle = world.client.workflow.getHandle(sessionWorkflowId(keyOf(stream)));
  const verdict = await world.verdict(handle, LOOK_MS);
  const { runId } = await handle.describe();
  return { ...verdict, stream, runs: await runsOf(world.client, handle.workflowId, runId) };
}

/** Visibility follows a moment later. */
async function listedAsCompleted(world: OmeWorld): Promise<string[]> {
  const query = "WorkflowType = 'recording' AND ExecutionStatus = 'Completed'";
  return await until('the sessions in the list of the server', async () => {
    const found: string[] = [];
    for await (const { workflowId } of world.client.workflow.list({ query })) found.push(workflowId);
    return found.length >= SESSIONS && found;
  });
}

/** `keeprolling setup`, as an operator runs it. */
async function setup(world: OmeWorld): Promise<void> {
  // Without blocking: the proxy may live in this process.
  await promisify(execFile)(process.execPath, [EXECUTABLE, 'setup'], {
    cwd: world.folder,
    env: { PATH: process.env['PATH'], HOME: world.folder },
  });
}

/** A server reads anew once a minute which attributes there are, and refuses starts with others. */
async function knowsAttributes(address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const query = "KeeprollingPhase = 'recording'";
  await until(
    `the search attributes at ${address}`,
    async () =>
      await connection.workflowService.countWorkflowExecutions({ namespace: 'default', query }).then(
        () => true,
        () => false,
      ),
    120_000,
  );
  await connection.close();
}

function configurationOf(world: OmeWorld): Record<string, unknown> {
  return {
    installation: 'test01',
    temporal: { address: world.address },
    accounts: { account: { vendor: 'ome', url: world.url, accessToken: TOKEN } },
    archive: world.settings.archive(),
    queues: { prefix: world.prefix },
  };
}

interface Calls {
  <T>(what: string, call: () => Promise<T>): Promise<T>;
  /** Since this was last asked. */
  told(): string;
}

/** A call that no server answered is made again, as the API allows: each has an id. */
function countedCalls(): Calls {
  let repeated = 0;
  let slowest = { ms: 0, what: 'none' };
  const calls = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    const at = Date.now();
    for (;;) {
      try {
        const answer = await call();
        const ms = Date.now() - at;
        if (ms > slowest.ms) slowest = { ms, what };
        return answer;
      } catch (error) {
        if (!(error instanceof KeepRollingError) || error.code !== 'E_SERVER_UNREACHABLE') throw error;
        repeated += 1;
        await sleep(500);
      }
    }
  };
  const told = (): string => {
    const text = `slowest call ${seconds(slowest.ms)} (${slowest.what}), ${repeated} repeated`;
    repeated = 0;
    slowest = { ms: 0, what: 'none' };
    return text;
  };
  return Object.assign(calls, { told });
}

/** One every 200 ms, without waiting for the one before. */
async function spread(streams: string[], work: (stream: string) => Promise<void>): Promise<void> {
  await Promise.all(streams.map(async (stream, i) => sleep(i * 200).then(async () => work(stream))));
}

function outcomes(sessions: Ended[]): string {
  const counts = new Map<string, number>();
  for (const { result } of sessions) {
    const what = `${result.outcome} and ${result.verdict}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => `${count} ${what}`).join(', ');
}

function losses(sessions: Ended[]): string {
  const causes = new Map<string, number>();
  for (const { result } of sessions) {
    for (const [cause, ms] of Object.entries(result.totals.gapMs)) {
      causes.set(cause, (causes.get(cause) ?? 0) + ms);
    }
  }
  return [...causes].map(([cause, ms]) => `${cause} ${seconds(ms)}`).join(', ');
}

/** The longest time in which the vendor was asked nothing at all. */
function silence(world: OmeWorld): number {
  const at = world.requests('records').map((request) => request.at);
  return Math.max(0, ...at.slice(1).map((time, i) => time - at[i]!));
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
