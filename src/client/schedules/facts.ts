/** What can be read of a schedule without its document. Holds no secret. */
import type { CalendarSpec, ScheduleSpec, ScheduleSpecDescription } from '@temporalio/client';
import { ruleWords, type NormalSchedule, type Rule } from '../../schedules/index.ts';

/** In the memo, for lists; of the document that it was made of. */
export interface ScheduleFacts {
  name: string;
  owner: string | null;
  labels: Record<string, string>;
  key: string;
  account: string;
  zone: string;
  /** The rule for people, and as it is. */
  rule: string;
  windows: Rule;
  hash: string;
}

export function factsFor({
  name,
  owner,
  labels,
  key,
  account,
  zone,
  rule,
  hash,
}: NormalSchedule): ScheduleFacts {
  return { name, owner, labels, key, account, zone, rule: ruleWords(rule), windows: rule, hash };
}

/**
 * What `apply` goes by. It stands in the comment of the first calendar, which an update replaces together with the rule: a memo
 * cannot be updated (server 1.32: "memo updates are not supported on workflow-backed schedules"). A comment has 200 bytes.
 */
export interface Mark {
  hash: string;
  /** Made by `apply`. */
  applied: boolean;
  /** Clock changes are seen to until that date. */
  until: string;
  /** Tells a repeat of one creation from another one of the same name. */
  made: string;
  /** It was changed, and its windows that have fired already are not started yet. */
  unfinished?: true;
}

/** Clock changes of the ten years after it are single entries, see `wakeUps`. */
export const CLOCK_YEARS_MS = 10 * 365.25 * 86_400_000;

export function markFor({ hash }: NormalSchedule, more: { made: string; applied: boolean }): Mark {
  const until = new Date(Date.now() + CLOCK_YEARS_MS).toISOString().slice(0, 10);
  return { hash, applied: more.applied, until, made: more.made };
}

const MARK = 'keeprolling ';

export function withMark(spec: ScheduleSpec, mark: Mark): ScheduleSpec {
  const [first = {}, ...others] = spec.calendars ?? [];
  const marked: CalendarSpec = { ...first, comment: `${MARK}${JSON.stringify(mark)}` };
  return { ...spec, calendars: [marked, ...others] };
}

/** null where somebody has taken it away. */
export function markOf(spec: ScheduleSpecDescription | undefined): Mark | null {
  const comment = spec?.calendars?.find((one) => one.comment?.startsWith(MARK))?.comment;
  if (comment === undefined) return null;
  try {
    return JSON.parse(comment.slice(MARK.length)) as Mark;
  } catch {
    return null;
  }
}
