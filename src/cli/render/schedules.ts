/** Schedules that there are: each at a glance, one as a whole, and what a command did. */
import type {
  CreatedSchedule,
  ScheduleChanged,
  ScheduleDetails,
  ScheduleRun,
  ScheduleSummary,
} from '../../client/index.ts';
import { startedWords } from '../../client/schedules/words.ts';
import { clockOfDay, columns, count, day, lasting, localised, period, shortClock } from './text.ts';

export function createdText(
  { name, rule, zone, next, paused, startedNow, notes }: CreatedSchedule,
  now: number,
): string {
  const what = paused
    ? 'paused'
    : startedNow.length > 0
      ? startedWords(startedNow, zone, now)
      : `next ${clockOfDay(next.from, zone, now, false)} ${zone}`;
  return [`${name}  made: ${rule}; ${what}`, ...notes.map((note) => `  ! ${note}`)].join('\n');
}

export function schedulesText(schedules: ScheduleSummary[], now: number): string {
  if (schedules.length === 0) return 'no schedules; keeprolling schedule create FILE makes one';
  const rows = schedules.map((one) => [
    one.name,
    one.paused ? 'paused' : 'active',
    one.nextFrom === null ? 'none to come' : clockOfDay(one.nextFrom, one.zone, now, false),
    one.last ? lastText(one.last) : '-',
    one.rule,
  ]);
  return columns([['SCHEDULE', 'STATE', 'NEXT', 'LAST', 'RULE'], ...rows]).join('\n');
}

function lastText({ state, outcome, verdict }: ScheduleRun): string {
  return [state, ...[outcome, verdict].filter((word) => word !== null && word !== state)].join(', ');
}

export function scheduleText(shown: ScheduleDetails, now: number): string {
  const { name, key, rule, zone, owner, labels, paused, note, catchUpMs, overlap, pauseOnFailure } = shown;
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  const said = note ? `: ${note}` : '';
  const left = [
    shown.missedFirings > 0 && `${count(shown.missedFirings, 'firing')} came too late`,
    shown.skippedFirings > 0 &&
      `${count(shown.skippedFirings, 'firing')} left out, as another window went on`,
  ].filter((part) => typeof part === 'string');
  const about = [
    ['target', key],
    ['rule', rule],
    ['state', paused ? `PAUSED${said}` : `active${said}`],
    ...(owner === null ? [] : [['owner', owner]]),
    ...(pairs.length === 0 ? [] : [['labels', pairs.join(', ')]]),
    ['overlap', overlap],
    ['on failure', pauseOnFailure ? 'it is paused' : 'it goes on'],
    ['catch-up', `it may fire up to ${lasting(catchUpMs)} late`],
    ...(left.length === 0 ? [] : [['left out', left.join('; ')]]),
  ];
  const next = shown.next.flatMap(({ from, until, dst }) => [
    `    ${period(from, until, zone)}`,
    ...dst.map((text) => `        ! ${text}`),
  ]);
  const runs = shown.runs.map((run) => [
    run.window ? windowText(run.window, zone) : `fired ${clockOfDay(run.at, zone, now)}`,
    runText(run, zone, now),
  ]);
  return [
    name,
    ...columns(about, '  '),
    ...shown.warnings.map((text) => `  ! ${text}`),
    `  next ${zone}`,
    ...(next.length === 0 ? ['    none to come'] : next),
    '  started',
    ...(runs.length === 0 ? ['    not yet'] : columns(runs, '    ')),
  ].join('\n');
}

function windowText({ from, until }: NonNullable<ScheduleRun['window']>, zone: string): string {
  return until === null ? `${day(from, zone)} ${shortClock(from, zone)}` : period(from, until, zone);
}

/** Its sentence where its outcome says less. */
function runText(run: ScheduleRun, zone: string, now: number): string {
  const { state, text, outcome } = run;
  if (outcome !== null) return lastText(run);
  const said = localised(text, zone, now);
  return said.startsWith(state) ? said : `${state}: ${said}`;
}

export function changedText({ name, text, goesOn, zone }: ScheduleChanged, now: number): string {
  const rows = goesOn.map((run) => [run.sessionId ?? run.workflowId, runText(run, zone, now)]);
  return [`${name}  ${text}`, ...columns(rows, '  ')].join('\n');
}
