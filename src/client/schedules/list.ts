/** Schedules at a glance: one list of them, and one of what they have started. */
import { setTimeout as sleep } from 'node:timers/promises';
import { coming } from '../../schedules/index.ts';
import { several } from '../../contract/several.ts';
import type { Context } from '../context.ts';
import { listedSchedules, scheduleOrNull, type Listed } from './described.ts';
import { definedBy } from './definition.ts';
import { factsFor, type Mark, type ScheduleFacts } from './facts.ts';
import { lastRuns } from './runs.ts';
import type { ScheduleListOptions, ScheduleRun, ScheduleSummary } from './types.ts';

/** For so long those are asked whose document has changed since they were made, so many at a time. */
const ASKED_MS = 1_200;
const AT_ONCE = 16;

/** @throws KeepRollingError E_INSTALLATION_MISSING, E_SERVER_UNREACHABLE */
export async function listSchedules(
  context: Context,
  options: ScheduleListOptions = {},
): Promise<ScheduleSummary[]> {
  const [listed, runs] = await Promise.all([listedSchedules(context), lastRuns(context)]);
  const changed = await changedFacts(context, listed);
  return listed
    .map(({ name, facts, mark, summary: { scheduleId, state } }) => {
      const known = changed.get(name) ?? facts;
      return summaryOf({ name, scheduleId, facts: known, mark, state }, runs.get(scheduleId) ?? null);
    })
    .filter((one) => fits(one, options));
}

/** Of those that the list has former facts of. Who is not asked in time is shown as it was made. */
async function changedFacts(context: Context, listed: Listed[]): Promise<Map<string, ScheduleFacts>> {
  const found = new Map<string, ScheduleFacts>();
  const changed = listed.filter(({ facts, mark }) => mark !== null && mark.hash !== facts.hash);
  if (changed.length === 0) return found;
  const asking = several(changed, AT_ONCE, async ({ name }) => {
    const described = await scheduleOrNull(context, name).catch(() => null);
    const defined = described && definedBy(context, described);
    if (defined) found.set(name, factsFor(defined.schedule));
  });
  await Promise.race([asking, sleep(ASKED_MS, undefined, { ref: false })]);
  return found;
}

export function summaryOf(
  {
    name,
    scheduleId,
    facts,
    mark,
    state,
  }: {
    name: string;
    scheduleId: string;
    facts: Partial<ScheduleFacts>;
    mark: Mark | null;
    state: { paused: boolean; note?: string };
  },
  last: ScheduleRun | null,
): ScheduleSummary {
  const { key = '', account = '', owner = null, labels = {}, rule = '', zone = 'UTC', windows } = facts;
  const next = windows && coming(windows, Date.now());
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
    applied: mark?.applied === true,
    hash: mark?.hash ?? '',
  };
}

function fits({ labels, account, owner }: ScheduleSummary, wanted: ScheduleListOptions): boolean {
  if (wanted.account !== undefined && wanted.account !== account) return false;
  if (wanted.owner !== undefined && wanted.owner !== owner) return false;
  if (wanted.label === undefined) return true;
  const [name = '', value] = wanted.label.split('=', 2);
  return Object.hasOwn(labels, name) && (value === undefined || labels[name] === value);
}
