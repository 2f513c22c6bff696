/** Pause, resume, trigger and delete: of the schedule alone. What it has started is a session's matter. */
import { type ScheduleDescription, type ScheduleHandle } from '@temporalio/client';
import { occurrenceAt } from '../../schedules/index.ts';
import { DEADLINES, type Context } from '../context.ts';
import { readSchedule, type Defined } from './definition.ts';
import { describedSchedule, inputOf } from './described.ts';
import { scheduleIdOf } from './names.ts';
import { launcherById, listLaunchers, runOrUnknown, type Launcher } from './runs.ts';
import type { ScheduleChanged, ScheduleDeleteOptions, ScheduleOrder, ScheduleRun } from './types.ts';

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
  return changed(context, name, { text: withGoingOn(text, goesOn), goesOn });
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
  // A window that began meanwhile is joined, unless it is being recorded.
  const triggered = described.state.paused && goesOn.length === 0 && holdsDue(context, described);
  if (triggered) await onSchedule(context, name, async (handle) => await handle.trigger());
  const what = described.state.paused ? 'its windows begin again' : 'it was not paused';
  const text = triggered ? `${what}; one is due, and is started now` : what;
  return changed(context, name, { text, goesOn, triggered });
}

/** @throws KeepRollingError E_SCHEDULE_UNKNOWN, E_SERVER_UNREACHABLE */
export async function triggerSchedule(context: Context, name: string): Promise<ScheduleChanged> {
  const described = await describedSchedule(context, name);
  await onSchedule(context, name, async (handle) => await handle.trigger());
  const text = holdsDue(context, described)
    ? 'the window that is open, or about to begin, is started now'
    : 'a window from now on, as long as usual, is started now';
  return changed(context, name, { text, triggered: true });
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
  const cancelled = cancel ? held : [];
  await cancelLaunchers(context, cancelled, order);
  const goesOn = runs.filter((one) => !cancelled.includes(one));
  const text = cancelled.length > 0 ? `deleted, and ${windows(cancelled)} cancelled` : 'deleted';
  return changed(context, name, { text: withGoingOn(text, goesOn), goesOn, cancelled });
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
  return await Promise.all(launchers.map(async (one) => await runOrUnknown(context, one)));
}

function holdsDue(context: Context, described: ScheduleDescription): boolean {
  const read = readSchedule(context, inputOf(described)?.specification, Date.now());
  return read.ok && isDue(read.defined);
}

/** A window is open, or would have fired already. */
export function isDue({ schedule, earlyMs }: Defined): boolean {
  return occurrenceAt(schedule.rule, { at: Date.now(), earlyMs }) !== null;
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

function withGoingOn(text: string, runs: ScheduleRun[]): string {
  if (runs.length === 0) return text;
  return `${text}; ${windows(runs)} that it has started ${runs.length === 1 ? 'goes' : 'go'} on`;
}

function windows(runs: ScheduleRun[]): string {
  return runs.length === 1 ? 'one window' : `${runs.length} windows`;
}

export function changed(
  { settings }: Pick<Context, 'settings'>,
  name: string,
  what: { text: string } & Partial<Omit<ScheduleChanged, 'name' | 'id'>>,
): ScheduleChanged {
  return {
    name,
    id: scheduleIdOf(settings, name),
    goesOn: [],
    cancelled: [],
    triggered: false,
    ...what,
  };
}
