/** What a day of watching leaves in history, on the time-skipping server. */
import { sizeOf, type HistorySize } from '../history-size.ts';
import { measured, type Measured } from '../report.ts';
import { skippingWorld } from '../worlds/skipping.ts';
import type { Bundles } from '../bundles.ts';
import type { Counts } from './counts.ts';

const HOURS = 24;

export async function history(bundles: Bundles, { loopHours }: Counts): Promise<Measured[]> {
  const ours = await sessionOfADay(bundles.session);
  const baseline = await loopOf(bundles.bare, loopHours);
  const scale = HOURS / loopHours;
  const note = `one session with ${ours.looks} looks; timer-and-activity loop of ${loopHours} h × ${scale}`;
  return [
    measured(
      {
        name: '24-h session, a look a minute, hourly refresh: events',
        value: ours.events,
        unit: 'events',
        baseline: baseline.events * scale,
      },
      note,
      { atMost: 360 },
    ),
    measured(
      {
        name: '24-h session, a look a minute, hourly refresh: bytes',
        value: ours.bytes / 1024,
        unit: 'KiB',
        baseline: (baseline.bytes * scale) / 1024,
      },
      note,
      { atMost: 40 },
    ),
  ];
}

async function sessionOfADay(bundle: string): Promise<HistorySize & { looks: number }> {
  const world = await skippingWorld(bundle);
  try {
    const handle = await world.startSession(HOURS);
    await handle.result();
    return { ...sizeOf(await handle.fetchHistory()), looks: world.looks() };
  } finally {
    await world.close();
  }
}

async function loopOf(bundle: string, hours: number): Promise<HistorySize> {
  const world = await skippingWorld(bundle);
  try {
    const handle = await world.client.workflow.start('loop', {
      workflowId: 'loop',
      taskQueue: world.queue,
      args: [{ minutes: hours * 60 }],
    });
    await handle.result();
    return sizeOf(await handle.fetchHistory());
  } finally {
    await world.close();
  }
}
