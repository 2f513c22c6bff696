/** What a session costs whose window is far: its launcher sleeps, and so does the bare workflow that it is compared with. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bundles } from '../bundles.ts';
import { cpuMsOf, residentKibOf } from '../processes.ts';
import { measured, type Measured } from '../report.ts';
import { inFlight } from '../stats.ts';
import { sleepingWorld, type Sleeper, type SleepingWorld } from '../worlds/sleeping.ts';
import type { Counts } from './counts.ts';

/** They load what is loaded once. */
const WARM_UP = 40;
const AT_A_TIME = 32;
/** What the last ones leave behind is over by then. */
const SETTLED_MS = 10_000;

interface Cost {
  heapKib: number;
  workerKib: number;
  serverKib: number;
  cpu: number;
}

export async function sleeping(bundles: Bundles, counts: Counts): Promise<Measured[]> {
  const ours = await costOf(bundles, 'session', counts);
  const bare = await costOf(bundles, 'bare', counts);
  const { sleepers, idleMs } = counts;
  const note = `${sleepers} launchers with their windows tomorrow, all cached by one worker, one run; as many bare workflows that sleep as long, with the same input, memo and attributes, on a fresh server`;
  const row = (what: string, unit: string, of: keyof Cost, how: string): Measured =>
    measured(
      { name: `sleeping session: ${what}`, value: ours[of], unit, baseline: bare[of] },
      `${note}; ${how}`,
      { ratioAtMost: 1.3 },
    );
  const idle = `of one core, over ${idleMs / 1000} s in which nothing happens`;
  return [
    row('live heap of the worker', 'KiB', 'heapKib', 'each, after collection'),
    row('resident memory of the worker', 'KiB', 'workerKib', 'each, after collection'),
    row(
      'resident memory of the server',
      'KiB',
      'serverKib',
      'each; holds what its collector has not given back',
    ),
    row('CPU of worker and server', '%', 'cpu', idle),
  ];
}

async function costOf(bundles: Bundles, kind: Sleeper, { sleepers, idleMs }: Counts): Promise<Cost> {
  const world = await sleepingWorld(bundles, kind, sleepers + WARM_UP);
  try {
    await startMany(world, 0, WARM_UP);
    const before = await held(world);
    await startMany(world, WARM_UP, sleepers);
    // First: the collection of what the starts have left would come into the idle time.
    const after = await held(world);
    const { worker, serverPid } = world;
    const workerCpu = await cpuShare(worker.pid);
    const serverCpu = await cpuShare(serverPid);
    await sleep(idleMs);
    const cpu = (await workerCpu()) + (await serverCpu());
    const each = (of: keyof typeof after): number => (after[of] - before[of]) / sleepers;
    return { heapKib: each('heapKib'), workerKib: each('workerKib'), serverKib: each('serverKib'), cpu };
  } finally {
    await world.close();
  }
}

async function held({ worker, serverPid }: SleepingWorld) {
  const { heapKib, rssKib } = await worker.memory();
  return { heapKib, workerKib: rssKib, serverKib: await residentKibOf(serverPid) };
}

/** Until all of them sleep. */
async function startMany(world: SleepingWorld, from: number, count: number): Promise<void> {
  const begunAt = Date.now();
  await inFlight(count, AT_A_TIME, async (index) => await world.start(from + index));
  if (!(await world.drained())) throw new Error(`Not all of ${count} were taken.`);
  console.log(`${count} asleep after ${((Date.now() - begunAt) / 1000).toFixed(0)} s`);
  await sleep(SETTLED_MS);
}

/** Told at its end: percent of one core since its beginning. */
async function cpuShare(pid: number): Promise<() => Promise<number>> {
  const [cpu, at] = [await cpuMsOf(pid), Date.now()];
  return async () => (((await cpuMsOf(pid)) - cpu) / (Date.now() - at)) * 100;
}
