import { addTotals, coverageOf, verdictOf, type Coverage } from './coverage.ts';
import type { SessionResult } from './events.ts';
import { takenSpans } from './ledger.ts';
import type { Outcome, SessionState, Totals, Verdict } from './state.ts';

/** The stretch that the verdict is about: the window, as far as it has passed and was wanted. */
export function verdictWindow(state: SessionState): { from: number; to: number } {
  const { fromMs } = state.plan.specification.window;
  const ends = [state.at, state.untilMs ?? state.at];
  if (state.desired.state === 'stopped') ends.push(state.desired.since);
  return { from: fromMs, to: Math.max(fromMs, Math.min(...ends)) };
}

/** Coverage of what is still in the state, and exact sums over the whole window. */
export function sessionCoverage(state: SessionState): {
  recent: Coverage;
  totals: Totals;
  verdict: Verdict;
  windowMs: number;
} {
  const { from, to } = verdictWindow(state);
  const recentFrom = Math.min(to, Math.max(from, state.settledTo));
  const recent = coverageOf(takenSpans(state), state.marks, recentFrom, to);
  const totals = addTotals(state.settled, recent.totals);
  return { recent, totals, verdict: verdictOf(totals, to - from), windowMs: to - from };
}

export function outcomeOf(state: SessionState): Outcome {
  if (state.outcome) return state.outcome;
  const wanted = state.desired.outcome ?? 'completed';
  const asked = state.desired.via === 'command' && wanted === 'completed';
  if (asked && !state.everRecorded) return 'cancelled';
  if (wanted === 'completed' || wanted === 'limit-reached')
    return state.everAccepted ? wanted : 'failed-to-start';
  return wanted;
}

export function resultOf(state: SessionState): SessionResult {
  const { totals, verdict, windowMs } = sessionCoverage(state);
  return {
    sessionId: state.plan.sessionId,
    key: state.plan.key,
    name: state.plan.specification.name,
    outcome: outcomeOf(state),
    verdict,
    windowMs,
    totals,
    takes: state.nextTake - 1,
    parts: state.part.next - 1,
  };
}
