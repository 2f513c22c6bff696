/** Before it begins a window can be seen, moved and cancelled. */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  setHandler,
  type ChildWorkflowHandle,
  type Workflow,
} from '@temporalio/workflow';
import { heardWord, movedTo, type Launching } from '../../session/launching.ts';
import type { NeighbourWord } from '../../session/neighbours.ts';
import {
  commandSignals,
  launchQuery,
  launchUpdates,
  neighbourWord,
  rescheduleSignal,
  type CommandPayload,
  type LaunchInput,
  type LaunchPlan,
  type LaunchView,
  type ReschedulePayload,
} from '../definitions.ts';
import { parseReschedule } from '../recording/payload.ts';
import { planned } from './calls.ts';
import { stopSession, tellNeighbour } from './session.ts';
import { show } from './shown.ts';

/** What a launcher knows. */
export interface Held {
  plan: LaunchPlan | null;
  launching: Launching;
  phase: LaunchView['phase'];
  text: string;
  /** Other windows that are wished for, and who waits for each. */
  wishes: { wish: ReschedulePayload; taken?: (problem: ApplicationFailure | null) => void }[];
  /** Something has been heard. */
  stirred: boolean;
  /** The session that it has started. */
  session: ChildWorkflowHandle<Workflow> | null;
}

export const WAITS = { phase: 'scheduled', text: 'waits for its window' } as const;
export const TOLD_TO_STOP = 'the session is told to stop';

export function setLaunchHandlers(held: Held): void {
  const stir = (): void => {
    held.stirred = true;
  };
  // Of the window, or of the session while a schedule waits for it. One in between is sent on when the session has begun.
  const stop = async (payload?: CommandPayload): Promise<void> => {
    const { launching, session } = held;
    if (session) {
      held.text = TOLD_TO_STOP;
      return await stopSession(session, payload);
    }
    const { by = 'unnamed', reason } = payload ?? {};
    if (launching.cancelledBy === null)
      Object.assign(launching, { cancelledBy: by, ...(reason && { cancelledFor: reason }) });
    stir();
  };
  const wish = async (payload?: ReschedulePayload): Promise<LaunchView> => {
    const answer: { problem?: ApplicationFailure | null } = {};
    held.wishes.push({
      wish: movable(held, payload),
      taken: (problem) => Object.assign(answer, { problem }),
    });
    stir();
    await condition(() => answer.problem !== undefined);
    if (answer.problem) throw answer.problem;
    return viewOf(held);
  };
  const hear = (payload?: ReschedulePayload): void => {
    const parsed = parseReschedule(payload);
    if (typeof parsed !== 'string') held.wishes.push({ wish: parsed });
    stir();
  };
  const validator = (payload?: ReschedulePayload): void => void movable(held, payload);

  // `temporal workflow cancel` is a stop.
  CancellationScope.current().cancelRequested.catch(
    async () => await stop({ by: 'temporal cancel', all: true }),
  );
  setHandler(launchQuery, () => viewOf(held));
  setHandler(commandSignals.stop, stop);
  setHandler(launchUpdates.stop, async (payload) => {
    await stop(payload);
    await condition(() => held.phase === 'ended' || held.phase === 'started');
    return viewOf(held);
  });
  setHandler(rescheduleSignal, hear);
  setHandler(commandSignals.extend, hear);
  setHandler(launchUpdates.reschedule, wish, { validator });
  setHandler(launchUpdates.extend, wish, { validator });
  setHandler(neighbourWord, (word?: NeighbourWord) => {
    if (typeof word?.word !== 'string' || typeof word.by?.name !== 'string' || !word.about) return;
    if (held.plan) heardWord(held.launching, held.plan, word, Date.now());
    stir();
  });
}

function viewOf({ plan, phase, text, launching: { word } }: Held): LaunchView {
  if (!plan) throw refused('The window is being worked out.', 'E_SESSION_UNKNOWN');
  const { key, name, startAt, recording } = plan;
  return {
    sessionId: recording.sessionId,
    name,
    key,
    phase,
    startAt: new Date(startAt).toISOString(),
    text,
    freeAt: word?.at == null ? null : new Date(word.at).toISOString(),
  };
}

/** @throws ApplicationFailure where it cannot be moved any more, or so */
function movable({ phase }: Held, payload?: ReschedulePayload): ReschedulePayload {
  if (phase === 'started' || phase === 'ended') throw tooLate();
  const parsed = parseReschedule(payload);
  if (typeof parsed === 'string') throw refused(parsed);
  return parsed;
}

function tooLate(): ApplicationFailure {
  return refused('Its time has come: it cannot be moved any more.');
}

function refused(message: string, code = 'E_COMMAND_INVALID'): ApplicationFailure {
  return ApplicationFailure.create({ type: code, message, nonRetryable: true });
}

/** Works each wish out; what cannot be is refused, and the window stays where it was. */
export async function takeWishes(input: LaunchInput, held: Held): Promise<void> {
  for (let next = held.wishes[0]; next && held.plan; next = held.wishes[0]) {
    const { wish, taken } = next;
    try {
      const moved = { ...(wish.from && { from: wish.from }), ...(wish.until && { until: wish.until }) };
      const answer = await planned({ ...input, ...held.plan.recording }, moved);
      const before = held.plan;
      if ('plan' in answer) held.plan = answer.plan;
      const withdraws = movedTo(held.launching, held.plan, Date.now());
      if (held.launching.word === null) Object.assign(held, WAITS);
      if (withdraws) await tellNeighbour(before, true);
      show(held.plan, input.schedule?.id);
      taken?.(null);
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      held.text = `could not be moved: ${error.cause?.message ?? error.message}`;
      const { cause } = error;
      taken?.(
        cause instanceof ApplicationFailure
          ? refused(cause.message, cause.type ?? undefined)
          : refused(held.text),
      );
    }
    held.wishes.shift();
  }
}

/** Those that came while the session was being started. */
export function refuseWishes({ wishes }: Held): void {
  for (const { taken } of wishes.splice(0)) taken?.(tooLate());
}
