/**
 * One recording session, from its first start to its last stop. Thin: handlers and activities make events, `step`
 * decides, and this file does what it says.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  patched,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import { neighbourWord } from '../definitions.ts';
import { begin, BEHAVIOUR, OLDEST_BEHAVIOUR } from '../../session/begin.ts';
import type { Command, CommandAnswer, Effect, SessionEvent, SessionResult } from '../../session/events.ts';
import { refusal } from '../../session/commands.ts';
import type { Plan } from '../../session/plan.ts';
import type { SessionState } from '../../session/state.ts';
import { renewed, step } from '../../session/step.ts';
import { subjectOf } from '../../session/subject.ts';
import type { RecordingInput } from '../definitions.ts';
import { alarm } from './alarm.ts';
import { admit, ANSWERED_WITHIN_MS, perform } from './calls.ts';
import { setHandlers, type Mailbox } from './handlers.ts';
import { ledgerKeeper } from './ledger-keeper.ts';
import { refuseTimeLimits } from './limits.ts';
import { notifier } from './notifier.ts';
import { publisher } from './published.ts';
import { ulidLike } from './ulid-like.ts';
import { watcher } from './watcher.ts';

export async function recording(given?: RecordingInput): Promise<SessionResult> {
  refuseTimeLimits();
  // A start without input, or with something else, is refused like any other bad specification.
  const input: RecordingInput =
    typeof given === 'object' && given !== null ? given : { specification: given };
  const events: SessionEvent[] = [];
  const answers = new Map<string, CommandAnswer>();
  let state: SessionState | undefined;

  const mailbox: Mailbox = {
    post: (news) => {
      events.push({ ...news, at: Date.now(), nonce: nonce() });
    },
  };
  setHandlers(mailbox, () => state, answers);
  // `temporal workflow cancel` is a stop with all its steps.
  CancellationScope.current().cancelRequested.catch(() => mailbox.post({ kind: 'cancel' }));

  return await CancellationScope.nonCancellable(async () => {
    const behaviour = behaviourLevel();
    const plan = input.carried?.state.plan ?? (await admitted(input));
    state = input.carried
      ? { ...input.carried.state, behaviour, runBegunAt: Date.now() }
      : begin(plan, Date.now(), behaviour);
    events.unshift({ kind: input.carried ? 'due' : 'begin', at: Date.now(), nonce: nonce() });

    const subject = subjectOf(plan);
    const keeper = ledgerKeeper(plan, subject, input.carried?.keeper);
    const told = notifier(plan, input.carried?.notifiers);
    const publish = publisher(!input.carried);
    const clock = alarm(() => mailbox.post({ kind: 'due' }));
    const watch = watcher(plan, subject, mailbox);
    const outcome: { result?: SessionResult; renew: boolean } = { renew: false };

    const act = (effect: Effect): void => {
      switch (effect.kind) {
        case 'call':
          void perform(plan, subject, effect.call).then((answer) =>
            mailbox.post({ kind: 'answer', call: effect.call.id, answer }),
          );
          break;
        case 'watch':
          watch.set(effect.watch);
          break;
        case 'archive':
          keeper.hand(effect.part, effect.ended, effect.opened);
          break;
        case 'tell-neighbour':
          if (state!.released) lastWords.push(effect);
          else void tellNeighbour(effect);
          break;
        case 'answer':
          answers.set(effect.id, effect.answer);
          break;
        case 'notify':
          told.tell(effect.entries);
          break;
        case 'shared-trouble':
          told.share(effect.trouble);
          break;
        case 'continue':
          outcome.renew = true;
          break;
        case 'close':
          outcome.result = effect.result;
          keeper.end(effect.result, told.ending(state!));
          break;
      }
    };

    // That the target is free is said when it is about to be, and to the next one first.
    const lastWords: NeighbourNews[] = [];

    const allSent = (): boolean => keeper.idle() && told.idle() && allHandlersFinished();
    const quiet = (): boolean => outcome.renew && allSent();
    const renew = async (now: SessionState): Promise<never> => {
      const notifiers = told.state();
      return await continueAsNew<typeof recording>({
        ...input,
        carried: { state: renewed(now), keeper: keeper.state(), ...(notifiers && { notifiers }) },
      });
    };

    while (!state.released) {
      // A session that is never quiet for a second is renewed between two parts when the server asks for it.
      await condition(() => events.length > 0 || (workflowInfo().continueAsNewSuggested && quiet()));
      if (events.length === 0) await renew(state);
      outcome.renew = false;
      while (events.length > 0 && !state.released) {
        const turn = step(state, events.shift()!);
        state = turn.state;
        turn.effects.forEach(act);
      }
      publish(state);
      clock.set(state.released ? null : wakeAt(state));
      if (workflowInfo().continueAsNewSuggested && state.renewal === 'no') mailbox.post({ kind: 'renew' });
      if (events.length === 0 && quiet()) await renew(state);
    }
    watch.set(null);
    // A vendor's last file is often named while the last words are on their way.
    do {
      for (const event of events.splice(0)) {
        if (event.kind === 'recorder' && event.event.kind === 'file-ready') keeper.told(event.event);
        if (event.kind === 'command') tooLate(event.command, state, answers);
      }
      await condition(allSent);
    } while (events.length > 0);
    await Promise.all(lastWords.map(tellNeighbour));
    return outcome.result!;
  });
}

/** It came in the very task in which the session ended: whoever waits for its answer would hold up the close. */
function tooLate(command: Command, state: SessionState, answers: Map<string, CommandAnswer>): void {
  const note = refusal(state, command, state.at);
  // The same request may have been answered already.
  if (!answers.has(command.id))
    answers.set(command.id, { accepted: false, applied: false, revision: state.revision, note });
}

/** While a call is under way its answer wakes us before what is due later: two events less for each call. */
function wakeAt({ lane, dueAt }: SessionState): number | null {
  if (lane === null || dueAt === null) return dueAt;
  return dueAt < lane.since + ANSWERED_WITHIN_MS ? dueAt : null;
}

/** Eight characters of `a-z0-9` for names at the vendor; other after a workflow reset. */
function nonce(): string {
  return uuid4().replaceAll('-', '').slice(0, 8);
}

/**
 * The level is fixed for a run at its first task, so that a worker of another release replays it alike. A new run takes
 * the highest; a replay finds the mark of the one that it took. Each level still here must be asked for: a mark in the
 * history that nobody asks for fails the replay.
 */
function behaviourLevel(): number {
  for (let level = BEHAVIOUR; level > OLDEST_BEHAVIOUR; level -= 1) {
    if (patched(`behaviour-${level}`)) return level;
  }
  patched(`behaviour-${OLDEST_BEHAVIOUR}`);
  return OLDEST_BEHAVIOUR;
}

type NeighbourNews = Extract<Effect, { kind: 'tell-neighbour' }>;

/** A launcher that is gone wants to know nothing. */
async function tellNeighbour({ launcher, word }: NeighbourNews): Promise<void> {
  await getExternalWorkflowHandle(launcher)
    .signal(neighbourWord, word)
    .catch(() => undefined);
}

async function admitted(input: RecordingInput): Promise<Plan> {
  const plan = await admit({
    specification: input.specification,
    workflowId: workflowInfo().workflowId,
    sessionId: input.sessionId ?? ulidLike(Date.now(), uuid4()),
    installation: input.installation ?? null,
    requestId: input.requestId ?? null,
    ...(input.requestHash !== undefined && { requestHash: input.requestHash }),
    at: input.at ?? Date.now(),
    searchAttributes: input.searchAttributes ?? false,
  });
  const { renewAfterMs, inherited } = input;
  return { ...plan, ...(renewAfterMs !== undefined && { renewAfterMs }), ...(inherited && { inherited }) };
}
