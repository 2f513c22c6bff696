/** Hands parts and files to the files workflow, which outlives the session: no outage of the archive keeps it open. */
import { getExternalWorkflowHandle, ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import type { Effect, SessionResult } from '../../session/events.ts';
import type { SubjectRef } from '../../activities/wire.ts';
import { filesWorkflowId } from '../../session/names.ts';
import type { Plan } from '../../session/plan.ts';
import { ledgerPart, sessionEnded, type FilesInput } from '../definitions.ts';

export interface LedgerKeeper {
  hand(effect: Extract<Effect, { kind: 'archive' }>): void;
  end(result: SessionResult): void;
  /** Nothing is on its way. */
  idle(): boolean;
  started(): boolean;
}

export function ledgerKeeper(plan: Plan, subject: SubjectRef, alreadyStarted: boolean): LedgerKeeper {
  const id = filesWorkflowId(plan.sessionId);
  let started = alreadyStarted;
  let underWay = 0;
  // One after another: parts must arrive in their order.
  let chain: Promise<void> = Promise.resolve();

  const start = async (): Promise<void> => {
    const { specification } = plan;
    const { fromMs, untilMs, zone } = specification.window;
    const input: FilesInput = {
      header: {
        sessionId: plan.sessionId,
        key: plan.key,
        name: specification.name,
        owner: specification.owner,
        account: specification.account,
        vendor: specification.vendor,
        window: { fromMs, untilMs, zone },
        labels: specification.labels,
        ...(plan.requestId !== null && {
          request: { requestId: plan.requestId, specificationHash: plan.specificationHash },
        }),
      },
      subject,
      queues: plan.queues,
      session: workflowInfo().workflowId,
    };
    await startChild('files', {
      workflowId: id,
      args: [input],
      taskQueue: plan.queues.workflows,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `files of ${specification.name}`,
    });
    started = true;
  };

  const enqueue = (send: () => Promise<void>): void => {
    underWay += 1;
    chain = chain
      .then(async () => {
        if (!started) await start();
        await send();
      })
      .catch(async () => {
        // It was ended from outside: another one goes on, and the archive's chain of hashes shows the break.
        await start();
        await send();
      })
      .catch(() => undefined)
      .finally(() => {
        underWay -= 1;
      });
  };
  const files = getExternalWorkflowHandle(id);

  return {
    hand(effect) {
      enqueue(async () => await files.signal(ledgerPart, effect.part, effect.ended));
    },
    end(result) {
      enqueue(async () => await files.signal(sessionEnded, result));
    },
    idle: () => underWay === 0,
    started: () => started,
  };
}
