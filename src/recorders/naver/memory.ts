/** What one look remembers for the next, by take: about 100 bytes each. */
import type { Json } from '../../session/facts.ts';

export interface TakeMemory {
  /** When the list of recordings was last read for it. */
  listedAt: number;
  /** What the channel was like then and since: a change is worth another reading. */
  channel: string;
  /** Its files were written then. */
  recording: boolean;
  /** The last instant at which media is certain. */
  lastGoodAt: number | null;
  /** How many stretches it has had. */
  stretches: number;
}

export type LookMemory = Record<string, TakeMemory>;

/** Memory that is not ours, or of another version, is none. */
export function memoryOf(memory: Json): LookMemory {
  if (typeof memory !== 'object' || memory === null || Array.isArray(memory)) return {};
  const own = Object.entries(memory).filter(([, one]) => isTakeMemory(one));
  return Object.fromEntries(own) as unknown as LookMemory;
}

function isTakeMemory(one: unknown): boolean {
  return typeof one === 'object' && one !== null && 'listedAt' in one && 'channel' in one;
}

export function asJson(memory: LookMemory): Json {
  return memory as unknown as Json;
}
