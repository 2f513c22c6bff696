/** Whoever asks whenever for a turn: the vendor never counts too many, and those who end a recording go first. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTurns, TooLate, type TurnKind } from '../../src/activities/turns.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const PATIENT = 3_600_000;

interface Request {
  kind: TurnKind;
  askedAt: number;
  patienceMs: number;
  /** From the turn to the answer. */
  exchangeMs: number;
  /** How much of the exchange has passed when the vendor counts it, 0 to 1. */
  countedAfter: number;
}

const request: fc.Arbitrary<Request> = fc.record({
  kind: fc.constantFrom<TurnKind>('stop', 'write', 'look'),
  askedAt: fc.integer({ min: 0, max: 3_000 }),
  patienceMs: fc.constantFrom(1, 700, 9_000, PATIENT),
  exchangeMs: fc.integer({ min: 1, max: 20_000 }),
  countedAfter: fc.double({ min: 0, max: 1, noNaN: true }),
});

interface Played extends Request {
  turnAt: number | null;
  leftAt: number | null;
}

async function play(limit: number, perMs: number, requests: Request[]): Promise<Played[]> {
  const turns = createTurns({ limit, perMs });
  const began = Date.now();
  const played = requests.map((one): Played => ({ ...one, turnAt: null, leftAt: null }));
  for (const one of played) {
    setTimeout(() => {
      turns.next(one).then(
        (over) => {
          one.turnAt = Date.now() - began;
          setTimeout(over, one.exchangeMs);
        },
        (error: unknown) => {
          if (!(error instanceof TooLate)) throw error;
          one.leftAt = Date.now() - began;
        },
      );
    }, one.askedAt);
  }
  await vi.advanceTimersByTimeAsync(3_000 + requests.length * (perMs + 20_000) * 2);
  return played;
}

/** The most that any window of this length holds. */
function most(instants: number[], perMs: number): number {
  const sorted = instants.toSorted((a, b) => a - b);
  return Math.max(0, ...sorted.map((from) => sorted.filter((at) => at >= from && at < from + perMs).length));
}

const had = (played: Played[]) => played.filter((one) => one.turnAt !== null);
const countedAt = (one: Played): number => one.turnAt! + one.exchangeMs * one.countedAfter;

const script = fc.record({
  limit: fc.integer({ min: 1, max: 6 }),
  perMs: fc.constantFrom(200, 1_000, 5_000),
  requests: fc.array(request, { minLength: 1, maxLength: 40 }),
});

it('holds whatever is asked for, and whenever the vendor counts it', async () => {
  await fc.assert(
    fc.asyncProperty(script, async ({ limit, perMs, requests }) => {
      const played = await play(limit, perMs, requests);
      expect(most(had(played).map(countedAt), perMs), 'requests in one period').toBeLessThanOrEqual(limit);
      const looks = had(played).filter(({ kind }) => kind === 'look');
      const half = Math.max(1, Math.floor(limit / 2));
      expect(most(looks.map(countedAt), perMs), 'looks in one period').toBeLessThanOrEqual(half);

      const isWaiting = (one: Played, at: number): boolean =>
        one.askedAt < at && (one.turnAt ?? one.leftAt ?? Infinity) > at;
      for (const { kind, turnAt } of had(played)) {
        if (kind === 'stop') continue;
        const passedOver = played.filter((one) => one.kind === 'stop' && isWaiting(one, turnAt!));
        expect(passedOver, `stops that wait while a ${kind} goes`).toEqual([]);
      }

      // Nobody starves: whoever is patient has a turn in the end, and whoever is not is told in time.
      const left = played.filter(({ turnAt }) => turnAt === null);
      expect(left.filter(({ patienceMs }) => patienceMs === PATIENT)).toEqual([]);
      expect(left.map(({ askedAt, leftAt }) => leftAt! - askedAt)).toEqual(
        left.map(({ patienceMs }) => patienceMs),
      );
    }),
    { numRuns: 150 },
  );
}, 60_000);
