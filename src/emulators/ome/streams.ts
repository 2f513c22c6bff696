/** Input streams and their outputs: the only place that tells which names recording understands. */
import { toIso } from './local-time.ts';
import { sorted } from './reply.ts';
import { streamsOf } from './sources.ts';
import { sourceTypeOf, trackObject } from './source-info.ts';
import type { App, OmeServer, Source } from './state.ts';

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
      sourceType: sourceTypeOf(source),
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
