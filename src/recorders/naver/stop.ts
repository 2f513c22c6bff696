/**
 * A stop: it ends whatever the channel records, so it is sent only while that is ours. What a stop of an idle channel does
 * is told by no page: after any error the channel is looked at again, and what has ended is stopped.
 */
import type { Edge, Observation, Stopped } from '../../session/facts.ts';
import { VendorFailure, type TakeInQuestion } from '../recorder.ts';
import { apiOf, handleOf, WRITE, type NaverContext, type NaverHandle, type NaverSubject } from './handle.ts';
import { endOfStretch, goesOn, observe } from './observe.ts';
import { madeSince } from './ours.ts';
import { readChannel, readPushes, readRecordings, type Reading } from './readings.ts';
import { beginOf, endOf, EXACT_MS, exactly, recordingsIn, streamOf, type Recording } from './recordings.ts';

/** A take's own recording at one moment. */
interface Sighted {
  reading: Reading;
  recordings: Recording[];
  own: Recording;
  handle: NaverHandle;
  goesOn: boolean;
}

export async function stop(
  context: NaverContext,
  subject: NaverSubject,
  take: TakeInQuestion,
): Promise<Stopped> {
  const sighted = await sight(context, subject, take);
  if (!sighted) return { at: context.now(), how: 'absent' };
  if (!sighted.goesOn) return await over(context, sighted, take);
  return await send(context, subject, take, sighted);
}

/** null: there is no such channel, or it has no such recording. */
async function sight(
  context: NaverContext,
  { target }: NaverSubject,
  take: TakeInQuestion,
): Promise<Sighted | null> {
  const reading = await readChannel(context, target.channel);
  const { channel, skewMs } = reading;
  if (!channel) return null;
  const recordings = await readRecordings(apiOf(context), target.channel);
  const named = handleOf(take);
  // Its start was never answered: what has begun since then with a new number is what that start made.
  const own = named
    ? recordings.find(({ recordSeq }) => recordSeq === named.recordSeq)
    : channel.immediateOnAir === true
      ? undefined
      : madeSince(recordings, take.name.at + skewMs, null);
  if (!own) return null;
  const handle = named ?? {
    channelId: target.channel,
    recordSeq: own.recordSeq,
    streamSeq: streamOf(own),
    recordIds: own.files.map(({ recordId }) => recordId),
    startedAt: take.name.at,
  };
  return { reading, recordings, own, handle, goesOn: goesOn(own, recordings, channel) };
}

async function over(
  context: NaverContext,
  { reading, recordings, handle }: Sighted,
  { take }: TakeInQuestion,
): Promise<Stopped> {
  const { channel, requestId } = reading;
  const pushes = await readPushes(apiOf(context), handle.channelId);
  const observation = channel
    ? observe({ take, handle, at: reading.at, skewMs: reading.skewMs, channel, recordings, pushes }, null)
        .observation
    : undefined;
  return {
    at: context.now(),
    how: 'over',
    ...(observation && { observation }),
    ...(requestId !== undefined && { requestId }),
  };
}

async function send(
  context: NaverContext,
  subject: NaverSubject,
  take: TakeInQuestion,
  before: Sighted,
): Promise<Stopped> {
  const askedAt = context.now();
  try {
    const { value, requestId } = await apiOf(context).stopRecord(before.handle.channelId, WRITE);
    const told = recordingsIn(value).find(({ recordSeq }) => recordSeq === before.handle.recordSeq);
    const stopped = stoppedAs(take, before, told ?? before.own, askedAt, context.now());
    return requestId === undefined ? stopped : { ...stopped, requestId };
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    return await afterError(context, subject, take, before, askedAt, error);
  }
}

async function afterError(
  context: NaverContext,
  subject: NaverSubject,
  take: TakeInQuestion,
  before: Sighted,
  askedAt: number,
  { failure }: VendorFailure,
): Promise<Stopped> {
  const retry = failure.retry === 'never' ? 'later' : failure.retry;
  if (failure.code === 'E_VENDOR_UNREACHABLE') throw new VendorFailure({ ...failure, retry });
  let after: Sighted | null;
  try {
    after = await sight(context, subject, {
      ...take,
      handle: before.handle as unknown as TakeInQuestion['handle'],
    });
  } catch (again) {
    if (!(again instanceof VendorFailure)) throw again;
    throw new VendorFailure({ ...failure, retry, applied: 'unknown' });
  }
  if (after?.goesOn) throw new VendorFailure({ ...failure, retry });
  return stoppedAs(take, before, after?.own ?? before.own, askedAt, context.now());
}

function stoppedAs(
  { take }: TakeInQuestion,
  { reading, handle }: Sighted,
  own: Recording,
  askedAt: number,
  at: number,
): Stopped {
  const { skewMs, channel } = reading;
  const flowed = channel?.channelStatus === 'PUBLISHING';
  const answered: Edge = { at: askedAt, plusMinusMs: Math.max(EXACT_MS, at - askedAt) };
  // Its push was gone already: then its files tell when media ended.
  const last = own.stretches.at(-1)!;
  const endedAt = flowed ? answered : endOfStretch(last, { at, skewMs, handle }, null);
  const filed = endOf(own) !== null;
  const observation: Observation = {
    take,
    actual: flowed ? 'recording' : 'armed',
    ...(flowed && own.stretches.length === 1 && { since: exactly(Math.min(beginOf(own) - skewMs, at)) }),
    ...(endedAt && { endedAt }),
    ...(filed && { filedUntil: endedAt?.at ?? askedAt }),
    source: `stopRecord, recording ${own.recordSeq} ${own.files[0]?.status ?? ''}`,
  };
  return { at, how: 'stopped', observation };
}
