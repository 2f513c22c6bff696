/** A task from its start to its exit, beside what requests do to it. */
import { channelOf, identityOf, type AgoraState, type Task } from './state.ts';
import { hush, reflow, removeUser, tellPresent } from './channels.ts';
import { jsonFiles, webFiles } from './files.ts';
import { MODULE, notify, notifyError, SERVICE } from './notices.ts';
import { closeRuns, loseRuns, tryStorage, uploadLists } from './uploads.ts';

/** How long a worker takes to be in the channel, or to show the page. */
export const JOIN_MS = 2000;
export const WEB_JOIN_MS = 5000;
/** How long a task is still known after its end. */
const EXIT_MS = 5000;
/** "At most 3 migrations, the 4th ends the task." */
const MOST_MOVES = 3;
const STORAGE_CONFIGURATION = 32;

/** Bits of `leaveCode`. */
const LEAVE = { failed: 0, stopped: 2, idle: 4, left: 16 } as const;
/** Codes of `web_recorder_stopped`. */
export const WEB_STOP = { ok: 0, maxHours: 1, loadTimeout: 4, url: 5, recorder: 6 } as const;

export interface End {
  /** For the truth log. */
  reason: string;
  leaveCode?: number;
  webCode?: number;
  abnormal?: boolean;
  /** The worker was killed: what it had not uploaded is gone. */
  killed?: boolean;
  /** Default: a few seconds in which the task is still known. */
  exitMs?: number;
}

export const STOPPED: End = { reason: 'stop', leaveCode: LEAVE.stopped };
export const IDLE: End = { reason: 'idle', leaveCode: LEAVE.idle };
export const TOKEN_EXPIRED: End = { reason: 'token expired', leaveCode: LEAVE.left };
export const MAX_HOURS: End = { reason: 'max hours', webCode: WEB_STOP.maxHours };
export const CRASHED: End = { reason: 'crash', abnormal: true, killed: true };
export const KICKED: End = { reason: 'kicked by its own uid', leaveCode: LEAVE.left, abnormal: true };
const MOVED_TOO_OFTEN: End = { reason: 'moved too often', abnormal: true, killed: true };

export function endTask(state: AgoraState, task: Task, at: number, end: End): void {
  if (end.killed) loseRuns(state, task, at);
  else closeRuns(state, task, at);
  hush(state, task, at);
  const exitMs = end.exitMs ?? Math.max(EXIT_MS, state.uploadMs);
  task.phase = 'exiting';
  task.endedAt = at;
  task.exitAt = at + exitMs;
  task.abnormal = end.abnormal ?? false;
  task.joined = false;
  task.movingUntil = undefined;
  if (!end.killed) uploadLists(state, task, at);
  state.truth.add({ type: 'recording', at, recording: task.sid, event: 'ended', reason: end.reason });
  tellEnd(state, task, at, end);
  if (exitMs === 0) exitTask(state, task, at);
}

export function exitTask(state: AgoraState, task: Task, at: number): void {
  task.phase = 'exited';
  state.active.delete(task);
  state.left.set(identityOf(task), at);
}

function tellEnd(state: AgoraState, task: Task, at: number, end: End): void {
  const exitStatus = task.abnormal ? 1 : 0;
  if (task.mode === 'web') {
    const files = webFiles(task, state.config);
    const code = end.webCode ?? (task.abnormal ? WEB_STOP.recorder : WEB_STOP.ok);
    notify(state, task, at, 71, SERVICE.web, { code, message: end.reason, details: '', fileList: files });
  } else if (!end.killed) {
    notify(state, task, at, 41, SERVICE.recorder, { leaveCode: end.leaveCode ?? LEAVE.failed });
  }
  if (!end.killed && task.firstUploadAt !== undefined) {
    const list = task.mode === 'web' ? {} : { fileList: jsonFiles(task, state.config) };
    if (task.lost === 0)
      notify(state, task, at, task.backedUp > 0 ? 32 : 31, SERVICE.uploader, { status: 0, ...list });
  }
  notify(state, task, at, 11, SERVICE.cloud, { exitStatus });
}

/** The worker is up: it looks at the token and the storage, and begins. */
export function joinTask(state: AgoraState, task: Task, at: number): void {
  if (task.tokenTrouble !== undefined) {
    notifyError(state, task, at, MODULE.recorder, task.tokenTrouble, 5);
    const reason = task.tokenTrouble === 109 ? 'token expired' : 'token wrong';
    return endTask(state, task, at, { reason, abnormal: true, exitMs: 0 });
  }
  if (state.config.unknowns.storageCheck === 'after-start' && !tryStorage(state, task, at)) {
    notifyError(state, task, at, MODULE.uploader, STORAGE_CONFIGURATION, 5);
    return endTask(state, task, at, { reason: 'storage refused', abnormal: true, exitMs: 0 });
  }
  if (task.mode === 'web' && !isPageReady(state, task, at)) return;
  task.joined = true;
  if (task.mode === 'web') {
    notify(state, task, at, 70, SERVICE.web, { recorderStartTime: at });
    if (task.page?.pushTo !== undefined)
      notify(state, task, at, 100, SERVICE.web, { rtmpUrl: task.page.pushTo, status: 'publishing' });
  } else {
    // Two of one uid put each other out; the later one stays.
    removeUser(state, channelOf(state, task.appId, task.cname), task.botUid, at);
    notify(state, task, at, 40, SERVICE.recorder, { status: 0 });
  }
  tellPresent(state, task, at);
  reflow(state, task, at);
}

/** A page that is not ready in time is loaded once more, and then given up. */
function isPageReady(state: AgoraState, task: Task, at: number): boolean {
  const page = state.pages.get(task.page?.url ?? '') ?? 'up';
  if (page === 'down') {
    endTask(state, task, at, { reason: 'page', webCode: WEB_STOP.url, abnormal: true });
    return false;
  }
  const timeout = task.page?.readyTimeoutMs ?? 0;
  if (page === 'up' || timeout === 0) return true;
  task.pageDeadline ??= Math.max(at, task.startedAt + timeout);
  if (at >= task.pageDeadline) {
    task.pageMisses += 1;
    if (task.pageMisses === 2) {
      endTask(state, task, at, { reason: 'page', webCode: WEB_STOP.loadTimeout, abnormal: true });
      return false;
    }
    notify(state, task, at, 73, SERVICE.web, { reason: 'page_load_timeout' });
    task.pageDeadline = at + timeout;
  }
  task.joinAt = task.pageDeadline;
  return false;
}

/** The worker is gone and another takes over after a while, with another uid and other names of files. */
export function moveTask(state: AgoraState, task: Task, at: number, forMs: number): void {
  if (task.moves === MOST_MOVES) return endTask(state, task, at, MOVED_TOO_OFTEN);
  loseRuns(state, task, at);
  hush(state, task, at);
  task.moves += 1;
  task.joined = false;
  task.movingUntil = at + forMs;
}

export function arriveTask(state: AgoraState, task: Task, at: number): void {
  task.movingUntil = undefined;
  task.joined = true;
  const newUid = state.config.names.uid(`bot of ${task.sid}`, task.moves);
  task.botUid = String(newUid);
  notify(state, task, at, 12, SERVICE.cloud, { newUid });
  if (task.mode === 'web') notify(state, task, at, 70, SERVICE.web, { recorderStartTime: at });
  else notify(state, task, at, 40, SERVICE.recorder, { status: 0 });
  tellPresent(state, task, at);
  reflow(state, task, at);
}
