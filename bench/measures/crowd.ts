/** As many sessions as one worker and one server hold with a look each minute, and what a look costs the two. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bundles } from '../bundles.ts';
import { cpuMsOf } from '../processes.ts';
import { measured, type Measured } from '../report.ts';
import { inFlight } from '../stats.ts';
import { ACCOUNTS, crowdWorld, EVERY_MS, type CrowdWorld } from '../worlds/crowd.ts';
import type { Counts } from './counts.ts';

const AT_A_TIME = 32;
/** The goal, and the crowds on the way to it. */
const PARTS = [0.5, 0.6, 0.7, 0.8, 0.9, 1];
const LATE_MS = 2_000;
/** What the starts have held up is over by then. */
const SETTLED_MS = 15_000;

interface Crowd {
  sessions: number;
  p99Ms: number;
  looks: number;
  /** Looks that are due in that time. */
  due: number;
  workerMs: number;
  serverMs: number;
}

export async function crowd(bundles: Bundles, { crowd: goal, crowdMs }: Counts): Promise<Measured[]> {
  const steps = PARTS.map((part) => Math.round(goal * part));
  const { crowds: ours, stuckAt } = await grown(bundles, steps, crowdMs);
  const held = ours.findLast(keepsUp) ?? ours[0]!;
  const { bare, remembering } = await bareCrowds(bundles, held.sessions, crowdMs);
  const told = ours.map(
    ({ sessions, p99Ms, looks, due }) =>
      `${sessions}: p99 ${(p99Ms / 1000).toFixed(2)} s, ${Math.round((looks / due) * 100)} % of the looks`,
  );
  if (stuckAt !== null) told.push(`${stuckAt}: not all of them were begun`);
  const note = `${ACCOUNTS} accounts, each with a queue of its own, a look each ${EVERY_MS / 1000} s, ${crowdMs / 1000} s of each crowd; sessions begin as after a renewal`;
  const against =
    'a bare activity that makes one request and is tried again after as long, as many of them on a fresh server';
  const cpu = ({ workerMs, serverMs }: Crowd): number => workerMs + serverMs;
  return [
    measured(
      {
        name: 'live sessions held, p99 lateness of looks at most 2 s',
        value: ours.some(keepsUp) ? held.sessions : 0,
        unit: 'sessions',
        baseline: goal,
      },
      `${note}; ${told.join('; ')}; the baseline is the goal`,
      { ratioAtLeast: 1 },
    ),
    measured(
      {
        name: 'lateness of looks, p99',
        value: held.p99Ms / 1000,
        unit: 's',
        baseline: bare.p99Ms / 1000,
      },
      `${held.sessions} sessions; ${note}; ${against}`,
      { atMost: LATE_MS / 1000 },
    ),
    measured(
      { name: 'CPU per look, worker and server', value: cpu(held), unit: 'ms', baseline: cpu(bare) },
      `${held.sessions} sessions; ${note}; of it the worker ${held.workerMs.toFixed(2)} ms, bare ${bare.workerMs.toFixed(2)} ms; ${against}`,
      { ratioAtMost: 1.15 },
    ),
    measured(
      {
        name: 'the same, against watches that remember',
        value: cpu(held),
        unit: 'ms',
        baseline: cpu(remembering),
      },
      `the same sessions, and the same bare activities once each keeps what it saw for its next look, in a heartbeat as a look does; of it the worker ${remembering.workerMs.toFixed(2)} ms`,
    ),
  ];
}

/** A look that never came is the latest of all; how many come is a little by chance. */
const keepsUp = ({ p99Ms, looks, due }: Crowd): boolean =>
  p99Ms <= LATE_MS && looks > due * 0.95 - 3 * Math.sqrt(due);

interface Grown {
  crowds: Crowd[];
  /** A crowd that never came about. */
  stuckAt: number | null;
}

/** One world that grows from step to step, until it does not keep up. */
async function grown(bundles: Bundles, steps: readonly number[], ms: number): Promise<Grown> {
  const world = await crowdWorld(bundles, 'session');
  try {
    const crowds: Crowd[] = [];
    let stuckAt: number | null = null;
    let there = 0;
    for (const sessions of steps) {
      if (!(await grow(world, there, sessions))) {
        stuckAt = sessions;
        break;
      }
      there = sessions;
      const one = await watched(world, sessions, ms);
      crowds.push(one);
      if (!keepsUp(one)) break;
    }
    return { crowds, stuckAt };
  } finally {
    await world.close();
  }
}

async function bareCrowds(bundles: Bundles, watches: number, ms: number) {
  const world = await crowdWorld(bundles, 'bare');
  try {
    if (!(await grow(world, 0, watches))) throw new Error(`${watches} bare watches were too many.`);
    const bare = await watched(world, watches, ms);
    world.worker.remember();
    return { bare, remembering: await watched(world, watches, ms) };
  } finally {
    await world.close();
  }
}

/** false where worker and server do not get there. */
async function grow(world: CrowdWorld, from: number, to: number): Promise<boolean> {
  const begunAt = Date.now();
  await inFlight(to - from, AT_A_TIME, async (index) => await world.start(from + index));
  const there = await world.drained();
  const after = `after ${((Date.now() - begunAt) / 1000).toFixed(0)} s more`;
  console.log(there ? `${to} there ${after}` : `not all of ${to} were there ${after}`);
  return there;
}

async function watched({ worker, serverPid }: CrowdWorld, sessions: number, ms: number): Promise<Crowd> {
  await sleep(SETTLED_MS);
  await worker.looks();
  const [workerMs, serverMs, at] = [await cpuMsOf(worker.pid), await cpuMsOf(serverPid), Date.now()];
  await sleep(ms);
  const [workerAfter, serverAfter] = [await cpuMsOf(worker.pid), await cpuMsOf(serverPid)];
  const lateMs = (await worker.looks()).toSorted((a, b) => a - b);
  const looks = lateMs.length;
  if (looks === 0) throw new Error('Nobody has looked.');
  const one = {
    sessions,
    looks,
    due: (sessions * (Date.now() - at)) / EVERY_MS,
    p99Ms: lateMs[Math.ceil(looks * 0.99) - 1]!,
    workerMs: (workerAfter - workerMs) / looks,
    serverMs: (serverAfter - serverMs) / looks,
  };
  console.log(
    `${sessions}: p99 ${one.p99Ms.toFixed(0)} ms, ${looks} looks of ${one.due.toFixed(0)}, ${one.workerMs.toFixed(2)} + ${one.serverMs.toFixed(2)} ms`,
  );
  return one;
}
