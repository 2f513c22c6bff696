/** Readings of this process that serve many sessions: one that lists all streams of an account tells of each. */

export interface Wanted<T> {
  key: string;
  maxAgeMs: number;
  read: () => Promise<T>;
  /** Of the caller alone. */
  signal?: AbortSignal | undefined;
  /** Told where another one's reading served. */
  spared?: () => void;
}

export interface SharedReadings {
  /**
   * What `read` gives, or what it gave to somebody who began less than `maxAgeMs` ago. A reading that fails is shared
   * with those who wait for it, and with nobody after them.
   * @throws what `read` throws, or the reason of the caller's own signal
   */
  share: <T>(wanted: Wanted<T>) => Promise<T>;
}

interface Reading {
  begunAt: number;
  /** Of whoever reads. */
  signal: AbortSignal | undefined;
  coming: Promise<unknown>;
}

export function sharedReadings(): SharedReadings {
  const readings = new Map<string, Reading>();

  function begin<T>({ key, maxAgeMs, read, signal }: Wanted<T>): Promise<T> {
    const coming = read();
    const reading: Reading = { begunAt: performance.now(), signal, coming };
    const forget = (): void => {
      if (readings.get(key) === reading) readings.delete(key);
    };
    readings.set(key, reading);
    setTimeout(forget, maxAgeMs).unref();
    coming.catch(forget);
    return coming;
  }

  return {
    async share<T>(wanted: Wanted<T>): Promise<T> {
      const { key, maxAgeMs, signal, spared } = wanted;
      for (;;) {
        signal?.throwIfAborted();
        const reading = readings.get(key);
        const isYoung = reading !== undefined && performance.now() - reading.begunAt < maxAgeMs;
        if (!isYoung) return await begin(wanted);
        try {
          const told = (await unlessAborted(reading.coming, signal)) as T;
          spared?.();
          return told;
        } catch (error) {
          // Whoever read was called off, which is no news of the vendor: the next one reads.
          if (signal?.aborted || !reading.signal?.aborted) throw error;
        }
      }
    },
  };
}

async function unlessAborted<T>(coming: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await coming;
  let leave: () => void = () => undefined;
  const left = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal.reason as Error);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([coming, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
