/** Pause, resume, trigger and delete: of the schedule alone. What it has started is a session's matter. */
import { type ScheduleDescription, type ScheduleHandle } from '@temporalio/client';
import { openOrNext, wholeMinutes, type Occurrence } from '../../schedules/index.ts';
import { DEADLINES, type Context } from '../context.ts';
import { definedBy, type Defined } from './definition.ts';
import { describedSchedule } from './described.ts';
import { backfillOf, dueWindows } from './due.ts';
import { scheduleIdOf } from './names.ts';
import { launcherById, listLaunchers, runOrUnknown, windowsOf, type Launcher } from './runs.ts';
import type { ScheduleChanged, ScheduleDeleteOptions, ScheduleOrder, ScheduleRun } from './types.ts';
import { startedWords } from './words.ts';

/** So many of its last firings are looked at for what they have started. */
const LATEST = 5;

/** @throws KeepRollingError E_SCHEDULE_UNKNOWN, E_SERVER_UNREACHABLE */
export async function pauseSchedule(
  context: Context,
  name: string,
  order: ScheduleOrder = {},
): Promise<ScheduleChanged> {
  const described = await describedSchedule(context, name);
  const text = described.state.paused ? 'it was paused already' : 'paused: no window of it begins';
  await onSchedule(context, name, async (handle) => await handle.pause(noteOf('paused', order)));
  const goesOn = await openRuns(context, described);
  return changed(context, described, name, { text: withGoingOn(text, goesOn), goesOn });
}

/** @throws KeepRollingError E_SCHEDULE_UNKNOWN, E_SERVER_UNREACHABLE */
export async function resumeSchedule(
  context: Context,
  name: string,
  order: ScheduleOrder = {},
): Promise<ScheduleChanged> {
  const described = await describedSchedule(context, name);
  await onSchedule(context, name, async (handle) => await handle.unpause(noteOf('resumed', order)));
  const goesOn = await openRuns(context, described);
  if (!described.state.paused)
    return changed(context, described, name, { text: 'it was not paused', goesOn });
  const defined = definedBy(context, described);
  const now = Date.now();
  const due = defined ? dueWindows(defined, now) : [];
  if (defined) await fire(context, defined, due, now);
  // Who resumes it wants the open window, even where somebody has stopped its session.
  const open = due.some(({ from }) => from <= now);
  if (open && goesOn.length === 0) await onSchedule(context, name, async (handle) => await handle.trigger());
  const started = due.filter((one) => !goesOn.some(({ window }) => isWindow(window, one)));
  return changed(context, described, name, {
    text: withStarted('its windows begin again', started, defined, now),
    goesOn,
    triggered: started.length > 0,
  });
}

/** @throws KeepRollingError E_SCHEDULE_UNKNOWN, E_SERVER_UNREACHABLE */
export async function triggerSchedule(context: Context, name: string): Promise<ScheduleChanged> {
  const described = await describedSchedule(context, name);
  const defined = definedBy(context, described);
  const now = Date.now();
  await onSchedule(context, name, async (handle) => await handle.trigger());
  const window =
    defined && openOrNext(defined.schedule.rule, { at: now, withinMs: wholeMinutes(defined.earlyMs) });
  const text = window
    ? startedWords([window], defined.schedule.zone, now)
    : 'a window from now on, as long as usual, is started now';
  return changed(context, described, name, { text, triggered: true });
}

/** @throws KeepRollingError E_SCHEDULE_UNKNOWN, E_SERVER_UNREACHABLE */
export async function deleteSchedule(
  context: Context,
  name: string,
  { cancel = false, ...order }: ScheduleDeleteOptions = {},
): Promise<ScheduleChanged> {
  const described = await describedSchedule(context, name);
  await onSchedule(context, name, async (handle) => await handle.delete());
  const launchers = await openLaunchers(context, described);
  const runs = await Promise.all(launchers.map(async (one) => await runOrUnknown(context, one)));
  const held = runs.filter(({ state }) => state === 'held');
  await cancelLaunchers(context, cancel ? held : [], order);
  const cancelled = cancel ? windowsOf(held) : [];
  const goesOn = windowsOf(cancel ? runs.filter((one) => !held.includes(one)) : runs);
  const text = cancelled.length > 0 ? `deleted, and ${windows(cancelled)} cancelled` : 'deleted';
  return changed(context, described, name, { text: withGoingOn(text, goesOn), goesOn, cancelled });
}

/** Whose window has not begun, they end; the others take no notice. */
export async function cancelLaunchers(
  { reach }: Pick<Context, 'reach'>,
  runs: { workflowId: string }[],
  { by, reason }: ScheduleOrder,
): Promise<void> {
  const order = { ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) };
  await Promise.all(
    runs.map(async ({ workflowId }) => {
      await reach.within(
        DEADLINES.signal,
        async ({ workflow }) => await workflow.getHandle(workflowId).signal('stop', order),
      );
    }),
  );
}

/** By its last firings, which do not lag, and by the list, which knows older ones. */
export async function openLaunchers(context: Context, described: ScheduleDescription): Promise<Launcher[]> {
  if (described.info.numActionsTaken === 0) return [];
  const recent = described.info.recentActions.slice(-LATEST).map(({ action }) => action.workflow.workflowId);
  const [latest, listed] = await Promise.all([
    Promise.all(recent.map(async (id) => await launcherById(context, id))),
    listLaunchers(context, 'open', 1000).catch(() => []),
  ]);
  const known = new Map<string, Launcher>();
  for (const one of [...listed, ...latest])
    if (one?.schedule === described.scheduleId) known.set(one.workflowId, one);
  return [...known.values()].filter(({ open }) => open);
}

async function openRuns(context: Context, described: ScheduleDescription): Promise<ScheduleRun[]> {
  const launchers = await openLaunchers(context, described);
  return windowsOf(await Promise.all(launchers.map(async (one) => await runOrUnknown(context, one))));
}

/** Starts their launchers. One that is open keeps its id, and one of a window that was recorded ends as `own`. */
export async function fire(
  context: Pick<Context, 'reach' | 'settings'>,
  defined: Defined,
  due: Occurrence[],
  now: number,
): Promise<void> {
  const backfill = backfillOf(defined, due, now);
  if (backfill.length > 0)
    await onSchedule(context, defined.schedule.name, async (handle) => await handle.backfill(backfill));
}

function isWindow(window: ScheduleRun['window'], { from }: Occurrence): boolean {
  return window !== null && Date.parse(window.from) === from;
}

export async function onSchedule(
  { reach, settings }: Pick<Context, 'reach' | 'settings'>,
  name: string,
  work: (handle: ScheduleHandle) => Promise<void>,
): Promise<void> {
  await reach.within(
    DEADLINES.start,
    async ({ schedule }) => await work(schedule.getHandle(scheduleIdOf(settings, name))),
  );
}

function noteOf(what: string, { by, reason }: ScheduleOrder): string {
  return [what, by && `by ${by}`, reason && `(${reason})`].filter(Boolean).join(' ');
}

export function withStarted(text: string, due: Occurrence[], defined: Defined | null, now: number): string {
  return defined && due.length > 0 ? `${text}; ${startedWords(due, defined.schedule.zone, now)}` : text;
}

function withGoingOn(text: string, runs: ScheduleRun[]): string {
  if (runs.length === 0) return text;
  return `${text}; ${windows(runs)} that it has started ${runs.length === 1 ? 'goes' : 'go'} on`;
}

function windows(runs: ScheduleRun[]): string {
  return runs.length === 1 ? 'one window' : `${runs.length} windows`;
}

export function changed(
  { settings }: Pick<Context, 'settings'>,
  { spec }: Pick<ScheduleDescription, 'spec'>,
  name: string,
  what: { text: string } & Partial<Omit<ScheduleChanged, 'name' | 'id' | 'zone'>>,
): ScheduleChanged {
  return {
    name,
    id: scheduleIdOf(settings, name),
    zone: spec.timezone ?? 'UTC',
    goesOn: [],
    cancelled: [],
    triggered: false,
    ...what,
  };
}
