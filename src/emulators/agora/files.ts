/** Names of files: `<prefix>/<sid>_<cname>….m3u8|ts|mp4`, and `bak<n>_` before those of a worker that took over. */
import type { AgoraConfig } from './options.ts';
import type { Playlist, Run, Task } from './state.ts';
import { folderOf } from './storage-config.ts';

/** Tracks of a mix and of a page; those of single users are `<uid>/audio` and `<uid>/video`. */
export const WHOLE = 'whole';
/** An MP4 file goes on for about two hours. */
const MP4_MS = 2 * 3_600_000;

function baseName(task: Task, moves = task.moves): string {
  const backup = moves > 0 ? `bak${moves - 1}_` : '';
  const cname = task.cname.replaceAll(/[^A-Za-z0-9_-]/g, '-');
  return `${folderOf(task.storage.prefix)}${backup}${task.sid}_${cname}`;
}

function trackName(track: string): string {
  const [uid = '', medium = ''] = track.split('/');
  return track === WHOLE ? '' : `__uid_s_${uid}__uid_e_${medium}`;
}

export function playlistName(task: Task, track: string): string {
  return `${baseName(task)}${trackName(track)}.m3u8`;
}

/** The first slice of what is uploaded together stands for all of them. */
export function sliceName(task: Task, run: Run): string {
  return `${baseName(task)}${trackName(run.track)}_${utc17(run.flushedTo)}.ts`;
}

/** `20260101120000000`. */
function utc17(at: number): string {
  return new Date(at).toISOString().replaceAll(/\D/g, '');
}

export function mp4Names(task: Task): string[] {
  const count = Math.max(1, Math.ceil(task.recordedMs / MP4_MS));
  return Array.from({ length: count }, (_, index) => `${baseName(task)}_${index}.mp4`);
}

export function wantsMp4(task: Task): boolean {
  return task.recording?.mp4 ?? task.page?.mp4 ?? false;
}

/** As query and stop list them, for modes other than web. */
export function fileList(task: Task, config: AgoraConfig): Record<string, unknown> {
  if (task.mode === 'mix' && !wantsMp4(task)) {
    return { fileListMode: 'string', fileList: listed(task).at(-1)?.name ?? '' };
  }
  return { fileListMode: 'json', fileList: jsonFiles(task, config) };
}

export function jsonFiles(task: Task, config: AgoraConfig): Record<string, unknown>[] {
  return [...listed(task), ...listedMp4(task)].map(({ name, track, startedAt }) => ({
    fileName: name,
    trackType: track === WHOLE ? 'audio_and_video' : (track.split('/')[1] ?? ''),
    uid: track === WHOLE ? '0' : (track.split('/')[0] ?? ''),
    mixedAllUser: track === WHOLE,
    isPlayable: true,
    sliceStartTime: sliceStart(startedAt, config),
  }));
}

/** The web recorder writes `filename`, with a small n. */
export function webFiles(task: Task, config: AgoraConfig): Record<string, unknown>[] {
  return [...listed(task), ...listedMp4(task)].map(({ name, startedAt }) => ({
    filename: name,
    sliceStartTime: sliceStart(startedAt, config),
  }));
}

/** Nothing is listed before the first slice has been uploaded. */
function listed(task: Task): Playlist[] {
  return task.firstUploadAt === undefined ? [] : task.playlists;
}

function listedMp4(task: Task): Playlist[] {
  const [first] = listed(task);
  if (first === undefined || !wantsMp4(task) || task.phase === 'running') return [];
  return mp4Names(task).map((name) => ({ name, track: WHOLE, startedAt: first.startedAt }));
}

export function sliceStart(at: number | undefined, config: AgoraConfig): number {
  if (at === undefined) return 0;
  return config.unknowns.sliceStartUnit === 's' ? Math.floor(at / 1000) : at;
}
