/**
 * `update` and `updateLayout`: strictly one after another. Two that overlap are both answered with 200, and the earlier
 * one has the last word; what is in force then is not what the later caller believes.
 */
import type { Outcome } from '../faulty.ts';
import { reflow } from './channels.ts';
import { booleanAt, fieldsAt, type Fields } from './fields.ts';
import { readLayout } from './layout.ts';
import { bad, noWorker, Refusal, refuseOld, reply } from './reply.ts';
import type { AgoraState, Task } from './state.ts';
import { readStorage, strictnessOf, type Storage } from './storage-config.ts';
import { EVERYBODY, readRule, type Rule, type Subscription } from './subscription.ts';
import { notePlaylist, uploadSlices } from './uploads.ts';
import { readOutputs } from './web-config.ts';

const OP = 'Update';

/** What an update puts into force. */
type Change = (at: number) => void;

export function update(state: AgoraState, task: Task, asked: Fields): Outcome {
  requireWorker(task, state.config.unknowns.updateInFailover === 'applied');
  const change = readChange(state, task, asked);
  return land(state, task, change);
}

export function updateLayout(state: AgoraState, task: Task, asked: Fields): Outcome {
  requireWorker(task, false);
  const layout = readLayoutOf(state, task, asked);
  return land(state, task, () => {
    if (task.recording) task.recording.layout = layout;
  });
}

function readLayoutOf(state: AgoraState, task: Task, asked: Fields) {
  if (task.mode !== 'mix') bad('UpdateLayout', 'mode');
  try {
    // A full overwrite: what is left out goes back to its default.
    return readLayout('UpdateLayout', asked);
  } catch (error) {
    if (error instanceof Refusal && state.config.unknowns.errorTable === 'old')
      refuseOld(state.config.unknowns, 1028, 'invalid parameter');
    throw error;
  }
}

function requireWorker(task: Task, alsoWhileMoving: boolean): void {
  if (task.phase !== 'running') noWorker();
  if (task.movingUntil !== undefined && !alsoWhileMoving) noWorker();
}

function land(state: AgoraState, task: Task, change: Change): Outcome {
  const overlaps = task.inFlight.length > 0;
  change(state.at);
  for (const earlier of task.inFlight) earlier.overtaken = true;
  if (state.updateMs > 0)
    task.inFlight.push({ until: state.at + state.updateMs, overtaken: false, apply: change });
  state.replyDelayMs = state.updateMs;
  const { cname, uid, sid, resource } = task;
  return {
    response: reply(200, { cname, uid, resourceId: resource.id, sid }),
    recording: sid,
    ...(overlaps && { detail: 'overlaps an earlier update, which will undo it' }),
  };
}

function readChange(state: AgoraState, task: Task, asked: Fields): Change {
  const subscription = readSubscribe(state, task, fieldsAt(OP, asked, 'streamSubscribe'));
  const onhold = readOnhold(state, task, fieldsAt(OP, asked, 'webRecordingConfig'));
  const pushTo = readPush(task, fieldsAt(OP, asked, 'rtmpPublishConfig'));
  const given = fieldsAt(OP, asked, 'storageConfig');
  const storage = given && readStorage(OP, given, strictnessOf(state.config.unknowns, state.at));
  const parts = ['streamSubscribe', 'webRecordingConfig', 'rtmpPublishConfig', 'storageConfig'];
  if (!parts.some((part) => asked[part] !== undefined)) bad(OP, 'clientRequest');
  return (at) => {
    if (subscription && task.recording) task.recording.subscription = subscription;
    if (onhold !== undefined) hold(task, onhold, at);
    if (pushTo && task.page) task.page.pushTo = pushTo;
    if (storage) changeStorage(state, task, storage, at);
    reflow(state, task, at);
  };
}

function readSubscribe(state: AgoraState, task: Task, given: Fields | undefined): Subscription | undefined {
  const { unsubscribeSpelling, omittedParts } = state.config.unknowns;
  if (given === undefined) return omittedParts === 'reset' && task.recording ? EVERYBODY : undefined;
  const { recording } = task;
  if (!recording) bad(OP, 'streamSubscribe');
  const read = (medium: 'Audio' | 'Video'): Rule | undefined => {
    const list = fieldsAt(OP, given, `${medium.toLowerCase()}UidList`);
    if (list === undefined) return omittedParts === 'reset' ? { kind: 'none' } : undefined;
    const rule = readRule(OP, list, medium, recording.streamTypes, unsubscribeSpelling);
    // A list that is there under the spelling that is not honoured changes nothing.
    if (rule === undefined && Object.keys(list).length === 0) bad(OP, `${medium.toLowerCase()}UidList`);
    return rule;
  };
  const { audio, video } = recording.subscription;
  return { audio: read('Audio') ?? audio, video: read('Video') ?? video };
}

function readOnhold(state: AgoraState, task: Task, given: Fields | undefined): boolean | undefined {
  if (given && task.mode !== 'web') bad(OP, 'webRecordingConfig');
  const onhold = given && booleanAt(OP, given, 'onhold');
  if (onhold !== undefined) return onhold;
  return state.config.unknowns.omittedParts === 'reset' && task.mode === 'web' ? false : undefined;
}

function readPush(task: Task, given: Fields | undefined): string | undefined {
  if (given === undefined) return undefined;
  if (task.page?.pushTo === undefined) bad(OP, 'rtmpPublishConfig');
  return readOutputs(OP, given);
}

function hold(task: Task, onhold: boolean, at: number): void {
  if (onhold === task.onhold) return;
  task.onhold = onhold;
  if (onhold) {
    task.heldSince = at;
  } else {
    task.heldMs += at - (task.heldSince ?? at);
    task.heldSince = undefined;
  }
}

/** What was complete went up with the old keys; the slice that is being written goes with the new ones. */
function changeStorage(state: AgoraState, task: Task, next: Storage, at: number): void {
  for (const run of task.runs.values()) uploadSlices(state, task, run, at);
  const { vendor, region, bucket, prefix } = task.storage;
  const moved = state.config.unknowns.bucketChange === 'applied';
  task.storage = moved ? next : { ...next, vendor, region, bucket, prefix };
  task.stsExpiryTold = false;
  for (const track of task.runs.keys()) notePlaylist(task, track, at);
}
