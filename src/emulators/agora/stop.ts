/** `stop`: ends a task; a second one finds it on its way out, and a later one finds nothing. */
import type { Outcome } from '../faulty.ts';
import { booleanAt, type Fields } from './fields.ts';
import { fileList } from './files.ts';
import { endTask, STOPPED } from './lifecycle.ts';
import { notify, SERVICE } from './notices.ts';
import { webRecorder } from './query.ts';
import { noWorker, refuse, refuseOld, Refusal, reply, serviceSays } from './reply.ts';
import type { AgoraState, Task } from './state.ts';

/** A stop that waits for its files waits no longer. */
const LONGEST_STOP_MS = 20_000;
const MODES = { individual: 0, mix: 1, web: 2 } as const;

export function stop(state: AgoraState, task: Task, asked: Fields): Outcome {
  const isAsync = booleanAt('Stop', asked, 'async_stop') ?? false;
  if (task.phase === 'exited' || task.movingUntil !== undefined) noWorker();
  if (task.phase === 'exiting') {
    notify(state, task, state.at, 3, SERVICE.cloud, {
      status: 6,
      recordingMode: MODES[task.mode],
      fileList: [],
    });
    refuse(400, 49, 'invalid operation');
  }
  endTask(state, task, state.at, STOPPED);
  const { cname, uid, sid, resource } = task;
  const ids = { cname, uid, resourceId: resource.id, sid };
  if (isAsync && state.config.unknowns.asyncStopBody === 'ids')
    return { response: reply(200, ids), recording: sid };
  if (!isAsync && state.uploadMs > LONGEST_STOP_MS) return tooSlow(state, sid);
  if (task.mode !== 'web' && !task.sawMedia && !task.recording?.picturesOnly)
    return { response: serviceSays(206, 435, 'no recorded data'), recording: sid };
  const serverResponse = serverResponseOf(state, task, isAsync);
  return { response: reply(200, { ...ids, serverResponse }), recording: sid };
}

/** The task has been stopped; only its files are not yet there. */
function tooSlow(state: AgoraState, sid: string): Outcome {
  try {
    return refuseOld(state.config.unknowns, 50, 'upload timeout');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { response: error.response, recording: sid, applied: true, detail: 'stopped, upload goes on' };
  }
}

function serverResponseOf(state: AgoraState, task: Task, isAsync: boolean): Record<string, unknown> {
  const uploadingStatus = isAsync ? state.config.unknowns.unknownSpelling : uploadingStatusOf(state, task);
  if (task.mode === 'web') {
    return {
      extensionServiceState: [
        { serviceName: 'upload_service', payload: { uploadingStatus } },
        { serviceName: 'web_recorder_service', payload: webRecorder(state, task) },
      ],
    };
  }
  if (task.recording?.picturesOnly) return { uploadingStatus };
  return { ...fileList(task, state.config), uploadingStatus };
}

function uploadingStatusOf(state: AgoraState, task: Task): string {
  if (task.lost > 0) return state.config.unknowns.unknownSpelling;
  return task.backedUp > 0 ? 'backuped' : 'uploaded';
}
