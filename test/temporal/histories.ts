/** Histories as the server keeps them: all runs of a session, with events and bytes. */
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

export type History = temporal.api.history.v1.IHistory;
type Event = temporal.api.history.v1.IHistoryEvent;

export interface Run {
  runId: string;
  history: History;
  events: Event[];
  bytes: number;
}

/** From the first run on, each run that the one before continued as. */
export async function runsOf(client: Client, workflowId: string, firstRunId: string): Promise<Run[]> {
  const runs: Run[] = [];
  for (let runId: string | null | undefined = firstRunId; runId;) {
    const history: History = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const events = history.events ?? [];
    runs.push({ runId, history, events, bytes: bytesOf(history) });
    runId = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return runs;
}

export function bytesOf(history: History): number {
  return temporal.api.history.v1.History.encode(history).finish().length;
}
