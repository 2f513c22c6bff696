/** Encoders that push: they connect, stall, flow on, and go away, also with the process. */
import { alertOfArrival, alertOfLeaving } from './alerts.ts';
import { createStream, endStream, updateByStream } from './application.ts';
import { advanceSession } from './session.ts';
import { closeRun, isFlowing, openRun } from './media.ts';
import type { App, OmeServer, Source, Stream } from './state.ts';
import { sendClosing } from './webhooks.ts';

export function connectSource(server: OmeServer, app: App, source: Source, now: number): void {
  source.live = true;
  source.startedAt = now;
  source.stalledAt = undefined;
  noteSource(server, source, now, 'up');
  alertOfArrival(server, source, now);
  for (const output of source.outputs) {
    const stream = createStream(output.name, source, output.tracks);
    app.streams.set(stream.name, stream);
    if (!app.file) continue;
    updateByStream(server, app, stream, now);
    for (const session of stream.sessions.values()) advanceSession(server, app, session, now, now);
  }
}

/** `silently`: the process is gone, and nobody tells of it. */
export function disconnectSource(
  server: OmeServer,
  app: App,
  source: Source,
  now: number,
  how: 'told' | 'silently' = 'told',
): void {
  for (const stream of streamsOf(app, source)) endStream(server, app, stream, now);
  source.live = false;
  source.expiresAt = undefined;
  noteSource(server, source, now, 'down');
  if (how === 'silently') return;
  sendClosing(server, source, now);
  alertOfLeaving(server, source, now);
}

export function stallSource(server: OmeServer, app: App, source: Source, now: number): void {
  for (const stream of streamsOf(app, source)) {
    for (const session of stream.sessions.values()) closeRun(server, app, session, now);
  }
  source.stalledAt = now;
  noteSource(server, source, now, 'stalled');
}

export function resumeSource(server: OmeServer, app: App, source: Source, now: number): void {
  source.stalledAt = undefined;
  noteSource(server, source, now, 'flowing');
  for (const stream of streamsOf(app, source)) {
    for (const session of stream.sessions.values()) {
      openRun(session, now);
      advanceSession(server, app, session, now, now);
    }
  }
}

export function streamsOf(app: App, source: Source): Stream[] {
  return [...app.streams.values()].filter((stream) => stream.source === source);
}

export function noteSource(
  server: OmeServer,
  source: Source,
  at: number,
  event: 'up' | 'stalled' | 'flowing' | 'down' | 'denied',
): void {
  server.truth.add({ type: 'source', at, source: `${source.vhost}/${source.app}/${source.name}`, event });
}

/** A stream is looked through every 5 s of media, so that a task that was missed starts after all. */
const SCAN_MS = 5000;

export function nextScan(source: Source, at: number): number {
  return source.startedAt + (Math.floor((at - source.startedAt) / SCAN_MS) + 1) * SCAN_MS;
}

export function canFlow(stream: Stream): boolean {
  return isFlowing(stream.source);
}
