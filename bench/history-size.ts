/** Events and bytes of a history as the server keeps it. */
import proto, { type temporal } from '@temporalio/proto';

export type History = temporal.api.history.v1.IHistory;

export interface HistorySize {
  events: number;
  bytes: number;
}

export function sizeOf(history: History): HistorySize {
  return {
    events: history.events?.length ?? 0,
    bytes: proto.temporal.api.history.v1.History.encode(history).finish().length,
  };
}
