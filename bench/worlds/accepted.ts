/** The instants at which the emulator applied a startRecord, by the title in its metadata: from the truth log alone. */
import { performance } from 'node:perf_hooks';
import type { TruthEntry } from '../../src/emulators/truth.ts';

const GIVE_UP_MS = 60_000;

export interface Acceptances {
  onEntry(entry: TruthEntry): void;
  /** `performance.now()` of the acceptance. */
  of(title: string): Promise<number>;
  count(): number;
}

export function acceptances(): Acceptances {
  const known = new Map<string, number>();
  const waiting = new Map<string, (at: number) => void>();
  return {
    onEntry(entry) {
      if (entry.type !== 'recording' || entry.event !== 'began' || entry.metadata === undefined) return;
      const { title } = JSON.parse(entry.metadata) as { title: string };
      const at = performance.now();
      known.set(title, at);
      waiting.get(title)?.(at);
      waiting.delete(title);
    },
    async of(title) {
      const at = known.get(title);
      if (at !== undefined) return at;
      return await new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`${title} was not accepted within a minute.`)),
          GIVE_UP_MS,
        );
        waiting.set(title, (when) => {
          clearTimeout(timer);
          resolve(when);
        });
      });
    },
    count: () => known.size,
  };
}
