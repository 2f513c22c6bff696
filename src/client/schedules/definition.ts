/** A schedule's document as Temporal holds it: when it fires, and what it then starts. */
import type { CalendarSpec, ScheduleSpec } from '@temporalio/client';
import type {
  ScheduleDescription,
  ScheduleOptions,
  ScheduleOptionsStartWorkflowAction,
  Workflow,
} from '@temporalio/client';
import { normalisingContext } from '../../config/normalising.ts';
import { refuse, type Problem } from '../../contract/problems.ts';
import { isScheduleDocument } from '../../contract/schedule.ts';
import { mergedDocument } from '../../contract/specification.ts';
import { zoneOffsetMs } from '../../contract/time.ts';
import { earlyMsOf } from '../../planning/occasion.ts';
import { normaliseSchedule, wakeUps } from '../../schedules/index.ts';
import type { NormalSchedule, Occurrence, Rule, SpecCalendar, WakeUps } from '../../schedules/index.ts';
import { workflowQueue } from '../../session/names.ts';
import type { LaunchInput } from '../../workflows/definitions.ts';
import type { Context } from '../context.ts';
import type { Listing } from '../list.ts';
import { inputOf } from './described.ts';
import { withMark, type Mark } from './facts.ts';
import { launcherIdOf, scheduleIdOf } from './names.ts';
import { OVERLAP } from './overlap.ts';

/** Of a year: no zone has its other time for less. */
const FORTNIGHTS = Array.from({ length: 27 }, (_, i) => i * 14 * 86_400_000);

export interface Defined {
  /** At Temporal. */
  id: string;
  schedule: NormalSchedule;
  /** The window that is open, else the next one. */
  coming: Occurrence;
  /** So long before each window it fires. */
  earlyMs: number;
  /** So long after its window a recording may go on. */
  afterMs: number;
  /** How late it may fire: until the latest instant at which a window may still be joined. */
  catchUpMs: number;
  /** What Temporal holds: template and defaults are in it, so that it fires as it was checked. */
  document: Record<string, unknown>;
  notes: string[];
}

export type Reading = { ok: true; defined: Defined } | { ok: false; problems: Problem[] };

type Knowing = Pick<Listing, 'settings'> & Pick<Context, 'registry'>;

/** Calls nobody. @throws KeepRollingError E_INSTALLATION_MISSING */
export function readSchedule({ settings, registry }: Knowing, document: unknown, now: number): Reading {
  if (!isScheduleDocument(document)) return { ok: false, problems: [NO_SCHEDULE] };
  const context = normalisingContext(settings, now);
  const read = normaliseSchedule(document, context);
  if (!read.ok) return read;
  const { schedule, coming, notes } = read;
  const { template: _template, ...merged } = mergedDocument(document, context) as Record<string, unknown>;
  const earlyMs = earlyMsOf(registry, coming.specification);
  const { afterMs } = coming.specification.window;
  const joinableMs = longestWindowMs(schedule.rule, now) + afterMs;
  return {
    ok: true,
    defined: {
      id: scheduleIdOf(settings, schedule.name),
      schedule,
      coming: coming.occurrence,
      earlyMs,
      afterMs,
      catchUpMs: earlyMs + Math.max(schedule.catchUpMs, joinableMs),
      document: merged,
      notes,
    },
  };
}

/** Not of the coming window alone: what Temporal holds is for all that come. `clockMs`: a night that has an hour twice is longer. */
function longestWindowMs({ calendars, end, zone }: Rule, now: number): number {
  if ('lengthMs' in end) return end.lengthMs;
  const { untilSeconds } = end;
  const lengths = calendars.flatMap(({ times }) =>
    times.map((seconds) => untilSeconds - seconds + (untilSeconds <= seconds ? 86_400 : 0)),
  );
  const offsets = FORTNIGHTS.map((ahead) => zoneOffsetMs(now + ahead, zone));
  const clockMs = Math.max(...offsets) - Math.min(...offsets);
  return Math.max(...lengths) * 1000 + clockMs;
}

/** What Temporal holds, by keeprolling.yaml as it is here; null where that refuses it, or no window is to come. */
export function definedBy(context: Knowing, described: ScheduleDescription): Defined | null {
  const read = readSchedule(context, inputOf(described)?.specification, Date.now());
  return read.ok ? read.defined : null;
}

const NO_SCHEDULE: Problem = {
  where: 'schedule',
  problem: 'it is missing: without it this is one recording',
  try: 'schedule: {at: "20:00", length: 2h}, or keeprolling start FILE',
};

/** @throws KeepRollingError E_SPEC_INVALID with every problem at once, E_INSTALLATION_MISSING */
export function definedSchedule(
  context: Knowing,
  document: unknown,
  options: { by?: string; consequence: string },
): Defined {
  const { by, consequence } = options;
  const read = readSchedule(context, withOwner(context, document, by), Date.now());
  if (read.ok) return read.defined;
  const name = (document as { name?: unknown } | null)?.name;
  throw refuse(
    'E_SPEC_INVALID',
    typeof name === 'string' ? name : 'the schedule',
    read.problems,
    consequence,
  );
}

/** Who makes it is its owner, where it names none. */
function withOwner({ settings }: Knowing, document: unknown, by: string | undefined): unknown {
  if (by === undefined || !isScheduleDocument(document)) return document;
  const merged = mergedDocument(document, normalisingContext(settings, Date.now())) as { owner?: unknown };
  return merged.owner === undefined ? { ...document, owner: by } : document;
}

/** Temporal's own words for a schedule, without its state. */
export function optionsFor(
  { settings }: Pick<Context, 'settings'>,
  { id, schedule, catchUpMs, earlyMs, document }: Defined,
  mark: Mark,
  searchAttributes: boolean,
): { scheduleId: string } & Pick<ScheduleOptions, 'spec' | 'policies'> & {
    action: ScheduleOptionsStartWorkflowAction<Workflow>;
  } {
  const { overlap, pauseOnFailure, name, hash, rule } = schedule;
  const input: LaunchInput = {
    specification: document,
    installation: settings.installation(),
    searchAttributes,
    schedule: { id, pauseOnFailure },
  };
  return {
    scheduleId: id,
    spec: withMark(specOf(rule, { earlyMs, catchUpMs }), mark),
    action: {
      type: 'startWorkflow',
      workflowType: 'launch',
      workflowId: launcherIdOf(id),
      taskQueue: workflowQueue(settings.queuePrefix()),
      args: [input],
      // What a held window was made of, to see whether its schedule has changed since.
      memo: { schedule: id, scheduleHash: hash },
      staticSummary: name,
    },
    policies: { overlap: OVERLAP[overlap], catchupWindow: catchUpMs, pauseOnFailure },
  };
}

/** The channels of a page have one rule, and clock changes of ten years take their time. */
const latest: { of: string; spec: ScheduleSpec | null } = { of: '', spec: null };

/** Firings that have passed are in it, too, as long as their windows may be open: see `backfillOf`. */
function specOf(rule: Rule, { earlyMs, catchUpMs }: Pick<Defined, 'earlyMs' | 'catchUpMs'>): ScheduleSpec {
  const now = Date.now() - catchUpMs;
  const of = JSON.stringify([rule, earlyMs, catchUpMs, Math.floor(now / 3_600_000)]);
  if (latest.of !== of || !latest.spec)
    Object.assign(latest, { of, spec: specFrom(wakeUps(rule, { earlyMs, now })) });
  return latest.spec!;
}

function specFrom({ timezone, calendars, intervals, skip, startAt, endAt }: WakeUps): ScheduleSpec {
  return {
    timezone,
    calendars: calendars.map(calendarOf),
    intervals,
    skip: skip.map(calendarOf),
    ...(startAt !== null && { startAt: new Date(startAt) }),
    ...(endAt !== null && { endAt: new Date(endAt) }),
  };
}

/** The same fields by the same names. */
function calendarOf(calendar: SpecCalendar): CalendarSpec {
  return calendar;
}
