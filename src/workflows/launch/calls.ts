/** What a launcher asks of a worker. */
import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities, PlanLaunchInput, PlannedLaunch } from '../../activities/wire.ts';
import type { LaunchInput } from '../definitions.ts';

/** Calls nobody: it may be repeated as often as need be. */
const { planLaunch } = proxyActivities<Pick<Activities, 'planLaunch'>>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});
/** The launcher fails all the same where it cannot be paused. */
const schedules = proxyActivities<Pick<Activities, 'pauseSchedule'>>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumAttempts: 5 },
});

/** `moved`: another window for what was worked out before. */
export async function planned(input: LaunchInput, moved: PlanLaunchInput['moved']): Promise<PlannedLaunch> {
  const { schedule } = input;
  return await planLaunch({
    specification: input.specification,
    installation: input.installation ?? null,
    sessionId: input.sessionId ?? null,
    requestId: input.requestId ?? null,
    ...(input.requestHash !== undefined && { requestHash: input.requestHash }),
    at: input.at ?? workflowInfo().startTime.getTime(),
    searchAttributes: input.searchAttributes ?? false,
    schedule: schedule && !moved ? { id: schedule.id, firedAt: firedAt() } : null,
    moved,
  });
}

export async function pauseSchedule(input: { id: string; note: string }): Promise<void> {
  await schedules.pauseSchedule(input).catch(() => undefined);
}

/** The instant that a schedule fired for, which is earlier than its start where it caught up. */
function firedAt(): number {
  const { searchAttributes, startTime } = workflowInfo();
  const [at = startTime] = (searchAttributes.TemporalScheduledStartTime ?? []) as (Date | string)[];
  return new Date(at).getTime();
}
