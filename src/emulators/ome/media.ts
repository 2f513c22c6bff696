/**
 * The media plane without media: frames are a function of time. A run is an unbroken stretch of written frames;
 * stalls and drops end it, so the truth log never claims what did not arrive.
 */
import { expandPath, fileTemplate, namesItsEnd } from './paths.ts';
import type { App, OmeServer, Session, Source, Writer } from './state.ts';

/** Distance of two packets, video and audio together. */
export const PACKET_MS = 20;

export function isFlowing(source: Source): boolean {
  return source.live && source.stalledAt === undefined;
}

/** The first instant not before `at` at which a file may begin: a key frame, or any packet without video. */
export function nextKeyFrame(session: Session, at: number): number {
  const { source } = session.stream;
  if (!session.hasVideo) return at;
  const since = Math.max(0, at - source.startedAt);
  return source.startedAt + Math.ceil(since / source.keyframeMs) * source.keyframeMs;
}

/** When the last packet came, seen from `at`. */
function lastPacketAt(source: Source, at: number): number {
  return source.stalledAt === undefined ? at : Math.min(at, source.stalledAt);
}

function bytesBetween(from: number, to: number, bitrate: number): number {
  return Math.floor(((to - from) * bitrate) / 8000);
}

/** What the running segment holds at `at`. */
export function segmentBytes(session: Session, at: number): number {
  const run = session.writer?.run;
  return session.task.bytes + (run ? bytesBetween(run.from, at, session.bitrate) : 0);
}

/** Wall clock since the segment's start, as of the last packet or of now. */
export function segmentTime(server: OmeServer, session: Session, at: number): number {
  if (!session.foundKeyFrame) return session.task.timeMs;
  const runs = server.config.unknowns.recordTimeInStall === 'runs';
  const until = runs ? at : lastPacketAt(session.stream.source, at);
  return Math.max(0, until - session.task.startAt);
}

export function openRun(session: Session, at: number): void {
  if (session.writer && session.foundKeyFrame) session.writer.run = { from: at, flushedTo: at };
}

/** Ends the run: its bytes go to the segment, what is not yet told goes to the truth log. */
export function closeRun(server: OmeServer, app: App, session: Session, at: number): void {
  const { writer, task } = session;
  if (!writer?.run) return;
  noteMedia(server, app, session, writer, at);
  task.bytes += bytesBetween(writer.run.from, at, session.bitrate);
  writer.run = undefined;
}

/** Tells the truth log all media up to now, also of files whose name is not final yet; safe to repeat. */
export function flushMedia(server: OmeServer, app: App, session: Session, at: number): void {
  const { writer } = session;
  if (!writer) return;
  noteMedia(server, app, session, writer, at);
  tellPending(server, session, writer, mediaName(server, app, session, writer));
}

function noteMedia(server: OmeServer, app: App, session: Session, writer: Writer, at: number): void {
  const { run } = writer;
  if (!run || at <= run.flushedTo) return;
  // The difference of two totals, so that pieces always add up to the whole.
  const bytes =
    bytesBetween(run.from, at, session.bitrate) - bytesBetween(run.from, run.flushedTo, session.bitrate);
  writer.pending.push({ from: run.flushedTo, to: at, bytes });
  run.flushedTo = at;
  if (namesItsEnd(fileTemplate(server.config, app, session.task))) return;
  tellPending(server, session, writer, mediaName(server, app, session, writer));
}

export function tellPending(server: OmeServer, session: Session, writer: Writer, file: string): void {
  for (const { from, to, bytes } of writer.pending) {
    server.truth.add({ type: 'media', recording: session.task.identity, from, to, file, bytes });
  }
  writer.pending = [];
}

/** The file's final name if it can be known while it is written, else its temporary one. */
export function mediaName(server: OmeServer, app: App, session: Session, writer: Writer): string {
  const template = fileTemplate(server.config, app, session.task);
  if (namesItsEnd(template)) return writer.tmp;
  return expandPath(template, session.task, server.config.zoneOffsetMinutes);
}
