/** Starts one after another, and as many as the machine takes: both until the recorder has accepted. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { measured, type Measured } from '../report.ts';
import { inFlight, interleaved, median } from '../stats.ts';
import { MODEL } from '../worlds/bare-start.ts';
import { liveWorld, type Kind, type LiveWorld } from '../worlds/live.ts';
import type { Bundles } from '../bundles.ts';
import type { Counts } from './counts.ts';
import { roundsUntilAccepted } from './rounds.ts';

const WARM_UP = 10;
/** What a start leaves behind (ledger, first look at 2 s) is over before the next is timed. */
const QUIET_MS = 150;
const DRAINED_MS = 5_000;

export async function starts(bundles: Bundles, counts: Counts): Promise<Measured[]> {
  const world = await liveWorld(bundles);
  try {
    const worker = await world.worker(['session', 'bare']);
    try {
      await latencyOf(world, 'session', MODEL);
      for (let i = 0; i < WARM_UP; i += 1) {
        await latencyOf(world, 'session', `warm-session-${i}`);
        await latencyOf(world, 'bare', `warm-bare-${i}`);
      }
      return [...(await latency(world, counts)), await rate(world, counts)];
    } finally {
      await worker.stop();
    }
  } finally {
    await world.close();
  }
}

async function latencyOf(world: LiveWorld, kind: Kind, name: string): Promise<number> {
  const begunAt = performance.now();
  await world.start(kind, name);
  return (await world.accepted(name)) - begunAt;
}

async function latency(world: LiveWorld, { starts: count }: Counts): Promise<Measured[]> {
  const times: Record<Kind, number[]> = { session: [], bare: [] };
  for (let i = 0; i < count; i += 1) {
    for (const kind of i % 2 === 0 ? (['session', 'bare'] as const) : (['bare', 'session'] as const)) {
      times[kind].push(await latencyOf(world, kind, `one-${kind}-${i}`));
      await sleep(QUIET_MS);
    }
  }
  const [ours, bare] = await Promise.all(
    [world.session('one-session-0'), world.client.workflow.getHandle('bare/one-bare-0')].map(async (handle) =>
      roundsUntilAccepted(await handle.fetchHistory()),
    ),
  );
  const note = `p50 of ${count} each, one after another, alternating`;
  return [
    measured(
      {
        name: 'client start to recorder accepted, p50',
        value: median(times.session),
        unit: 'ms',
        baseline: median(times.bare),
      },
      `${note}; bare workflow with two activity rounds, memo and attributes`,
      { ratioAtMost: 1.15 },
    ),
    measured(
      { name: 'activity rounds to recorder accepted', value: ours!, unit: 'rounds', baseline: bare! },
      'from one history each; exact',
      { atMost: 3 },
    ),
  ];
}

async function rate(world: LiveWorld, counts: Counts): Promise<Measured> {
  const { rateRounds, rateSessions, inFlight: limit } = counts;
  let batches = 0;
  const perSecond = async (kind: Kind): Promise<number> => {
    batches += 1;
    const batch = batches;
    const begunAt = performance.now();
    await inFlight(rateSessions, limit, async (index) => {
      const name = `many-${kind}-${batch}-${index}`;
      await world.start(kind, name);
      await world.accepted(name);
    });
    const seconds = (performance.now() - begunAt) / 1000;
    await sleep(DRAINED_MS);
    return rateSessions / seconds;
  };
  const { ours, baseline } = await interleaved(
    rateRounds,
    async () => await perSecond('session'),
    async () => await perSecond('bare'),
  );
  return measured(
    { name: 'starts accepted per second', value: ours, unit: 'starts/s', baseline },
    `median of ${rateRounds} runs each of ${rateSessions}, ${limit} in flight, interleaved`,
    { ratioAtLeast: 0.85 },
  );
}
