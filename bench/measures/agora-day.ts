/** A day of a session at Agora on the time-skipping server, and a day of bare hourly ticks. */
import { stretchesBetween, resultsOf } from '../histories.ts';
import { sizeOf, type HistorySize } from '../history-size.ts';
import type { SessionResult } from '../../src/session/events.ts';
import { accountQueue } from '../../src/session/names.ts';
import type { TicksInput } from '../workflows/ticks.ts';
import { ACCOUNT } from '../worlds/configuration.ts';
import { agoraSide } from '../worlds/agora-side.ts';
import { ended, inSkippingWorld, type SkippingWorld } from '../worlds/skipping.ts';
import type { Bundles } from '../bundles.ts';

export const HOURS = 24;
const HOUR = 3_600_000;

export interface AgoraDay extends HistorySize {
  looks: number;
  takes: number;
  /** One for each start, and one for each refresh. */
  mints: number;
  stretches: HistorySize[];
  bareStretches: HistorySize[];
}

export async function agoraDay(bundles: Bundles): Promise<AgoraDay> {
  return { ...(await sessionOfADay(bundles.session)), bareStretches: await ticksOfADay(bundles.bare) };
}

async function sessionOfADay(bundle: string): Promise<Omit<AgoraDay, 'bareStretches'>> {
  const play = async (world: SkippingWorld) => {
    const handle = await world.startSession(HOURS);
    const { takes } = await ended<SessionResult>(handle);
    const history = await handle.fetchHistory();
    return {
      ...sizeOf(history),
      looks: world.looks(),
      takes,
      mints: resultsOf(history, ['startTake', 'refreshCredentials']).length,
      stretches: stretchesBetween(history, 'refreshCredentials', ['watchTakes']),
    };
  };
  return await inSkippingWorld(bundle, play, agoraSide);
}

async function ticksOfADay(bundle: string): Promise<HistorySize[]> {
  return await inSkippingWorld(bundle, async (world) => {
    const input: TicksInput = { everyMs: HOUR, count: HOURS, accountQueue: accountQueue(ACCOUNT) };
    const handle = await world.client.workflow.start('ticks', {
      workflowId: 'ticks',
      taskQueue: world.queue,
      args: [input],
    });
    await ended(handle);
    return stretchesBetween(await handle.fetchHistory(), 'tickLike', []);
  });
}
