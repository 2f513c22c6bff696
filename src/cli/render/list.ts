/** Sessions in a table; with --problems only those that somebody must act on. */
import type { SessionSummary } from '../../client/types.ts';
import type { QueueWorkers } from '../../client/workers.ts';
import { firstLine } from '../../contract/lines.ts';
import type { Reader } from './status.ts';
import { clock, clockOfDay, columns, localised, percent, since, spread, upperFirst, WIDTH } from './text.ts';
import { remedyFor, standstill } from './who.ts';

export interface Listed {
  shown: SessionSummary[];
  /** How many there are without the filter for problems; null when that is not known. */
  total: number | null;
  /** Open ones that have no worker. */
  wanting: number;
  problems: boolean;
  server: 'ok' | 'silent';
  /** Of all queues that are needed. */
  workers: QueueWorkers[];
}

/** So many queues without a worker are named. */
const QUEUES_NAMED = 3;

/** A problem that is no problem of announced work. */
export function needsSomebody({ problem, maintenance }: SessionSummary): boolean {
  return problem !== null && maintenance === null;
}

export function listText(listed: Listed, { now, zone }: Reader): string {
  const { shown, problems, ...around } = listed;
  const time = `${clock(new Date(now).toISOString(), zone)} ${zone}`;
  const right = `${time}  ${aroundText(around)}`;
  const head = [spread(headline(listed), right, WIDTH), ...unpolled(around.workers)];
  if (shown.length === 0) return head.join('\n');
  const twice = doubled(shown);
  const rows = problems
    ? [['WHO', 'SESSION', '', 'STATE', 'SINCE', 'WHAT'], ...problemRows(shown, twice, { now, zone })]
    : [['WHO', 'SESSION', 'STATE', 'SINCE', 'WHAT'], ...shown.map((one) => row(one, twice, { now, zone }))];
  return [...head, ...columns(rows, '  ')].join('\n');
}

function problemRows(shown: SessionSummary[], twice: Set<string>, reader: Reader): string[][] {
  const tails = shortest(shown.map((one) => one.sessionId));
  return shown.map((one, i) => {
    const begun = one.problem?.since ?? one.since;
    return [
      whoOf(one),
      one.name,
      `#${tails[i]}`,
      [one.outcome ?? one.phase, ...one.conditions].join(', '),
      begun === null ? '' : since(begun, reader.now),
      [whatText(one, reader), ...remedyOf(one, twice)].join('; → '),
    ];
  });
}

/** What acts on a session takes its name or its whole id. */
function remedyOf(session: SessionSummary, twice: Set<string>): string[] {
  const { problem, name, sessionId, closed } = session;
  if (!needsSomebody(session)) return [];
  const reference = twice.has(name) ? sessionId : name;
  if (closed) return [`keeprolling explain ${reference}`];
  return problem?.code ? [remedyFor(problem.code, reference) ?? []].flat() : [];
}

const TAIL = 4;

/** The ends of the ids, as long as they must be to tell these sessions apart: each is a reference of its own. */
function shortest(ids: string[]): string[] {
  const tails = (length: number): string[] => ids.map((id) => id.slice(-length).toLowerCase());
  let length = TAIL;
  while (length < 26 && new Set(tails(length)).size < new Set(ids).size) length += 1;
  return tails(length);
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

function headline({ shown, total, wanting, problems }: Listed): string {
  const sessions = (amount: number): string => `${amount} session${amount === 1 ? '' : 's'}`;
  const stuck = wanting === 0 ? '' : `, ${wanting} for want of a worker`;
  if (!problems) {
    if (shown.length === 0) return 'no sessions';
    return `${sessions(shown.length)}${wanting === 0 ? '' : `, ${wanting} without a worker`}`;
  }
  const needing = shown.filter(needsSomebody).length;
  const expected = shown.length - needing;
  const work = expected === 0 ? '' : `; ${expected} in announced work`;
  const of = total === null ? sessions(needing) : `${needing} of ${sessions(total)}`;
  return needing === 0
    ? `nobody is needed${total ? `: ${sessions(total)}` : ''}${work}`
    : `${of} need${needing === 1 ? 's' : ''} somebody${stuck}${work}`;
}

function row(one: SessionSummary, twice: Set<string>, { now, zone }: Reader): string[] {
  const name = twice.has(one.name) ? `${one.name} ${one.sessionId}` : one.name;
  const state = one.outcome ?? one.phase;
  return [whoOf(one), name, state, one.since ? since(one.since, now) : '', whatText(one, { now, zone })];
}

function whoOf(one: SessionSummary): string {
  return needsSomebody(one) ? one.problem!.who : '';
}

function whatText(one: SessionSummary, { now, zone }: Reader): string {
  const what = one.problem ? problemText(one, one.problem, { now, zone }) : progress(one, { now, zone });
  if (one.maintenance === null) return what;
  return `announced work until ${clockOfDay(one.maintenance, zone, now, false)}   ${what}`;
}

function problemText(
  { closed }: SessionSummary,
  { code, text }: NonNullable<SessionSummary['problem']>,
  { now, zone }: Reader,
): string {
  const stands = closed ? null : standstill([{ code }]);
  return `${stands === null ? '' : `${upperFirst(stands)}: `}${localised(firstLine(text), zone, now)}`;
}

function progress(one: SessionSummary, { now, zone }: Reader): string {
  const share = one.percent === null ? [] : [percent(one.percent)];
  const ahead = one.phase === 'scheduled' && one.windowFrom !== null;
  const begin = ahead ? [`begins ${clockOfDay(one.windowFrom!, zone, now, false)}`] : [];
  const held = one.targetWith === undefined ? [] : [`the target is with ${one.targetWith}`];
  return [...begin, ...held, ...share, one.key].join('   ');
}

function doubled(shown: SessionSummary[]): Set<string> {
  const names = shown.map((one) => one.name);
  return new Set(names.filter((name, i) => names.indexOf(name) !== i));
}
