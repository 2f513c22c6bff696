/** One schedule as Temporal has it. */
import { ScheduleNotFoundError, type ScheduleDescription, type ScheduleSummary } from '@temporalio/client';
import { KeepRollingError } from '../../contract/errors.ts';
import { nearest } from '../../contract/nearest.ts';
import type { LaunchInput } from '../../workflows/definitions.ts';
import { DEADLINES, type Context } from '../context.ts';
import { markOf, type Mark, type ScheduleFacts } from './facts.ts';
import { nameOf, scheduleIdOf } from './names.ts';

type Reaching = Pick<Context, 'reach' | 'settings'>;

/** @throws KeepRollingError E_SCHEDULE_UNKNOWN with near names, E_INSTALLATION_MISSING */
export async function describedSchedule(context: Reaching, name: string): Promise<ScheduleDescription> {
  const found = await scheduleOrNull(context, name);
  if (found) return found;
  throw await unknown(context, name);
}

/** What is asked of a schedule that there may not be. @throws KeepRollingError E_SCHEDULE_UNKNOWN, E_INSTALLATION_MISSING */
export async function scheduleOrNull(context: Reaching, name: string): Promise<ScheduleDescription | null> {
  try {
    return await context.reach.within(
      DEADLINES.describe,
      async ({ schedule }) => await schedule.getHandle(scheduleIdOf(context.settings, name)).describe(),
    );
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

async function unknown(context: Reaching, name: string): Promise<KeepRollingError> {
  const known = await listedSchedules(context)
    .then((all) => all.map((one) => one.name))
    .catch(() => []);
  const near = nearest(name, known) ?? known.find((one) => one.includes(name));
  const hint = near === undefined ? 'keeprolling schedule list shows all' : `Did you mean ${near}?`;
  return new KeepRollingError('E_SCHEDULE_UNKNOWN', `There is no schedule ${name}. ${hint}`, {
    name,
    near: near ?? null,
  });
}

export interface Listed {
  name: string;
  summary: ScheduleSummary;
  /** As of its making; an update changes the mark alone. */
  facts: Partial<ScheduleFacts>;
  mark: Mark | null;
}

/** Of this installation, by name. */
export async function listedSchedules({ reach, settings }: Reaching): Promise<Listed[]> {
  const found = await reach.within(DEADLINES.list, async ({ schedule }) => {
    const all: Listed[] = [];
    for await (const summary of schedule.list({ pageSize: 1000 })) {
      const name = nameOf(settings, summary.scheduleId);
      if (name !== null) all.push({ name, summary, facts: summary.memo ?? {}, mark: markOf(summary.spec) });
    }
    return all;
  });
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** What it starts; null where somebody has made it start something else. */
export function inputOf({ action }: ScheduleDescription): LaunchInput | null {
  if (action.type !== 'startWorkflow' || action.workflowType !== 'launch') return null;
  const [input] = (action.args ?? []) as unknown[];
  return typeof input === 'object' && input !== null ? (input as LaunchInput) : null;
}

/** Of the document that it holds. */
export function hashOf({ action }: ScheduleDescription): string | null {
  const own = action.type === 'startWorkflow' ? action.memo?.scheduleHash : undefined;
  return typeof own === 'string' ? own : null;
}
