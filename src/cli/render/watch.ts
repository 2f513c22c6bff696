/** The live view: one block that is drawn anew on a terminal, and a line at each change elsewhere. */
import type { SessionStatus } from '../../client/types.ts';
import { firstLine } from '../../contract/lines.ts';
import { mostUrgent } from '../../session/troubles.ts';
import { outcomeOf } from './ended.ts';
import { isStarting } from './last-known.ts';
import { dueText, silentWords } from './live.ts';
import type { Reader } from './status.ts';
import { clock, clockOfDay, percent } from './text.ts';
import { standstill } from './who.ts';

const ESCAPE = '\u001b[';

/** Moves to the begin of what was drawn before and replaces it; long lines are cut, since a wrapped one counts twice. */
export function redraw(text: string, linesBefore: number, width: number): { output: string; lines: number } {
  const lines = text.split('\n').map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line));
  const up = linesBefore > 0 ? `${ESCAPE}${linesBefore}A` : '';
  return { output: `${up}\r${ESCAPE}J${lines.join('\n')}\n`, lines: lines.length };
}

/** What has changed is told; what only grows is not. */
export function watchLine(status: SessionStatus, { now, zone }: Reader): { key: string; line: string } {
  const view = status.source === 'live' ? status.view : null;
  const known = status.zone ?? zone;
  const parts = partsOf(status, known, now);
  const soFar = view?.soFar.percent ?? status.lastKnown?.percent;
  const time = clock(new Date(now).toISOString(), known);
  return {
    key: parts.join(' | '),
    line: [time, ...parts, ...(soFar === undefined ? [] : [percent(soFar)])].join('  '),
  };
}

function partsOf(status: SessionStatus, zone: string, now: number): string[] {
  if (status.ended) return [(outcomeOf(status) ?? 'ended').toUpperCase()];
  if (status.startAt !== null && status.source === 'scheduled')
    return ['SCHEDULED', `starts ${clockOfDay(status.startAt, zone, now)}`];
  if (isStarting(status)) return ['STARTING'];
  const silent = status.silent ? [silentWords(status.silent.part)] : [];
  const view = status.source === 'live' ? status.view : null;
  if (view === null) {
    return [(status.lastKnown?.phase ?? 'unknown').toUpperCase(), '(last known)', ...silent];
  }
  const take = view.takes.findLast((one) => one.status !== 'written-off');
  const trouble = mostUrgent(view.troubles);
  const next = view.next.find((due) => due.what !== 'answer' && due.what !== 'new run');
  return [
    [view.phase.toUpperCase(), ...view.conditions].join(', '),
    ...(take ? [`take ${take.number} ${take.evidence ?? take.actual ?? take.status}`] : []),
    ...(view.source.state === 'down' ? ['source missing'] : []),
    ...(view.maintenance
      ? [`announced work until ${clockOfDay(view.maintenance.until, zone, now, false)}`]
      : []),
    ...(view.phase === 'waiting' ? [standstill(view.troubles) ?? []].flat() : []),
    ...(trouble ? [`${trouble.who}: ${firstLine(trouble.text)}`] : []),
    ...(next ? [`next ${clockOfDay(next.at, zone, now, false)} ${dueText(next, view.window)}`] : []),
    ...silent,
  ];
}
