/**
 * The frame that every vendor emulator shares: a function over plain state, a clock that can be set, faults by
 * operation, and a truth log. The HTTP shell (`serve.ts`) and the in-process dispatcher (`dispatcher.ts`) both
 * call `handle`, so a recorder cannot tell them apart.
 */
import type { FaultPlan } from './faults.ts';
import type { EmulatorCallbacks } from './outbox.ts';
import type { TruthLog } from './truth.ts';

/** Epoch milliseconds, from wherever the test or the process takes its time. */
export type Clock = () => number;

export interface EmulatorRequest {
  method: string;
  /** The request target as sent: path and query, nothing decoded. */
  target: string;
  /** Lower-cased names. */
  headers: Record<string, string>;
  body: string;
}

export interface EmulatorResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What `handle` answers: a response, or the way in which none arrives. */
export type EmulatorAnswer =
  | { kind: 'response'; response: EmulatorResponse; delayMs: number }
  /** The connection is cut; the client never learns whether the request was applied. */
  | { kind: 'reset'; delayMs: number }
  /** Nobody listens: the process is down (connection refused). */
  | { kind: 'refused' };

/** One vendor as a function of a request and an instant. */
export interface Emulator {
  readonly vendor: string;
  readonly clock: Clock;
  readonly faults: FaultPlan;
  readonly truth: TruthLog;
  handle(request: EmulatorRequest, now: number): EmulatorAnswer;
  /** Applies everything that time alone has done up to `now` (segments, delays), so that the truth log is whole. */
  settle(now: number): void;
  /**
   * Test controls by name (`source.start`, `source.stall`, `restart`, ...), as plain data, so that the HTTP shell
   * can offer them under `/_emulator/` to another process.
   */
  readonly controls: Record<string, (input: Record<string, unknown>, now: number) => unknown>;
  /** What it tells of its own accord; the HTTP shell sends it. */
  readonly callbacks?: EmulatorCallbacks;
  /** The instant at which the process is up again, while it is down; the HTTP shell stops listening until then. */
  downUntil?(now: number): number | undefined;
}
