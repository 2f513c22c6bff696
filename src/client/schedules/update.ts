/** Making a schedule equal to its document, for the windows that have not begun. */
import { randomUUID } from 'node:crypto';
import type { ScheduleDescription } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { searchAttributesFor } from './attributes.ts';
import { DEADLINES, type Context } from '../context.ts';
import { cancelLaunchers, changed, isDue, onSchedule, openLaunchers } from './control.ts';
import { definedSchedule, memoFor, optionsFor, type Defined, type ScheduleMemo } from './definition.ts';
import { describedSchedule, hashOf } from './described.ts';
import { runOrUnknown } from './runs.ts';
import type { ScheduleChanged, ScheduleCreateOptions } from './types.ts';

/** @throws KeepRollingError E_SPEC_INVALID, E_SCHEDULE_UNKNOWN, E_INSTALLATION_MISSING, E_SERVER_UNREACHABLE */
export async function updateSchedule(
  context: Context,
  document: unknown,
  { by }: ScheduleCreateOptions = {},
): Promise<ScheduleChanged> {
  const consequence = 'nothing was changed';
  const defined = definedSchedule(context, document, { ...(by !== undefined && { by }), consequence });
  const described = await describedSchedule(context, defined.schedule.name);
  const applied = (described.memo as Partial<ScheduleMemo> | undefined)?.applied === true;
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
  const attributes = await context.hasSearchAttributes();
  const { scheduleId: _same, ...options } = optionsFor(context, defined, attributes);
  await onSchedule(context, name, async (handle) =>
    handle.update(({ state }) => ({
      ...options,
      // Whether it is paused was somebody's wish meanwhile.
      state,
      ...(attributes && { typedSearchAttributes: searchAttributesFor(schedule) }),
    })),
  );
  await writeMemo(context, defined, described, applied);
  return await replaceHeld(context, defined, described, by);
}

/** The SDK updates no memo; the server does. One that does not lets lists show the former facts. */
async function writeMemo(
  { reach }: Context,
  defined: Defined,
  { scheduleId, memo }: ScheduleDescription,
  applied: boolean,
): Promise<void> {
  const made = (memo as Partial<ScheduleMemo> | undefined)?.made ?? '';
  const pairs = Object.entries(memoFor(defined, { made, applied }));
  const payloads = pairs.map(([, value]) => defaultPayloadConverter.toPayload(value));
  let encoded: Payload[] = payloads;
  for (const codec of reach.payloadCodecs.toReversed()) encoded = await codec.encode(encoded);
  const fields = Object.fromEntries(pairs.map(([field], i) => [field, encoded[i]!]));
  const { namespace } = reach;
  await reach.within(DEADLINES.start, async ({ workflowService }) => {
    const { schedule } = await workflowService.describeSchedule({ namespace, scheduleId });
    await workflowService.updateSchedule({
      namespace,
      scheduleId,
      schedule: schedule!,
      memo: { fields },
      identity: 'keeprolling',
      requestId: randomUUID(),
    });
  });
}

/** A window that is held for the next time was worked out from the former document. */
async function replaceHeld(
  context: Context,
  { schedule: { name, hash } }: Defined,
  described: ScheduleDescription,
  by: string | undefined,
): Promise<ScheduleChanged> {
  const launchers = (await openLaunchers(context, described)).filter((one) => one.hash !== hash);
  const runs = await Promise.all(launchers.map(async (one) => await runOrUnknown(context, one)));
  const cancelled = runs.filter(({ state }) => state === 'held');
  const goesOn = runs.filter((one) => !cancelled.includes(one));
  await cancelLaunchers(context, cancelled, { by: by ?? 'keeprolling', reason: 'its schedule was changed' });
  const now = await describedSchedule(context, name);
  const triggered =
    !now.state.paused && goesOn.length === 0 && isDue(context, now) && hashOf(described) !== hash;
  if (triggered) await onSchedule(context, name, async (handle) => await handle.trigger());
  const held = cancelled.length > 0 ? ', also the one that was held' : '';
  const kept = goesOn.length > 0 ? '; what is being recorded goes on as it began' : '';
  return changed(context, name, {
    text: `changed for the windows that come${held}${kept}`,
    goesOn,
    cancelled,
    triggered,
  });
}
