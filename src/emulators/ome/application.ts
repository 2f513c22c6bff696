/** An application's record table and what moves it: calls, streams that come and go (OvenMediaEngine v0.20.0, file_application.cpp). */
import { segmentBytes, segmentTime } from './media.ts';
import { isSchedule } from './schedule.ts';
import { startSession, stopSession } from './session.ts';
import { refuse } from './json-body.ts';
import type { RecordRequest } from './record-request.ts';
import type { App, OmeServer, RecordTask, Session, Stream } from './state.ts';

/** Session ids of every stream begin here. */
const FIRST_SESSION_ID = 100;

export function createStream(name: string, source: Stream['source'], tracks: Stream['tracks']): Stream {
  return { name, source, tracks, sessions: new Map(), lastSessionId: FIRST_SESSION_ID, scanDue: false };
}

/** Puts a task into the table and starts it if its stream is live. A stream that is absent is no error. */
export function startRecord(server: OmeServer, app: App, request: RecordRequest, now: number): RecordTask {
  const missing = (request.id === '' ? ' id' : '') + (request.streamName === '' ? ' stream.name' : '');
  if (missing !== '') refuse(400, `There is no required parameter [${missing}]`);
  if (request.schedule !== '' && request.interval > 0) {
    refuse(400, '[Interval] and [Schedule] cannot be used at the same time');
  }
  if (request.schedule !== '' && !isSchedule(request.schedule)) refuse(400, 'Invalid [schedule] parameter');
  // The documentation says 409; the source of every version looked at says 400.
  if (app.tasks.has(request.id)) refuse(400, 'Duplicate ID already exists');

  const task = createTask(server, app, request, now);
  app.tasks.set(task.id, task);
  app.order = [...app.tasks.keys()].toSorted((a, b) => (a < b ? -1 : 1));
  server.truth.add({
    type: 'recording',
    at: now,
    recording: task.identity,
    event: 'began',
    ...(task.metadata !== '' && { metadata: task.metadata }),
  });
  updateByUser(server, app, now);
  return task;
}

function createTask(server: OmeServer, app: App, request: RecordRequest, now: number): RecordTask {
  server.serial += 1;
  return {
    ...request,
    identity: `${app.vhost}/${app.name}/${request.id}#${server.serial}`,
    vhost: app.vhost,
    app: app.name,
    transactionId: server.config.randomName(16, server.serial),
    createdAt: now,
    removed: false,
    serial: server.serial,
    segments: 0,
    sessionId: 0,
    state: 'ready',
    bytes: 0,
    timeMs: 0,
    totalBytes: 0,
    totalTimeMs: 0,
    sequence: 0,
    startAt: 0,
    stopAt: 0,
    outputFilePath: '',
    outputInfoPath: '',
    scheduleAt: 0,
    scheduleBurst: 0,
  };
}

/** What the reply to a stop is made of: the task as it was before its file was finalised. */
export interface StopSnapshot {
  task: RecordTask;
  bytes: number;
  timeMs: number;
  totalBytes: number;
  totalTimeMs: number;
}

/** Finalises the file and takes the task out of the table before the reply is sent. */
export function stopRecord(server: OmeServer, app: App, request: RecordRequest, now: number): StopSnapshot {
  if (request.id === '') refuse(400, 'There is no required parameter [ id]');
  const task = app.tasks.get(request.id);
  if (!task) refuse(404, `There is no record information related to the ID [${request.id}]`);
  task.removed = true;
  const { bytes, timeMs } = liveCounters(server, app, task, now);
  const before = { ...task };
  updateByUser(server, app, now);
  server.truth.add({
    type: 'recording',
    at: now,
    recording: task.identity,
    event: 'ended',
    reason: 'stopRecord',
  });
  // A setter writes the total time into the field of the total bytes, so the one is wrong and the other empty.
  return {
    task: before,
    bytes,
    timeMs,
    totalBytes: before.totalTimeMs + timeMs + bytes,
    totalTimeMs: timeMs,
  };
}

/** The session that writes this very task; its id alone can point to another's after a reconnect. */
export function ownSession(app: App, task: RecordTask): Session | undefined {
  const session = app.streams.get(task.streamName)?.sessions.get(task.sessionId);
  return session?.task === task ? session : undefined;
}

export function liveCounters(
  server: OmeServer,
  app: App,
  task: RecordTask,
  now: number,
): { bytes: number; timeMs: number } {
  const session = ownSession(app, task);
  if (!session || session.state !== 'started') return { bytes: task.bytes, timeMs: task.timeMs };
  return { bytes: segmentBytes(session, now), timeMs: segmentTime(server, session, now) };
}

/** After every start and stop the whole table is gone through: stream-less tasks become `ready`, whatever they were. */
function updateByUser(server: OmeServer, app: App, now: number): void {
  for (let i = 0; i < app.order.length; i++) {
    const task = app.tasks.get(app.order[i] ?? '');
    if (!task) continue;
    const stream = app.streams.get(task.streamName);
    if (stream) updateSession(server, app, stream, task, now);
    else task.state = 'ready';
    if (!task.removed) continue;
    if (stream && task.sessionId !== 0) deleteSession(server, app, stream, task, now);
    app.tasks.delete(task.id);
    app.order.splice(i, 1);
    // The source counts on over the shortened table and so passes over the next task.
    if (!server.config.unknowns.stopSkipsNextTask) i -= 1;
  }
}

/** Starts what waits for this stream, in the order of the table. */
export function updateByStream(server: OmeServer, app: App, stream: Stream, now: number): void {
  for (const id of app.order) {
    const task = app.tasks.get(id);
    if (task && task.streamName === stream.name) updateSession(server, app, stream, task, now);
  }
}

/**
 * Finds the task's session by an id that may be of an earlier stream object. Then it is another task's session, and
 * this task is never started, while its stop stops the other's.
 */
function updateSession(server: OmeServer, app: App, stream: Stream, task: RecordTask, now: number): void {
  let session = task.sessionId === 0 ? undefined : stream.sessions.get(task.sessionId);
  if (!session) {
    session = createSession(stream, task);
    task.sessionId = session.id;
  }
  if (!task.removed) return startSession(server, app, session, now);
  if (session.state === 'started') stopSession(server, app, session, now);
}

function createSession(stream: Stream, task: RecordTask): Session {
  let id = stream.lastSessionId;
  while (stream.sessions.has(id)) id += 1;
  stream.lastSessionId = id;
  const session: Session = {
    id,
    task,
    stream,
    state: 'ready',
    foundKeyFrame: false,
    hasVideo: false,
    bitrate: 0,
    writer: undefined,
  };
  stream.sessions.set(id, session);
  return session;
}

function deleteSession(server: OmeServer, app: App, stream: Stream, task: RecordTask, now: number): void {
  const session = stream.sessions.get(task.sessionId);
  if (!session) return;
  stream.sessions.delete(session.id);
  // Another task has lost its session; the next scan gives it a new one.
  if (session.task !== task) stream.scanDue = true;
  stopSession(server, app, session, now);
}

/** The stream has ended: its tasks stay armed, their files are finalised, and `stopped` overwrites `ready`. */
export function endStream(server: OmeServer, app: App, stream: Stream, now: number): void {
  for (const task of app.tasks.values()) if (task.streamName === stream.name) task.state = 'ready';
  app.streams.delete(stream.name);
  for (const session of stream.sessions.values()) stopSession(server, app, session, now);
  stream.sessions.clear();
}
