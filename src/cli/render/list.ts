/** Sessions in a table; with --problems only those that somebody must act on. */
import type { SessionSummary } from '../../client/types.ts';
import type { QueueWorkers } from '../../client/workers.ts';
import type { Reader } from './status.ts';
import { clock, clockOfDay, columns, localised, percent, since, spread, WIDTH } from './text.ts';
import { splitTrouble } from './who.ts';

export interface Listed {
  shown: SessionSummary[];
  /** How many there are without the filter for problems; null when that is not known. */
  total: number | null;
  problems: boolean;
  server: 'ok' | 'silent';
  /** Of all queues that are needed. */
  workers: QueueWorkers[];
}

/** So many queues without a worker are named. */
const QUEUES_NAMED = 3;

export function listText({ shown, total, problems, ...around }: Listed, { now, zone }: Reader): string {
  const time = `${clock(new Date(now).toISOString(), zone)} ${zone}`;
  const right = `${time}  ${aroundText(around)}`;
  const head = [spread(headline(shown.length, total, problems), right, WIDTH), ...unpolled(around.workers)];
  if (shown.length === 0) return head.join('\n');
  const twice = doubled(shown);
  const rows = shown.map((one) => row(one, twice, { now, zone }));
  return [...head, ...columns([['WHO', 'SESSION', 'STATE', 'SINCE', 'WHAT'], ...rows], '  ')].join('\n');
}

/** `server ok  workers 2/2`: a table that is empty, or all well, may be so for want of those. */
function aroundText({ server, workers }: Pick<Listed, 'server' | 'workers'>): string {
  const polled = workers.filter((one) => one.polled === true).length;
  const unknown = server === 'silent' || workers.some((one) => one.polled === null);
  return `server ${server === 'ok' ? 'ok' : 'SILENT'}  workers ${unknown ? '?' : polled}/${workers.length}`;
}

function unpolled(workers: QueueWorkers[]): string[] {
  const without = workers.filter((one) => one.polled === false).map((one) => one.queue);
  if (without.length === 0) return [];
  const more = without.length > QUEUES_NAMED ? ` and ${without.length - QUEUES_NAMED} more` : '';
  const named = `${without.slice(0, QUEUES_NAMED).join(', ')}${more}`;
  return [
    `  ! no worker on ${without.length === 1 ? 'queue' : 'queues'} ${named} → start one: keeprolling worker`,
  ];
}

function headline(shown: number, total: number | null, problems: boolean): string {
  const sessions = (amount: number): string => `${amount} session${amount === 1 ? '' : 's'}`;
  if (!problems) return shown === 0 ? 'no sessions' : sessions(shown);
  const of = total === null ? sessions(shown) : `${shown} of ${sessions(total)}`;
  return shown === 0
    ? `nobody is needed${total ? `: ${sessions(total)}` : ''}`
    : `${of} need${shown === 1 ? 's' : ''} somebody`;
}

function row(one: SessionSummary, twice: Set<string>, { now, zone }: Reader): string[] {
  const trouble = one.trouble === null ? null : splitTrouble(one.trouble);
  const name = twice.has(one.name) ? `${one.name} ${one.sessionId}` : one.name;
  const what = trouble ? localised(trouble.text, zone, now) : progress(one, { now, zone });
  return [trouble?.who ?? '', name, one.outcome ?? one.phase, one.since ? since(one.since, now) : '', what];
}

function progress(one: SessionSummary, { now, zone }: Reader): string {
  const share = one.percent === null ? [] : [percent(one.percent)];
  const ahead = one.phase === 'scheduled' && one.windowFrom !== null;
  const begin = ahead ? [`begins ${clockOfDay(one.windowFrom!, zone, now, false)}`] : [];
  return [...begin, ...share, one.key].join('   ');
}

function doubled(shown: SessionSummary[]): Set<string> {
  const names = shown.map((one) => one.name);
  return new Set(names.filter((name, i) => names.indexOf(name) !== i));
}
