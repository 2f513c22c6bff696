/** What goes into the archive, as plain data. Part of the wire contract of the activities. */
import type { Part, SessionResult } from '../session/events.ts';
import type { FileSeen, Json, TakeName } from '../session/facts.ts';
import type { TakeSums } from '../session/filed.ts';

/** What is recorded and through which account; secrets are looked up by the account's name. */
export interface SubjectRef {
  vendor: string;
  account: string;
  target: Record<string, Json>;
  options: Record<string, Json>;
}

/** What every piece in the archive says of its session. */
export interface LedgerHeader {
  /** Of whom the session is, where several installations share an archive. */
  installation?: string;
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
  /** All of them where they are few; else those that somebody may have to look at. */
  files: FileSeen[];
  fileCount: number;
  /** Of all of them; absent where `files` is all that is known. */
  sums?: TakeSums;
}

/** What a vendor is asked with for the files of a take, today or when the session is long over. No secrets. */
export interface AskedTake {
  take: number;
  name: TakeName;
  handle: Json;
  recording?: string | null;
  storage?: string | null;
  endedAt?: number;
}

/** How the files of a session are looked after. */
export interface Collection {
  subject: SubjectRef;
  queues: { workflows: string; account: string };
  session: string;
  settleMs?: number;
}

export interface CloseLedgerInput {
  header: LedgerHeader;
  result: SessionResult;
  previousHash: string | null;
  collection: Collection;
  /** What the files workflow knows of each take: counts where the archive has no manifest of it. */
  files: TakeFiles[];
}
