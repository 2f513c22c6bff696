/** A recording task from its START to its end, beside what requests do to it. One for each stream. */
import { closeJob, flush, loseJob, openJob } from './jobs.ts';
import { tell } from './record-events.ts';
import {
  keyOf,
  nextSerial,
  type Format,
  type FormatConfig,
  type HuaweiState,
  type Rule,
  type Task,
  type Triple,
} from './state.ts';

/** How long after the command the first file is opened; no page tells. */
const OPENS_AFTER_MS = 1000;
/** "Up to 30 days", of `record_max_duration_to_merge_file` -1. */
const LONGEST_MERGE_MS = 30 * 86_400_000;

export function beginTask(
  state: HuaweiState,
  { publishDomain, app, stream }: Triple,
  rule: Rule,
  at: number,
): Task {
  const task: Task = {
    id: state.config.names.uuid('task', nextSerial(state)),
    publishDomain,
    app,
    stream,
    rule,
    startedAt: at,
    opensAt: at + OPENS_AFTER_MS,
    begun: false,
    awaySince: undefined,
    jobs: new Map(),
    serial: 0,
    next: undefined,
  };
  state.tasks.set(keyOf(task), task);
  const metadata = JSON.stringify({ publishDomain, app, stream, recordType: rule.recordType });
  state.truth.add({ type: 'recording', at, recording: task.id, event: 'began', metadata });
  return task;
}

/** Whether frames come that it can record. */
export function isFlowing(state: HuaweiState, task: Task): boolean {
  return state.streams.get(keyOf(task))?.stalled === false;
}

/** Its command has been worked off: from now on there is a file whenever frames come. */
export function readyTask(state: HuaweiState, task: Task, at: number): void {
  task.opensAt = undefined;
  task.next = undefined;
  if (isFlowing(state, task)) flowIn(state, task, at);
}

/** Frames come, or come again: open files go on, and for what is closed a new one is opened. */
export function flowIn(state: HuaweiState, task: Task, at: number): void {
  for (const job of task.jobs.values()) job.flowingSince ??= at;
  if (task.opensAt !== undefined) return;
  const { buckets } = state.config;
  if (state.uploadsDenied || (buckets && !buckets.includes(task.rule.bucket)))
    return failTask(state, task, at, 'upload to OBS failed');
  if (!task.begun) {
    task.begun = true;
    tell(state, task, at, 'RECORD_START');
  }
  for (const format of task.rule.formats.keys()) if (!task.jobs.has(format)) openJob(state, task, format, at);
}

/** The push is there again. */
export function returnTask(state: HuaweiState, task: Task, at: number): void {
  task.awaySince = undefined;
  task.next = undefined;
  flowIn(state, task, at);
}

/** No frames any more; the push may still be there. */
export function flowOut(state: HuaweiState, task: Task, at: number): void {
  for (const job of task.jobs.values()) {
    flush(state, task, job, at);
    job.flowingSince = undefined;
  }
}

/** The push has ended. */
export function leaveTask(state: HuaweiState, task: Task, at: number): void {
  flowOut(state, task, at);
  task.awaySince = at;
  task.next = undefined;
  if (thresholdMs(state, task) === 0) return endTask(state, task, at, { reason: 'interrupted' });
  for (const job of task.jobs.values()) if (mergeMs(task, job.format) === 0) closeJob(state, task, job, at);
}

/** How long the file of a format waits for frames. */
export function mergeMs({ rule }: Task, format: Format): number {
  const { merge = 0 }: Partial<FormatConfig> = rule.formats.get(format) ?? {};
  return merge === -1 ? LONGEST_MERGE_MS : merge * 1000;
}

/** How long the task waits for its stream: as long as the most patient of its formats. */
export function thresholdMs(state: HuaweiState, task: Task): number {
  const longest = Math.max(...[...task.rule.formats.keys()].map((format) => mergeMs(task, format)));
  if (longest === 0 && state.config.unknowns.mergeZero === 'goes-on') return LONGEST_MERGE_MS;
  return longest;
}

export function endTask(
  state: HuaweiState,
  task: Task,
  at: number,
  { reason, told = true }: { reason: string; told?: boolean },
): void {
  for (const job of task.jobs.values()) closeJob(state, task, job, at);
  forget(state, task, at, reason);
  if (told) tell(state, task, at, 'RECORD_OVER');
}

/** OBS does not take the files: what is open is lost. */
export function failTask(state: HuaweiState, task: Task, at: number, message: string): void {
  for (const job of task.jobs.values()) loseJob(state, task, job, at);
  forget(state, task, at, 'failed');
  tell(state, task, at, 'RECORD_FAILED', { message });
}

function forget(state: HuaweiState, task: Task, at: number, reason: string): void {
  state.tasks.delete(keyOf(task));
  state.truth.add({ type: 'recording', at, recording: task.id, event: 'ended', reason });
}
