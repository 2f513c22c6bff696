/** Status of a session that has closed: outcome, verdict, totals. */
import type { SessionStatus, Unbegun } from '../../client/types.ts';
import { ERRORS } from '../../contract/errors.ts';
import { firstLine } from '../../contract/lines.ts';
import type { Evidence } from '../../session/facts.ts';
import { gapsText, sessionText, windowText } from './pieces.ts';
import type { Reader } from './status.ts';
import { clockOfDay, columns, count, lasting, localised, percent, spread, WIDTH } from './text.ts';

export function outcomeOf({ result, view, lastKnown }: SessionStatus): string | null {
  return result?.outcome ?? view?.outcome ?? lastKnown?.outcome ?? null;
}

/** A session that failed is told by the exit code too; one that recorded only a part of its window is not. */
export function endedExit(status: SessionStatus): number {
  const outcome = outcomeOf(status);
  return outcome === null || outcome.startsWith('failed') ? ERRORS.E_UNHEALTHY.exit : 0;
}

export function endedBlock(status: SessionStatus, reader: Reader): string {
  const { result, view, totals } = status;
  const zone = status.zone ?? reader.zone;
  if (status.unbegun) return unbegunBlock(status, status.unbegun, { ...reader, zone });
  const outcome = outcomeOf(status);
  const rows = [
    ['session', sessionText(status, view)],
    ...(totals
      ? [
          [
            'recorded',
            `${percent(totals.percent)}   ${lasting(totals.recordedMs)} of ${lasting(totals.windowMs)}, ${gapsText(totals.gapMs)}`,
          ],
          ['evidence', evidenceText(totals.byEvidence)],
        ]
      : [['recorded', 'not known: the session closed without a result']]),
    ...(result ? [['takes', String(result.takes)]] : []),
    ...(status.archive === null
      ? []
      : [['archive', `${status.archive}${result ? `, ${count(result.parts, 'part')}` : ''}`]]),
    ...(status.lastKnown?.trouble
      ? [['trouble', localised(firstLine(status.lastKnown.trouble), zone, reader.now)]]
      : []),
    ['details', `keeprolling coverage ${status.sessionId}`],
  ];
  const left =
    `${(outcome ?? 'ended without an outcome').toUpperCase()}   ${totals?.verdict ?? ''}`.trimEnd();
  return [
    spread(left, outcome === null ? 'its workflow was ended from outside' : '', WIDTH),
    ...columns(rows, '  '),
  ].join('\n');
}

/** There is no ledger to point at: this is all that there is. */
function unbegunBlock(
  status: SessionStatus,
  { outcome, text, at, window }: Unbegun,
  { now, zone }: Reader,
): string {
  const rows = [
    ['session', sessionText(status, null)],
    ['window', `${windowText(window, zone, now)}, never begun`],
    ['ended', `${clockOfDay(at, zone, now)} ${text}`],
  ];
  return [UNBEGUN[outcome], ...columns(rows, '  ')].join('\n');
}

const UNBEGUN: Record<Unbegun['outcome'], string> = {
  cancelled: 'CANCELLED   nothing was recorded',
  skipped: 'LEFT OUT   nothing was recorded',
  busy: 'FAILED-TO-START   nothing was recorded',
  missed: 'FAILED-TO-START   nothing was recorded',
};

/** The strongest first. */
export function evidenceText(byEvidence: Record<Evidence, number>): string {
  const order: Evidence[] = ['stored', 'filed', 'observed', 'inferred'];
  const parts = order.filter((one) => byEvidence[one] > 0).map((one) => `${one} ${lasting(byEvidence[one])}`);
  return parts.length > 0 ? parts.join(', ') : 'none';
}
