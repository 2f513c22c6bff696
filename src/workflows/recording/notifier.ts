/** Who is told what happens to a session: its receivers, and those who are told what many sessions suffer from. */
import { ActivityFailure, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../../activities/wire.ts';
import type { SharedTrouble } from '../../session/events.ts';
import { sessionSubject } from '../../session/notices.ts';
import type { Plan } from '../../session/plan.ts';
import type { LogEntry, SessionState } from '../../session/state.ts';
import type { FeedState, SessionEnding } from '../definitions.ts';
import { noticeFeed } from '../notice-feed.ts';

/** Given up soon: it must not hold up a new run, which says again what lasts. */
const { tellTrouble } = proxyActivities<Pick<Activities, 'tellTrouble'>>({
  startToCloseTimeout: '10 seconds',
  scheduleToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2 },
});

export interface Notifier {
  tell(entries: LogEntry[]): void;
  share(trouble: SharedTrouble): void;
  /** For whoever tells what became of the files; undefined where nobody is told. */
  ending(state: SessionState): SessionEnding | undefined;
  /** Nothing is on its way. */
  idle(): boolean;
  /** For the next run; undefined where nobody is told. */
  state(): FeedState | undefined;
}

export function notifier(plan: Plan, carried: FeedState | undefined): Notifier {
  const { installation, sessionId, specification } = plan;
  const { name, notify: receivers } = specification;
  const subject = sessionSubject(plan);
  const feed = receivers && noticeFeed(subject, receivers, carried);
  let underWay = 0;
  // One after another: that it is over must not come before that it is there.
  let chain: Promise<void> = Promise.resolve();

  const send = async (trouble: SharedTrouble): Promise<void> => {
    const { workflowId } = workflowInfo();
    try {
      await tellTrouble({ installation, report: { sessionId, name, workflowId, trouble } });
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
    }
  };

  return {
    tell(entries) {
      feed?.tell(
        entries,
        entries.some(({ kind }) => kind === 'verdict'),
      );
    },
    share(trouble) {
      underWay += 1;
      chain = chain
        .then(async () => await send(trouble))
        .finally(() => {
          underWay -= 1;
        });
    },
    ending: ({ nextLog }) => receivers && { subject, receivers, lastSequence: nextLog - 1 },
    idle: () => underWay === 0 && (feed?.idle() ?? true),
    state: () => feed?.state(),
  };
}
