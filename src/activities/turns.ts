/**
 * One quota of one account in this process. A request holds its place from its turn until the quota's whole period has
 * passed after its answer: whenever within the exchange the vendor counts it, no more than the limit fall into any
 * period. Counting from the turn alone would not do: requests that a new connection delays meet those of the next period.
 */
import PQueue from 'p-queue';

/** What a request is for: those first that end a recording, and those last that only look. */
export type TurnKind = 'stop' | 'write' | 'look';

const PRIORITY: Record<TurnKind, number> = { stop: 2, write: 1, look: 0 };
/** A look that has waited so long goes as a write does, so that a storm of writes cannot blind us. */
const LOOK_AGES_MS = 5_000;
/** No exchange lasts longer: a place whose answer nobody tells of is free again all the same. */
const LONGEST_MS = 30_000;

export interface Waiting {
  kind: TurnKind;
  /** Later than after so long no turn is wanted. */
  patienceMs: number;
  signal?: AbortSignal | undefined;
}

/** No turn has come in time. */
export class TooLate extends Error {
  override readonly name = 'TooLate';
}

export interface Turns {
  /**
   * Waits for a turn; one that can be had at once comes whatever the patience.
   * @returns to be called when what was sent is answered, or was never sent
   * @throws TooLate, or the signal's reason where that aborts before the turn comes
   */
  next(waiting: Waiting): Promise<() => void>;
  /** No turns for so long: the vendor asks for fewer calls. */
  rest(ms: number): void;
}

export function createTurns({ limit, perMs }: { limit: number; perMs: number }): Turns {
  const all = new PQueue({ concurrency: limit });
  // A look waits here first, and holds a place here too: looks never have more than half of all places.
  const looks = new PQueue({ concurrency: Math.max(1, Math.floor(limit / 2)) });
  let restsUntil = 0;
  let count = 0;

  /** Called with the turn; over when its place is free again. */
  const held = (turn: (over: () => void) => void) => async (): Promise<void> => {
    const answered = new Promise<void>(turn);
    await Promise.race([answered, passed(LONGEST_MS)]);
    await passed(perMs);
  };

  return {
    async next({ kind, patienceMs, signal }) {
      signal?.throwIfAborted();
      // Its own, which nobody aborts once the turn has come: a queue would give up the place of what runs.
      const waiting = new AbortController();
      const timer = setTimeout(() => waiting.abort(new TooLate()), Math.max(1, patienceMs));
      const leave = (): void => waiting.abort(signal?.reason);
      signal?.addEventListener('abort', leave, { once: true });
      count += 1;
      const id = String(count);
      let aging: NodeJS.Timeout | undefined;
      try {
        return await new Promise<() => void>((resolve, reject) => {
          const place = { priority: PRIORITY[kind], id, signal: waiting.signal };
          const inAll = async (): Promise<void> => await all.add(held(resolve), place);
          if (kind !== 'look') return void inAll().catch(reject);
          const inLooks = async (): Promise<void> => {
            aging = setTimeout(() => all.setPriority(id, PRIORITY.write), LOOK_AGES_MS).unref();
            await inAll();
          };
          return void looks.add(inLooks, { signal: waiting.signal }).catch(reject);
        });
      } finally {
        clearTimeout(timer);
        clearTimeout(aging);
        signal?.removeEventListener('abort', leave);
      }
    },

    rest(ms) {
      const until = performance.now() + ms;
      if (until <= restsUntil) return;
      restsUntil = until;
      all.pause();
      setTimeout(() => {
        if (restsUntil === until) all.start();
      }, ms).unref();
    },
  };
}

/** Nothing waits for it at the end of the process. */
async function passed(ms: number): Promise<void> {
  await new Promise<void>((resolve) => void setTimeout(resolve, ms).unref());
}
