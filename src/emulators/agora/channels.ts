/** Who is in a channel, and what of it a task records. */
import { WHOLE } from './files.ts';
import { notify, SERVICE } from './notices.ts';
import { closeRuns, openRun, uploadTo } from './uploads.ts';
import { channelOf, type AgoraState, type Channel, type Task, type User } from './state.ts';
import { hasAudio, hasVideo, includes } from './subscription.ts';

/** A mix takes the first 17 that joined. */
const MIXED_USERS = 17;

/** The tasks whose worker is in the channel. */
export function tasksIn(state: AgoraState, channel: Channel): Task[] {
  return [...state.active].filter(
    (task) => task.mode !== 'web' && task.appId === channel.appId && task.cname === channel.name,
  );
}

/** Opens and closes the runs of a task as its world now is, and begins or ends its time of idleness. */
export function reflow(state: AgoraState, task: Task, at: number): void {
  const wanted = task.phase === 'running' && task.joined ? tracksOf(state, task) : new Set<string>();
  for (const [track, run] of task.runs) {
    if (wanted.has(track)) continue;
    uploadTo(state, task, run, at, at);
    task.runs.delete(track);
  }
  for (const track of wanted) if (!task.runs.has(track)) openRun(state, task, track, at);
  const idle = task.phase === 'running' && task.joined && task.mode !== 'web' && !hasCompany(state, task);
  task.idleSince = idle ? (task.idleSince ?? at) : undefined;
}

/** Leaves nothing open: the worker is no longer there. */
export function hush(state: AgoraState, task: Task, at: number): void {
  closeRuns(state, task, at);
  task.idleSince = undefined;
}

/** In a live channel an audience alone is nobody. */
function hasCompany(state: AgoraState, task: Task): boolean {
  const users = [...channelOf(state, task.appId, task.cname).users.values()];
  return users.some((user) => !task.recording?.live || user.role === 'host');
}

function tracksOf(state: AgoraState, task: Task): Set<string> {
  if (task.mode === 'web') {
    const shown = state.pages.get(task.page?.url ?? '') ?? 'up';
    return new Set(shown === 'down' || task.onhold ? [] : [WHOLE]);
  }
  const { recording } = task;
  if (!recording || recording.picturesOnly) return new Set();
  const hosts = [...channelOf(state, task.appId, task.cname).users.values()].filter(
    (user) => user.role === 'host',
  );
  const heard = (user: User) =>
    hasAudio(recording.streamTypes) && includes(recording.subscription.audio, user.uid);
  const seen = (user: User) =>
    hasVideo(recording.streamTypes) && includes(recording.subscription.video, user.uid);
  if (task.mode === 'mix') {
    const flowing = hosts.slice(0, MIXED_USERS).some((user) => !user.stalled && (heard(user) || seen(user)));
    return new Set(flowing ? [WHOLE] : []);
  }
  return new Set(
    hosts
      .filter((user) => !user.stalled)
      .flatMap((user) => [
        ...(heard(user) ? [`${user.uid}/audio`] : []),
        ...(seen(user) ? [`${user.uid}/video`] : []),
      ]),
  );
}

export function noteSource(
  state: AgoraState,
  channel: Channel,
  uid: string,
  at: number,
  event: 'up' | 'stalled' | 'flowing' | 'down',
): void {
  state.truth.add({ type: 'source', at, source: `${channel.name}/${uid}`, event });
}

export function removeUser(state: AgoraState, channel: Channel, uid: string, at: number): void {
  const user = channel.users.get(uid);
  if (!user) return;
  channel.users.delete(uid);
  noteSource(state, channel, uid, at, 'down');
  for (const task of tasksIn(state, channel)) {
    if (user.role === 'host' && !user.stalled) tellStreams(state, task, uid, false, at);
    reflow(state, task, at);
  }
}

/** Notifications 43 and 44: whether sound and picture of a user arrive. */
export function tellStreams(
  state: AgoraState,
  task: Task,
  uid: string,
  receiving: boolean,
  at: number,
): void {
  if (!task.joined || !task.recording) return;
  const { streamTypes, subscription } = task.recording;
  const details = { streamUid: uid, state: receiving ? 0 : 1, UtcMs: at };
  if (hasAudio(streamTypes) && includes(subscription.audio, uid))
    notify(state, task, at, 43, SERVICE.recorder, details);
  if (hasVideo(streamTypes) && includes(subscription.video, uid))
    notify(state, task, at, 44, SERVICE.recorder, details);
}

/** Those whose streams were there before the recorder was. */
export function tellPresent(state: AgoraState, task: Task, at: number): void {
  if (state.config.unknowns.streamsAtJoin === 'untold' || task.mode === 'web') return;
  for (const user of channelOf(state, task.appId, task.cname).users.values())
    if (user.role === 'host' && !user.stalled) tellStreams(state, task, user.uid, true, at);
}
