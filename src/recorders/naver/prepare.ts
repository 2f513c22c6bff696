/** A look ahead: can this channel record for this session? Nothing is ever changed in the account. */
import type { NaverOptions, NaverTarget } from '../../contract/vendors/naver.ts';
import type { AccountChange, Prepared } from '../../session/facts.ts';
import type { PrepareRequest } from '../recorder.ts';
import type { NaverChannel } from './api.ts';
import { noChannel, outOfUse, unfit } from './channel.ts';
import type { NaverContext } from './handle.ts';
import { readChannel } from './readings.ts';

export async function prepare(
  context: NaverContext,
  request: PrepareRequest<NaverTarget, NaverOptions>,
): Promise<Prepared> {
  const { target, policy } = request;
  const { channel, requestId } = await readChannel(context, target.channel);
  if (!channel) throw noChannel(target.channel);
  const place = context.storage?.place ?? null;
  const failure = unfit(channel, place, policy.foreign) ?? outOfUse(channel);
  if (failure) throw failure;
  return {
    at: context.now(),
    made: [],
    found: foundOf(channel, place?.bucket ?? null),
    ...(requestId !== undefined && { requestId }),
  };
}

export async function plan(
  context: NaverContext,
  request: PrepareRequest<NaverTarget, NaverOptions>,
): Promise<AccountChange[]> {
  return (await prepare(context, request)).made;
}

export function foundOf({ channelId, record, channelStatus }: NaverChannel, bucket: string | null): string {
  return `channel ${channelId} is ${channelStatus}, ${whereTo(record, bucket)}`;
}

function whereTo(record: NaverChannel['record'], bucket: string | null): string {
  switch (record?.type) {
    case 'AUTO_UPLOAD':
      return `it uploads to bucket ${record.bucketName ?? '(none)'} by itself`;
    case 'MANUAL_UPLOAD':
      return bucket === null
        ? 'it keeps files for 3 days, and no destination is named to upload them to'
        : `files are uploaded to bucket ${bucket} when they are ready`;
    default:
      return `its record type is ${record?.type ?? 'not told'}`;
  }
}
