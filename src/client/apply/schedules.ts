/** What is to be done for a schedule's document. */
import type { Context } from '../context.ts';
import { dayTime } from '../differences.ts';
import { create } from '../schedules/create.ts';
import type { Defined } from '../schedules/definition.ts';
import { CLOCK_YEARS_MS, markOf, type Mark } from '../schedules/facts.ts';
import { hashOf, scheduleOrNull, type Listed } from '../schedules/described.ts';
import { deleteSchedule } from '../schedules/control.ts';
import { startedWords } from '../schedules/words.ts';
import { isEdited } from '../schedules/edited.ts';
import { update } from '../schedules/update.ts';
import type { Step } from './plan.ts';

/** Single entries for clock changes are made anew when so much of their time has passed. */
const RENEW_MS = 2 * 365 * 86_400_000;

export async function scheduleStep(
  context: Context,
  { defined, over, by }: { defined: Defined; over: boolean; by?: string },
  listed: Listed | undefined,
): Promise<Step> {
  const { schedule } = defined;
  const { name, hash } = schedule;
  const same = listed?.mark?.hash === hash && listed.mark.applied && isWhole(listed.mark);
  if (same && !isEdited(defined, listed.summary)) return unchanged(listed.summary.state.paused);
  // A list may lag, and does not show all.
  const described = await scheduleOrNull(context, name);
  if (!described) {
    if (over) return { action: 'unchanged', text: 'no window of it is to come, and it is not made' };
    return {
      action: 'create',
      text: 'a new schedule',
      run: async () => {
        const { startedNow, paused, next, zone } = await create(context, defined, true);
        const now = Date.now();
        if (startedNow.length > 0) return `made; ${startedWords(startedNow, zone, now)}`;
        return paused
          ? 'made, paused'
          : `made; its next window is ${dayTime(Date.parse(next.from), zone, now)} ${zone}`;
      },
    };
  }
  const mark = markOf(described.spec);
  const equal = hashOf(described) === hash;
  if (over && equal) return unchanged(described.state.paused);
  const edited = isEdited(defined, described);
  if (equal && mark?.applied === true && isWhole(mark) && !edited) return unchanged(described.state.paused);
  return {
    action: 'update',
    text: over ? OVER : whyUpdated(equal, edited, mark),
    run: async () =>
      (await update(context, defined, described, { applied: true, ...(by !== undefined && { by }) })).text,
  };
}

const OVER =
  'its document has changed; no window of it is to come any more, and what it records goes on to its end';

function whyUpdated(equal: boolean, edited: boolean, mark: Mark | null): string {
  if (!equal) return 'its document has changed; the windows that come are changed';
  if (mark?.unfinished) return 'a change of it was not finished; its windows that are due are started';
  if (edited) return 'it was edited by hand; it is made again what its document says';
  if (mark && isStale(mark)) return 'clock changes are seen to for ten years more';
  return 'it was not made by apply; from now on it is kept by it';
}

function isWhole(mark: Mark): boolean {
  return !isStale(mark) && mark.unfinished !== true;
}

function isStale({ until }: Mark): boolean {
  return Date.parse(until) - Date.now() < CLOCK_YEARS_MS - RENEW_MS;
}

function unchanged(paused: boolean): Step {
  return { action: 'unchanged', text: paused ? 'as it is; paused' : 'as it is' };
}

export function pruneSchedule(context: Context, { name }: Listed, by: string | undefined): Step {
  return {
    action: 'prune',
    text: 'it is deleted; windows of it that have not begun are cancelled, and what it records goes on to its end',
    run: async () =>
      (
        await deleteSchedule(context, name, {
          cancel: true,
          reason: 'its document is gone',
          ...(by !== undefined && { by }),
        })
      ).text,
  };
}
