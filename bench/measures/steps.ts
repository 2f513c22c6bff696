/** What the state machine costs a worker. Looks that find all as believed never reach it: reports, commands, answers do. */
import type { SessionEvent } from '../../src/session/events.ts';
import type { SessionState } from '../../src/session/state.ts';
import { step } from '../../src/session/step.ts';
import type { ScriptEntry } from '../../test/driver/driver.ts';
import { measured, type Measured } from '../report.ts';
import { interleaved } from '../stats.ts';
import type { Counts } from './counts.ts';
import { DAY_HOURS, driveADay, HOUR, MINUTE, stage, STREAM } from './day.ts';

interface Occasion {
  state: SessionState;
  event: SessionEvent;
}

/** A restless day: each hour the source goes for three minutes, and each second hour somebody pauses. */
async function restlessDay(): Promise<Occasion[]> {
  const play = stage();
  const source = (what: 'start' | 'stop'): void =>
    void play.emulator.controls[`source.${what}`]!({ stream: STREAM }, play.clock.now);
  const script: ScriptEntry[] = [];
  for (let hour = 0; hour < DAY_HOURS - 1; hour += 1) {
    const at = hour * HOUR;
    script.push({ at: at + 20 * MINUTE, do: () => source('stop') });
    script.push({ at: at + 23 * MINUTE, do: () => source('start') });
    if (hour % 2 === 1) continue;
    script.push({ at: at + 40 * MINUTE, do: (drive) => drive.command('pause') });
    script.push({ at: at + 45 * MINUTE, do: (drive) => drive.command('resume') });
  }
  const occasions: Occasion[] = [];
  let before: SessionState | null = null;
  await driveADay(play, {
    script,
    onStep: (after, event) => {
      if (before) occasions.push({ state: before, event });
      before = after;
    },
  });
  return occasions;
}

const DAYS_PER_ROUND = 20;

export async function stepCost({ stepRounds }: Counts): Promise<Measured[]> {
  const occasions = await restlessDay();
  const turns = DAYS_PER_ROUND;
  const microsOf = (work: (occasion: Occasion) => unknown) => async (): Promise<number> => {
    const before = process.cpuUsage();
    for (let turn = 0; turn < turns; turn += 1) occasions.forEach(work);
    const { user, system } = process.cpuUsage(before);
    return await Promise.resolve((user + system) / (turns * occasions.length));
  };
  const stepped = microsOf(({ state, event }) => step(state, event));
  const copied = microsOf(({ state }) => JSON.parse(JSON.stringify(state)) as SessionState);
  await stepped();
  await copied();
  const { ours, baseline } = await interleaved(stepRounds, stepped, copied);
  const reports = occasions.filter(({ event }) => event.kind === 'report').length;
  const bytes = Math.max(...occasions.map(({ state }) => JSON.stringify(state).length));
  return [
    measured(
      { name: 'CPU per step of the state machine', value: ours, unit: 'µs', baseline },
      `median of ${stepRounds} × ${turns} restless days of ${occasions.length} steps, ${reports} of them reports, state up to ${(bytes / 1024).toFixed(0)} KiB; the copy of the state alone`,
    ),
  ];
}
