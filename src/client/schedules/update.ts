/** Making a schedule equal to its document, for the windows that have not begun. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScheduleDescription } from '@temporalio/client';
import { searchAttributesFor } from './attributes.ts';
import type { Context } from '../context.ts';
import { cancelLaunchers, changed, isDue, onSchedule, openLaunchers } from './control.ts';
import { definedSchedule, optionsFor, type Defined } from './definition.ts';
import { markFor, markOf } from './facts.ts';
import { describedSchedule, hashOf } from './described.ts';
import { runOrUnknown } from './runs.ts';
import type { ScheduleChanged, ScheduleCreateOptions } from './types.ts';

const ID_MS = 1_200;

/** @throws KeepRollingError E_SPEC_INVALID, E_SCHEDULE_UNKNOWN, E_INSTALLATION_MISSING, E_SERVER_UNREACHABLE */
export async function updateSchedule(
  context: Context,
  document: unknown,
  { by }: ScheduleCreateOptions = {},
): Promise<ScheduleChanged> {
  const consequence = 'nothing was changed';
  const defined = definedSchedule(context, document, { ...(by !== undefined && { by }), consequence });
  const described = await describedSchedule(context, defined.schedule.name);
  const applied = markOf(described.spec)?.applied === true;
  return await update(context, defined, described, { applied, ...(by !== undefined && { by }) });
}

export async function update(
  context: Context,
  defined: Defined,
  described: ScheduleDescription,
  { applied, by }: { applied: boolean; by?: string },
): Promise<ScheduleChanged> {
  const { schedule } = defined;
  const { name } = schedule;
  const made = markOf(described.spec)?.made ?? '';
  const mark = markFor(schedule, { made, applied });
  const attributes = await context.hasSearchAttributes();
  const { scheduleId: _same, ...options } = optionsFor(context, defined, mark, attributes);
  await onSchedule(context, name, async (handle) =>
    handle.update(({ state }) => ({
      ...options,
      // Whether it is paused was somebody's wish meanwhile.
      state,
      ...(attributes && { typedSearchAttributes: searchAttributesFor(schedule) }),
    })),
  );
  return await replaceHeld(context, defined, described, by);
}

/** A window that is held for the next time was worked out from the former document. */
async function replaceHeld(
  context: Context,
  defined: Defined,
  described: ScheduleDescription,
  by: string | undefined,
): Promise<ScheduleChanged> {
  const { name, hash } = defined.schedule;
  const changedNow = hashOf(described) !== hash;
  const launchers = (await openLaunchers(context, described)).filter((one) => one.hash !== hash);
  const runs = await Promise.all(launchers.map(async (one) => await runOrUnknown(context, one)));
  const cancelled = runs.filter(({ state }) => state === 'held');
  const goesOn = runs.filter((one) => !cancelled.includes(one));
  await cancelLaunchers(context, cancelled, { by: by ?? 'keeprolling', reason: 'its schedule was changed' });
  const triggered = changedNow && !described.state.paused && goesOn.length === 0 && isDue(defined);
  if (triggered) {
    // A launcher's id ends with the second in which it was started: within one, a second one is none.
    const latest = Math.max(0, ...launchers.map(({ startedAt }) => startedAt));
    await sleep(Math.max(0, latest + ID_MS - Date.now()));
    await onSchedule(context, name, async (handle) => await handle.trigger());
  }
  const held = cancelled.length > 0 ? ', also the one that was held' : '';
  const kept = goesOn.length > 0 ? '; what is being recorded goes on as it began' : '';
  return changed(context, name, {
    text: `changed for the windows that come${held}${kept}`,
    goesOn,
    cancelled,
    triggered,
  });
}
