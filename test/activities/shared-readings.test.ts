import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sharedReadings } from '../../src/activities/shared-readings.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A list that takes 100 ms to read, and tells how often it was read. */
function list() {
  let reads = 0;
  return {
    reads: () => reads,
    read: (signal?: AbortSignal) => async (): Promise<number> => {
      reads += 1;
      const number = reads;
      await new Promise((resolve) => setTimeout(resolve, 100));
      signal?.throwIfAborted();
      return number;
    },
  };
}

const settled = async (promises: Promise<unknown>[]): Promise<unknown[]> => {
  const all = Promise.allSettled(promises);
  await vi.advanceTimersByTimeAsync(1_000);
  return (await all).map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as Error).message));
};

describe('a shared reading', () => {
  it('serves whoever asks while it is under way or young', async () => {
    const { share } = sharedReadings();
    const { read, reads } = list();
    let spared = 0;
    const ask = () => share({ key: 'all', maxAgeMs: 1_000, read: read(), spared: () => (spared += 1) });
    const first = Array.from({ length: 100 }, ask);
    await vi.advanceTimersByTimeAsync(999);
    expect(await Promise.all([...first, ask()])).toEqual(Array.from({ length: 101 }, () => 1));
    expect([reads(), spared]).toEqual([1, 100]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await settled([ask()])).toEqual([2]);
  });

  it('is of one key alone', async () => {
    const { share } = sharedReadings();
    const { read } = list();
    const ask = (key: string) => share({ key, maxAgeMs: 1_000, read: read() });
    expect(await settled([ask('a'), ask('b'), ask('a')])).toEqual([1, 2, 1]);
  });

  it('is as old as each caller bears', async () => {
    const { share } = sharedReadings();
    const { read } = list();
    expect(await settled([share({ key: 'a', maxAgeMs: 5_000, read: read() })])).toEqual([1]);
    expect(await settled([share({ key: 'a', maxAgeMs: 500, read: read() })])).toEqual([2]);
  });

  it('fails for those who wait for it, and is not remembered', async () => {
    const { share } = sharedReadings();
    let reads = 0;
    const read = async (): Promise<never> => {
      reads += 1;
      await new Promise((resolve) => setTimeout(resolve, 10));
      throw new Error(`failure ${reads}`);
    };
    const ask = () => share({ key: 'a', maxAgeMs: 60_000, read });
    expect(await settled([ask(), ask()])).toEqual(['failure 1', 'failure 1']);
    expect(await settled([ask()])).toEqual(['failure 2']);
  });

  it('goes on for the others when a caller is called off', async () => {
    const { share } = sharedReadings();
    const { read, reads } = list();
    const [reader, joined] = [new AbortController(), new AbortController()];
    const ask = (signal?: AbortSignal) => share({ key: 'a', maxAgeMs: 1_000, read: read(signal), signal });
    const asked = [ask(reader.signal), ask(joined.signal), ask(), ask()];
    joined.abort(new Error('the second is off'));
    reader.abort(new Error('the first is off'));
    expect(await settled(asked)).toEqual(['the first is off', 'the second is off', 2, 2]);
    expect(reads()).toBe(2);
    await expect(ask(reader.signal)).rejects.toThrow('the first is off');
  });
});
