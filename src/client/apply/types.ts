/** `client.apply`: schedules and sessions made equal to documents. */
import type { ErrorCode } from '../../contract/errors.ts';
import type { Problem } from '../../contract/problems.ts';

export interface AppliedDocument {
  /** Where it stands, for messages: `channels.yaml, n=7`. */
  label: string;
  /** One schedule or one session; see `expandDocument` for one that stands for many. */
  document: unknown;
  /** Why it could not even be read: it is refused with these, together with what is wrong elsewhere. */
  problems?: Problem[];
}

export interface ApplyOptions {
  /** Who wants it. */
  by?: string;
  /** Deletes schedules and ends sessions that `apply` of this installation has made and that are in no document any more. */
  prune?: boolean;
  /** Changes nothing, and tells what would be done. */
  plan?: boolean;
}

export type ApplyAction =
  | 'create'
  | 'update'
  /** The window of a session that has not begun is moved. */
  | 'reschedule'
  /** The end of a session that runs is moved to later. */
  | 'extend'
  /** One that has not begun is cancelled, and started anew as the document says. */
  | 'replace'
  | 'unchanged'
  /** It cannot be changed while it records; nothing is done. */
  | 'conflict'
  /** In no document any more: deleted, cancelled or stopped. */
  | 'prune';

export interface ApplyOutcome {
  name: string;
  kind: 'schedule' | 'session';
  action: ApplyAction;
  /** Where it stands; null for what is in no document any more. */
  document: string | null;
  /** What is done, or why nothing is. */
  text: string;
  /** It is done, or nothing was to be done. false in a plan, and where it failed or was not tried. */
  done: boolean;
  error: { code: ErrorCode; message: string; details: Record<string, unknown> } | null;
}

export interface Applied {
  plan: boolean;
  outcomes: ApplyOutcome[];
  /** How many of each action. */
  counts: Partial<Record<ApplyAction, number>>;
  failed: number;
}
