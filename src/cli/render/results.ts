/** What starts and commands answer. */
import type { CommandResult, Started } from '../../client/types.ts';
import { ERRORS } from '../../contract/errors.ts';
import type { CommandName } from '../../session/state.ts';
import type { CliFailure } from '../failure.ts';
import { failureText } from '../failure.ts';
import type { Reader } from './status.ts';
import { clockOfDay } from './text.ts';

/** One line, so that a file of many documents stays readable. */
export function startedText(started: Omit<Started, 'handle'>, { now, zone }: Reader): string {
  const { name, sessionId, key, existing, startAt } = started;
  const what = existing ? 'is there already' : startAt ? 'scheduled' : 'started';
  const when = startAt ? `, starts ${clockOfDay(startAt, zone, now)} ${zone}` : '';
  return `${name}  ${what}${when}   ${sessionId}   ${key}`;
}

export function notStartedText(label: string, failure: CliFailure): string {
  return `${label}  not started   ${failureText(failure)}`;
}

const DONE: Record<CommandName, string> = {
  pause: 'paused',
  resume: 'resumed',
  stop: 'stopped',
  extend: 'extended',
};

export function commandText(name: CommandName, result: CommandResult): string {
  const { accepted, applied, note, revision, status } = result;
  const number = revision === null ? '' : ` (revision ${revision})`;
  const why = note ?? (status.silent ? status.silent.text : '');
  const more = why === '' ? '' : `: ${why}`;
  if (!accepted) return `${status.name}  ${name} is refused${more}`;
  if (applied) return `${status.name}  ${DONE[name]}${number}${more}`;
  // The client's own words for a missing worker say it all.
  if (why.startsWith('accepted')) return `${status.name}  ${name} is ${why}${number}`;
  return `${status.name}  ${name} is accepted, not applied yet${number}${more}`;
}

/** Accepted is not done: without a worker nobody carries it out until one comes. */
export function commandExit({ accepted, applied, status }: CommandResult): number {
  if (!accepted) return ERRORS.E_COMMAND_INVALID.exit;
  return !applied && status.silent !== null ? ERRORS.E_NO_WORKER.exit : 0;
}
