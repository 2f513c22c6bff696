/** An encoder comes: where admission is configured it is asked for, and the encoder connects only when it is allowed. */
import { alertOfInput } from './alerts.ts';
import { connectSource, noteSource } from './sources.ts';
import type { App, OmeServer, Source } from './state.ts';
import { addressOf, admissionOf, sendClosing, sendOpening, type Admission } from './webhooks.ts';

/** Each connection is from a port of its own. */
const FIRST_PORT = 50_000;
const PORTS = 10_000;

export function arrive(server: OmeServer, app: App, source: Source, now: number): void {
  server.connections += 1;
  const connection = server.connections;
  source.connection = connection;
  source.port = FIRST_PORT + (connection % PORTS);
  source.requestedUrl = addressOf(server, source);
  source.finalUrl = source.requestedUrl;
  const { admission } = server.config;
  if (!admission) return connectSource(server, app, source, now);
  source.askingUntil = now + admission.timeoutMs;
  sendOpening(server, source, now, (answer, at) => {
    // It was denied, went away, or asks for the next connection by now.
    if (source.askingUntil === undefined || source.connection !== connection) return;
    source.askingUntil = undefined;
    decide(server, app, source, admissionOf(answer), Math.max(at, server.at));
  });
}

function decide(
  server: OmeServer,
  app: App,
  source: Source,
  { allowed, newUrl, lifetimeMs }: Admission,
  now: number,
): void {
  if (!allowed) return deny(server, source, now);
  const place = newUrl === undefined ? app : redirect(server, app, source, newUrl);
  if (!place) return deny(server, source, now);
  if (isTaken(place, source)) {
    alertOfInput(server, source, now, 'INGRESS_STREAM_CREATION_FAILED_DUPLICATE_NAME');
    return noteSource(server, source, now, 'denied');
  }
  place.sources.set(source.name, source);
  source.expiresAt = lifetimeMs > 0 ? now + lifetimeMs : undefined;
  connectSource(server, place, source, now);
}

/** Nobody answered in time, or not as it must be. RTMP tells of the end of a connection that never came to be. */
export function deny(server: OmeServer, source: Source, now: number): void {
  source.askingUntil = undefined;
  noteSource(server, source, now, 'denied');
  if (source.protocol === 'RTMP' && server.config.unknowns.closingWhenDenied)
    sendClosing(server, source, now);
}

/** Host, application and stream may be others; the file and the port are as they were. */
function redirect(server: OmeServer, app: App, source: Source, url: string): App | undefined {
  const [, host = '', appName = '', name = ''] =
    /^[^:]+:\/\/([^:/?]+)(?::\d+)?\/([^/?]+)\/([^/?]+)/.exec(url) ?? [];
  const vhost = [...server.config.hosts].find(([vhostName, own]) => own === host || vhostName === host)?.[0];
  const place = server.vhosts.get(vhost ?? '')?.get(appName);
  if (!place) return undefined;
  if (app.sources.get(source.name) === source) app.sources.delete(source.name);
  source.outputs = source.outputs.map((output) =>
    output.name === source.name ? { ...output, name } : output,
  );
  source.vhost = place.vhost;
  source.app = place.name;
  source.name = name;
  source.finalUrl = url;
  return place;
}

function isTaken(app: App, source: Source): boolean {
  const known = app.sources.get(source.name);
  return (
    (known !== undefined && known !== source && known.live) ||
    source.outputs.some(({ name }) => app.streams.has(name))
  );
}
