/** Which window a firing of a schedule is about. */
import { zoneOffsetMs } from '../contract/time.ts';
import type { Registry } from '../recorders/registry.ts';
import {
  occurrenceAt,
  openOrNext,
  wholeMinutes,
  type NormalSchedule,
  type Occurrence,
  type Rule,
} from '../schedules/index.ts';
import { ANNOUNCE_MS } from '../session/launching.ts';
import type { NormalSpecification } from '../session/plan.ts';

const HOUR_MS = 3_600_000;

/** How long before its window the vendor wants a session to begin; none where the vendor is not known. */
export function leadMsOf(registry: Registry, specification: NormalSpecification): number {
  return registry.get(specification.vendor)?.recorder.traits(specification).leadMs ?? 0;
}

/** So long before each window a schedule fires: its launcher then has time to tell a session that runs on the target. */
export function earlyMsOf(registry: Registry, specification: NormalSpecification): number {
  return specification.window.beforeMs + leadMsOf(registry, specification) + ANNOUNCE_MS;
}

/** Epoch milliseconds; `asked`: by somebody, and not by the calendar. */
export interface Due {
  from: number;
  until: number;
  asked: boolean;
}

/**
 * The window that a schedule fired for at `at`. null: for nothing, such as on the 28th for a window on the 1st. A firing
 * at another time of day than the schedule's was asked for by somebody: for the window that is open, else for the first one
 * that fires no later than now, else from now on.
 */
export function windowOfFiring(
  { rule }: NormalSchedule,
  usual: Occurrence,
  { at, earlyMs }: { at: number; earlyMs: number },
): Due | null {
  const withinMs = wholeMinutes(earlyMs);
  const asked = !firesThen(rule, at + withinMs);
  const due = asked ? openOrNext(rule, { at, withinMs }) : occurrenceAt(rule, { at, earlyMs });
  if (due) return { from: due.from, until: due.until, asked };
  return asked ? { from: at, until: at + usual.until - usual.from, asked } : null;
}

/**
 * Whether the server fires then by itself: at a time of day of the rule, give or take the second that its intervals are
 * early; and near a clock change so much later as the clock was set back (Temporal, service/worker/scheduler/calendar.go).
 */
function firesThen({ calendars, zone }: Rule, wanted: number): boolean {
  const offsetMs = zoneOffsetMs(wanted, zone);
  const changeMs = Math.abs(
    zoneOffsetMs(wanted + 3 * HOUR_MS, zone) - zoneOffsetMs(wanted - 3 * HOUR_MS, zone),
  );
  const second = Math.round((wanted + offsetMs) / 1000);
  const shifts = [0, 1, changeMs / 1000, 1 + changeMs / 1000, -changeMs / 1000];
  return shifts.some((shift) => {
    const ofDay = (second + shift) % 86_400;
    return calendars.some(({ times }) => times.includes(ofDay));
  });
}
