/** What is to be done, document by document, by what there is. */
import type { Context } from '../context.ts';
import { listSessions, OUR_TYPES, type Found } from '../find.ts';
import { listedSchedules, type Listed } from '../schedules/described.ts';
import type { Judged } from './judge.ts';
import { pruneSchedule, scheduleStep } from './schedules.ts';
import { isApplied } from './own.ts';
import { pruneSession, sessionStep } from './sessions.ts';
import { several } from '../../contract/several.ts';
import type { ApplyAction, ApplyOptions } from './types.ts';

export interface Step {
  action: ApplyAction;
  /** What would be done, or why nothing is. */
  text: string;
  /** Does it. A sentence instead of `text`; null: there was nothing to be done after all. */
  run?: () => Promise<string | null | void>;
}

export interface Planned extends Step {
  name: string;
  kind: 'schedule' | 'session';
  document: string | null;
}

/** So many calls are under way at a time. */
export const AT_ONCE = 4;
const SCANNED = 5_000;
const SCAN_MS = 2_500;

export interface Present {
  schedules: Listed[];
  sessions: Found[];
}

/** @throws KeepRollingError E_SERVER_UNREACHABLE */
export async function presentState(context: Context): Promise<Present> {
  const [schedules, sessions] = await Promise.all([
    listedSchedules(context),
    listSessions(context, OUR_TYPES, SCANNED, SCAN_MS),
  ]);
  return { schedules, sessions: own(sessions) };
}

/** What is in no document any more comes first: it may hold the target of what is. */
export async function planAll(
  context: Context,
  { schedules, sessions }: Present,
  judged: Judged[],
  options: ApplyOptions,
): Promise<Planned[]> {
  const scheduleOf = new Map(schedules.map((one) => [one.name, one]));
  const ofName = new Map<string, Found[]>();
  for (const one of sessions) ofName.set(one.memo.name, [...(ofName.get(one.memo.name) ?? []), one]);

  const { by, plan = false } = options;
  const author = by === undefined ? {} : { by };
  const steps = await several(judged, AT_ONCE, async (one): Promise<Planned> => {
    const { name, label, kind } = one;
    const step =
      kind === 'schedule'
        ? await scheduleStep(context, { ...one, ...author }, scheduleOf.get(name))
        : await sessionStep(context, { ...one, ...author, plan }, ofName.get(name) ?? []);
    return { name, kind, document: label, ...step };
  });
  if (options.prune !== true) return steps;

  const wanted = (kind: Judged['kind'], name: string): boolean =>
    judged.some((one) => one.kind === kind && one.name === name);
  const pruned: Planned[] = [
    ...schedules
      .filter(({ name, mark }) => mark?.applied === true && !wanted('schedule', name))
      .map((one) => ({ name: one.name, kind: 'schedule' as const, ...pruneSchedule(context, one, by) })),
    ...sessions
      .filter((one) => one.open && isApplied(one) && !wanted('session', one.memo.name))
      .map((one) => ({ name: one.memo.name, kind: 'session' as const, ...pruneSession(context, one, by) })),
  ].map((one) => ({ ...one, document: null }));
  return [...pruned, ...steps];
}

/** A launcher that has started its session is that session; what a schedule has started is the schedule's. */
function own(found: Found[]): Found[] {
  const applied = found.filter(
    ({ memo }) => memo.schedule === undefined && !memo.requestId?.startsWith('schedule/'),
  );
  const begun = new Set(applied.filter(({ kind }) => kind === 'recording').map(({ memo }) => memo.sessionId));
  return applied.filter(({ kind, memo }) => kind === 'recording' || !begun.has(memo.sessionId));
}
