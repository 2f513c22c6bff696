/** What one idle session costs a worker: live objects after collection, and what the process holds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { measured, type Measured } from '../report.ts';
import { inFlight, interleaved, median } from '../stats.ts';
import { MODEL } from '../worlds/bare-start.ts';
import { liveWorld, type Kind } from '../worlds/live.ts';
import type { Bundles } from '../bundles.ts';
import type { Counts } from './counts.ts';

const WARM_UP = 40;
const AT_A_TIME = 16;
/** The first look comes after 2 s and is reported; after that a session is idle. */
const IDLE_MS = 6_000;

export async function cachedMemory(bundles: Bundles, counts: Counts): Promise<Measured[]> {
  const { cachedSessions, cachedRounds } = counts;
  const rss: Record<Kind, number[]> = { session: [], bare: [] };
  const heapOf = async (kind: Kind): Promise<number> => {
    const { heapKib, rssKib } = await grownBy(bundles, kind, cachedSessions);
    rss[kind].push(rssKib);
    return heapKib;
  };
  const { ours, baseline } = await interleaved(
    cachedRounds,
    async () => await heapOf('session'),
    async () => await heapOf('bare'),
  );
  const workers = cachedRounds === 1 ? 'one worker' : `median of ${cachedRounds} workers`;
  const note = `${cachedSessions} idle ones, with all that belongs to them; ${workers} each`;
  return [
    measured(
      { name: 'live heap per cached session', value: ours, unit: 'KiB', baseline },
      `${note}; after collection`,
      { atMost: 200 },
    ),
    measured(
      {
        name: 'resident memory per cached session',
        value: median(rss.session),
        unit: 'KiB',
        baseline: median(rss.bare),
      },
      `${note}; holds what the collector has not given back`,
    ),
  ];
}

/** A worker process of its own for each figure; the first sessions load what is loaded once. */
async function grownBy(
  bundles: Bundles,
  kind: Kind,
  count: number,
): Promise<{ heapKib: number; rssKib: number }> {
  const world = await liveWorld(bundles);
  try {
    const worker = await world.worker(kind === 'bare' ? ['session', 'bare'] : ['session'], {
      inOneHeap: true,
    });
    try {
      const startMany = async (group: string, many: number): Promise<void> => {
        await inFlight(many, AT_A_TIME, async (index) => {
          const name = `${group}-${index}`;
          await world.start(kind, name);
          await world.accepted(name);
        });
        await sleep(IDLE_MS);
      };
      // The model of memo and attributes, also where only bare workflows follow.
      await world.start('session', MODEL);
      await world.accepted(MODEL);
      await startMany('warm', WARM_UP);
      const before = await worker.memory();
      await startMany('cached', count);
      const after = await worker.memory();
      return {
        heapKib: (after.heapKib - before.heapKib) / count,
        rssKib: (after.rssKib - before.rssKib) / count,
      };
    } finally {
      await worker.stop();
    }
  } finally {
    await world.close();
  }
}
