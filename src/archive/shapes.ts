/** What goes into the archive, as plain data. Part of the wire contract of the activities. */
import type { Part, SessionResult } from '../session/events.ts';
import type { FileSeen } from '../session/facts.ts';

/** What every piece in the archive says of its session. */
export interface LedgerHeader {
  sessionId: string;
  key: string;
  name: string;
  owner: string | null;
  account: string;
  vendor: string;
  window: { fromMs: number; untilMs: number | null; zone: string };
  labels?: Record<string, string>;
  /** The start's request id, which must be found again after Temporal has forgotten the session. */
  request?: { requestId: string; specificationHash: string };
}

export interface WritePartInput {
  header: LedgerHeader;
  part: Part;
  previousHash: string | null;
}

export interface Written {
  place: string;
  hash: string;
}

export interface TakeFiles {
  take: number;
  files: FileSeen[];
  fileCount: number;
}

export interface CloseLedgerInput {
  header: LedgerHeader;
  result: SessionResult;
  files: TakeFiles[];
  previousHash: string | null;
}
