/** Holds a window that is not near yet, without a lock, and starts its session when it is. */
import {
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  setHandler,
  startChild,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import {
  defineSearchAttributeKey,
  SearchAttributeType,
  TypedSearchAttributes,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import { sessionWorkflowId } from '../session/names.ts';
import {
  commandSignals,
  launchQuery,
  recorderEvent,
  type LaunchInput,
  type LaunchView,
} from './definitions.ts';

/** How often a busy target is tried again. */
const BUSY_AGAIN_MS = 5_000;

export interface LaunchResult {
  sessionId: string;
  started: boolean;
  outcome: 'started' | 'cancelled' | 'busy';
  text: string;
}

export async function launch(input: LaunchInput): Promise<LaunchResult> {
  const cancelled: { by?: string } = {};
  const view: LaunchView = {
    sessionId: input.recording.sessionId,
    name: input.name,
    key: input.key,
    phase: 'scheduled',
    startAt: new Date(input.startAt).toISOString(),
    text: 'waits for its window',
  };
  const stop = (by: string | undefined): void => {
    cancelled.by ??= by ?? 'unnamed';
  };
  setHandler(launchQuery, () => view);
  setHandler(commandSignals.stop, (payload) => stop(payload?.by));

  await condition(() => cancelled.by !== undefined, Math.max(1, input.startAt - Date.now()));
  let asked = false;
  while (cancelled.by === undefined) {
    if (Date.now() >= input.endAt)
      return ended(view, 'busy', 'the target was busy until the window had ended');
    if (await started(input)) {
      view.phase = 'started';
      view.text = 'the session runs';
      return { sessionId: view.sessionId, started: true, outcome: 'started', text: view.text };
    }
    view.phase = 'busy';
    view.text = 'the target is still being recorded by another session';
    if (!asked) await askNeighbour(input);
    asked = true;
    await condition(() => cancelled.by !== undefined, BUSY_AGAIN_MS);
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof launch>(input);
  }
  return ended(view, 'cancelled', `cancelled by ${cancelled.by} before it began`);
}

function ended(view: LaunchView, phase: 'cancelled' | 'busy', text: string): LaunchResult {
  view.phase = phase;
  view.text = text;
  return { sessionId: view.sessionId, started: false, outcome: phase, text };
}

async function started(input: LaunchInput): Promise<boolean> {
  const pairs = Object.entries(input.searchAttributes).map(([name, values]) =>
    values.length === 1 && name !== 'KeeprollingLabels'
      ? { key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD), value: values[0]! }
      : { key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD_LIST), value: values },
  );
  try {
    await startChild('recording', {
      workflowId: sessionWorkflowId(input.key),
      args: [input.recording],
      taskQueue: input.queue,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      memo: input.memo,
      typedSearchAttributes: new TypedSearchAttributes(pairs),
      staticSummary: input.name,
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/** Tells the session that runs that a neighbour's window begins; its policy decides. */
async function askNeighbour(input: LaunchInput): Promise<void> {
  await getExternalWorkflowHandle(sessionWorkflowId(input.key))
    .signal(recorderEvent, {
      id: uuid4(),
      at: Date.now(),
      kind: 'boundary',
      data: { sessionId: input.recording.sessionId },
    })
    .catch(() => undefined);
}
