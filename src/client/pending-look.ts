/** The look that is under way: the watch is one activity, whose last words and memory describe shows. */
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { WatchMemory } from '../activities/wire.ts';
import type { Context } from './context.ts';
import type { Described } from './find.ts';
import type { SessionStatus } from './types.ts';

export interface PendingLook {
  shown: NonNullable<SessionStatus['look']>;
  /** By take: the last instant at which media is known to have been written, epoch milliseconds. */
  lastGood: Record<string, number>;
}

export async function pendingLook(
  context: Context,
  described: Described | null,
): Promise<PendingLook | null> {
  const pending = described?.raw.pendingActivities?.find((one) => one.activityType?.name === 'watchTakes');
  if (!pending) return null;
  const memory = await memoryIn(context, pending.heartbeatDetails?.payloads);
  return {
    shown: {
      sentence: pending.lastFailure?.message ?? 'the first look is still to come',
      at: isoOrNull(memory?.at),
      nextAt: isoOrNull(memory?.nextAt),
      attempt: pending.attempt ?? 1,
    },
    lastGood: memory?.lastGood ?? {},
  };
}

async function memoryIn(
  { reach }: Context,
  payloads: Payload[] | null | undefined,
): Promise<WatchMemory | undefined> {
  let decoded = payloads ?? [];
  for (const codec of reach.payloadCodecs.toReversed()) decoded = await codec.decode(decoded);
  const [memory] = decoded;
  return memory && defaultPayloadConverter.fromPayload<WatchMemory>(memory);
}

function isoOrNull(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
