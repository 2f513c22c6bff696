/** `query`: the status by number, and the files so far, in the shape of each mode. */
import type { Outcome } from '../faulty.ts';
import { fileList, sliceStart, webFiles } from './files.ts';
import { noWorker, refuseOld, reply } from './reply.ts';
import type { AgoraState, Task } from './state.ts';

const INITIALISED_MS = 500;
const STARTING_MS = 1000;
const SOME_READY_MS = 1500;

export function query(state: AgoraState, task: Task): Outcome {
  const { unknowns } = state.config;
  if (task.phase === 'exited' || task.movingUntil !== undefined) noWorker();
  if (task.phase === 'exiting' && unknowns.queryWhileExiting !== 'status') {
    if (unknowns.queryWhileExiting === '501') refuseOld(unknowns, 501, 'service is exiting');
    noWorker();
  }
  const { cname, uid, sid, resource } = task;
  const body = { cname, uid, resourceId: resource.id, sid, serverResponse: serverResponse(state, task) };
  return { response: reply(200, body), recording: sid };
}

function serverResponse(state: AgoraState, task: Task): Record<string, unknown> {
  const status = statusOf(state, task);
  if (task.mode === 'web') return { status, extensionServiceState: webServices(state, task) };
  const sliceStartTime = sliceStart(firstSliceAt(task), state.config);
  if (task.recording?.picturesOnly) return { status, sliceStartTime };
  return { status, ...fileList(task, state.config), sliceStartTime };
}

function firstSliceAt(task: Task): number | undefined {
  return task.firstUploadAt === undefined ? undefined : task.playlists[0]?.startedAt;
}

/** 0 to 3 while it begins, 4 ready, 5 in progress, 6 and 7 while it ends, 20 after a crash. */
function statusOf({ at, config }: AgoraState, task: Task): number {
  if (task.phase === 'exiting') {
    if (task.abnormal) return 20;
    return at < (task.endedAt + task.exitAt) / 2 ? 6 : 7;
  }
  const age = at - task.startedAt;
  if (!task.joined) return age < INITIALISED_MS ? 0 : age < STARTING_MS ? 1 : age < SOME_READY_MS ? 2 : 3;
  const { statusFive } = config.unknowns;
  if (statusFive === 'never') return 4;
  return statusFive === 'ready' || task.firstUploadAt !== undefined ? 5 : 4;
}

function webServices(state: AgoraState, task: Task): unknown[] {
  const recorder = { serviceName: 'web_recorder_service', payload: webRecorder(state, task) };
  const pushTo = task.page?.pushTo;
  if (pushTo === undefined) return [recorder];
  const status = task.phase !== 'running' ? 'disconnected' : task.onhold ? 'onhold' : pushState(task);
  const payload = { state: stateOf(task), outputs: [{ rtmpUrl: pushTo, status }] };
  return [recorder, { serviceName: 'rtmp_publish_service', payload }];
}

function pushState(task: Task): string {
  return task.joined ? 'publishing' : 'connecting';
}

export function webRecorder(state: AgoraState, task: Task): Record<string, unknown> {
  return { state: stateOf(task), onhold: task.onhold, fileList: webFiles(task, state.config) };
}

function stateOf(task: Task): string {
  if (task.phase !== 'running') return 'exit';
  return task.joined ? 'inProgress' : 'init';
}
