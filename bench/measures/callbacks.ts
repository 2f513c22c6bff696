/** Callbacks through the gateway: what it adds to one signal, and how many it takes, both until Temporal has them. */
import { performance } from 'node:perf_hooks';
import { measured, type Measured } from '../report.ts';
import { inFlight, interleaved, median } from '../stats.ts';
import { callbackWorld, type CallbackWorld, type Way } from '../worlds/callbacks.ts';
import type { Counts } from './counts.ts';

const WARM_UP = 50;

export async function callbacks(counts: Counts): Promise<Measured[]> {
  const world = await callbackWorld();
  try {
    for (let i = 0; i < WARM_UP; i += 1) {
      for (const way of ['gateway', 'bare'] as const) await world.call(way);
    }
    return [await latency(world, counts), await rate(world, counts)];
  } finally {
    await world.close();
  }
}

async function latency(world: CallbackWorld, { callbacks: count }: Counts): Promise<Measured> {
  const times: Record<'callback' | 'signal', number[]> = { callback: [], signal: [] };
  for (let i = 0; i < count; i += 1) {
    for (const what of i % 2 === 0 ? (['callback', 'signal'] as const) : (['signal', 'callback'] as const))
      times[what].push(await world.timed(what));
  }
  return measured(
    {
      name: 'callback received to signal accepted, p50',
      value: median(times.callback),
      unit: 'ms',
      baseline: median(times.signal),
    },
    `p50 of ${count} each, one after another, alternating, both by the clock of the gateway's process; against its client's signal alone`,
    { ratioAtMost: 1.2 },
  );
}

async function rate(world: CallbackWorld, counts: Counts): Promise<Measured> {
  const { callbackRounds, callbacksEach, inFlight: limit } = counts;
  const perSecond = async (way: Way): Promise<number> => {
    const begunAt = performance.now();
    await inFlight(callbacksEach, limit, async () => await world.call(way));
    return (callbacksEach * 1000) / (performance.now() - begunAt);
  };
  const { ours, baseline } = await interleaved(
    callbackRounds,
    async () => await perSecond('gateway'),
    async () => await perSecond('bare'),
  );
  return measured(
    { name: 'callbacks per second', value: ours, unit: 'callbacks/s', baseline },
    `median of ${callbackRounds} runs each of ${callbacksEach}, ${limit} in flight, interleaved; bare Fastify that verifies nothing and sends the same signal, each in a process of its own`,
    { ratioAtLeast: 0.8 },
  );
}
