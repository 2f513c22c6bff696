/** The block that is read at 3 a.m.: how it stands, who must act, and how that is known. */
import type { SessionStatus } from '../../client/types.ts';
import { ERRORS } from '../../contract/errors.ts';
import { endedBlock, endedExit } from './ended.ts';
import { lastKnownBlock, lastKnownExit } from './last-known.ts';
import { liveBlock } from './live.ts';
import { columns, clockOfDay, lasting, localised } from './text.ts';

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
  const wait = Date.parse(startAt) - now;
  const when = wait > 0 ? `starts in ${lasting(wait)}` : `should have started ${lasting(-wait)} ago`;
  const silent = status.silent ? [['silent', localised(status.silent.text, zone, now)]] : [];
  const rows = [
    ['session', `${status.name}   ${status.key}`],
    [
      'start',
      `${clockOfDay(startAt, zone, now)} ${zone}; until then nothing is called and the target is free`,
    ],
    ...silent,
    ['next', `keeprolling stop ${status.sessionId} cancels it`],
  ];
  return [`SCHEDULED   ${when}`, ...columns(rows, '  ')].join('\n');
}
