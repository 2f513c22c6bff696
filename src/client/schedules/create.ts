/** Making a schedule, once all of it is right. */
import { ScheduleAlreadyRunning } from '@temporalio/client';
import { ulid } from 'ulid';
import { KeepRollingError } from '../../contract/errors.ts';
import { attributesOfTarget } from '../../planning/search-attributes.ts';
import type { Occurrence } from '../../schedules/index.ts';
import { DEADLINES, type Context } from '../context.ts';
import { refusesAttributes } from '../errors.ts';
import { typedAttributes } from '../search-attributes.ts';
import { definedSchedule, optionsFor, type Defined } from './definition.ts';
import { backfillOf, dueWindows } from './due.ts';
import { factsFor, markFor, markOf } from './facts.ts';
import type { CreatedSchedule, ScheduleCreateOptions } from './types.ts';

/** @throws KeepRollingError E_SPEC_INVALID, E_INSTALLATION_MISSING, E_SCHEDULE_EXISTS, E_SERVER_UNREACHABLE */
export async function createSchedule(
  context: Context,
  document: unknown,
  { by }: ScheduleCreateOptions = {},
): Promise<CreatedSchedule> {
  const consequence = 'no schedule was made';
  const defined = definedSchedule(context, document, { ...(by !== undefined && { by }), consequence });
  return await create(context, defined, false);
}

export async function create(context: Context, defined: Defined, applied: boolean): Promise<CreatedSchedule> {
  const { id, schedule, coming, notes } = defined;
  const { name, key, hash, paused, note } = schedule;
  const now = Date.now();
  const due = paused ? [] : dueWindows(defined, now);
  const facts = factsFor(schedule);
  const mark = markFor(schedule, { made: ulid(), applied });
  const make = async (attributes: boolean): Promise<void> =>
    await context.reach.within(
      DEADLINES.start,
      async (temporal) =>
        void (await temporal.schedule.create({
          ...optionsFor(context, defined, mark, attributes),
          memo: { ...facts },
          ...(attributes && { typedSearchAttributes: typedAttributes(attributesOfTarget(schedule)) }),
          state: { paused, ...(note !== null && { note }), backfill: backfillOf(defined, due, now) },
        })),
    );
  const attributes = await context.hasSearchAttributes();
  try {
    await make(attributes).catch(async (error: unknown) => {
      if (!attributes || !refusesAttributes(error)) throw error;
      await make(false);
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const there = await context.reach.within(
      DEADLINES.describe,
      async (temporal) => await temporal.schedule.getHandle(id).describe(),
    );
    // A creation whose first reply was lost is its own.
    const other = markOf(there.spec);
    if (other?.made !== mark.made) throw exists(name, other?.hash === hash);
  }
  const joined = due.length > 0;
  const startedNow = due.map(windowOf);
  const { zone } = schedule;
  const next = windowOf(coming);
  return { id, name, key, rule: facts.rule, zone, hash, paused, next, joined, startedNow, notes };
}

function windowOf({ from, until }: Occurrence): { from: string; until: string } {
  return { from: new Date(from).toISOString(), until: new Date(until).toISOString() };
}

function exists(name: string, equal: boolean): KeepRollingError {
  const what = equal
    ? 'it is equal to this one'
    : `it is another one; change it with keeprolling apply, or delete it: keeprolling schedule delete ${name}`;
  return new KeepRollingError('E_SCHEDULE_EXISTS', `There is a schedule ${name} already: ${what}.`, {
    name,
    equal,
  });
}
