/** One task on one live stream: start, split, stop, failure (OvenMediaEngine v0.20.0, file_session.cpp). */
import { canWrite, finalise, openTemporary } from './files.ts';
import {
  closeRun,
  isFlowing,
  mediaName,
  nextKeyFrame,
  openRun,
  PACKET_MS,
  segmentTime,
  tellPending,
} from './media.ts';
import { containerTakes, directoryOf, expandPath, fileTemplate, infoTemplate } from './paths.ts';
import { nextTick } from './schedule.ts';
import type { App, OmeServer, RecordTask, Session, Track, Writer } from './state.ts';

export function startSession(server: OmeServer, app: App, session: Session, at: number): void {
  if (session.state !== 'ready' && session.state !== 'stopped') return;
  if (openSegment(server, app, session, at)) session.state = 'started';
}

/** Finalises the file. A session that cannot is left in error; one that has no file just stops. */
export function stopSession(server: OmeServer, app: App, session: Session, at: number): void {
  if (session.writer && !closeSegment(server, app, session, at)) return;
  session.state = 'stopped';
}

/** A new file for the task; on failure the record says `error`, and the start is answered with 200 all the same. */
function openSegment(server: OmeServer, app: App, session: Session, at: number): boolean {
  const { task } = session;
  task.startAt = at;
  resolvePaths(server, app, session);
  task.state = 'recording';
  task.segments += 1;
  const tmp = `${directoryOf(task.outputFilePath)}tmp_${server.config.randomName(32, task.serial, task.segments)}`;
  const tracks = session.stream.tracks.filter(
    (track) => isSelected(session, track) && containerTakes(task.outputFilePath, track.codec),
  );
  if (!canWrite(server, tmp) || tracks.length === 0 || !openTemporary(server, tmp)) {
    session.state = 'error';
    task.state = 'error';
    return false;
  }
  session.writer = { tmp, lost: false, run: undefined, pending: [] };
  session.hasVideo = tracks.some((track) => track.type === 'Video');
  session.bitrate = tracks.reduce((sum, track) => sum + track.bitrate, 0);
  return true;
}

/** Without a list all tracks are recorded, else those that one of the lists names. */
function isSelected(session: Session, track: Track): boolean {
  const { trackIds, variantNames } = session.task;
  if (trackIds.length === 0 && variantNames.length === 0) return true;
  return trackIds.includes(track.id) || variantNames.includes(track.name);
}

/** Evaluated at start, when `${EndTime}` is still that of before, and again at the end. */
function resolvePaths(server: OmeServer, app: App, session: Session): void {
  const { task } = session;
  const { config } = server;
  task.outputFilePath = expandPath(fileTemplate(config, app, task), task, config.zoneOffsetMinutes);
  task.outputInfoPath = expandPath(infoTemplate(config, app, task), task, config.zoneOffsetMinutes);
}

function closeSegment(server: OmeServer, app: App, session: Session, at: number): boolean {
  const { task, writer } = session;
  if (!writer) return true;
  task.timeMs = segmentTime(server, session, at);
  closeRun(server, app, session, at);
  task.state = 'stopping';
  task.stopAt = at;
  resolvePaths(server, app, session);
  if (!canWrite(server, task.outputFilePath) || !finalise(server, task, writer, at)) {
    failSession(server, app, session, at);
    return false;
  }
  tellPending(server, session, writer, task.outputFilePath);
  server.truth.add({
    type: 'file',
    at,
    recording: task.identity,
    file: task.outputFilePath,
    event: 'finalised',
    tmp: writer.tmp,
  });
  session.writer = undefined;
  task.state = 'stopped';
  task.sequence += 1;
  task.totalBytes += task.bytes;
  task.bytes = 0;
  task.totalTimeMs += task.timeMs;
  task.timeMs = 0;
  return true;
}

/** The session never tries again; what was written stays behind under its temporary name. */
export function failSession(server: OmeServer, app: App, session: Session, at: number): void {
  const { task, writer } = session;
  if (session.foundKeyFrame) task.timeMs = segmentTime(server, session, at);
  closeRun(server, app, session, at);
  session.state = 'error';
  task.state = 'error';
  if (writer) loseFile(server, app, session, writer, at);
}

export function loseFile(server: OmeServer, app: App, session: Session, writer: Writer, at: number): void {
  const file = mediaName(server, app, session, writer);
  tellPending(server, session, writer, file);
  server.truth.add({
    type: 'file',
    at,
    recording: session.task.identity,
    file,
    event: 'lost',
    tmp: writer.tmp,
  });
  session.writer = undefined;
}

/** All that frames do to a session from `from` to `to`: the first key frame, a full disk, splits. */
export function advanceSession(
  server: OmeServer,
  app: App,
  session: Session,
  from: number,
  to: number,
): void {
  if (session.state !== 'started' || !isFlowing(session.stream.source)) return;
  let at = from;
  if (!session.foundKeyFrame) {
    const key = nextKeyFrame(session, from);
    session.task.startAt = Math.min(key, to);
    if (key > to) return;
    at = key;
    session.foundKeyFrame = true;
    openRun(session, key);
  }
  if (server.diskFull && to > from) return failSession(server, app, session, at);
  for (;;) {
    const split = nextSplit(server, session, at);
    if (split > to) return;
    if (session.task.schedule !== '') armNextTick(server, session.task, split);
    if (!closeSegment(server, app, session, split)) return;
    if (!openSegment(server, app, session, split)) return;
    openRun(session, split);
    at = split;
  }
}

/** When the next file begins; infinity for a task that is recorded into one. */
function nextSplit(server: OmeServer, session: Session, at: number): number {
  const { task } = session;
  if (task.interval > 0) {
    const atLeast = task.startAt + task.interval + (server.config.unknowns.splitAtExactInterval ? 0 : 1);
    return nextKeyFrame(session, Math.max(at, atLeast));
  }
  if (task.schedule === '') return Infinity;
  if (task.scheduleAt === 0) task.scheduleAt = nextTick(task.schedule, at, server.config.zoneOffsetMinutes);
  // A tick that passed during a stall or a drop is made up for by the first packet after it.
  return Math.max(at, task.scheduleAt);
}

/**
 * The next tick after a split. The vendor reads a coarser clock for it than for the split, so that it finds the same
 * second again and splits once more at the next packet, a few times over.
 */
function armNextTick(server: OmeServer, task: RecordTask, at: number): void {
  const onTime = at === task.scheduleAt;
  if (onTime && task.scheduleBurst + 1 < server.config.unknowns.scheduleSplits) {
    task.scheduleBurst += 1;
    task.scheduleAt = at + PACKET_MS;
    return;
  }
  task.scheduleBurst = 0;
  task.scheduleAt = nextTick(task.schedule, at, server.config.zoneOffsetMinutes);
}
