/** Holds a window that is not near yet, without a lock, and starts its session when it is; see `session/launching.ts`. */
import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  ContinueAsNew,
  continueAsNew,
  workflowInfo,
  type ChildWorkflowHandle,
  type Workflow,
} from '@temporalio/workflow';
import type { SessionResult } from '../../session/events.ts';
import {
  announced,
  foundBusy,
  launching,
  nextMove,
  wordForWindow,
  type LaunchOutcome,
} from '../../session/launching.ts';
import type { LaunchInput, LaunchPlan } from '../definitions.ts';
import { pauseSchedule, planned } from './calls.ts';
import { refuseWishes, setLaunchHandlers, takeWishes, TOLD_TO_STOP, WAITS, type Held } from './handlers.ts';
import { resultOf, startSession, stopSession, tellNeighbour } from './session.ts';
import { show } from './shown.ts';
import { tellUnplanned, tellWindow } from './told.ts';

export interface LaunchResult {
  sessionId: string | null;
  started: boolean;
  outcome: LaunchOutcome | 'started' | 'ended' | 'nothing-due';
  text: string;
  /** Who has cancelled it, and why. */
  by?: string;
  reason?: string;
  /** How the session ended, where a schedule waits for it. */
  result?: SessionResult;
}

/** Ends of a window of which nothing was recorded, and nobody wanted that. */
const NOTHING: ReadonlySet<LaunchOutcome> = new Set(['busy', 'missed', 'skipped']);

export async function launch(given?: LaunchInput): Promise<LaunchResult> {
  // A start without input, or with something else, is refused like any other bad specification.
  const input: LaunchInput = typeof given === 'object' && given !== null ? given : { specification: given };
  const { carried } = input;
  const held: Held = {
    plan: carried?.plan ?? input.planned ?? null,
    launching: carried?.launching ?? launching(),
    ...WAITS,
    wishes: [],
    stirred: false,
    session: null,
  };
  setLaunchHandlers(held);
  return await CancellationScope.nonCancellable(() => watched(input, held));
}

async function watched(input: LaunchInput, held: Held): Promise<LaunchResult> {
  const { schedule } = input;
  try {
    return await begun(input, held);
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    if (schedule && !held.plan) await tellUnplanned(schedule.id, noteOf(error));
    if (schedule?.pauseOnFailure)
      await pauseSchedule({ id: schedule.id, note: `paused by keeprolling: ${noteOf(error)}` });
    throw error;
  }
}

async function begun(input: LaunchInput, held: Held): Promise<LaunchResult> {
  if (!held.plan) {
    const answer = await planned(input, null);
    if ('nothing' in answer) {
      const { nothing: text, outcome, audience } = answer;
      if (outcome === 'missed') await tellWindow(audience, { outcome, text, nothing: true });
      return { sessionId: null, started: false, outcome, text };
    }
    held.plan = answer.plan;
    show(held.plan, input.schedule?.id);
  }
  for (;;) {
    await takeWishes(input, held);
    held.stirred = false;
    const plan: LaunchPlan = held.plan;
    const move = nextMove(held.launching, plan, Date.now());
    switch (move.kind) {
      case 'end': {
        const { outcome, text } = move;
        if (outcome === 'cancelled' && held.launching.told) await tellNeighbour(plan, true);
        Object.assign(held, { phase: 'ended', text });
        if (outcome !== 'own')
          await tellWindow(plan.audience, { outcome, text, nothing: NOTHING.has(outcome) });
        return {
          sessionId: plan.recording.sessionId,
          started: false,
          outcome,
          text,
          ...byWhom(outcome, held),
        };
      }
      case 'announce':
        announced(held.launching);
        await tellNeighbour(plan, false);
        break;
      case 'start': {
        const session = await startSession(plan, held.launching.word?.inherited);
        if (session) return await carriedOut(input, held, plan, session);
        foundBusy(held.launching, Date.now());
        break;
      }
      case 'wait':
        held.phase =
          held.launching.word?.word === 'joined' ? 'joined' : held.launching.busy ? 'busy' : 'scheduled';
        held.text = held.launching.word ? wordForWindow(held.launching.word) : held.text;
        await condition(() => held.stirred, Math.max(1, move.until - Date.now()));
    }
    if (workflowInfo().continueAsNewSuggested && held.wishes.length === 0)
      await continueAsNew<typeof launch>({
        ...input,
        carried: { plan: held.plan, launching: held.launching },
      });
  }
}

function byWhom(outcome: LaunchOutcome, { launching: { cancelledBy, cancelledFor } }: Held) {
  if (outcome !== 'cancelled' || cancelledBy === null) return {};
  return { by: cancelledBy, ...(cancelledFor !== undefined && { reason: cancelledFor }) };
}

/** A schedule learns how its session ends: so its own history, and its pause on failure, are about recordings. */
async function carriedOut(
  { schedule }: LaunchInput,
  held: Held,
  { recording: { sessionId }, name }: LaunchPlan,
  session: ChildWorkflowHandle<Workflow>,
): Promise<LaunchResult> {
  const { cancelledBy: by, cancelledFor: reason } = held.launching;
  Object.assign(held, { session, phase: 'started', text: by === null ? 'the session runs' : TOLD_TO_STOP });
  refuseWishes(held);
  if (by !== null) await stopSession(session, { by, ...(reason !== undefined && { reason }) });
  if (!schedule) {
    await condition(allHandlersFinished);
    return { sessionId, started: true, outcome: 'started', text: held.text };
  }
  const result = await resultOf(session);
  const { outcome, verdict } = result;
  const text = `${name} has ended: ${outcome}, ${verdict}`;
  if (outcome.startsWith('failed'))
    throw ApplicationFailure.create({
      type: 'E_SESSION_FAILED',
      message: text,
      details: [{ sessionId, outcome, verdict }],
    });
  return { sessionId, started: true, outcome: 'ended', text, result };
}

function noteOf(error: unknown): string {
  const { cause, message } = error as { cause?: Error; message: string };
  return (cause?.message ?? message).slice(0, 500);
}
