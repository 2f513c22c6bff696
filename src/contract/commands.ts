/** Commands as any Temporal client sends them: one shape for signals and updates. */
import type { CommandName } from '../session/state.ts';

/** Payload of the signals and updates `pause`, `resume`, `stop` and `extend`. All fields are optional but `until` of extend. */
export interface CommandPayload {
  /** Who wants it; for the ledger. */
  by?: string;
  reason?: string;
  /** ISO 8601 with offset: the end of a pause, or the new end of the window. */
  until?: string;
  /** A repeat with the same id is dropped. */
  id?: string;
}

export type { CommandName };
