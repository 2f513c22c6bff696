/** What describe and the Temporal UI show. Upserted only when it changes: each upsert is an event of history. */
import { setCurrentDetails, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Plan } from '../../session/plan.ts';
import type { SessionState } from '../../session/state.ts';
import { detailsText, lastKnown, memoKey } from '../../session/views.ts';

const PHASE = defineSearchAttributeKey('KeeprollingPhase', SearchAttributeType.KEYWORD);
const OUTCOME = defineSearchAttributeKey('KeeprollingOutcome', SearchAttributeType.KEYWORD);

/** The memo of a session, from its plan: what no change of its state changes. */
export function planMemo(plan: Plan): Record<string, unknown> {
  return {
    specification: plan.specification,
    specificationHash: plan.specificationHash,
    ...(plan.recordingHash !== undefined && { recordingHash: plan.recordingHash }),
    sessionId: plan.sessionId,
    key: plan.key,
    name: plan.specification.name,
    ...(plan.requestId !== null && { requestId: plan.requestId }),
    queues: plan.queues,
  };
}

export function publisher(first: boolean): (state: SessionState) => void {
  let shown = '';
  let phase = '';
  let fresh = first;
  return (state) => {
    setCurrentDetails(detailsText(state));
    if (memoKey(state) === shown) return;
    shown = memoKey(state);
    upsertMemo({ ...(fresh && planMemo(state.plan)), lastKnown: lastKnown(state) });
    fresh = false;
    if (!state.plan.searchAttributes || state.phase === phase) return;
    phase = state.phase;
    upsertSearchAttributes([
      { key: PHASE, value: state.phase },
      ...(state.outcome === null ? [] : [{ key: OUTCOME, value: state.outcome }]),
    ]);
  };
}
