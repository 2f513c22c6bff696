/** A window that gets no recording of its own is told to whoever would have been told of that recording. */
import { condition, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities/wire.ts';
import type { Notice } from '../../session/notices.ts';
import type { Audience } from '../definitions.ts';
import { noticeFeed } from '../notice-feed.ts';

const { noticeReceivers } = proxyActivities<Pick<Activities, 'noticeReceivers'>>({
  startToCloseTimeout: '10 seconds',
  retry: { maximumAttempts: 3 },
});

/** `nothing` was recorded, or it is only said how the window has gone. */
export async function tellWindow(
  audience: Audience | undefined,
  { outcome, text, nothing }: { outcome: string; text: string; nothing: boolean },
): Promise<void> {
  if (!audience || audience.receivers.length === 0) return;
  const notice: Notice = {
    sequence: 1,
    at: Date.now(),
    kind: nothing ? 'verdict' : 'phase',
    text,
    data: nothing ? { outcome, verdict: 'nothing', percent: 0 } : { phase: 'released', outcome },
  };
  const feed = noticeFeed(audience.subject, audience.receivers);
  feed.tell([notice], true);
  await condition(() => feed.idle());
}

/** The window could not even be worked out: those are told who are told of what concerns no session alone. */
export async function tellUnplanned(schedule: string, text: string): Promise<void> {
  const receivers = await noticeReceivers().catch(() => []);
  const subject: Audience['subject'] = {
    id: `schedule/${schedule}`,
    type: 'session',
    source: `/keeprolling/schedule/${schedule}`,
    about: { schedule },
  };
  await tellWindow({ subject, receivers }, { outcome: 'failed-to-start', text, nothing: true });
}
