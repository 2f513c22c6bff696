/** Another window for a session that has not begun, judged before anything is sent. */
import { KeepRollingError } from '../contract/errors.ts';
import { refuse, type Problem } from '../contract/problems.ts';
import { windowProblems } from '../contract/specification.ts';
import type { SessionMemo } from '../planning/memo.ts';
import { dayTime } from './differences.ts';
import type { ReschedulePayload } from '../workflows/definitions.ts';

/** Instants are ISO 8601; the length counts from the begin. */
export interface MoveWish {
  from?: string;
  until?: string;
  lengthMs?: number;
}

export type Move = Pick<ReschedulePayload, 'from' | 'until'>;

/** @throws KeepRollingError E_COMMAND_INVALID with every problem of the new window */
export function movedWindow({ name, specification }: SessionMemo, wish: MoveWish, now: number): Move {
  const { fromMs, untilMs, limitMs, beforeMs, afterMs } = specification.window;
  const from = wish.from ?? iso(fromMs);
  const until = wish.lengthMs === undefined ? wish.until : iso(Date.parse(from) + wish.lengthMs);
  const end = until ?? (untilMs === null ? undefined : iso(untilMs));
  const window = {
    from,
    ...(end !== undefined && { until: end }),
    ...(limitMs !== null && { maxDuration: `${limitMs - fromMs}ms` }),
    padding: { before: `${beforeMs}ms`, after: `${afterMs}ms` },
  };
  const problems = endsFirst(specification.window.zone, wish, from, end) ?? windowProblems(window, now);
  if (problems.length > 0)
    throw refuse('E_COMMAND_INVALID', `the window of ${name}`, problems, 'nothing was changed');
  return { ...(wish.from !== undefined && { from }), ...(until !== undefined && { until }) };
}

/** Which of the two was not meant, and what moves it. */
function endsFirst(
  zone: string,
  wish: MoveWish,
  from: string,
  end: string | undefined,
): Problem[] | undefined {
  if (end === undefined || Date.parse(end) > Date.parse(from)) return undefined;
  const moved = wish.from !== undefined && wish.until === undefined;
  return [
    {
      where: 'window.until',
      found: `from ${dayTime(Date.parse(from), zone)} to ${dayTime(Date.parse(end), zone)} ${zone}`,
      problem: 'the window ends before it begins',
      try: moved
        ? 'move its end too: until, or length (--length) from the new begin on'
        : 'a later end: for (--for) counts from now, length (--length) from the begin of the window',
    },
  ];
}

/** As of a session that runs: `extend` takes nothing away, and promises nothing that maxDuration cuts off. @throws KeepRollingError E_COMMAND_INVALID */
export function assertLater({ specification }: SessionMemo, { until }: Move): void {
  const { untilMs, limitMs } = specification.window;
  const end = untilMs ?? limitMs;
  if (until === undefined || end === null) return;
  const wanted = Date.parse(until);
  if (limitMs !== null && wanted > limitMs)
    throw new KeepRollingError(
      'E_COMMAND_INVALID',
      `maxDuration ends the window at ${iso(limitMs)}; it cannot be extended past that. reschedule moves its begin too.`,
    );
  if (wanted >= end) return;
  throw new KeepRollingError(
    'E_COMMAND_INVALID',
    `The window goes on until ${iso(end)} already; extend moves the end only later. reschedule moves it anywhere.`,
  );
}

const iso = (at: number): string => new Date(at).toISOString();
