/** Input streams and their outputs: the only place that tells which names recording understands. */
import { isFlowing } from './media.ts';
import { toIso } from './local-time.ts';
import { sorted } from './reply.ts';
import { streamsOf } from './sources.ts';
import type { App, OmeServer, Source, Track } from './state.ts';

export function listStreams(app: App): string[] {
  return [...app.sources.values()].filter((source) => source.live).map((source) => source.name);
}

export function findSource(app: App, name: string): Source | undefined {
  const source = app.sources.get(name);
  return source?.live ? source : undefined;
}

/** `{name, input, outputs}` of one input stream (OvenMediaEngine v0.20.0, json_serdes/stream.cpp). */
export function streamObject(server: OmeServer, app: App, source: Source): unknown {
  const tracks = source.outputs[0]?.tracks ?? [];
  return sorted({
    name: source.name,
    input: {
      sourceType: 'Rtmp',
      tracks: tracks.map((track) => trackObject(source, track)),
      createdTime: toIso(source.startedAt, server.config.zoneOffsetMinutes),
    },
    outputs: streamsOf(app, source).map((stream) => ({
      name: stream.name,
      tracks: stream.tracks.map((track) => trackObject(source, track)),
      playlists: [],
    })),
  });
}

function trackObject(source: Source, track: Track): Record<string, unknown> {
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
