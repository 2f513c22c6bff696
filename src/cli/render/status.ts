/** The block that is read at 3 a.m.: how it stands, who must act, and how that is known. */
import type { LaunchStatus, SessionStatus } from '../../client/types.ts';
import { ERRORS } from '../../contract/errors.ts';
import type { TotalsView } from '../../session/views.ts';
import { endedBlock, endedExit } from './ended.ts';
import { lastKnownBlock, lastKnownExit } from './last-known.ts';
import { liveBlock } from './live.ts';
import { gapsText, windowText } from './pieces.ts';
import { columns, clockOfDay, lasting, localised, percent } from './text.ts';

export interface Reader {
  now: number;
  /** For instants of a session whose own zone is not known. */
  zone: string;
}

export function statusText(status: SessionStatus, reader: Reader): string {
  if (status.ended) return endedBlock(status, reader);
  if (status.source === 'scheduled' && status.startAt !== null) return scheduledBlock(status, reader);
  if (status.view !== null && status.source === 'live') return liveBlock(status, status.view, reader);
  return lastKnownBlock(status, reader);
}

export function statusExit(status: SessionStatus): number {
  if (status.ended) return endedExit(status);
  if (status.source === 'scheduled' && status.silent === null) return 0;
  if (status.source === 'live') return status.silent === null ? 0 : ERRORS.E_NO_WORKER.exit;
  return lastKnownExit(status);
}

function scheduledBlock(status: SessionStatus, reader: Reader): string {
  const { now } = reader;
  const zone = status.zone ?? reader.zone;
  const startAt = status.startAt!;
  const { launch, totals } = status;
  // With its target taken it is late when its window has begun, not when it could have been prepared.
  const held = launch?.running != null && Date.parse(startAt) <= now;
  const wait = Date.parse(held ? launch.window.from : startAt) - now;
  const [soon, late] = held ? ['its window begins', 'its window began'] : ['starts', 'should have started'];
  const when = wait > 0 ? `${soon} in ${lasting(wait)}` : `${late} ${lasting(-wait)} ago`;
  const phase = launch?.phase ?? 'scheduled';
  const joined = phase === 'joined';
  const headline = joined
    ? `RECORDED   by ${launch?.running?.name ?? 'another session'}`
    : `${phase.toUpperCase()}   ${when}`;
  const free = launch?.running ? '' : '; until then nothing is called and the target is free';
  const rows = [
    ['session', `${status.name}   ${status.key}`],
    ...(launch ? [['window', windowText(launch.window, zone, now)]] : []),
    ...(joined
      ? []
      : [['start', held ? 'when the target is free' : `${clockOfDay(startAt, zone, now)} ${zone}${free}`]]),
    ...(launch ? launchRows(launch, zone, now) : []),
    ...(totals ? [['so far', soFarText(totals)]] : []),
    ...(status.silent ? [['silent', localised(status.silent.text, zone, now)]] : []),
    [
      'next',
      `keeprolling reschedule ${status.sessionId} moves it, keeprolling stop ${status.sessionId} cancels it`,
    ],
  ];
  return [headline, ...columns(rows, '  ')].join('\n');
}

/** What stands in its way, and what its launcher says of that. */
function launchRows({ phase, text, running, schedule }: LaunchStatus, zone: string, now: number): string[][] {
  const rows: string[][] = [];
  if (running && phase !== 'joined') {
    const end = running.until === null ? '' : `, free at ${clockOfDay(running.until, zone, now)}`;
    rows.push(['target', `is being recorded by ${running.name}${end}`]);
  }
  if (text !== '') rows.push(['launcher', localised(text, zone, now)]);
  if (schedule !== null) rows.push(['schedule', schedule]);
  return rows;
}

function soFarText({ percent: share, recordedMs, gapMs }: TotalsView): string {
  return `${percent(share)}   ${lasting(recordedMs)} recorded, ${gapsText(gapMs)}`;
}
