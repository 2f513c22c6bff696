/** Making a schedule equal to its document, for the windows that have not begun. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScheduleDescription } from '@temporalio/client';
import { KeepRollingError } from '../../contract/errors.ts';
import { attributesOfTarget } from '../../planning/search-attributes.ts';
import { coming, type Occurrence } from '../../schedules/index.ts';
import type { Context } from '../context.ts';
import { typedAttributes } from '../search-attributes.ts';
import { cancelLaunchers, changed, fire, onSchedule, openLaunchers, withStarted } from './control.ts';
import { definedSchedule, optionsFor, type Defined } from './definition.ts';
import { markFor, markOf, type Mark } from './facts.ts';
import { describedSchedule, hashOf } from './described.ts';
import { dueWindows } from './due.ts';
import { isEdited } from './edited.ts';
import { launcherById, runOrUnknown, windowsOf } from './runs.ts';
import type { ScheduleChanged, ScheduleCreateOptions, ScheduleRun } from './types.ts';

/** Receivers are told of a window that was cancelled before its launcher closes. */
const CLOSES_MS = 10_000;
const LOOK_MS = 200;

/** @throws KeepRollingError E_SPEC_INVALID, E_SCHEDULE_UNKNOWN, E_INSTALLATION_MISSING, E_NO_WORKER, E_SERVER_UNREACHABLE */
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

/** Where it fails on its way, the same once more finishes it: until all is done its mark says that it is not. */
export async function update(
  context: Context,
  defined: Defined,
  described: ScheduleDescription,
  { applied, by }: { applied: boolean; by?: string },
): Promise<ScheduleChanged> {
  const { schedule } = defined;
  const made = markOf(described.spec)?.made ?? '';
  const mark = markFor(schedule, { made, applied });
  const dueAt = (at: number): Occurrence[] => (described.state.paused ? [] : dueWindows(defined, at));
  const atOnce = dueAt(Date.now()).length === 0;
  await write(context, defined, atOnce ? mark : { ...mark, unfinished: true });
  const now = Date.now();
  const due = dueAt(now);
  const done = await replaceHeld(context, defined, described, { due, now, by });
  if (atOnce) return done;
  await write(context, defined, mark);
  // What comes in the moment of an update is not fired by the server.
  const later = Date.now();
  const more = dueAt(later).filter(({ from }) => !due.some((one) => one.from === from));
  await fire(context, defined, more, later);
  return done;
}

async function write(context: Context, defined: Defined, mark: Mark): Promise<void> {
  const { schedule } = defined;
  const attributes = await context.hasSearchAttributes();
  const { scheduleId: _same, ...options } = optionsFor(context, defined, mark, attributes);
  await onSchedule(context, schedule.name, async (handle) =>
    handle.update(({ state }) => ({
      ...options,
      // Whether it is paused was somebody's wish meanwhile.
      state,
      ...(attributes && { typedSearchAttributes: typedAttributes(attributesOfTarget(schedule)) }),
    })),
  );
}

/** A window that is held for the next time was worked out from the former document. */
async function replaceHeld(
  context: Context,
  defined: Defined,
  described: ScheduleDescription,
  { due, now, by }: { due: Occurrence[]; now: number; by: string | undefined },
): Promise<ScheduleChanged> {
  const { name, hash, rule } = defined.schedule;
  const launchers = (await openLaunchers(context, described)).filter((one) => one.hash !== hash);
  const runs = await Promise.all(launchers.map(async (one) => await runOrUnknown(context, one)));
  const held = runs.filter(({ state }) => state === 'held');
  // Who has paused it was promised that what is held goes on, and no other would begin.
  const given = described.state.paused ? [] : held;
  const [cancelled, goesOn] = [windowsOf(given), windowsOf(runs.filter((one) => !given.includes(one)))];
  await cancelLaunchers(context, given, { by: by ?? 'keeprolling', reason: 'its schedule was changed' });
  const lost =
    given.length > 0 ||
    hashOf(described) !== hash ||
    markOf(described.spec)?.unfinished === true ||
    isEdited(defined, described);
  // What is being recorded goes on as it began: then only windows that begin later are started anew.
  const anew = lost ? due.filter(({ from }) => goesOn.length === 0 || from > now) : [];
  if (anew.length > 0) {
    await closed(context, name, given);
    await fire(context, defined, anew, now);
  }
  const isOver = coming(rule, now) === null;
  const replaced = isOver ? ', and the one that was held is cancelled' : ', also the one that was held';
  const text = [
    isOver ? 'changed; no window of it is to come any more' : 'changed for the windows that come',
    cancelled.length > 0 ? replaced : '',
    goesOn.some(({ state }) => state !== 'held') ? '; what is being recorded goes on as it began' : '',
    goesOn.some(({ state }) => state === 'held') ? '; it is paused, and what it holds goes on as it was' : '',
  ].join('');
  return changed(context, described, name, {
    text: withStarted(text, anew, defined, now),
    goesOn,
    cancelled,
    triggered: anew.length > 0,
  });
}

/**
 * A launcher's id is of the instant for which it fired: as long as one is open, a second one is none.
 * @throws KeepRollingError E_NO_WORKER where one stays open
 */
async function closed(context: Context, name: string, runs: ScheduleRun[]): Promise<void> {
  const until = Date.now() + CLOSES_MS;
  // One that has begun meanwhile goes on as well.
  const isHeld = async ({ workflowId }: ScheduleRun): Promise<boolean> => {
    const launcher = await launcherById(context, workflowId);
    return launcher?.open === true && (await runOrUnknown(context, launcher)).state === 'held';
  };
  await Promise.all(
    runs.map(async (run) => {
      while (await isHeld(run)) {
        if (Date.now() > until) throw notGivenUp(name, run);
        await sleep(LOOK_MS);
      }
    }),
  );
}

function notGivenUp(name: string, { workflowId, window }: ScheduleRun): KeepRollingError {
  const which = window === null ? 'A window' : `The window from ${window.from}`;
  return new KeepRollingError(
    'E_NO_WORKER',
    `${which} of ${name} is held as the former document said, and has not been given up within ${CLOSES_MS / 1000} s, so that it is not started anew: no worker may be there. Start one (keeprolling worker), and change or apply ${name} again: else this window is not recorded.`,
    { name, workflowId },
  );
}
