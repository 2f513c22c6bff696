import type { GapCause } from './facts.ts';
import { recordingFrom } from './plan.ts';
import type { Condition, Phase, SessionState } from './state.ts';
import { waitsForAccount } from './account.ts';
import { liveTakes } from './takes.ts';
import { silencedSince } from './told-source.ts';

export function phaseOf(state: SessionState): Phase {
  if (state.released) return 'released';
  if (state.desired.state === 'stopped') return 'stopping';
  const open = liveTakes(state).filter((take) => take.status === 'open');
  const running = open.filter((take) => take.actual !== 'paused');
  if (state.desired.state === 'paused') return running.length === 0 ? 'paused' : 'recording';
  if (state.at < recordingFrom(state.plan.specification.window)) return 'waiting';
  if (open.length === 0 && waitsForAccount(state)) return 'waiting';
  if (open.some((take) => take.spans.length > 0)) return 'recording';
  // Prepared and accepted, but nothing has come yet.
  const waits = open.some((take) => take.actual === 'armed' || take.actual === 'stalled');
  if (waits && (state.plan.traits.seesDrops || state.source.state === 'down')) {
    return state.everRecorded ? 'recording' : 'waiting';
  }
  return 'starting';
}

export function conditionsOf(state: SessionState): Condition[] {
  const conditions: Condition[] = [];
  if (liveTakes(state).some((take) => take.suspectSince !== null || take.status === 'unanswered')) {
    conditions.push('suspect');
  }
  const troubles = Object.values(state.troubles);
  if (troubles.some((one) => ['prepare', 'start', 'stop', 'hold', 'look', 'worker'].includes(one.about))) {
    conditions.push('degraded');
  }
  if (troubles.some((one) => one.about === 'refresh' || one.cause === 'destination'))
    conditions.push('unstored');
  return conditions;
}

/** Why nothing is being recorded now; what a gap that begins at this moment is called. */
export function causeNow(state: SessionState): { cause: GapCause; detail: string | null } {
  const { desired } = state;
  const open = liveTakes(state).filter((take) => take.status === 'open' && !take.retire);
  if (desired.state === 'paused' || open.some((take) => take.actual === 'paused')) {
    const detail = [desired.by, desired.reason].filter(Boolean).join(', ');
    return { cause: 'paused', detail: desired.state === 'paused' ? detail : null };
  }
  if (open.some((take) => take.actual === 'stalled')) {
    return { cause: 'source-absent', detail: 'connected, but no frames arrive' };
  }
  // Told by callbacks alone: looks find the recorder well.
  const silent = open.some((take) => silencedSince(state, take) !== null);
  const armed = silent || open.some((take) => take.actual === 'armed');
  if (armed && (state.plan.traits.seesDrops || state.source.state === 'down'))
    return { cause: 'source-absent', detail: null };
  const { prepare, start, worker, look } = state.troubles;
  // A recorder that was seen to be down, and has not been seen since.
  if (look && open.some((take) => take.suspectSince !== null))
    return { cause: look.cause, detail: look.text };
  if (prepare) return { cause: prepare.cause, detail: prepare.text };
  if (start) return { cause: start.cause, detail: start.text };
  if (worker) return { cause: worker.cause, detail: worker.text };
  const { stickyCause } = state;
  if (ruleHolds(state) && stickyCause.cause !== 'vendor-rule') return { cause: 'vendor-rule', detail: null };
  return stickyCause;
}

/** Only the vendor's rule about the next start keeps us from recording. */
function ruleHolds(state: SessionState): boolean {
  const { restartGapMs } = state.plan.traits;
  if (restartGapMs === 0 || state.lastEndAt === null || state.desired.state !== 'recording') return false;
  return state.at < state.lastEndAt + restartGapMs && state.at >= state.restart.notBefore;
}
