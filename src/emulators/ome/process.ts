/** The process in time: what passes by itself, how it goes down, how it comes up again. */
import { updateByStream } from './application.ts';
import { arrive, deny } from './arrival.ts';
import { flushMedia, closeRun, isFlowing } from './media.ts';
import { advanceSession, loseFile } from './session.ts';
import { disconnectSource, nextScan } from './sources.ts';
import { allApps } from './state.ts';
import type { App, OmeServer, Source, Stream } from './state.ts';

/** Applies everything that time alone has done up to `now`. Time never goes back. */
export function advance(server: OmeServer, now: number): void {
  if (server.downUntil !== undefined && server.downUntil <= now) comeUp(server, server.downUntil);
  for (let at = nextEnd(server); at !== undefined && at <= now; at = nextEnd(server)) {
    advanceStreams(server, at);
    endAdmissions(server, at);
  }
  advanceStreams(server, now);
}

/** When time alone does something of which callbacks tell; undefined where it does not. */
export function nextInstant(server: OmeServer): number | undefined {
  return server.downUntil ?? nextEnd(server);
}

/** When the first encoder has waited too long for its admission, or has had its time. */
function nextEnd(server: OmeServer): number | undefined {
  const instants = [...sourcesOf(server)].flatMap(({ source }) => [source.askingUntil, source.expiresAt]);
  const known = instants.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function endAdmissions(server: OmeServer, at: number): void {
  for (const { app, source } of sourcesOf(server)) {
    if (source.askingUntil !== undefined && source.askingUntil <= at) deny(server, source, at);
    if (source.expiresAt === undefined || source.expiresAt > at) continue;
    source.expiresAt = undefined;
    disconnectSource(server, app, source, at);
  }
}

function* sourcesOf(server: OmeServer): Generator<{ app: App; source: Source }> {
  for (const app of allApps(server)) for (const source of app.sources.values()) yield { app, source };
}

function advanceStreams(server: OmeServer, now: number): void {
  if (now <= server.at) return;
  for (const app of allApps(server)) {
    if (!app.file) continue;
    for (const stream of app.streams.values()) advanceStream(server, app, stream, server.at, now);
  }
  server.at = now;
}

function advanceStream(server: OmeServer, app: App, stream: Stream, from: number, to: number): void {
  if (!isFlowing(stream.source)) return;
  let at = from;
  const scan = stream.scanDue ? nextScan(stream.source, at) : Infinity;
  if (scan <= to) {
    for (const session of stream.sessions.values()) advanceSession(server, app, session, at, scan);
    updateByStream(server, app, stream, scan);
    stream.scanDue = false;
    at = scan;
  }
  for (const session of stream.sessions.values()) advanceSession(server, app, session, at, to);
}

/** Tells the truth log all media up to now; a second time at the same instant adds nothing. */
export function settle(server: OmeServer, now: number): void {
  advance(server, now);
  for (const app of allApps(server)) {
    for (const stream of app.streams.values()) {
      for (const session of stream.sessions.values()) flushMedia(server, app, session, server.at);
    }
  }
}

/**
 * Down until `downMs` have passed. An orderly end finalises the files; a kill leaves them under their temporary
 * names. Both forget every record. Encoders connect again as soon as the process is up.
 */
export function goDown(server: OmeServer, now: number, downMs: number, how: 'killed' | 'stopped'): void {
  const farewell = server.config.unknowns.tellsWhenStopped ? 'told' : 'silently';
  for (const app of allApps(server)) {
    for (const source of app.sources.values()) {
      if (source.askingUntil !== undefined) {
        source.askingUntil = undefined;
        source.returns = true;
      }
      if (!source.live) continue;
      if (how === 'killed') abandonFiles(server, app, now);
      disconnectSource(server, app, source, now, how === 'killed' ? 'silently' : farewell);
      source.returns = true;
    }
    forgetRecords(server, app, now, `process ${how}`);
    app.pushes.clear();
  }
  server.truth.add({ type: 'process', at: now, event: how });
  server.downUntil = now + downMs;
  if (downMs === 0) comeUp(server, now);
}

function comeUp(server: OmeServer, at: number): void {
  server.downUntil = undefined;
  server.at = Math.max(server.at, at);
  server.truth.add({ type: 'process', at, event: 'started' });
  for (const app of allApps(server)) {
    for (const source of app.sources.values()) {
      if (!source.returns) continue;
      source.returns = false;
      arrive(server, app, source, at);
    }
  }
}

export function abandonFiles(server: OmeServer, app: App, now: number): void {
  for (const stream of app.streams.values()) {
    for (const session of stream.sessions.values()) {
      closeRun(server, app, session, now);
      if (session.writer) loseFile(server, app, session, session.writer, now);
    }
  }
}

export function forgetRecords(server: OmeServer, app: App, now: number, reason: string): void {
  for (const id of app.order) {
    const task = app.tasks.get(id);
    if (task)
      server.truth.add({ type: 'recording', at: now, recording: task.identity, event: 'ended', reason });
  }
  app.tasks.clear();
  app.order = [];
}
