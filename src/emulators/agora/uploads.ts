/**
 * The media plane without media: what arrives is a function of time, cut into slices of 15 s. Slices go up in batches
 * of at most five minutes, each one object that stands for its slices, and always with the credentials of its instant.
 */
import type { UploadVerdict } from '../object-store.ts';
import { fileList, mp4Names, playlistName, sliceName, wantsMp4, WHOLE } from './files.ts';
import { MODULE, notify, notifyError, SERVICE } from './notices.ts';
import type { AgoraState, Run, Task } from './state.ts';

const SLICE_MS = 15_000;
const BATCH_MS = 20 * SLICE_MS;
const BITRATE = 1_000_000;

/** Uploader's codes: upload failed; warning that a file went to the backup. */
const UPLOAD_FAILED = 47;
const SENT_TO_BACKUP = 32;

function bytesBetween(from: number, to: number): number {
  return Math.floor(((to - from) * BITRATE) / 8000);
}

export function openRun(state: AgoraState, task: Task, track: string, at: number): void {
  task.runs.set(track, { track, from: at, flushedTo: at, uploads: 0 });
  task.sawMedia = true;
  notePlaylist(task, track, at);
  if (task.mode === 'web') return;
  const [uid = '0', medium = ''] = track.split('/');
  notify(state, task, at, 42, SERVICE.recorder, {
    startUtcMs: at,
    discontinueUtcMs: at,
    mixedAllUser: track === WHOLE,
    streamUid: track === WHOLE ? '0' : uid,
    trackType: track === WHOLE ? 'audio_and_video' : medium,
  });
}

/** A playlist of its own for each name under which the track is written. */
export function notePlaylist(task: Task, track: string, at: number): void {
  const name = playlistName(task, track);
  if (task.playlists.some((known) => known.name === name)) return;
  task.playlists.push({ name, track, startedAt: at });
}

/** When the run's next batch goes up: its first slice at once, so that there is something to see. */
export function uploadDue(run: Run): number {
  return run.uploads === 0 ? run.from + SLICE_MS : run.flushedTo + BATCH_MS;
}

/** Uploads the slices that are complete at `at`, and not the one that is being written. */
export function uploadSlices(state: AgoraState, task: Task, run: Run, at: number): void {
  const complete = run.from + Math.floor((at - run.from) / SLICE_MS) * SLICE_MS;
  uploadTo(state, task, run, complete, at);
}

/** Uploads the run up to `to`, whether or not a slice ends there. */
export function uploadTo(state: AgoraState, task: Task, run: Run, to: number, at: number): void {
  const from = run.flushedTo;
  if (to <= from) return;
  const file = sliceName(task, run);
  // The difference of two totals, so that pieces always add up to the whole.
  const bytes = bytesBetween(run.from, to) - bytesBetween(run.from, from);
  run.flushedTo = to;
  run.uploads += 1;
  const verdict = put(state, task, file, bytes, at);
  if (verdict === 'stored') {
    task.uploadFails = false;
  } else if (!keepElsewhere(state, task, { file, from, to, bytes, at })) {
    return;
  }
  task.recordedMs += to - from;
  state.truth.add({ type: 'media', recording: task.sid, from, to, file, bytes });
  if (task.firstUploadAt === undefined) tellFirstUpload(state, task, run, at);
}

/** A refused batch is in Agora's backup, or nowhere. Answers whether it still exists. */
function keepElsewhere(
  state: AgoraState,
  task: Task,
  batch: { file: string; from: number; to: number; bytes: number; at: number },
): boolean {
  const { at, ...what } = batch;
  const kept = state.config.unknowns.refusedUploads === 'backup';
  if (!task.uploadFails) {
    task.uploadFails = true;
    if (kept)
      notify(state, task, at, 2, SERVICE.cloud, { module: MODULE.uploader, warnCode: SENT_TO_BACKUP });
    else notifyError(state, task, at, MODULE.uploader, UPLOAD_FAILED, 3);
  }
  if (kept) task.backedUp += 1;
  else task.lost += 1;
  state.truth.add({
    type: 'file',
    at,
    recording: task.sid,
    event: kept ? 'backed-up' : 'lost',
    ...what,
  });
  return kept;
}

function tellFirstUpload(state: AgoraState, task: Task, run: Run, at: number): void {
  task.firstUploadAt = at;
  put(state, task, playlistName(task, run.track), 0, at);
  if (task.mode === 'web') return;
  notify(state, task, at, 30, SERVICE.uploader, { status: 0 });
  notify(state, task, at, 4, SERVICE.cloud, fileList(task, state.config));
}

/** What a worker that was killed had not yet uploaded is gone. */
export function loseRuns(state: AgoraState, task: Task, at: number): void {
  for (const run of task.runs.values()) {
    uploadSlices(state, task, run, at);
    const [from, file] = [run.flushedTo, sliceName(task, run)];
    if (at <= from) continue;
    task.lost += 1;
    const bytes = bytesBetween(run.from, at) - bytesBetween(run.from, from);
    state.truth.add({ type: 'file', at, recording: task.sid, file, event: 'lost', from, to: at, bytes });
  }
  task.runs.clear();
}

export function closeRuns(state: AgoraState, task: Task, at: number): void {
  for (const run of task.runs.values()) uploadTo(state, task, run, at, at);
  task.runs.clear();
}

/** The playlists as they are in the end, and the MP4 files that are made of them. */
export function uploadLists(state: AgoraState, task: Task, at: number): void {
  if (task.firstUploadAt === undefined) return;
  const mp4 = wantsMp4(task) ? mp4Names(task) : [];
  const share = mp4.length === 0 ? 0 : Math.floor(bytesBetween(0, task.recordedMs) / mp4.length);
  for (const { name } of task.playlists) finish(state, task, name, 0, at);
  for (const name of mp4) finish(state, task, name, share, at);
}

function finish(state: AgoraState, task: Task, file: string, bytes: number, at: number): void {
  const verdict = put(state, task, file, bytes, at);
  const refused = state.config.unknowns.refusedUploads === 'backup' ? 'backed-up' : 'lost';
  const event = verdict === 'stored' ? 'finalised' : refused;
  if (event === 'backed-up') task.backedUp += 1;
  if (event === 'lost') task.lost += 1;
  state.truth.add({ type: 'file', at, recording: task.sid, file, event });
}

/** Tries the keys with an empty playlist, for no page tells how Agora looks at them. */
export function tryStorage(state: AgoraState, task: Task, at: number): boolean {
  return put(state, task, playlistName(task, WHOLE), 0, at) === 'stored';
}

function put(state: AgoraState, task: Task, key: string, bytes: number, at: number): UploadVerdict {
  const { bucket, accessKey, secretKey, stsToken, stsEndsAt } = task.storage;
  if (state.uploadsDenied) return 'denied';
  if (!state.store) return stsEndsAt <= at ? 'expired' : 'stored';
  const token = stsToken === undefined ? {} : { token: stsToken };
  return state.store.put({ bucket, key, bytes, accessKey, secretKey, ...token }, at);
}
