/** What time alone does: every next event, one after another and in their order, however seldom anybody looks. */
import { closeJob, flush, openJob } from './jobs.ts';
import { cycleMs } from './rule-config.ts';
import type { Due, HuaweiState, Job, Task } from './state.ts';
import { push } from './streams.ts';
import { endTask, isFlowing, mergeMs, readyTask, thresholdMs } from './tasks.ts';

/** Applies everything up to `now`. Time never goes back. */
export function advance(state: HuaweiState, now: number): void {
  if (state.downUntil !== undefined && state.downUntil <= now) comeUp(state, state.downUntil);
  for (;;) {
    const next = nextOf(state);
    if (!next || next.at > now) break;
    state.at = Math.max(state.at, next.at);
    next.apply(state.at);
  }
  state.at = Math.max(state.at, now);
}

/** When time alone does the next thing; undefined where it has nothing to do. */
export function nextInstant(state: HuaweiState): number | undefined {
  return nextOf(state)?.at;
}

/** Tells the truth log all media up to now. */
export function settle(state: HuaweiState, now: number): void {
  advance(state, now);
  for (const task of state.tasks.values()) {
    for (const job of task.jobs.values()) flush(state, task, job, state.at);
  }
}

function comeUp(state: HuaweiState, at: number): void {
  state.downUntil = undefined;
  state.truth.add({ type: 'process', at, event: 'started' });
}

function nextOf(state: HuaweiState): Due | undefined {
  let next: Due | undefined;
  for (const { triple, at } of state.returning.values()) {
    if (!next || at < next.at) next = { at, apply: (now) => push(state, triple, now) };
  }
  for (const task of state.tasks.values()) {
    task.next ??= nextOfTask(state, task);
    if (!next || task.next.at < next.at) ({ next } = task);
  }
  return next && Number.isFinite(next.at) ? next : undefined;
}

const NEVER: Due = { at: Infinity, apply: () => undefined };

function nextOfTask(state: HuaweiState, task: Task): Due {
  let next = NEVER;
  const consider = (at: number, apply: Due['apply']) => {
    if (at < next.at) next = { at, apply };
  };
  const { opensAt = Infinity, awaySince = Infinity } = task;
  consider(opensAt, (now) => readyTask(state, task, now));
  // The end of the task before that of its files, which it closes itself.
  consider(awaySince + thresholdMs(state, task), (now) =>
    endTask(state, task, now, { reason: 'interrupted' }),
  );
  for (const job of task.jobs.values()) {
    consider(endOfCycle(state, task, job), (now) => rollOver(state, task, job, now));
    consider(awaySince + mergeMs(task, job.format), (now) => closeJob(state, task, job, now));
  }
  return next;
}

function endOfCycle({ config }: HuaweiState, { rule }: Task, { format, startedAt }: Job): number {
  const itsConfig = rule.formats.get(format);
  return itsConfig ? startedAt + cycleMs(config, itsConfig) : Infinity;
}

/** A file that has had its time is whole, and the next one begins with the next frame. */
function rollOver(state: HuaweiState, task: Task, job: Job, at: number): void {
  closeJob(state, task, job, at);
  if (isFlowing(state, task)) openJob(state, task, job.format, at);
}
