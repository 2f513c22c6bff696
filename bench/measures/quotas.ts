/** Recordings that begin at the same instant, against a vendor that refuses what is too much. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bundles } from '../bundles.ts';
import { measured, type Measured } from '../report.ts';
import { COMMANDS_PER_SECOND, sessionWorld, startsAtOnce, type Done } from '../worlds/quotas.ts';
import type { Counts } from './counts.ts';

/** A server and its sessions on one small machine bring forward no more than this part of what the vendor takes. */
const SESSION_SCALE = 0.2;
/** All sessions are there by then, and wait for their windows. */
const PREPARED_MS = 250;
const LEAST_MS = 20_000;
const GIVE_UP_MS = 300_000;

const WORKERS = [
  [1, 'one worker'],
  [2, 'two workers'],
] as const;

export async function quotas(bundles: Bundles, { quotaStarts, quotaSessions }: Counts): Promise<Measured[]> {
  const rows = await atOnce(quotaStarts);
  for (const [workers, who] of WORKERS) rows.push(await bySessions(bundles, quotaSessions, workers, who));
  return rows;
}

async function atOnce(count: number): Promise<Measured[]> {
  const bare = await startsAtOnce(count, { workers: 1, limited: false, scale: 1 });
  const rows: Measured[] = [];
  for (const [workers, who] of WORKERS) {
    const ours = await startsAtOnce(count, { workers, limited: true, scale: 1 });
    const note = `${count} starts at the same instant by the activities of ${who}, one run`;
    rows.push(
      measured(
        {
          name: `starts at once, ${who}: refused for their number`,
          value: ours.refused(),
          unit: 'requests',
          baseline: bare.refused(),
        },
        `${note}; against one without a limiter that tries again each second`,
        { atMost: 0 },
      ),
      measured(
        {
          name: `starts at once, ${who}: commands taken`,
          value: rateOf(ours),
          unit: 'commands/s',
          baseline: COMMANDS_PER_SECOND,
        },
        `${note}; after the first second, against the quota`,
        { ratioAtLeast: 0.9 },
      ),
    );
  }
  return rows;
}

async function bySessions(bundles: Bundles, count: number, workers: number, who: string): Promise<Measured> {
  const world = await sessionWorld(bundles, { workers, limited: true, scale: SESSION_SCALE });
  try {
    const at = await world.sessions(count, LEAST_MS + count * PREPARED_MS);
    while (world.begun() < count) {
      if (Date.now() > at + GIVE_UP_MS)
        throw new Error(`${world.begun()} of ${count} recordings have begun, and no more.`);
      await sleep(100);
    }
    return measured(
      {
        name: `sessions at once, ${who}: refused for their number`,
        value: world.refused(),
        unit: 'requests',
        baseline: null,
      },
      `${count} sessions on a real server whose windows begin at the same instant, one run; with ${SESSION_SCALE} of the vendor's quotas they took ${rateOf(world).toPrecision(2)} commands a second of ${COMMANDS_PER_SECOND * SESSION_SCALE}`,
      { atMost: 0 },
    );
  } finally {
    await world.close();
  }
}

/** Commands a second, in the whole seconds from the second after the first one to the last. */
function rateOf({ commands }: Pick<Done, 'commands'>): number {
  const sorted = commands().toSorted((a, b) => a - b);
  const from = sorted[0]! + 1000;
  const seconds = Math.max(1, Math.floor((sorted.at(-1)! - from) / 1000));
  return sorted.filter((at) => at >= from && at < from + seconds * 1000).length / seconds;
}
