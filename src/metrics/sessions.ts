/** Sessions that have ended, and what came of them. */
import { Counter, type Registry } from 'prom-client';
import type { SessionResult } from '../session/events.ts';
import { atMost } from './at-most.ts';

export interface SessionMetrics {
  /** The ledger of a session is closed. A repeat for the same session counts once. */
  sessionEnded(account: string, result: SessionResult): void;
}

/** An activity whose reply was lost is run again within minutes. */
const REMEMBERED = 1000;

export function sessionMetrics(registry: Registry): SessionMetrics {
  const registers = [registry];
  const ended = new Counter({
    name: 'keeprolling_sessions_ended_total',
    help: 'Sessions whose ledger this worker has closed. verdict: was the window recorded completely, partly or not at all.',
    labelNames: ['account', 'outcome', 'verdict'] as const,
    registers,
  });
  const recorded = new Counter({
    name: 'keeprolling_recorded_seconds_total',
    help: 'Seconds of the windows of ended sessions that were recorded.',
    labelNames: ['account'] as const,
    registers,
  });
  const lost = new Counter({
    name: 'keeprolling_lost_seconds_total',
    help: 'Seconds of the windows of ended sessions that were not recorded, by cause. The cause paused was asked for.',
    labelNames: ['account', 'cause'] as const,
    registers,
  });
  const counted = atMost<true>(REMEMBERED);
  return {
    sessionEnded(account, { sessionId, outcome, verdict, totals }) {
      if (counted.get(sessionId)) return;
      counted.set(sessionId, true);
      ended.inc({ account, outcome, verdict });
      recorded.inc({ account }, totals.recordedMs / 1000);
      for (const [cause, ms] of Object.entries(totals.gapMs)) lost.inc({ account, cause }, ms / 1000);
    },
  };
}
