/** Commands as any Temporal client sends them: one shape for signals and updates. */
import type { ChangeKind } from '../session/changes.ts';
import type { Json } from '../session/facts.ts';
import type { CommandName } from '../session/state.ts';

/**
 * Payload of the signals and updates `pause`, `resume`, `stop`, `extend`, `join` and `change`. All fields are optional but
 * `until` of extend and join and one kind of change; only `change` takes `subscribe`, `layout`, `publish` and `storage`.
 */
export interface CommandPayload extends Partial<Record<ChangeKind, Json>> {
  /** Who wants it; for the ledger. Of `join` and `stop`: whose claim. */
  by?: string;
  reason?: string;
  /** ISO 8601 with offset: the end of a pause, the new end of the window or claim. */
  until?: string;
  /** Of `stop`: the recording ends, whoever else has a claim. */
  all?: boolean;
  /** Of `join`: what the recording is called there, and the hash of what is to be recorded, which must be the same. */
  name?: string;
  recordingHash?: string;
  /** A repeat with the same id is dropped. */
  id?: string;
}

export type { CommandName };
