/** Test controls: what the world does to the server. */
import type { Clock } from '../emulator.ts';
import type { FaultPlan } from '../faults.ts';
import { readBoolean, readNumber, readString, withCommonControls } from '../inputs.ts';
import type { Control, ControlInput } from '../inputs.ts';
import { arrive } from './arrival.ts';
import { dropTemporary, isWithin } from './files.ts';
import { abandonFiles, advance, forgetRecords, goDown } from './process.ts';
import { failSession } from './session.ts';
import { disconnectSource, resumeSource, stallSource, canFlow } from './sources.ts';
import { allApps, allSessions, PROTOCOLS } from './state.ts';
import type { App, OmeServer, Protocol, Source } from './state.ts';
import { readOutputs } from './tracks.ts';

export function omeControls(server: OmeServer, faults: FaultPlan, clock: Clock): Record<string, Control> {
  const world: Record<string, Control> = {
    'source.start': (input, now) => startSource(server, input, now),
    'source.stall': (input, now) => {
      const { app, source } = requireLive(server, input);
      if (source.stalledAt === undefined) stallSource(server, app, source, now);
    },
    'source.flow': (input, now) => {
      const { app, source } = requireLive(server, input);
      if (source.stalledAt !== undefined) resumeSource(server, app, source, now);
    },
    'source.stop': (input, now) => stopSource(server, input, now),
    restart: (input, now) => {
      const how = readBoolean(input, 'kill') ? 'killed' : 'stopped';
      goDown(server, now, readNumber(input, 'downMs') ?? 0, how);
    },
    disk: (input, now) => setDisk(server, readBoolean(input, 'full') ?? true, now),
    directory: (input) => setDirectory(server, input),
    reset: (_input, now) => {
      faults.armed.splice(0);
      reset(server, now);
    },
  };
  return withCommonControls(world, { state: server, faults, clock, advance });
}

function findApp(server: OmeServer, input: ControlInput): App {
  const vhost = input['vhost'] === undefined ? 'default' : readString(input, 'vhost');
  const name = input['app'] === undefined ? 'app' : readString(input, 'app');
  const app = server.vhosts.get(vhost)?.get(name);
  if (!app) throw new Error(`The emulator has no application ${vhost}/${name}.`);
  return app;
}

/** An encoder begins to push. While the process is down it comes when that is up again; it connects when it is admitted. */
function startSource(server: OmeServer, input: ControlInput, now: number): void {
  const app = findApp(server, input);
  const name = readString(input, 'stream');
  const known = app.sources.get(name);
  if (known && (known.live || known.returns || known.askingUntil !== undefined))
    throw new Error(`The stream ${app.name}/${name} is already being pushed.`);
  const outputs = readOutputs(name, input);
  for (const output of outputs) {
    if (app.streams.has(output.name))
      throw new Error(`The output stream ${app.name}/${output.name} exists already.`);
  }
  const source: Source = {
    vhost: app.vhost,
    app: app.name,
    name,
    outputs,
    keyframeMs: readNumber(input, 'keyframeMs') ?? 1000,
    live: false,
    startedAt: 0,
    stalledAt: undefined,
    returns: server.downUntil !== undefined,
    protocol: readProtocol(input),
    query: input['query'] === undefined ? '' : readString(input, 'query'),
    connection: 0,
    port: 0,
    requestedUrl: '',
    finalUrl: '',
    askingUntil: undefined,
    expiresAt: undefined,
  };
  app.sources.set(name, source);
  if (!source.returns) arrive(server, app, source, now);
}

function readProtocol(input: ControlInput): Protocol {
  const asked = input['protocol'] ?? 'RTMP';
  const protocol = PROTOCOLS.find((known) => known === asked);
  if (!protocol) throw new Error(`A source pushes by one of ${PROTOCOLS.join(', ')}.`);
  return protocol;
}

function stopSource(server: OmeServer, input: ControlInput, now: number): void {
  const app = findApp(server, input);
  const source = app.sources.get(readString(input, 'stream'));
  if (!source) return;
  source.returns = false;
  source.askingUntil = undefined;
  if (source.live) disconnectSource(server, app, source, now);
}

function requireLive(server: OmeServer, input: ControlInput): { app: App; source: Source } {
  const app = findApp(server, input);
  const name = readString(input, 'stream');
  const source = app.sources.get(name);
  if (!source?.live) throw new Error(`The stream ${app.name}/${name} is not being pushed.`);
  return { app, source };
}

/** The next packet into any file fails. A stalled stream has none until it flows again. */
function setDisk(server: OmeServer, full: boolean, now: number): void {
  server.diskFull = full;
  if (!full) return;
  for (const app of allApps(server)) {
    for (const stream of app.streams.values()) {
      if (!canFlow(stream)) continue;
      for (const session of stream.sessions.values()) {
        if (session.state === 'started' && session.foundKeyFrame) failSession(server, app, session, now);
      }
    }
  }
}

/**
 * `usable: false` takes a directory away: what is being written there can never be finalised, and nothing new can be
 * begun. `removed: true` takes only its present contents away, for the vendor makes directories anew.
 */
function setDirectory(server: OmeServer, input: ControlInput): void {
  const path = readString(input, 'path');
  const usable = readBoolean(input, 'usable') ?? true;
  const removed = readBoolean(input, 'removed') ?? !usable;
  const directory = path.endsWith('/') ? path : `${path}/`;
  if (usable) server.unusable.delete(directory);
  else server.unusable.add(directory);
  if (!removed) return;
  for (const { writer } of allSessions(server)) {
    if (!writer || !isWithin(server, writer.tmp.slice(0, writer.tmp.lastIndexOf('/') + 1), directory))
      continue;
    writer.lost = true;
    dropTemporary(server, writer.tmp);
  }
}

/** A new beginning: no records, no sources, no troubles. The truth log goes on. */
function reset(server: OmeServer, now: number): void {
  for (const app of allApps(server)) {
    abandonFiles(server, app, now);
    for (const source of app.sources.values()) {
      source.askingUntil = undefined;
      if (source.live) disconnectSource(server, app, source, now, 'silently');
    }
    forgetRecords(server, app, now, 'reset');
    app.sources.clear();
    app.pushes.clear();
  }
  server.downUntil = undefined;
  server.diskFull = false;
  server.unusable.clear();
}
