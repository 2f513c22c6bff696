/**
 * One recording session, from its first start to its last stop. Thin: handlers and activities make events, `step`
 * decides, and this file does what it says.
 */
import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  patched,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import { begin, BEHAVIOUR } from '../../session/begin.ts';
import type { CommandAnswer, Effect, SessionEvent, SessionResult, Watch } from '../../session/events.ts';
import type { Plan } from '../../session/plan.ts';
import type { SessionState } from '../../session/state.ts';
import { renewed, step } from '../../session/step.ts';
import { subjectOf } from '../../session/subject.ts';
import type { RecordingInput } from '../definitions.ts';
import { alarm } from './alarm.ts';
import { admit, ANSWERED_WITHIN_MS, failureOf, perform, watchTakes } from './calls.ts';
import { setHandlers, type Mailbox } from './handlers.ts';
import { ledgerKeeper } from './ledger-keeper.ts';
import { publisher } from './published.ts';
import { ulidLike } from './ulid-like.ts';

export async function recording(given?: RecordingInput): Promise<SessionResult> {
  refuseTimeLimits();
  // A start without input, or with something else, is refused like any other bad specification.
  const input: RecordingInput =
    typeof given === 'object' && given !== null ? given : { specification: given };
  const post: SessionEvent[] = [];
  const answers = new Map<string, CommandAnswer>();
  let state: SessionState | undefined;

  const mailbox: Mailbox = {
    post: (news) => {
      post.push({ ...news, at: Date.now(), nonce: nonce() } as SessionEvent);
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
    post.unshift({ kind: input.carried ? 'due' : 'begin', at: Date.now(), nonce: nonce() });

    const subject = subjectOf(plan);
    const keeper = ledgerKeeper(plan, subject, input.carried?.filesStarted ?? false);
    const publish = publisher(!input.carried);
    const clock = alarm(() => mailbox.post({ kind: 'due' }));
    let watching: CancellationScope | null = null;
    let result: SessionResult | null = null;

    const startWatch = (watch: Watch | null): void => {
      watching?.cancel();
      watching = null;
      if (!watch) return;
      watching = new CancellationScope({ cancellable: true });
      void watching.run(async () => {
        try {
          const report = await watchTakes(plan, subject, watch);
          mailbox.post({ kind: 'report', version: watch.version, ...report });
        } catch (error) {
          if (!isCancellation(error))
            mailbox.post({ kind: 'watch-lost', version: watch.version, failure: failureOf(error) });
        }
      });
    };
    let renew = false;
    const act = (effect: Effect): void => {
      switch (effect.kind) {
        case 'call':
          void perform(plan, subject, effect.call).then((answer) =>
            mailbox.post({ kind: 'answer', call: effect.call.id, answer }),
          );
          break;
        case 'watch':
          startWatch(effect.watch);
          break;
        case 'archive':
          keeper.hand(effect);
          break;
        case 'answer':
          answers.set(effect.id, effect.answer);
          break;
        case 'continue':
          renew = true;
          break;
        case 'close':
          result = effect.result;
          keeper.end(effect.result);
          break;
      }
    };

    while (result === null) {
      await condition(() => post.length > 0);
      renew = false;
      while (post.length > 0 && result === null) {
        const turn = step(state, post.shift()!);
        state = turn.state;
        turn.effects.forEach(act);
      }
      publish(state);
      clock.set(result === null ? wakeAt(state) : null);
      if (workflowInfo().continueAsNewSuggested && state.renewal === 'no') mailbox.post({ kind: 'renew' });
      if (renew && post.length === 0 && keeper.idle() && allHandlersFinished()) {
        await continueAsNew<typeof recording>({
          ...input,
          carried: { state: renewed(state), filesStarted: keeper.started() },
        });
      }
    }
    startWatch(null);
    await condition(() => keeper.idle() && allHandlersFinished());
    return result;
  });
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

/** The level is fixed for a run at its first task, so that a worker of another release replays it alike. */
function behaviourLevel(): number {
  return patched(`behaviour-${BEHAVIOUR}`) ? BEHAVIOUR : BEHAVIOUR - 1;
}

/** Some servers put a time-out of ten years on every workflow; what is longer than this is no limit. */
const NO_LIMIT_MS = 5 * 365 * 24 * 3_600_000;

/** Time-outs and retries of the whole workflow would end or double a recording behind our back. */
function refuseTimeLimits(): void {
  const { executionExpirationTime, startTime, retryPolicy, runTimeoutMs } = workflowInfo();
  const executionMs = executionExpirationTime ? executionExpirationTime.getTime() - startTime.getTime() : 0;
  const limited = [executionMs, runTimeoutMs ?? 0].some((ms) => ms > 0 && ms < NO_LIMIT_MS);
  if (!limited && !retryPolicy) return;
  throw ApplicationFailure.create({
    type: 'E_WORKFLOW_OPTIONS',
    message:
      'A session must be started without execution time-out, run time-out and retry policy: they would end or double its recording.',
    nonRetryable: true,
  });
}

async function admitted(input: RecordingInput): Promise<Plan> {
  const plan = await admit({
    specification: input.specification,
    workflowId: workflowInfo().workflowId,
    sessionId: input.sessionId ?? ulidLike(Date.now(), uuid4()),
    installation: input.installation ?? null,
    requestId: input.requestId ?? null,
    at: input.at ?? Date.now(),
    searchAttributes: input.searchAttributes ?? false,
  });
  return input.renewAfterMs === undefined ? plan : { ...plan, renewAfterMs: input.renewAfterMs };
}
