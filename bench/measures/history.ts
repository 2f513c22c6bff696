/** What a day of watching leaves in history, on the time-skipping server. */
import { sizeOf, type HistorySize } from '../history-size.ts';
import { measured, type Measured } from '../report.ts';
import { ended, inSkippingWorld } from '../worlds/skipping.ts';
import type { Bundles } from '../bundles.ts';
import { HOURS, type AgoraDay } from './agora-day.ts';
import type { Counts } from './counts.ts';

export async function history(
  bundles: Bundles,
  day: () => Promise<AgoraDay>,
  { loopHours }: Counts,
): Promise<Measured[]> {
  const ours = await sessionOfADay(bundles.session);
  const agora = await day();
  const loop = await loopOf(bundles.bare, loopHours);
  const scale = HOURS / loopHours;
  const baseline = { events: loop.events * scale, kib: (loop.bytes * scale) / 1024 };
  const against = `timer-and-activity loop of ${loopHours} h × ${scale}`;
  const note = `one session with ${ours.looks} looks; ${against}`;
  const agoraNote = `one session with ${agora.looks} looks, ${agora.takes} ${agora.takes === 1 ? 'take' : 'takes'} and ${agora.mints} mints, those of starts included, against emulators; ${against}`;
  const name = '24-h session, a look a minute, hourly refresh';
  const agoraName = '24-h session at Agora, a look a minute, hourly refresh';
  return [
    measured(
      { name: `${name}: events`, value: ours.events, unit: 'events', baseline: baseline.events },
      note,
      { atMost: 360 },
    ),
    measured(
      { name: `${name}: bytes`, value: ours.bytes / 1024, unit: 'KiB', baseline: baseline.kib },
      note,
      { atMost: 40 },
    ),
    measured(
      { name: `${agoraName}: events`, value: agora.events, unit: 'events', baseline: baseline.events },
      agoraNote,
    ),
    measured(
      { name: `${agoraName}: bytes`, value: agora.bytes / 1024, unit: 'KiB', baseline: baseline.kib },
      agoraNote,
    ),
  ];
}

async function sessionOfADay(bundle: string): Promise<HistorySize & { looks: number }> {
  return await inSkippingWorld(bundle, async (world) => {
    const handle = await world.startSession(HOURS);
    await ended(handle);
    return { ...sizeOf(await handle.fetchHistory()), looks: world.looks() };
  });
}

async function loopOf(bundle: string, hours: number): Promise<HistorySize> {
  return await inSkippingWorld(bundle, async (world) => {
    const handle = await world.client.workflow.start('loop', {
      workflowId: 'loop',
      taskQueue: world.queue,
      args: [{ minutes: hours * 60 }],
    });
    await ended(handle);
    return sizeOf(await handle.fetchHistory());
  });
}
