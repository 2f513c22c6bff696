/**
 * Feeds the notifiers of a subject, one for each receiver: at most one signal is on its way to each, and what comes
 * meanwhile goes with the next. Nothing here waits for a receiver, only for the server.
 */
import { getExternalWorkflowHandle, ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { notifyWorkflowId } from '../session/names.ts';
import type { Notice, NoticeSubject } from '../session/notices.ts';
import { noticeBatch, type FeedState, type NoticeBatch, type NotifyInput } from './definitions.ts';

/** More than this never waits, here or in a notifier: the oldest are dropped and counted. */
export const WAITING_KEPT = 1_000;

export interface NoticeFeed {
  /** `last`: none follow. A notifier that has ended is started anew for what comes all the same. */
  tell(notices: Notice[], last: boolean): void;
  /** Nothing is on its way. */
  idle(): boolean;
  /** For the next run. */
  state(): FeedState;
}

export function noticeFeed(
  subject: NoticeSubject,
  receivers: string[],
  carried: FeedState = { started: [] },
): NoticeFeed {
  const lanes = receivers.map((receiver) => lane(subject, receiver, carried.started.includes(receiver)));
  return {
    tell: (notices, last) => lanes.forEach((one) => one.add({ notices, missed: 0, last })),
    idle: () => lanes.every((one) => one.idle()),
    state: () => ({ started: lanes.filter((one) => one.started()).map(({ receiver }) => receiver) }),
  };
}

interface Lane {
  receiver: string;
  add(batch: NoticeBatch): void;
  idle(): boolean;
  started(): boolean;
}

const NOTHING: NoticeBatch = { notices: [], missed: 0, last: false };

function lane(subject: NoticeSubject, receiver: string, known: boolean): Lane {
  const workflowId = notifyWorkflowId(subject.id, receiver);
  let started = known;
  let waiting = NOTHING;
  let busy = false;

  const signal = async (batch: NoticeBatch): Promise<void> =>
    await getExternalWorkflowHandle(workflowId).signal(noticeBatch, batch);

  const start = async (first: NoticeBatch): Promise<void> => {
    const input: NotifyInput = { receiver, subject, first };
    try {
      await startChild('notify', {
        workflowId,
        args: [input],
        taskQueue: workflowInfo().taskQueue,
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `${receiver} is told of ${subject.id}`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await signal(first);
    }
    started = true;
  };

  const hand = async (batch: NoticeBatch): Promise<void> => {
    if (!started) return await start(batch);
    try {
      await signal(batch);
    } catch {
      // It has ended, or was ended from outside.
      started = false;
      await start(batch);
    }
  };

  const pump = async (): Promise<void> => {
    busy = true;
    while (waiting.notices.length > 0 || waiting.last) {
      const batch = waiting;
      waiting = NOTHING;
      try {
        await hand(batch);
      } catch {
        waiting = { ...waiting, missed: waiting.missed + batch.missed + batch.notices.length };
      }
    }
    busy = false;
  };

  return {
    receiver,
    add(batch) {
      const notices = [...waiting.notices, ...batch.notices];
      const dropped = Math.max(0, notices.length - WAITING_KEPT);
      waiting = {
        notices: notices.slice(dropped),
        missed: waiting.missed + batch.missed + dropped,
        last: waiting.last || batch.last,
      };
      if (!busy) void pump();
    },
    idle: () => !busy,
    started: () => started,
  };
}
