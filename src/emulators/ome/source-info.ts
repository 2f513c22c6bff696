/** What the vendor tells of a source and its tracks, in replies and in alerts alike (OvenMediaEngine v0.20.0, json_serdes/stream.cpp). */
import { isFlowing } from './media.ts';
import type { Source, Track } from './state.ts';

/** As common_types.h spells them. */
export function sourceTypeOf({ protocol }: Source): string {
  return protocol === 'RTMP' ? 'Rtmp' : protocol;
}

export function trackObject(source: Source, track: Track): Record<string, unknown> {
  const latest = isFlowing(source) ? track.bitrate : 0;
  const rates = { bitrate: track.bitrate, bitrateAvg: track.bitrate, bitrateLatest: latest };
  const common = { id: track.id, name: track.name, type: track.type };
  if (track.type === 'Audio') {
    return {
      ...common,
      audio: { bypass: true, codec: track.codec, samplerate: 48000, channel: 2, ...rates },
    };
  }
  const seconds = source.keyframeMs / 1000;
  return {
    ...common,
    video: {
      bypass: true,
      codec: track.codec,
      width: 1280,
      height: 720,
      framerate: 30,
      keyFrameInterval: seconds,
      ...rates,
    },
  };
}
