/** What `validate` says of documents that are right. */
import type { SessionPromise } from '../../session/promise.ts';
import type { AbsencePolicy, NormalSpecification } from '../../session/plan.ts';
import { ruleWords } from '../../schedules/index.ts';
import type { CheckedDocument } from '../documents.ts';
import type { CheckedSchedule } from '../schedules.ts';
import { promiseLines } from './promise.ts';
import { columns, count, day, lasting, period, shortClock, wrapped } from './text.ts';

const ACCOUNT_WIDTH = 96;

export interface Validated extends CheckedDocument {
  promise: SessionPromise | null;
  /** What it may do in the vendor's account, as a sentence. */
  mayChange: string;
}

export function validatedText(
  file: string,
  documents: Validated[],
  schedules: CheckedSchedule[] = [],
): string {
  const name = file === '-' ? 'standard input' : file;
  const right = documents.length + schedules.length === 1 ? 'it is right' : 'all are right';
  const kinds = [
    ...(documents.length > 0 ? [count(documents.length, 'recording')] : []),
    ...(schedules.length > 0 ? [count(schedules.length, 'schedule')] : []),
  ];
  const blocks = [...documents.map(documentLines), ...schedules.map(scheduleLines)];
  return [`${name}: ${kinds.join(', ')}, ${right}`, ...blocks.map((lines) => lines.join('\n'))].join('\n\n');
}

function scheduleLines({ schedule, coming, notes }: CheckedSchedule): string[] {
  const rows = [
    ['target', schedule.key],
    ['rule', ruleWords(schedule.rule)],
    ['next', windowText(coming.specification)],
    ...notes.map((note) => ['note', note]),
  ];
  return [`  ${schedule.name}`, ...columns(rows, '    ')];
}

function documentLines({ specification, key, promise, mayChange, notes }: Validated): string[] {
  const rows = [
    ['target', key],
    ['window', windowText(specification)],
    ...notes.map((note) => ['note', note]),
    ...(promise ? [...explained(specification), ...accountRows(mayChange)] : []),
  ];
  const lines = [`  ${specification.name}`, ...columns(rows, '    ')];
  return promise ? [...lines, '', ...promiseLines(promise)] : lines;
}

export function windowText({ window, written }: NormalSpecification): string {
  const { zone } = window;
  const iso = (at: number): string => new Date(at).toISOString();
  const at = (ms: number): string => `${day(iso(ms), zone)} ${shortClock(iso(ms), zone)}`;
  const end = window.untilMs ?? window.limitMs ?? window.fromMs;
  const span = written.from === 'now' ? `now → ${at(end)}` : period(iso(window.fromMs), iso(end), zone);
  const extras = [
    // Nothing can be recorded before now.
    written.from !== 'now' && window.beforeMs > 0 && `${lasting(window.beforeMs)} before`,
    window.afterMs > 0 && `${lasting(window.afterMs)} after`,
    window.overrunMs > 0 && `up to ${lasting(window.overrunMs)} overrun while the source is up`,
    window.limitMs !== null && `ends for good ${at(window.limitMs)}`,
  ].filter((part) => typeof part === 'string');
  const more = extras.length > 0 ? `; ${extras.join(', ')}` : '';
  return `${span} ${zone}, ${lasting(end - window.fromMs)}${more}`;
}

/** Every default, told as it was filled in. */
function explained(specification: NormalSpecification): string[][] {
  const { owner, labels, source, pause, storage, options, policy } = specification;
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return [
    ['owner', owner ?? 'nobody named'],
    ...(pairs.length > 0 ? [['labels', pairs.join(', ')]] : []),
    ['source', `late: ${absenceText(source.late)}; gone: ${absenceText(source.gone)}`],
    [
      'pause',
      pause.maxMs === null
        ? `warns after ${lasting(pause.warnAfterMs)}`
        : `ends after ${lasting(pause.maxMs)}`,
    ],
    ...(storage === null ? [] : [['storage', storage]]),
    ['options', JSON.stringify(options)],
    ['policy', `foreign: ${policy.foreign}`],
  ];
}

function accountRows(mayChange: string): string[][] {
  return wrapped(mayChange, ACCOUNT_WIDTH).map((line, i) => [i === 0 ? 'account' : '', line]);
}

function absenceText(policy: AbsencePolicy): string {
  return policy.kind === 'wait' ? 'wait' : `${policy.kind} after ${lasting(policy.afterMs)}`;
}
