/** What one look must remember for the next: under 200 bytes a take. */
import { z } from 'zod';
import type { Json } from '../../session/facts.ts';

const takeMemory = z.object({
  /** The push that this is about. */
  push: z.number(),
  /** When it was last seen. */
  online: z.number().nullable(),
  /** It was held by us. */
  held: z.boolean(),
  /** A callback has told that it was begun. */
  proved: z.boolean(),
  /** Files that were told up to then are known. */
  filesTo: z.number(),
});
export type TakeMemory = z.output<typeof takeMemory>;

const memorySchema = z.object({
  /** When callbacks were last read back. */
  readAt: z.number(),
  takes: z.record(z.string(), takeMemory),
});
export type LookMemory = z.output<typeof memorySchema>;

export function memoryOf(memory: Json): LookMemory {
  return memorySchema.catch({ readAt: 0, takes: {} }).parse(memory);
}

export function remembered(memory: LookMemory): Json {
  return memory;
}
