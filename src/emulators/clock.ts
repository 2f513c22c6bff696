/**
 * Where emulators take their time from. A clock is a function; one that can be moved also has `adjust`, and an
 * emulator that is given such a clock offers it as its control `clock`.
 */
import type { Clock } from './emulator.ts';

export interface SettableClock extends Clock {
  /** Moves the clock as plain data asks, and answers the new instant. */
  adjust(input: Record<string, unknown>): number;
}

export const systemClock: Clock = () => Date.now();

export function isSettable(clock: Clock): clock is SettableClock {
  return typeof (clock as Partial<SettableClock>).adjust === 'function';
}

/** A clock that stands still until a test moves it. */
export class ManualClock {
  #at: number;
  readonly now: SettableClock;

  constructor(at = Date.UTC(2026, 0, 1)) {
    this.#at = at;
    this.now = Object.assign(() => this.#at, {
      adjust: (input: Record<string, unknown>) => {
        if (typeof input['at'] === 'number') return this.set(input['at']);
        if (typeof input['advanceMs'] === 'number') return this.advance(input['advanceMs']);
        throw new Error('The manual clock wants "at" (epoch milliseconds) or "advanceMs".');
      },
    });
  }

  set(at: number): number {
    this.#at = at;
    return at;
  }

  advance(ms: number): number {
    this.#at += ms;
    return this.#at;
  }
}

/** A running clock that can be set ahead or back, so that a served emulator follows a test server's skipped time. */
export function offsetClock(base: Clock = systemClock): SettableClock {
  let offsetMs = 0;
  const clock = () => base() + offsetMs;
  return Object.assign(clock, {
    adjust: (input: Record<string, unknown>) => {
      if (typeof input['offsetMs'] === 'number') offsetMs = input['offsetMs'];
      else if (typeof input['at'] === 'number') offsetMs = input['at'] - base();
      else if (typeof input['advanceMs'] === 'number') offsetMs += input['advanceMs'];
      else throw new Error('The clock wants "offsetMs", "at" (epoch milliseconds) or "advanceMs".');
      return clock();
    },
  });
}
