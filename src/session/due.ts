/** The one timer: the earliest instant at which something is to be thought over again. */
import { isToPrepare, isToRelease, isToRepush } from './account.ts';
import { missingAt } from './callbacks.ts';
import { nextLapse } from './claims.ts';
import {
  absenceEnd,
  credentialsEnd,
  firstFileBy,
  leftAgainAt,
  pauseWarning,
  proofDeadline,
  stopGiveUpAt,
  writeOffAt,
} from './conclude.ts';
import { endOf } from './ends.ts';
import {
  absenceProofAt,
  changesMissing,
  handOverAt,
  isToAssert,
  refreshDue,
  startNotBefore,
  takenOverAt,
} from './decide.ts';
import type { Operation, SessionState, Take } from './state.ts';
import { isToBeNamed, liveTakes, unwanted } from './takes.ts';

export interface Due {
  at: number;
  what: string;
}

/** All instants ahead, soonest first. What has passed was thought over in this very step. */
export function duesAhead(state: SessionState): Due[] {
  if (state.released) return [];
  const dues: Due[] = [];
  const add = (what: string, at: number | null | undefined): void => {
    if (at !== null && at !== undefined && at > state.at) dues.push({ at, what });
  };
  const live = liveTakes(state);
  if (state.desired.state !== 'stopped') {
    add('window ends', endOf(state)?.at);
    add('claim ends', nextLapse(state));
  }
  if (state.desired.state === 'recording' && !live.some((take) => take.status === 'open')) {
    add('start', startNotBefore(state));
  }
  add('pause ends', state.desired.state === 'paused' ? state.desired.until : null);
  add('pause warning', pauseWarning(state));
  const patience = absenceEnd(state);
  add(patience?.what ?? '', patience?.at);
  for (const take of live) takeDues(state, take, add);
  const [former, next] = live.filter((take) => take.status === 'open' && !take.retire);
  if (former && next) add('hand-over', takenOverAt(state, former, next));
  for (const op of retried(state, live)) add(`${op} again`, state.retry[op]?.notBefore);
  for (const waiter of state.waiters) add('answer', waiter.deadline);
  add('maintenance ends', state.maintenance?.until);
  if (state.renewal === 'no') add('new run', state.runBegunAt + state.plan.renewAfterMs);
  if (state.renewal === 'ready') add('new run', state.at + 1000);
  return dues.toSorted((a, b) => a.at - b.at);
}

function takeDues(state: SessionState, take: Take, add: (what: string, at: number | null) => void): void {
  add('proof', proofDeadline(state, take));
  add('write-off', writeOffAt(state, take));
  add('credentials end', credentialsEnd(take));
  add('refresh', refreshDue(state, take));
  add('absence is proved', absenceProofAt(state, take));
  add('first file', firstFileBy(state, take));
  add('hand-over', take.retire ? null : handOverAt(state, take));
  add('stop is given up', stopGiveUpAt(state, take));
  add('callbacks are missing', missingAt(state, take));
  add('left again', leftAgainAt(take));
}

/** Operations whose next attempt is wanted as things stand; the others wait for what comes before them. */
function retried(state: SessionState, live: Take[]): Operation[] {
  const ops: Operation[] = [];
  if (live.some((take) => unwanted(state, take))) ops.push('stop');
  if (live.some(isToBeNamed)) ops.push('start');
  if (isToPrepare(state)) ops.push('prepare');
  if (live.some((take) => isToAssert(state, take))) ops.push('assert');
  if (isToRepush(state)) ops.push('repush');
  if (isToRelease(state)) ops.push('release');
  const open = live.filter((take) => take.status === 'open');
  if (state.troubles.refresh) ops.push('refresh');
  if (open.some((take) => changesMissing(state, take).length > 0)) ops.push('change');
  if (open.some((take) => !take.retire && (handOverAt(state, take) ?? Infinity) <= state.at))
    ops.push('start');
  if (state.troubles.hold) ops.push('pause', 'resume');
  if (state.renewal === 'due' || live.some((take) => take.actual === 'absent')) ops.push('look');
  return ops;
}
