/** One schedule: its rule, its coming windows, what became of its last ones, and whether it is still what it was made. */
import type { ScheduleDescription } from '@temporalio/client';
import { isoIn } from '../../contract/time.ts';
import { occurrenceAt, occurrences } from '../../schedules/index.ts';
import type { Occurrence, Rule } from '../../schedules/index.ts';
import type { Context } from '../context.ts';
import { describedSchedule, hashOf, inputOf } from './described.ts';
import { definedBy, definedSchedule, type Defined } from './definition.ts';
import { factsFor, markOf } from './facts.ts';
import { isEdited } from './edited.ts';
import { summaryOf } from './list.ts';
import { overlapOf } from './overlap.ts';
import { launcherById, runOrUnknown, windowsOf } from './runs.ts';
import type { ScheduleDetails, ScheduleDocument, ScheduledWindow, ScheduleRun } from './types.ts';

const NEXT = 5;
const RUNS = 5;
/** A window may have fired more often than once. */
const FIRINGS = 2;
/** Who is told so long before has two years to apply it anew. */
const RENEW_BEFORE_MS = 2 * 365 * 86_400_000;

/** @throws KeepRollingError E_SCHEDULE_UNKNOWN, E_INSTALLATION_MISSING, E_SERVER_UNREACHABLE */
export async function showSchedule(
  context: Context,
  name: string,
  { next = NEXT, runs = RUNS }: { next?: number; runs?: number } = {},
): Promise<ScheduleDetails> {
  const described = await describedSchedule(context, name);
  const { scheduleId, state, policies, info } = described;
  const recent = info.recentActions.slice(-runs * FIRINGS).toReversed();
  const fired = await Promise.all(
    recent.map(async (one) => await historyOf(context, one.action.workflow.workflowId, one.takenAt)),
  );
  const history = windowsOf(fired).slice(0, runs);
  const read = definedBy(context, described);
  const facts = read ? factsFor(read.schedule) : (described.memo ?? {});
  const mark = markOf(described.spec);
  return {
    ...summaryOf({ name, scheduleId, facts, mark, state }, history[0] ?? null),
    next: read ? comingWindows(read.schedule.rule, next) : [],
    runs: history,
    catchUpMs: policies.catchupWindow,
    overlap: overlapOf(policies),
    pauseOnFailure: policies.pauseOnFailure,
    missedFirings: info.numActionsMissedCatchupWindow,
    skippedFirings: info.numActionsSkippedOverlap,
    warnings: warningsOf(described, read),
    document: (inputOf(described)?.specification ?? {}) as Record<string, unknown>,
  };
}

/**
 * Of one that there is, by its name, or of a document that need not be one.
 * @throws KeepRollingError E_SPEC_INVALID, E_SCHEDULE_UNKNOWN, E_INSTALLATION_MISSING, E_SERVER_UNREACHABLE
 */
export async function nextOfSchedule(
  context: Context,
  wanted: string | ScheduleDocument,
  { count = NEXT }: { count?: number } = {},
): Promise<ScheduledWindow[]> {
  const read =
    typeof wanted === 'string'
      ? definedBy(context, await describedSchedule(context, wanted))
      : definedSchedule(context, wanted, { consequence: 'nothing is previewed' });
  return read ? comingWindows(read.schedule.rule, count) : [];
}

/** The one that is open, too. */
function comingWindows(rule: Rule, limit: number): ScheduledWindow[] {
  const now = Date.now();
  const open = occurrenceAt(rule, { at: now, earlyMs: 0 });
  const coming = occurrences(rule, { after: now, limit }).filter(({ from }) => from !== open?.from);
  return [...(open ? [open] : []), ...coming].slice(0, limit).map((one) => windowOf(one, rule.zone));
}

function windowOf({ from, until, dst }: Occurrence, zone: string): ScheduledWindow {
  return { from: isoIn(from, zone), until: isoIn(until, zone), dst: dst.map(({ text }) => text) };
}

async function historyOf(context: Context, workflowId: string, takenAt: Date): Promise<ScheduleRun> {
  const forgotten: ScheduleRun = {
    at: takenAt.toISOString(),
    workflowId,
    sessionId: null,
    window: null,
    state: 'unknown',
    text: 'Temporal does not know it any more, or did not say in time',
    outcome: null,
    verdict: null,
  };
  const launcher = await launcherById(context, workflowId).catch(() => null);
  if (!launcher) return forgotten;
  return { ...(await runOrUnknown(context, launcher)), at: takenAt.toISOString() };
}

function warningsOf(described: ScheduleDescription, read: Defined | null): string[] {
  if (!read) {
    return [
      'what it starts is refused by keeprolling.yaml as it is here, or no window of it is to come: see keeprolling schedule next',
    ];
  }
  const until = markOf(described.spec)?.until;
  const renew = until !== undefined && Date.parse(until) - Date.now() < RENEW_BEFORE_MS;
  return [
    ...(hashOf(described) !== read.schedule.hash || isEdited(read, described)
      ? [
          'it was edited by hand at Temporal: it does not fire, or start, what its document says; keeprolling apply makes it so again',
        ]
      : []),
    ...(renew ? [`clock changes are seen to until ${until}; keeprolling apply sees to ten years more`] : []),
  ];
}
