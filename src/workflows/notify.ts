/**
 * Tells one receiver what happens to one subject: in order, at least once, for as long as the session needs and a day
 * after. A receiver that does not answer costs no history while it is waited for.
 */
import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  condition,
  continueAsNew,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, Delivered } from '../activities/wire.ts';
import {
  noticeBatch,
  noticesQuery,
  type NoticeBatch,
  type NotifyInput,
  type NotifyState,
} from './definitions.ts';
import { WAITING_KEPT } from './notice-feed.ts';

/** The activity says itself when it is tried again. One that is under way is waited for: it may be delivering. */
const { deliverNotices } = proxyActivities<Pick<Activities, 'deliverNotices'>>({
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '5 seconds', backoffCoefficient: 1 },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

const BATCH = 50;
/** After a failure that no repeat of the activity mends. */
const BROKEN_AGAIN_MS = 15 * 60_000;

export interface NotifyResult {
  delivered: number;
  givenUp: number;
}

export async function notify(input: NotifyInput): Promise<NotifyResult> {
  const { receiver, subject } = input;
  const state: NotifyState = input.carried ?? begun();
  if (!input.carried) take(state, input.first);
  setHandler(noticeBatch, (batch) => {
    if (Array.isArray(batch?.notices)) take(state, batch);
  });
  setHandler(noticesQuery, () => ({
    waiting: state.waiting.length,
    oldest: state.waiting[0] ? new Date(state.waiting[0].at).toISOString() : null,
    delivered: state.delivered,
    givenUp: state.givenUp,
  }));

  const renewalDue = (): boolean => workflowInfo().continueAsNewSuggested;
  for (;;) {
    await condition(() => state.waiting.length > 0 || state.last || renewalDue());
    if (state.waiting.length === 0 && state.last) break;
    if (renewalDue()) await continueAsNew<typeof notify>({ ...input, first: NOTHING, carried: state });
    const { missed, failures } = state;
    const notices = state.waiting.slice(0, BATCH);
    state.underWay = notices.length;
    account(
      state,
      await unlessDue(
        renewalDue,
        async () => await deliverNotices({ receiver, subject, notices, missed, failures }),
      ),
    );
  }
  return { delivered: state.delivered, givenUp: state.givenUp };
}

const NOTHING: NoticeBatch = { notices: [], missed: 0, last: false };

function begun(): NotifyState {
  return {
    waiting: [],
    missed: 0,
    dropped: 0,
    underWay: 0,
    delivered: 0,
    givenUp: 0,
    failures: 0,
    last: false,
    gone: false,
  };
}

/** What is under way keeps its place: the oldest of the others is dropped. */
function take(state: NotifyState, { notices, missed, last }: NoticeBatch): void {
  state.last ||= last;
  if (state.gone) {
    state.givenUp += notices.length;
    return;
  }
  state.waiting.push(...notices);
  const surplus = Math.max(0, state.waiting.length - WAITING_KEPT);
  state.waiting.splice(state.underWay, surplus);
  state.givenUp += surplus + missed;
  state.dropped += surplus + missed;
}

/** Cancelled when a new run is due: what it waits for goes on there. null: nothing is known to be delivered. */
async function unlessDue(due: () => boolean, deliver: () => Promise<Delivered>): Promise<Delivered | null> {
  const scope = new CancellationScope({ cancellable: true });
  let settled = false;
  const delivery = scope
    .run(deliver)
    .catch(async (error: unknown) => {
      if (!(error instanceof ActivityFailure)) throw error;
      if (!due()) await sleep(BROKEN_AGAIN_MS);
      return null;
    })
    .finally(() => {
      settled = true;
    });
  await condition(() => settled || due());
  if (!settled) scope.cancel();
  return await delivery;
}

function account(state: NotifyState, done: Delivered | null): void {
  state.underWay = 0;
  if (done) {
    state.waiting.splice(0, done.accounted);
    state.delivered += done.delivered;
    state.givenUp += done.givenUp;
    state.missed = done.missed;
    state.failures = done.failures;
    state.gone ||= done.gone === true;
  }
  state.missed += state.dropped;
  state.dropped = 0;
  if (!state.gone) return;
  state.givenUp += state.waiting.length;
  state.waiting = [];
}
