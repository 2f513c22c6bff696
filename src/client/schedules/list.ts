/** Schedules at a glance: one list of them, and one of what they have started. */
import { occurrenceAt, occurrences } from '../../schedules/index.ts';
import type { Context } from '../context.ts';
import { listedSchedules } from './described.ts';
import type { ScheduleMemo } from './definition.ts';
import { lastRuns } from './runs.ts';
import type { ScheduleListOptions, ScheduleRun, ScheduleSummary } from './types.ts';

/** @throws KeepRollingError E_INSTALLATION_MISSING, E_SERVER_UNREACHABLE */
export async function listSchedules(
  context: Context,
  options: ScheduleListOptions = {},
): Promise<ScheduleSummary[]> {
  const [listed, runs] = await Promise.all([listedSchedules(context), lastRuns(context)]);
  return listed
    .map(({ name, memo, summary: { scheduleId, state } }) =>
      summaryOf({ name, scheduleId, memo, state }, runs.get(scheduleId) ?? null),
    )
    .filter((one) => fits(one, options));
}

export function summaryOf(
  {
    name,
    scheduleId,
    memo,
    state,
  }: {
    name: string;
    scheduleId: string;
    memo: Partial<ScheduleMemo>;
    state: { paused: boolean; note?: string };
  },
  last: ScheduleRun | null,
): ScheduleSummary {
  const { key = '', account = '', owner = null, labels = {}, rule = '', zone = 'UTC', windows } = memo;
  const now = Date.now();
  const next =
    windows &&
    (occurrenceAt(windows, { at: now, earlyMs: 0 }) ?? occurrences(windows, { after: now, limit: 1 })[0]);
  return {
    name,
    id: scheduleId,
    key,
    account,
    owner,
    labels,
    rule,
    zone,
    paused: state.paused,
    note: state.note ?? null,
    nextFrom: next ? new Date(next.from).toISOString() : null,
    last,
    applied: memo.applied === true,
    hash: memo.hash ?? '',
  };
}

function fits({ labels, account, owner }: ScheduleSummary, wanted: ScheduleListOptions): boolean {
  if (wanted.account !== undefined && wanted.account !== account) return false;
  if (wanted.owner !== undefined && wanted.owner !== owner) return false;
  if (wanted.label === undefined) return true;
  const [name = '', value] = wanted.label.split('=', 2);
  return Object.hasOwn(labels, name) && (value === undefined || labels[name] === value);
}
