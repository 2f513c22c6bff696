/** Levels of the session's rules, as `doctor` tells them: which are in use, and which could be deleted. */
import type { Levels } from '../../client/levels.ts';
import type { Check } from '../../recorders/recorder.ts';
import { BEHAVIOUR, OLDEST_BEHAVIOUR } from '../../session/begin.ts';
import { count } from '../render/text.ts';
import { bad, good } from './checks.ts';

export const WHAT = 'behaviour';
/** So many sessions that hold up an end are named. */
const NAMED = 3;

/** What this release has of levels. */
export interface Release {
  oldest: number;
  newest: number;
}

const OURS: Release = { oldest: OLDEST_BEHAVIOUR, newest: BEHAVIOUR };

/** What can be told without a server. */
export function currentLevel(more = ''): Check {
  return good(WHAT, `new sessions begin with level ${BEHAVIOUR}${more}`);
}

export function levelsCheck({ open, untold, cut }: Levels, { oldest, newest }: Release = OURS): Check {
  const used = [...open].toSorted(([a], [b]) => a - b);
  const parts = used.map(([level, names]) => `${count(names.length, 'session')} at level ${level}`);
  if (untold.length > 0)
    parts.push(`${untold.length} that ${untold.length === 1 ? 'tells' : 'tell'} none yet`);
  const inUse = parts.length === 0 ? 'no session is open' : `open: ${parts.join(', ')}`;
  const head = `new sessions begin with level ${newest}; ${inUse}`;

  const gone = used.filter(([level]) => level < oldest);
  if (gone.length > 0) {
    const names = gone.flatMap(([, sessions]) => sessions);
    return bad(
      WHAT,
      `${head}; this release knows levels from ${oldest} on: ${named(names)} cannot go on under it`,
      'run a worker of the release before until they have ended',
    );
  }
  if (oldest >= newest) return good(WHAT, head);
  if (cut) return good(WHAT, `${head}, and more; which level could be deleted is not known`);
  // One that tells none may have begun with any.
  if (untold.length > 0) return good(WHAT, `${head}; no level can be deleted before those are known`);
  const lowest = used[0]?.[0] ?? newest;
  if (lowest > oldest) return good(WHAT, `${head}; ${levelsTo(oldest, Math.min(lowest, newest) - 1)}`);
  return good(WHAT, `${head}; level ${oldest} is held by ${named(open.get(oldest) ?? [])}`);
}

function levelsTo(from: number, to: number): string {
  const which = from === to ? `level ${from}` : `levels ${from} to ${to}`;
  return `${which} could be deleted: no open session has ${from === to ? 'it' : 'them'}`;
}

function named(names: string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).join(', ')}${more}`;
}
