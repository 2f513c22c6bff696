/** Which window a firing of a schedule is about. */
import { zoneOffsetMs } from '../contract/time.ts';
import type { Registry } from '../recorders/registry.ts';
import { occurrenceAt, wholeMinutes, type NormalSchedule, type Occurrence } from '../schedules/index.ts';
import { ANNOUNCE_MS } from '../session/launching.ts';
import type { NormalSpecification } from '../session/plan.ts';

/** How long before its window the vendor wants a session to begin; none where the vendor is not known. */
export function leadMsOf(registry: Registry, specification: NormalSpecification): number {
  return registry.get(specification.vendor)?.recorder.traits(specification).leadMs ?? 0;
}

/** So long before each window a schedule fires: its launcher then has time to tell a session that runs on the target. */
export function earlyMsOf(registry: Registry, specification: NormalSpecification): number {
  return specification.window.beforeMs + leadMsOf(registry, specification) + ANNOUNCE_MS;
}

/**
 * The window that a schedule fired for at `at`. null: for nothing, such as on the 28th for a window on the 1st. A firing
 * at another time of day than the schedule's was asked for by somebody: it is a window from then on.
 */
export function windowOfFiring(
  { rule, zone }: NormalSchedule,
  usual: Occurrence,
  { at, earlyMs }: { at: number; earlyMs: number },
): { from: number; until: number } | null {
  const due = occurrenceAt(rule, { at, earlyMs });
  if (due) return due;
  const wanted = at + wholeMinutes(earlyMs);
  const secondOfDay = Math.floor((wanted + zoneOffsetMs(wanted, zone)) / 1000) % 86_400;
  if (rule.calendars.some(({ times }) => times.includes(secondOfDay))) return null;
  return { from: at, until: at + usual.until - usual.from };
}
