/** What a look needs to know besides the record, and what it makes of it. */
import type { Observation } from '../../session/facts.ts';
import type { TakeFiles } from './files.ts';
import type { TakeMemory } from './memory.ts';

export interface Sight {
  take: number;
  now: number;
  /** How far the vendor's clock is ahead of ours. */
  skewMs: number;
  /** Whether `interval` or `schedule` is set: only then can a higher sequence be something else than a return. */
  splits: boolean;
  files: TakeFiles;
  /** What the session believes of the take; it stands in for a memory that a report has ended. */
  belief?: string;
}

export interface Seen {
  observation: Observation;
  memory: TakeMemory | null;
}
