/**
 * Where the ledger goes. Until its first take records, the session writes its few parts itself; from then on, or as soon as
 * the archive fails, a workflow of its own keeps ledger and files, which outlives the session: no outage of the archive
 * holds it up, and a session that waits for its window or its source is one workflow and not two.
 */
import {
  ActivityFailure,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyActivities,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, LedgerHeader, SubjectRef } from '../../activities/wire.ts';
import type { EndedTake, Part, RecorderEvent, SessionResult } from '../../session/events.ts';
import { filesWorkflowId } from '../../session/names.ts';
import type { Plan } from '../../session/plan.ts';
import {
  filesTold,
  ledgerPart,
  sessionEnded,
  type FilesInput,
  type KeeperState,
  type SessionEnding,
} from '../definitions.ts';

/** One attempt: what fails here goes to the keeper, which has all the time. */
const archive = proxyActivities<Pick<Activities, 'writePart'>>({
  startToCloseTimeout: '10 seconds',
  retry: { maximumAttempts: 1 },
});

export interface LedgerKeeper {
  hand(part: Part, ended: EndedTake[], opened?: EndedTake[]): void;
  /** `ending`: for the last notice, where somebody is told. */
  end(result: SessionResult, ending?: SessionEnding): void;
  /** What the vendor told of a file after the last step. */
  told(event: RecorderEvent): void;
  /** Nothing is on its way. */
  idle(): boolean;
  /** For the next run. */
  state(): KeeperState;
}

export function ledgerKeeper(
  plan: Plan,
  subject: SubjectRef,
  carried: KeeperState | undefined,
): LedgerKeeper {
  const id = filesWorkflowId(plan.sessionId);
  const header = headerOf(plan);
  const files = getExternalWorkflowHandle(id);
  const state: KeeperState = carried ?? { started: false, previousHash: null };
  let underWay = 0;
  // One after another: parts must arrive in their order.
  let chain: Promise<void> = Promise.resolve();

  const start = async (): Promise<void> => {
    const input: FilesInput = {
      header,
      subject,
      queues: plan.queues,
      session: workflowInfo().workflowId,
      previousHash: state.previousHash,
      settleMs: plan.traits.filesSettleMs,
    };
    await startChild('files', {
      workflowId: id,
      args: [input],
      taskQueue: plan.queues.workflows,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `files of ${plan.specification.name}`,
    });
    state.started = true;
  };

  const tell = async (send: () => Promise<void>): Promise<void> => {
    try {
      if (!state.started) await start();
      await send();
    } catch {
      // It was ended from outside: another one goes on, and finds in the archive where the chain of hashes stands.
      state.previousHash = null;
      await start();
      await send();
    }
  };

  const written = async (part: Part): Promise<boolean> => {
    try {
      state.previousHash = (await archive.writePart({ header, part, previousHash: state.previousHash })).hash;
      return true;
    } catch (error) {
      if (error instanceof ActivityFailure) return false;
      throw error;
    }
  };

  const enqueue = (work: () => Promise<void>): void => {
    underWay += 1;
    chain = chain
      .then(work)
      .catch(() => undefined)
      .finally(() => {
        underWay -= 1;
      });
  };

  return {
    hand(part, ended, opened = []) {
      const moved = ended.length + opened.length > 0;
      enqueue(async () => {
        if (!state.started && !moved && (await written(part))) return;
        await tell(async () => await files.signal(ledgerPart, part, ended, opened));
      });
    },
    end(result, ending) {
      const signal = async (): Promise<void> =>
        await (ending ? files.signal(sessionEnded, result, ending) : files.signal(sessionEnded, result));
      enqueue(async () => await tell(signal));
    },
    told(event) {
      enqueue(async () => await tell(async () => await files.signal(filesTold, event)));
    },
    idle: () => underWay === 0,
    state: () => state,
  };
}

function headerOf(plan: Plan): LedgerHeader {
  const { installation, specification, sessionId, key, requestId } = plan;
  const { requestHash: specificationHash = plan.specificationHash } = plan;
  const { name, owner, account, vendor, labels } = specification;
  const { fromMs, untilMs, zone } = specification.window;
  return {
    installation,
    sessionId,
    key,
    name,
    owner,
    account,
    vendor,
    window: { fromMs, untilMs, zone },
    labels,
    ...(requestId !== null && { request: { requestId, specificationHash } }),
  };
}
