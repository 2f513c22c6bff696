/** Making a schedule equal to its document, for the windows that have not begun. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScheduleDescription } from '@temporalio/client';
import { attributesOfTarget } from '../../planning/search-attributes.ts';
import type { Context } from '../context.ts';
import { typedAttributes } from '../search-attributes.ts';
import { cancelLaunchers, changed, fire, onSchedule, openLaunchers, withStarted } from './control.ts';
import { definedSchedule, optionsFor, type Defined } from './definition.ts';
import { markFor, markOf } from './facts.ts';
import { describedSchedule, hashOf } from './described.ts';
import { dueWindows } from './due.ts';
import { isEdited } from './edited.ts';
import { launcherById, runOrUnknown, windowsOf } from './runs.ts';
import type { ScheduleChanged, ScheduleCreateOptions, ScheduleRun } from './types.ts';

/** Receivers are told of a window that was cancelled before its launcher closes. */
const CLOSES_MS = 10_000;
const LOOK_MS = 200;

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
      ...(attributes && { typedSearchAttributes: typedAttributes(attributesOfTarget(schedule)) }),
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
  const launchers = (await openLaunchers(context, described)).filter((one) => one.hash !== hash);
  const runs = await Promise.all(launchers.map(async (one) => await runOrUnknown(context, one)));
  const held = runs.filter(({ state }) => state === 'held');
  const [cancelled, goesOn] = [windowsOf(held), windowsOf(runs.filter((one) => !held.includes(one)))];
  await cancelLaunchers(context, held, { by: by ?? 'keeprolling', reason: 'its schedule was changed' });
  const now = Date.now();
  const lost = !described.state.paused && (hashOf(described) !== hash || isEdited(defined, described));
  // What is being recorded goes on as it began: then only windows that begin later are started anew.
  const due = lost ? dueWindows(defined, now).filter(({ from }) => goesOn.length === 0 || from > now) : [];
  if (due.length > 0) {
    await closed(context, held);
    await fire(context, defined, due, now);
  }
  const replaced = cancelled.length > 0 ? ', also the one that was held' : '';
  const kept = goesOn.length > 0 ? '; what is being recorded goes on as it began' : '';
  return changed(context, described, name, {
    text: withStarted(`changed for the windows that come${replaced}${kept}`, due, defined, now),
    goesOn,
    cancelled,
    triggered: due.length > 0,
  });
}

/** A launcher's id is of the instant for which it fired: as long as one is open, a second one is none. */
async function closed(context: Context, runs: ScheduleRun[]): Promise<void> {
  const until = Date.now() + CLOSES_MS;
  await Promise.all(
    runs.map(async ({ workflowId }) => {
      while (Date.now() < until && (await launcherById(context, workflowId))?.open) await sleep(LOOK_MS);
    }),
  );
}
