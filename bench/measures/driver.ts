/** How fast the driver plays sessions, against the looks alone. */
import { performance } from 'node:perf_hooks';
import { measured, type Measured } from '../report.ts';
import { interleaved } from '../stats.ts';
import type { Counts } from './counts.ts';
import { DAY_HOURS, driveADay, MINUTE, stage, STREAM } from './day.ts';

export async function driverSpeed({ driverRounds }: Counts): Promise<Measured[]> {
  let looks = 0;
  const drivenDay = async (): Promise<number> => {
    const play = stage();
    const begunAt = performance.now();
    looks = (await driveADay(play)).looks;
    return perSecond(begunAt);
  };
  // Once each before it counts: the compiler has then seen both.
  await drivenDay();
  await looksAlone(looks);
  const { ours, baseline } = await interleaved(driverRounds, drivenDay, async () => await looksAlone(looks));
  return [
    measured(
      { name: 'virtual session-hours per second in the driver', value: ours, unit: 'h/s', baseline },
      `median of ${driverRounds} days each, ${looks} looks a day; the same looks alone, through the dispatcher without step`,
    ),
  ];
}

function perSecond(begunAt: number): number {
  return DAY_HOURS / ((performance.now() - begunAt) / 1000);
}

async function looksAlone(looks: number): Promise<number> {
  const { clock, dispatcher, account, vendor } = stage();
  const { recorder } = vendor;
  const context = { account, dispatcher, now: () => clock.now, secret: () => '' };
  const target = vendor.contract.target.parse({ app: 'app', stream: STREAM });
  const options = vendor.contract.options.parse({});
  const name = {
    installation: 'bench1',
    sessionId: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    take: 1,
    nonce: 'aaaaaaaa',
    at: clock.now,
  };
  const { handle } = await recorder.start(context, {
    target,
    options,
    name,
    attempt: 1,
    title: 'a-day',
    endBy: clock.now + 48 * 60 * MINUTE,
    patienceMs: null,
    settings: {},
    reservation: null,
    adoptForeign: false,
  });
  const subject = { target, options, title: 'a-day' };
  const takes = [{ take: 1, name, handle }];
  const begunAt = performance.now();
  let memory = null as Awaited<ReturnType<typeof recorder.look>>['memory'];
  for (let i = 0; i < looks; i += 1) {
    clock.now += MINUTE;
    memory = (await recorder.look(context, subject, takes, memory)).memory;
  }
  return perSecond(begunAt);
}
