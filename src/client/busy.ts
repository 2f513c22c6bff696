/** What to tell, and to do, where another session has the target. */
import { KeepRollingError } from '../contract/errors.ts';
import type { SessionMemo } from '../planning/memo.ts';
import type { Prepared } from '../planning/prepare.ts';
import { dayTime, differencesOf, differencesText } from './differences.ts';
import type { Described } from './find.ts';
import { recordsTheSame, whyNotJoined } from './join.ts';

/** What is left for a window that waits: less is not worth an advice. */
const WORTH_WAITING_MS = 60_000;

/** End of its own window, or before that for good where it may not last as long; ISO 8601, null where it has none. */
export function ownEndOf({ lastKnown, specification: { window } }: SessionMemo): string | null {
  const limit = window.limitMs === null ? null : new Date(window.limitMs).toISOString();
  const until = lastKnown?.until ?? null;
  return until === null || (limit !== null && limit < until) ? limit : until;
}

/** It is in its padding or overrun, which never take from another window. */
export function isPastItsWindow(memo: SessionMemo, now: number): boolean {
  const until = ownEndOf(memo);
  return until !== null && Date.parse(until) <= now;
}

/** It goes on for others alone, and not as long as its own specification has it: who wanted that has ended his claim. */
export function isCutShort({ lastKnown, specification: { window } }: SessionMemo): boolean {
  const until = lastKnown?.until ?? null;
  const own = window.untilMs ?? window.limitMs;
  return until !== null && own !== null && Date.parse(until) < own;
}

export function isEnding({ lastKnown }: SessionMemo): boolean {
  return lastKnown?.desired === 'stopped';
}

export function targetBusy(prepared: Prepared, running: Described, joining: boolean): KeepRollingError {
  const { memo } = running;
  const { zone } = prepared.specification.window;
  const { owner } = memo.specification;
  const known = memo.lastKnown;
  const since = known?.phase === 'recording' ? Date.parse(known.since) : running.startedAt;
  const until = ownEndOf(memo);
  const differences = differencesOf(prepared.specification, memo.specification);
  const by = owner === null ? '' : ` by ${owner}`;
  const end = until === null ? '' : ` (until ${dayTime(Date.parse(until), zone)})`;
  const verb = known?.phase === 'recording' ? 'is being recorded' : 'is held by a session';
  const ending = isEnding(memo);
  const what = ending
    ? 'it is stopping: start again when it has ended'
    : joining
      ? whyNotJoined(prepared, memo)
      : differencesText(differences, zone);
  const shared = !ending && !joining && recordsTheSame(prepared, memo);
  const outlasts = until !== null && prepared.endAt >= Date.parse(until) + WORTH_WAITING_MS;
  return new KeepRollingError(
    'E_TARGET_BUSY',
    [
      `${prepared.key} ${verb} since ${dayTime(since, zone)}${by}${end}`,
      `  ${what}`,
      ...(shared ? ['  one recording can hold both: start with --join'] : []),
      ...(outlasts
        ? [
            `  it can begin when that one is over: ${joining ? 'without --join, and with ' : ''}policy.busy: queue`,
          ]
        : []),
      `  see it: keeprolling status ${memo.name}`,
    ].join('\n'),
    {
      key: prepared.key,
      running: {
        sessionId: memo.sessionId,
        name: memo.name,
        owner,
        since: new Date(since).toISOString(),
        until,
      },
      differences,
    },
  );
}

export function barelyStarted({ key }: Prepared): KeepRollingError {
  return new KeepRollingError(
    'E_TARGET_BUSY',
    `${key} is held by a session that has just been started, of which nothing is known yet.`,
    { key, running: null, differences: [] },
  );
}
