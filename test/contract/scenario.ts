/** A scenario of the contract suite: plain data, played by the in-process driver and by Temporal alike. */
import type { FaultKind } from '../../src/emulators/faults.ts';
import type { RecorderEvent, RecorderEventKind } from '../../src/session/events.ts';
import type { GapCause } from '../../src/session/facts.ts';
import type { ChangeValues, CommandName, Outcome, Verdict } from '../../src/session/state.ts';
import type { Traits } from '../../src/session/traits.ts';
import type { Case } from '../referee/referee.ts';
import type { SyntheticOptions } from '../synthetic/contract.ts';

export type Step = { at: number } & (
  | { source: 'up' | 'down' }
  /** `until` is an offset from the beginning, like `at`. */
  | {
      command: CommandName;
      by?: string;
      reason?: string;
      until?: number;
      id?: string;
      change?: ChangeValues;
    }
  /** `temporal workflow cancel`. */
  | { cancel: true }
  /** All recordings end without a word. */
  | { forget: true }
  /** Nothing is found at the vendor until this offset, although all goes on. */
  | { hideUntil: number }
  | { fault: FaultKind; op: string; times?: number }
  /** A callback about the target, or an announcement; its instants are offsets from the beginning. */
  | ({ told: RecorderEventKind } & Pick<RecorderEvent, 'until' | 'by' | 'reason'>)
  /** A control of the emulated vendor. */
  | { control: string; input?: Record<string, unknown> }
);

export interface Scenario {
  name: string;
  /**
   * A synthetic vendor of these traits, the OvenMediaEngine recorder, or another registered one, against its emulator with
   * options of its own.
   */
  vendor: Partial<Traits> | 'ome' | { emulated: string; own?: Record<string, unknown> };
  /** Of the synthetic vendor, beside its traits. */
  peculiar?: SyntheticOptions;
  specification: Record<string, unknown>;
  /** Pace of the looks, in seconds; 60 and 10 by default. */
  looks?: { every: number; doubt: number };
  steps: Step[];
  expected: {
    outcome: Outcome;
    verdict: Verdict;
    takes: number;
    /** Causes of the gaps of more than `SHORT_MS`, in their order. */
    gaps: GapCause[];
    /** Length of the session. */
    lasts: number;
  };
  /**
   * How far edges of driver and Temporal may lie apart beyond the uncertainty that both declare. What a look finds may
   * be found a look apart.
   */
  toleranceMs?: number;
  judged?: Partial<Case>;
}

/** What driver and Temporal agree on without more: answers within the process against answers through a server. */
export const TOLERANCE_MS = 2_500;
/** Gaps shorter than this are the latency of calls. */
export const SHORT_MS = 3_000;

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
