import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTurns, type TurnKind, type Turns } from '../../src/activities/turns.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const PATIENT = 3_600_000;

/** Asks, and writes down in `log` when the turn came; its exchange takes `exchangeMs`. */
function asking(turns: Turns, exchangeMs = 20) {
  const began = Date.now();
  const log: { who: string; at: number }[] = [];
  const ask = (who: string, kind: TurnKind, patienceMs = PATIENT, signal?: AbortSignal): void => {
    const note = (what: string) => log.push({ who: what, at: Date.now() - began });
    turns.next({ kind, patienceMs, signal }).then(
      (over) => {
        note(who);
        setTimeout(over, exchangeMs);
      },
      (error: Error) => note(`${who}: ${error.name}`),
    );
  };
  return { log, ask, names: () => log.map(({ who }) => who) };
}

describe('turns on a quota', () => {
  it('come at once while there are any', async () => {
    const { ask, log } = asking(createTurns({ limit: 3, perMs: 1_000 }));
    for (const who of ['a', 'b', 'c', 'd']) ask(who, 'write', 1);
    await vi.advanceTimersByTimeAsync(0);
    expect(log).toEqual([
      { who: 'a', at: 0 },
      { who: 'b', at: 0 },
      { who: 'c', at: 0 },
    ]);
    await vi.advanceTimersByTimeAsync(1);
    expect(log.at(-1)).toEqual({ who: 'd: TooLate', at: 1 });
  });

  it('are free again a whole period after the answer, and not after the request', async () => {
    const { ask, log } = asking(createTurns({ limit: 1, perMs: 1_000 }), 300);
    ask('a', 'write');
    ask('b', 'write');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(log).toEqual([
      { who: 'a', at: 0 },
      { who: 'b', at: 1_300 },
    ]);
  });

  it('are free again even where no answer ever comes', async () => {
    const { ask, names } = asking(createTurns({ limit: 1, perMs: 1_000 }), PATIENT);
    ask('a', 'write');
    ask('b', 'write');
    await vi.advanceTimersByTimeAsync(30_999);
    expect(names()).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(1);
    expect(names()).toEqual(['a', 'b']);
  });

  it('use nearly all of a quota of 50 a second', async () => {
    const { ask, log } = asking(createTurns({ limit: 50, perMs: 1_000 }));
    for (let n = 0; n < 300; n += 1) ask(`start ${n}`, 'write');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(log).toHaveLength(300);
    expect(log.at(-1)!.at).toBe(5 * 1_020);
  });

  it('go to stops first, then to other writes, then to looks, and else by the order in which they asked', async () => {
    const { ask, names } = asking(createTurns({ limit: 1, perMs: 100 }));
    ask('first', 'write');
    ask('look 1', 'look');
    ask('look 2', 'look');
    ask('start 1', 'write');
    ask('stop 1', 'stop');
    ask('start 2', 'write');
    ask('stop 2', 'stop');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(names()).toEqual(['first', 'stop 1', 'stop 2', 'start 1', 'start 2', 'look 1', 'look 2']);
  });

  it('leave half of the quota to writes, however many looks there are', async () => {
    const { ask, names } = asking(createTurns({ limit: 10, perMs: 1_000 }));
    for (let n = 0; n < 100; n += 1) ask('look', 'look');
    await vi.advanceTimersByTimeAsync(500);
    expect(names()).toHaveLength(5);
    for (let n = 0; n < 5; n += 1) ask('start', 'write');
    await vi.advanceTimersByTimeAsync(0);
    expect(names().filter((who) => who === 'start')).toHaveLength(5);
  });

  it('come to a look within seconds even while writes never end', async () => {
    const { ask, log } = asking(createTurns({ limit: 2, perMs: 1_000 }));
    const storm = setInterval(() => ask('start', 'write'), 250);
    await vi.advanceTimersByTimeAsync(1_000);
    ask('look', 'look');
    await vi.advanceTimersByTimeAsync(15_000);
    clearInterval(storm);
    const at = log.find(({ who }) => who === 'look')?.at;
    // Aged after 5 s, it goes behind the writes that wait then.
    expect(at).toBeGreaterThan(6_000);
    expect(at).toBeLessThan(13_000);
  });

  it('are not waited for by whoever was called off, and others have them', async () => {
    const { ask, names } = asking(createTurns({ limit: 2, perMs: 1_000 }));
    const off = new AbortController();
    for (const who of ['a', 'b']) ask(who, 'write');
    ask('gone look', 'look', PATIENT, off.signal);
    ask('second gone', 'look', PATIENT, off.signal);
    ask('look', 'look');
    off.abort(new DOMException('off', 'AbortError'));
    await vi.advanceTimersByTimeAsync(1_020);
    expect(names().toSorted()).toEqual([
      'a',
      'b',
      'gone look: AbortError',
      'look',
      'second gone: AbortError',
    ]);
    await expect(
      createTurns({ limit: 1, perMs: 1 }).next({ kind: 'look', patienceMs: 1, signal: off.signal }),
    ).rejects.toThrow('off');
  });

  it('keep their place though the caller is called off after the turn', async () => {
    const turns = createTurns({ limit: 1, perMs: 1_000 });
    const off = new AbortController();
    await turns.next({ kind: 'look', patienceMs: PATIENT, signal: off.signal });
    off.abort();
    const { ask, names } = asking(turns);
    ask('b', 'write');
    await vi.advanceTimersByTimeAsync(30_999);
    expect(names()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(names()).toEqual(['b']);
  });

  it('rest for as long as the vendor asks', async () => {
    const turns = createTurns({ limit: 5, perMs: 1_000 });
    const { ask, log } = asking(turns);
    turns.rest(4_000);
    turns.rest(2_000);
    ask('a', 'write');
    ask('impatient', 'stop', 500);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(log).toEqual([
      { who: 'impatient: TooLate', at: 500 },
      { who: 'a', at: 4_000 },
    ]);
  });
});
