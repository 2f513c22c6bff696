/**
 * The truth log: what an emulated vendor really did. Append-only JSON lines; the referee of the tests reads
 * nothing else, so nothing here is taken from what a caller believes.
 */

/** How a request ended at the vendor, whatever the caller was told. */
export type Verdict = 'refused' | 'applied' | 'applied-reply-lost';

export type TruthEntry =
  /** Every request that reached the vendor. `recording` is the vendor's own identity of the recording, where one is named. */
  | {
      type: 'request';
      at: number;
      op: string;
      id: string;
      verdict: Verdict;
      status: number;
      recording?: string;
      detail?: string;
    }
  /** A recording task exists at the vendor from `began` to `ended`, whether or not media flows. */
  | {
      type: 'recording';
      at: number;
      recording: string;
      event: 'began' | 'ended';
      reason?: string;
      metadata?: string;
    }
  /** Media that was really written, only while frames arrived: a stall or a drop is not recorded. */
  | { type: 'media'; recording: string; from: number; to: number; file: string; bytes: number }
  /** What happened to a file in the end: it has its final name, it was lost, or the vendor keeps it elsewhere. */
  | {
      type: 'file';
      at: number;
      recording: string;
      file: string;
      event: 'finalised' | 'lost' | 'overwritten' | 'backed-up';
      /** The name while it was written, where the vendor has one; media flushed early stands under it. */
      tmp?: string;
      /** What of the recording was in it, where that is known: of a lost file no `media` tells. */
      from?: number;
      to?: number;
      bytes?: number;
    }
  | { type: 'source'; at: number; source: string; event: 'up' | 'stalled' | 'flowing' | 'down' | 'denied' }
  | { type: 'process'; at: number; event: 'started' | 'killed' | 'stopped' }
  /** `url` without its last part, which is a secret. */
  | { type: 'callback'; at: number; url: string; event: string; delivered: boolean };

/** Append-only. `onEntry` lets the HTTP shell write each line to a file as it happens. */
export class TruthLog {
  readonly entries: TruthEntry[] = [];
  readonly #onEntry: ((entry: TruthEntry) => void) | undefined;

  constructor(onEntry?: (entry: TruthEntry) => void) {
    this.#onEntry = onEntry;
  }

  add(entry: TruthEntry): void {
    this.entries.push(entry);
    this.#onEntry?.(entry);
  }
}
