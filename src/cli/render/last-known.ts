/** Status when a part is dead: what was last known, which part is silent, and what goes on without it. */
import type { SessionStatus } from '../../client/types.ts';
import { ERRORS } from '../../contract/errors.ts';
import { firstLine } from '../../contract/lines.ts';
import { splitTrouble } from '../../session/troubles.ts';
import { silentWords, withoutNext } from './live.ts';
import { sessionText } from './pieces.ts';
import type { Reader } from './status.ts';
import {
  clockOfDay,
  columns,
  lasting,
  localised,
  percent,
  since,
  upperFirst,
  withoutNote,
  wrapped,
} from './text.ts';
import { standstill } from './who.ts';

const TEXT_WIDTH = 110;

/** Silent is nobody: a worker has answered, and the workflow has not begun. */
export function isStarting({ ended, source, silent, view }: SessionStatus): boolean {
  return !ended && source === 'last-known' && silent === null && view === null;
}

export function lastKnownExit(status: SessionStatus): number {
  const { silent } = status;
  if (isStarting(status)) return 0;
  return silent?.part === 'server' ? ERRORS.E_SERVER_UNREACHABLE.exit : ERRORS.E_NO_WORKER.exit;
}

export function lastKnownBlock(status: SessionStatus, reader: Reader): string {
  const { lastKnown, silent } = status;
  const { now } = reader;
  const zone = status.zone ?? reader.zone;
  const starting = isStarting(status);
  const known = starting
    ? 'STARTING'
    : lastKnown
      ? `${[lastKnown.phase.toUpperCase(), ...lastKnown.conditions].join(', ')} (last known ${clockOfDay(lastKnown.asOf, zone, now)} ${zone}, ${since(lastKnown.asOf, now)} ago)`
      : 'NOTHING IS KNOWN of its state';
  const rows = [
    ['session', sessionText(status, status.view)],
    ...(lastKnown ? knownRows(lastKnown, { now, zone }) : []),
    ...lookRows(status, { now, zone }),
    ...(status.archive === null ? [] : [['archive', status.archive]]),
  ];
  return [
    `${known}   ${starting ? 'its workflow is about to begin' : silentText(silent)}`,
    ...(silent
      ? wrapped(upperFirst(localised(withoutNote(silent.text), zone, now)), TEXT_WIDTH).map(
          (line) => `  ${line}`,
        )
      : []),
    ...columns(rows, '  '),
  ].join('\n');
}

function silentText(silent: SessionStatus['silent']): string {
  if (silent === null) return 'ITS WORKFLOW DOES NOT ANSWER';
  const where = silent.queue ? ` on queue ${silent.queue}` : '';
  // A worker that polls and does not answer is not mended by another one.
  const startable = silent.part !== 'server' && silent.kind === 'gone';
  const act = startable ? 'start one: keeprolling worker' : 'look further: keeprolling doctor';
  return `${silentWords(silent.part)}${where} → ${act}`;
}

function knownRows(lastKnown: NonNullable<SessionStatus['lastKnown']>, { now, zone }: Reader): string[][] {
  const rows: string[][] = [];
  if (lastKnown.take > 0) {
    const recording = lastKnown.recording ? ` (${lastKnown.recording})` : '';
    rows.push(['take', `${lastKnown.take}${recording}; wanted: ${lastKnown.desired}`]);
  }
  rows.push(['so far', `${percent(lastKnown.percent)}   ${lasting(lastKnown.recordedMs)} recorded`]);
  if (lastKnown.until !== null) {
    const left = Date.parse(lastKnown.until) - now;
    const end = left > 0 ? `${lasting(left)} left` : `ended ${lasting(-left)} ago: only a worker can stop it`;
    rows.push(['window', `until ${clockOfDay(lastKnown.until, zone, now, false)}, ${end}`]);
  }
  if (lastKnown.trouble !== null) {
    const { who, text } = splitTrouble(lastKnown.trouble);
    const stands = standstill([{ code: lastKnown.troubleCode ?? null }]);
    rows.push([
      'trouble',
      `${who}: ${stands === null ? '' : `${stands}: `}${localised(firstLine(text), zone, now)}`,
    ]);
  }
  const work = lastKnown.maintenance?.until ?? null;
  if (work !== null && Date.parse(work) > now)
    rows.push(['work', `announced until ${clockOfDay(work, zone, now)}`]);
  return rows;
}

function lookRows({ look }: SessionStatus, { now, zone }: Reader): string[][] {
  if (look === null) return [];
  const when = look.at ? `${clockOfDay(look.at, zone, now)} (${since(look.at, now)} ago): ` : '';
  return [['look', `${when}${withoutNext(look.sentence)}`]];
}
