/** From a request to the vendor's reply, in the vendor's order of checks. */
import type { EmulatorRequest } from '../emulator.ts';
import type { Outcome } from '../faulty.ts';
import { startRecord, stopRecord } from './application.ts';
import { refuseStranger } from './auth.ts';
import { member, parseBody, refuse, Refusal, textOf } from './json-body.ts';
import type { Json } from './json-body.ts';
import { advance } from './process.ts';
import { listPushes, pushObject, startPush, stopPush } from './pushes.ts';
import { recordObject, stoppedObject } from './record-object.ts';
import { readRecordRequest } from './record-request.ts';
import { failure, ok } from './reply.ts';
import { routeOf } from './routes.ts';
import type { Route } from './routes.ts';
import { disconnectSource } from './sources.ts';
import type { App, OmeServer, Source } from './state.ts';
import { findSource, listStreams, streamObject } from './streams.ts';

export function applyRequest(server: OmeServer, request: EmulatorRequest, now: number): Outcome {
  advance(server, now);
  const route = routeOf(request, server.config.traits);
  if (route.op === 'options')
    return { response: { status: 204, headers: { Server: 'OvenMediaEngine' }, body: '' } };
  const stranger = refuseStranger(request, server.config.accessToken);
  if (stranger) return { response: stranger, detail: 'unauthorized' };
  if (route.op === 'unknown') return { response: failure(404, 'Controller not found') };
  try {
    return answer(server, route, request, server.at);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { response: error.response, ...namedRecording(server, route, request) };
  }
}

function answer(server: OmeServer, route: Route, request: EmulatorRequest, now: number): Outcome {
  if (route.op === 'version') return { response: ok(versionObject(server)) };
  if (route.op === 'vhosts') return { response: ok([...server.vhosts.keys()]) };
  if (route.op === 'apps') return { response: ok([...findVhost(server, route).keys()]) };
  // A bad body is found before the virtual host is looked up; GET and DELETE have none.
  const body = request.method === 'POST' ? parseBody(request.body) : null;
  const app = findApp(server, route);
  if (route.op === 'startRecord' || route.op === 'stopRecord' || route.op === 'records') {
    return answerRecord(server, route, requireFilePublisher(server, app), body, now);
  }
  return { response: answerOther(server, route, app, body, now) };
}

function versionObject(server: OmeServer): Record<string, string> {
  const { version } = server.config;
  return { gitVersion: `v${version}-0-g0000000`, version };
}

function findApp(server: OmeServer, route: Route): App {
  const app = findVhost(server, route).get(route.app);
  if (!app) refuse(404, `Could not find the application: [${route.vhost}/${route.app}]`);
  return app;
}

function findVhost(server: OmeServer, { vhost }: Route): Map<string, App> {
  const apps = server.vhosts.get(vhost);
  if (!apps) refuse(404, `Could not find the virtual host: [${vhost}]`);
  return apps;
}

function requireFilePublisher(server: OmeServer, app: App): App {
  if (!server.config.filePublisher) refuse(404, `Could not find publisher: [${app.vhost}/${app.name}]`);
  if (!app.file) refuse(404, `Could not find application: [${app.vhost}/${app.name}]`);
  return app;
}

function answerRecord(server: OmeServer, route: Route, app: App, body: Json, now: number): Outcome {
  const request = readRecordRequest(body);
  const { replyInArray, emptyRecordsAre404 } = server.config.traits;
  const single = (object: unknown) => ok(replyInArray ? [object] : object);
  if (route.op === 'startRecord') {
    const task = startRecord(server, app, request, now);
    return { response: single(recordObject(server, app, task, now)), recording: task.identity };
  }
  if (route.op === 'stopRecord') {
    const snapshot = stopRecord(server, app, request, now);
    return { response: single(stoppedObject(server, snapshot)), recording: snapshot.task.identity };
  }
  const ids = request.id === '' ? app.order : app.order.filter((id) => id === request.id);
  const objects = ids.flatMap((id) => {
    const task = app.tasks.get(id);
    return task ? [recordObject(server, app, task, now)] : [];
  });
  if (objects.length === 0 && emptyRecordsAre404) refuse(404, 'There is no record information');
  return { response: ok(objects), recording: app.tasks.get(request.id)?.identity };
}

function answerOther(
  server: OmeServer,
  route: Route,
  app: App,
  body: Json,
  now: number,
): Outcome['response'] {
  if (route.op === 'streams') return ok(listStreams(app));
  if (route.op === 'stream') return ok(streamObject(server, app, requireSource(app, route)));
  if (route.op === 'deleteStream') {
    disconnectSource(server, app, requireSource(app, route), now);
    return ok();
  }
  if (route.op === 'createStream') return pullStream(app, body);
  if (route.op === 'pushes') return ok(listPushes(server, app, body, now));
  if (route.op === 'startPush') {
    const push = pushObject(server, app, startPush(app, body, now), now);
    return ok(server.config.traits.replyInArray ? [push] : push);
  }
  stopPush(app, body);
  return ok();
}

function requireSource(app: App, route: Route): Source {
  const source = findSource(app, route.stream);
  if (!source) refuse(404, `Could not find the stream: [${app.vhost}/${app.name}/${route.stream}]`);
  return source;
}

/** Nothing can be pulled from anywhere here, so a pull that is well formed fails as one from a dead address does. */
function pullStream(app: App, body: Json): never {
  const name = member(body, 'name');
  const urls = member(body, 'urls');
  if (typeof name !== 'string' || !Array.isArray(urls)) refuse(400, 'Stream name or urls is required');
  if (urls.length === 0) refuse(400, 'Urls must be at least one');
  if (findSource(app, name)) refuse(409, 'Stream already exists');
  refuse(502, `Could not pull the stream : ${String(urls[0])}`);
}

/** Which recording a refused request spoke of, if it exists; the id alone otherwise. */
function namedRecording(server: OmeServer, route: Route, request: EmulatorRequest): Partial<Outcome> {
  let id = '';
  try {
    id = textOf(member(parseBody(request.body), 'id'));
  } catch {
    return {};
  }
  if (id === '') return {};
  const task = server.vhosts.get(route.vhost)?.get(route.app)?.tasks.get(id);
  return task ? { recording: task.identity } : { detail: `id=${id}` };
}
