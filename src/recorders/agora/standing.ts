/**
 * What stands in a recording, for each update to say again: whether a part that an update leaves out stays as it was is
 * unknown, and an hourly refresh must not end a pause or take in users who were left out. The storage is not repeated:
 * that takes freshly minted credentials, and a `storageConfig` has no default to go back to.
 */
import type { StandingTake } from '../recorder.ts';
import type { AgoraContext, AgoraSubject } from './handle.ts';
import { publishedTo, publishOf, streamSubscribeOf } from './request.ts';

export function standingParts(
  context: AgoraContext,
  { target, options }: AgoraSubject,
  { settings, held }: Pick<StandingTake, 'settings' | 'held'>,
) {
  if (target.mode !== 'web') {
    const streamSubscribe = streamSubscribeOf(options, settings.subscribe);
    return streamSubscribe ? { streamSubscribe } : {};
  }
  const publish = publishOf(options, settings);
  return {
    webRecordingConfig: { onhold: held },
    ...(publish && { rtmpPublishConfig: publishedTo(context, publish) }),
  };
}
