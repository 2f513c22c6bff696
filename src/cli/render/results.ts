/** What starts and commands answer. */
import type { CommandResult, MaintenanceResult, SessionStatus, Started } from '../../client/types.ts';
import { ERRORS } from '../../contract/errors.ts';
import type { CommandName } from '../../session/state.ts';
import type { StatusView } from '../../session/views.ts';
import type { CliFailure } from '../failure.ts';
import { failureText } from '../failure.ts';
import { outcomeOf } from './ended.ts';
import { windowText } from './pieces.ts';
import type { Reader } from './status.ts';
import { clockOfDay, localised } from './text.ts';

/** How a session stands right after it was started. */
export interface Stands {
  /** null where it could not be had. */
  status: SessionStatus | null;
  /** It is scheduled, and nobody polls a queue that it will need. */
  unpolled: boolean;
}

/** One line, so that a file of many documents stays readable; a second one where somebody must act. */
export function startedText(
  started: Omit<Started, 'handle'>,
  { now, zone }: Reader,
  { status, unpolled }: Stands,
): string {
  const { name, sessionId, key, existing } = started;
  const what = status?.ended ? endedWords(status, existing) : startedWords(started, { now, zone });
  const line = `${name}  ${what}   ${sessionId}   ${key}`;
  const warning = unpolled
    ? 'scheduled, but NO WORKER ANSWERS: it does not begin unless one runs by then → keeprolling worker'
    : silentText(status, existing);
  return warning === null ? line : `${line}\n  ! ${warning}`;
}

function startedWords(started: Omit<Started, 'handle'>, { now, zone }: Reader): string {
  const { existing, startAt, joined, until, note, busyWith } = started;
  const at = (instant: string): string => `${clockOfDay(instant, zone, now)} ${zone}`;
  if (joined && note !== undefined) return `asked to go on for you until ${at(until!)}: ${note}`;
  if (joined) return `joined: it goes on for you until ${at(until!)}`;
  if (busyWith && !existing) {
    if (busyWith.makesWay) return `scheduled: ${busyWith.name} is past its window and makes way at once`;
    const end = busyWith.until ? ` until ${at(busyWith.until)}` : '';
    return `scheduled: ${busyWith.name} records the target${end}`;
  }
  return `${existing ? 'is there already' : startAt ? 'scheduled' : 'started'}${startAt ? `, starts ${at(startAt)}` : ''}`;
}

function endedWords(status: SessionStatus, existing: boolean): string {
  const outcome = outcomeOf(status) ?? 'without an outcome';
  return `${existing ? '' : 'was started and '}has ended (${outcome}); nothing records`;
}

function silentText(status: SessionStatus | null, existing: boolean): string | null {
  const silent = status?.silent;
  if (!silent || status.ended || silent.part === 'server') return null;
  const what = existing ? 'it is there' : 'started';
  if (silent.kind === 'no-answer')
    return `${what}, but NO WORKER ANSWERS in time → keeprolling status ${status.sessionId}`;
  if (status.lastKnown?.phase === 'recording')
    return `${what}, but NO WORKER ANSWERS: nothing is looked at or stopped until one runs → keeprolling worker`;
  return `${what}, but NO WORKER ANSWERS: nothing records until one runs → keeprolling worker`;
}

/** As `status` has it for the last that is known; a scheduled session has until its start to get a worker. */
export function startedExit({ status }: Stands): number {
  const silent = status !== null && !status.ended && status.source !== 'scheduled' ? status.silent : null;
  return silent !== null && silent.part !== 'server' ? ERRORS.E_NO_WORKER.exit : 0;
}

export function notStartedText(label: string, failure: CliFailure): string {
  return `${label}  not started   ${failureText(failure)}`;
}

type Done = CommandName | 'reschedule';

const DONE: Record<Done, string> = {
  reschedule: 'rescheduled',
  join: 'joined',
  pause: 'paused',
  resume: 'resumed',
  stop: 'stopped',
  extend: 'extended',
  change: 'changed',
};

export function commandText(name: Done, result: CommandResult, reader: Reader): string {
  const { accepted, applied, note, revision, status } = result;
  const number = revision === null ? '' : ` (revision ${revision})`;
  const zone = status.zone ?? reader.zone;
  const why = localised(note ?? (status.silent ? status.silent.text : ''), zone, reader.now);
  const more = why === '' ? '' : `: ${why}`;
  if (!accepted) return `${status.name}  ${name} is refused${more}`;
  if (applied && name === 'stop' && !status.ended && status.view)
    return `${status.name}  your claim has ended; it goes on for ${claimsText(status.view.claims, { now: reader.now, zone })}${number}`;
  if (applied)
    return `${status.name}  ${DONE[name]}${untilText(name, status, { now: reader.now, zone })}${number}${more}`;
  // The client's own words for a missing worker say it all.
  if (why.startsWith('accepted')) return `${status.name}  ${name} is ${why}${number}`;
  return `${status.name}  ${name} is accepted, not applied yet${number}${more}`;
}

/** @param until as people read it; null for work that is over */
export function maintenanceText(result: MaintenanceResult, until: string | null): string {
  const { account, sessions, applied, note } = result;
  const what = until === null ? 'maintenance is over' : `maintenance ${until}`;
  const many = sessions === 1 ? '1 open session' : `${sessions} open sessions`;
  if (applied) return `${account}  ${what}; ${many} ${sessions === 1 ? 'is' : 'are'} told`;
  return `${account}  ${until === null ? 'the end of maintenance' : what} is ${note}; ${many} will hear of it → keeprolling worker`;
}

/** `team-a until 22:00:00, team-b until 23:00:00` */
export function claimsText(claims: StatusView['claims'], { now, zone }: Reader): string {
  return claims
    .map(({ owner, until }) => `${owner}${until === null ? '' : ` until ${clockOfDay(until, zone, now)}`}`)
    .join(', ');
}

function untilText(name: Done, { view, launch, startAt }: SessionStatus, { now, zone }: Reader): string {
  if (name === 'reschedule' && launch) {
    return ` to ${windowText(launch.window, zone, now)}${startAt ? `, starts ${clockOfDay(startAt, zone, now)}` : ''}`;
  }
  const end = view?.window.until ?? launch?.window.until ?? null;
  const until = name === 'pause' ? view?.desired.until : name === 'extend' ? end : null;
  return until ? ` until ${clockOfDay(until, zone, now)} ${zone}` : '';
}

/** Accepted is not done: without a worker nobody carries it out until one comes. */
export function commandExit({ accepted, applied, status }: CommandResult): number {
  if (!accepted) return ERRORS.E_COMMAND_INVALID.exit;
  return !applied && status.silent !== null ? ERRORS.E_NO_WORKER.exit : 0;
}
