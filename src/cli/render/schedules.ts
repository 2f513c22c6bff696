/** Schedules that there are: each at a glance, one as a whole, and what a command did. */
import type {
  CreatedSchedule,
  ScheduleChanged,
  ScheduleDetails,
  ScheduleRun,
  ScheduleSummary,
} from '../../client/index.ts';
import { clockOfDay, columns, count, lasting, localised, period } from './text.ts';

export function createdText(
  { name, rule, zone, next, paused, joined, notes }: CreatedSchedule,
  now: number,
): string {
  const window = clockOfDay(next.from, zone, now, false);
  const what = paused
    ? 'paused'
    : joined
      ? `its window of ${window} is started now`
      : `next ${window} ${zone}`;
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
  const said = note === null ? '' : `: ${note}`;
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
    clockOfDay(run.at, zone, now),
    lastText(run),
    localised(run.text, zone, now),
  ]);
  return [
    name,
    ...columns(about, '  '),
    ...shown.warnings.map((text) => `  ! ${text}`),
    `  next ${zone}`,
    ...(next.length === 0 ? ['    none to come'] : next),
    '  fired',
    ...(runs.length === 0 ? ['    not yet'] : columns(runs, '    ')),
  ].join('\n');
}

export function changedText({ name, text, goesOn }: ScheduleChanged): string {
  const rows = goesOn.map((run) => [run.sessionId ?? run.workflowId, run.state, run.text]);
  return [`${name}  ${text}`, ...columns(rows, '  ')].join('\n');
}
