/** Whether a channel can record, and who must act where it cannot. */
import type { Place } from '../../contract/destinations.ts';
import type { Failure } from '../../session/facts.ts';
import { VendorFailure } from '../recorder.ts';
import type { NaverChannel } from './api.ts';
import type { NaverHandle, NaverSubject } from './handle.ts';

const refused = (
  code: Failure['code'],
  who: Failure['who'],
  retry: Failure['retry'],
  cause: Failure['cause'],
  message: string,
): VendorFailure => new VendorFailure({ code, message, who, applied: 'no', retry, cause });

/** Whoever has the account must act, and until then its rules keep this from being recorded. */
const unready = (retry: Failure['retry'], message: string): VendorFailure =>
  refused('E_ACCOUNT_UNREADY', 'you', retry, 'vendor-rule', message);

export function noChannel(channelId: string): VendorFailure {
  const message = `There is no channel ${channelId} in this account and region.`;
  return unready('later', message);
}

/** Settings that no repeat mends. @returns null where it can record for this session */
export function unfit(
  channel: NaverChannel,
  place: Place | null,
  foreign: 'refuse' | 'adopt',
): VendorFailure | null {
  const { channelId, record, immediateOnAir } = channel;
  const never = (message: string): VendorFailure => unready('never', message);
  if (record?.type === 'NO_RECORD') {
    return never(
      `Channel ${channelId} cannot record: its record type is NO_RECORD. Take or create one with MANUAL_UPLOAD or AUTO_UPLOAD.`,
    );
  }
  if (immediateOnAir === true && foreign === 'refuse') {
    return never(
      `Channel ${channelId} begins to record with each push by itself (immediateOnAir): those recordings are nobody's of ours. Switch that off, or write policy: { foreign: adopt }.`,
    );
  }
  if (place !== null && record?.type === 'AUTO_UPLOAD' && record.bucketName !== place.bucket) {
    return never(
      `Channel ${channelId} uploads to bucket ${record.bucketName ?? '(none)'} by itself (AUTO_UPLOAD), and destination ${place.name} is bucket ${place.bucket}. Name a destination with the channel's bucket, or none.`,
    );
  }
  return null;
}

/** A channel that takes no push, whoever sends one, until somebody has acted. @returns null for any other */
export function outOfUse({ channelId, channelStatus }: NaverChannel): VendorFailure | null {
  switch (channelStatus) {
    case 'BLOCK':
      return unready(
        'later',
        `Channel ${channelId} takes no push: you have suspended it (BLOCK). Lift that in the console.`,
      );
    case 'FORCE_BLOCK':
      return unready(
        'later',
        `Channel ${channelId} takes no push: NAVER has suspended it (FORCE_BLOCK). Ask NAVER Cloud why, and take another channel until it is lifted.`,
      );
    case 'DELETED':
    case 'FORCE_DELETED':
      return unready(
        'later',
        `Channel ${channelId} has been deleted (${channelStatus}). Name another one as target.channel.`,
      );
    default:
      return null;
  }
}

/** Nothing can be started in this state. @returns null where a start makes sense */
export function notPublishing(channel: NaverChannel): VendorFailure | null {
  const { channelId, channelStatus } = channel;
  const failure = outOfUse(channel);
  if (failure) return failure;
  switch (channelStatus) {
    case 'PUBLISHING':
      return null;
    case 'CREATING': {
      const message = `Channel ${channelId} is still being created.`;
      return refused('E_VENDOR_REFUSED', 'vendor', 'later', 'vendor-fault', message);
    }
    default: {
      const message = `Nobody pushes to channel ${channelId}: it is ${channelStatus}, and Live Station records only while it is PUBLISHING.`;
      return refused('E_VENDOR_REFUSED', 'source', 'later', 'source-absent', message);
    }
  }
}

/** Who brings the files of a recording to which bucket; undefined where nobody does. */
export function uploadOf(
  { record }: NaverChannel,
  { options }: NaverSubject,
  place: Place | null,
): NaverHandle['upload'] {
  if (record?.type === 'AUTO_UPLOAD' && record.bucketName) {
    const accessControl = record.accessControl === 'PUBLIC_READ' ? 'PUBLIC_READ' : 'PRIVATE';
    return { bucket: record.bucketName, accessControl, by: 'platform' };
  }
  if (place === null) return undefined;
  return { bucket: place.bucket, accessControl: options.accessControl ?? 'PRIVATE', by: 'keeprolling' };
}
