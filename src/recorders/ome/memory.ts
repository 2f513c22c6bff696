/** What one look remembers for the next, per take: under 300 bytes of JSON. */
import type { Edge, Json } from '../../session/facts.ts';
import type { Counters } from './counters.ts';

export interface TakeMemory {
  /** When it was last looked at. */
  at: number;
  phase: 'recording' | 'stalled' | 'armed';
  /** Counters when they were last visible: OvenMediaEngine hides them in `ready`. */
  sequence: number;
  bytes: number;
  /** Recorded time of the segments that were closed then. */
  closedMs: number;
  /** Whether the segment `sequence` was being written then, and when the newest segment began. */
  open: boolean;
  startedAt: number | null;
  /** The last instant of media that is proved. */
  lastAt: number | null;
  /** The look at which this byte count was first seen, and the one before it: between them it stopped growing. */
  grewAt: number;
  beforeGrewAt: number | null;
  /** Begin of the present stretch of media, end of the former one. */
  since: Edge | null;
  ended: Edge | null;
  /** Looks in a row at which the source was up and had no output of our name. */
  misnamed?: number;
}

/** A record that has never shown a counter. */
export const NOTHING_YET = {
  sequence: 0,
  bytes: 0,
  closedMs: 0,
  open: false,
  startedAt: null,
  lastAt: null,
  beforeGrewAt: null,
};

export type LookMemory = Record<string, TakeMemory>;

/** A memory of another version or form is forgotten: the next look then starts from what it sees. */
const VERSION = 1;

export function packMemory(memory: LookMemory): Json {
  return { v: VERSION, takes: memory as unknown as Json };
}

export function unpackMemory(json: Json): LookMemory {
  if (typeof json !== 'object' || json === null || Array.isArray(json) || json['v'] !== VERSION) return {};
  const takes = json['takes'];
  return typeof takes === 'object' && takes !== null && !Array.isArray(takes)
    ? (takes as unknown as LookMemory)
    : {};
}

/** `grew`: whether bytes have come since the former look. */
export function remember(
  counters: Counters,
  before: TakeMemory | null,
  at: number,
  now: Pick<TakeMemory, 'phase' | 'lastAt' | 'since' | 'ended'> & { grew: boolean },
): TakeMemory {
  const { grew, ...state } = now;
  return {
    at,
    ...state,
    sequence: counters.sequence,
    bytes: counters.bytes,
    closedMs: counters.closedMs,
    open: now.phase !== 'armed',
    startedAt: counters.startedAt,
    grewAt: grew || !before ? at : before.grewAt,
    beforeGrewAt: grew || !before ? (before?.at ?? (grew ? counters.startedAt : null)) : before.beforeGrewAt,
  };
}
