/** How late credentials are renewed, and what that leaves in history. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bundles } from '../bundles.ts';
import { resultsOf } from '../histories.ts';
import type { History } from '../history-size.ts';
import { measured, type Measured } from '../report.ts';
import { median } from '../stats.ts';
import { refreshingWorld } from '../worlds/refreshing.ts';
import type { AgoraDay } from './agora-day.ts';
import type { Counts } from './counts.ts';
import { failingMints } from './failing-mints.ts';

const EVERY_MS = 5_000;
/** So late a refresh may be before the bench gives it up. */
const PATIENCE_MS = 2_500;

export async function refreshes(
  bundles: Bundles,
  day: () => Promise<AgoraDay>,
  counts: Counts,
): Promise<Measured[]> {
  return [...(await lateness(bundles, counts)), ...(await failingMints(counts)), ...perRefresh(await day())];
}

/** What the answers of a start and of a refresh have in common. */
interface Confirmed {
  at: number;
  credentials: { mintedAt: number };
}

/** From the mint before and the interval to the vendor's answer. */
function latenessIn(history: History, refreshesEach: number): number[] {
  const confirmed = resultsOf<Confirmed>(history, ['startTake', 'refreshCredentials']);
  return confirmed
    .slice(1, refreshesEach + 1)
    .map(({ at }, index) => at - (confirmed[index]!.credentials.mintedAt + EVERY_MS));
}

async function lateness(bundles: Bundles, counts: Counts): Promise<Measured[]> {
  const { refreshSessions, refreshesEach } = counts;
  const world = await refreshingWorld(bundles, EVERY_MS);
  try {
    // Evenly over the interval, ours and bare in turn: none waits for another more than chance has it.
    const apartMs = EVERY_MS / (2 * refreshSessions);
    const sessions = [];
    const ticks = [];
    for (let index = 0; index < refreshSessions; index += 1) {
      sessions.push(await world.startSession(`channel${index}`));
      await sleep(apartMs);
      ticks.push(await world.startTicks(`bare${index}`, refreshesEach));
      await sleep(apartMs);
    }
    const bare = await Promise.all(ticks.map(async (handle) => await handle.result()));
    const wanted = refreshSessions * refreshesEach;
    const giveUpAt = Date.now() + refreshesEach * PATIENCE_MS + EVERY_MS;
    while (world.refreshes() < wanted) {
      if (Date.now() > giveUpAt)
        throw new Error(`${world.refreshes()} refreshes were confirmed, not ${wanted}.`);
      await sleep(100);
    }
    await sleep(PATIENCE_MS);
    const histories = await Promise.all(sessions.map(async (handle) => await handle.fetchHistory()));
    const ours = histories.flatMap((history) => latenessIn(history, refreshesEach));
    const baseline = bare.flat().map(({ at, due }) => at - due);
    const note = `${ours.length} refreshes of ${refreshSessions} sessions at once, ${EVERY_MS / 1000} s apart each; ${baseline.length} bare timers, each with an activity of one request, at the same time on the same server`;
    return [
      measured(
        {
          name: 'refresh: due until confirmed, p50',
          value: median(ours),
          unit: 'ms',
          baseline: median(baseline),
        },
        note,
      ),
      measured(
        {
          name: 'refresh: due until confirmed, longest',
          value: Math.max(...ours),
          unit: 'ms',
          baseline: Math.max(...baseline),
        },
        note,
      ),
    ];
  } finally {
    await world.close();
  }
}

function perRefresh({ stretches, bareStretches }: AgoraDay): Measured[] {
  const note = `${stretches.length} stretches from one refresh to the next in which no look reported; ${bareStretches.length} from one bare timer and activity to the next; exact`;
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return [
    measured(
      {
        name: 'history of one refresh: events',
        value: mean(stretches.map(({ events }) => events)),
        unit: 'events',
        baseline: mean(bareStretches.map(({ events }) => events)),
      },
      note,
      { atMost: 12 },
    ),
    measured(
      {
        name: 'history of one refresh: bytes',
        value: mean(stretches.map(({ bytes }) => bytes)) / 1024,
        unit: 'KiB',
        baseline: mean(bareStretches.map(({ bytes }) => bytes)) / 1024,
      },
      note,
    ),
  ];
}
