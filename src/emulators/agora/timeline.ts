/** What time alone does: every task's next event, one after another and in their order, however seldom anybody looks. */
import { arriveTask, endTask, exitTask, IDLE, joinTask, MAX_HOURS, TOKEN_EXPIRED } from './lifecycle.ts';
import { notify, SERVICE } from './notices.ts';
import type { AgoraState, Task } from './state.ts';
import { uploadDue, uploadSlices, uploadTo } from './uploads.ts';

const PROGRESS_MS = 60_000;

/** Applies everything up to `now`. Time never goes back. */
export function advance(state: AgoraState, now: number): void {
  if (state.downUntil !== undefined && state.downUntil <= now) comeUp(state, state.downUntil);
  const due = new Map([...state.active].map((task) => [task, nextOf(state, task)]));
  for (;;) {
    let first: { task: Task; event: Due } | undefined;
    for (const [task, event] of due) {
      if (event.at <= now && (first === undefined || event.at < first.event.at)) first = { task, event };
    }
    if (!first) break;
    const { task, event } = first;
    event.apply(Math.max(event.at, state.at));
    state.at = Math.max(state.at, event.at);
    due.delete(task);
    if (state.active.has(task)) due.set(task, nextOf(state, task));
    // It may have put another out of the channel.
    if (event.social) for (const other of due.keys()) due.set(other, nextOf(state, other));
  }
  state.at = Math.max(state.at, now);
}

/** When time alone does the next thing; undefined where it has nothing to do. */
export function nextInstant(state: AgoraState): number | undefined {
  const next = Math.min(...[...state.active].map((task) => nextOf(state, task).at));
  return Number.isFinite(next) ? next : undefined;
}

/** Tells the truth log all media up to now, the slices that are being written among it. */
export function settle(state: AgoraState, now: number): void {
  advance(state, now);
  for (const task of state.active) {
    for (const run of task.runs.values()) uploadTo(state, task, run, state.at, state.at);
  }
}

function comeUp(state: AgoraState, at: number): void {
  state.downUntil = undefined;
  state.truth.add({ type: 'process', at, event: 'started' });
}

interface Due {
  at: number;
  apply: (at: number) => void;
  social?: boolean;
}

const NEVER: Due = { at: Infinity, apply: () => undefined };

function nextOf(state: AgoraState, task: Task): Due {
  if (task.phase === 'exiting') return { at: task.exitAt, apply: (at) => exitTask(state, task, at) };
  let next = NEVER;
  const consider = (at: number, apply: Due['apply'], social = false) => {
    if (at < next.at) next = { at, apply, social };
  };
  const [update] = task.inFlight;
  if (update) consider(update.until, (at) => land(task, at));
  consider(endOfPage(state, task), (at) => endTask(state, task, at, MAX_HOURS));
  if (task.movingUntil !== undefined) {
    consider(task.movingUntil, (at) => arriveTask(state, task, at));
  } else if (!task.joined) {
    consider(task.joinAt, (at) => joinTask(state, task, at), true);
    return next;
  }
  consider(task.tokenEndsAt, (at) => endTask(state, task, at, TOKEN_EXPIRED));
  if (task.idleSince !== undefined)
    consider(task.idleSince + (task.recording?.maxIdleMs ?? Infinity), (at) =>
      endTask(state, task, at, IDLE),
    );
  if (!task.stsExpiryTold) consider(task.storage.stsEndsAt, (at) => expireSts(state, task, at));
  for (const run of task.runs.values()) {
    consider(uploadDue(run), (at) => uploadSlices(state, task, run, at));
  }
  if (state.config.progressNotices && task.firstUploadAt !== undefined)
    consider(task.progressAt, (at) => tellProgress(state, task, at));
  return next;
}

/** When a page has been recorded for as long as it may be. */
function endOfPage(state: AgoraState, task: Task): number {
  if (!task.page) return Infinity;
  const end = task.startedAt + task.page.maxRecordingMs;
  if (state.config.unknowns.onholdCounts) return end;
  return task.heldSince === undefined ? end + task.heldMs : Infinity;
}

/** The answer to an update is on its way. One that was overtaken has the last word all the same. */
function land(task: Task, at: number): void {
  const update = task.inFlight.shift();
  if (update?.overtaken) update.apply(at);
}

/** What was complete before went up in time; what comes after does not. */
function expireSts(state: AgoraState, task: Task, at: number): void {
  task.stsExpiryTold = true;
  // The last millisecond of the token, for at its end it is no longer taken.
  for (const run of task.runs.values()) uploadSlices(state, task, run, at - 1);
  notify(state, task, at, 34, SERVICE.uploader, {});
}

function tellProgress(state: AgoraState, task: Task, at: number): void {
  task.progressAt = at + PROGRESS_MS;
  notify(state, task, at, 33, SERVICE.uploader, { progress: task.lost > 0 ? 9000 : 10_000 });
}
