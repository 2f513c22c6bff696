/** What time alone does: every stream's next event, one after another and in their order, however seldom anybody looks. */
import { closeSheaf, flush, rollOver } from './files.ts';
import { endByDelay, endTask } from './recording.ts';
import type { AlibabaState, Stream } from './state.ts';
import { announce, ANNOUNCED_MS, beginByWindow, connect, cut, SILENCE_MS } from './streams.ts';
import { resume } from './forbid.ts';

/** Applies everything up to `now`. Time never goes back. */
export function advance(state: AlibabaState, now: number): void {
  if (state.downUntil !== undefined && state.downUntil <= now) {
    state.truth.add({ type: 'process', at: state.downUntil, event: 'started' });
    state.downUntil = undefined;
  }
  const due = new Map([...state.streams.values()].map((stream) => [stream, nextOf(state, stream)]));
  for (;;) {
    let first: { stream: Stream; event: Due } | undefined;
    for (const [stream, event] of due) {
      if (event.at <= now && (first === undefined || event.at < first.event.at)) first = { stream, event };
    }
    if (!first) break;
    const { stream, event } = first;
    state.at = Math.max(state.at, event.at);
    event.apply(state.at);
    due.set(stream, nextOf(state, stream));
  }
  state.at = Math.max(state.at, now);
}

/** When time alone does the next thing; undefined where it has nothing to do. */
export function nextInstant(state: AlibabaState): number | undefined {
  let next = Infinity;
  for (const stream of state.streams.values()) next = Math.min(next, nextOf(state, stream).at);
  return Number.isFinite(next) ? next : undefined;
}

/** Tells the truth log all media up to now, of the files that are being written too. */
export function settle(state: AlibabaState, now: number): void {
  advance(state, now);
  for (const stream of state.streams.values()) flush(state, stream, state.at);
}

interface Due {
  at: number;
  apply: (at: number) => void;
}

function nextOf(state: AlibabaState, stream: Stream): Due {
  let next: Due = { at: Infinity, apply: () => undefined };
  const consider = (at: number, apply: Due['apply']): void => {
    if (at < next.at) next = { at, apply };
  };
  const { encoder, push, task, closing, forbiddenUntil } = stream;
  if (forbiddenUntil !== undefined) consider(forbiddenUntil, (at) => resume(stream, at));
  if (encoder?.retryAt !== undefined) consider(encoder.retryAt, (at) => connect(state, stream, at));
  if (push) {
    if (encoder?.stalledAt !== undefined)
      consider(encoder.stalledAt + SILENCE_MS, (at) => cut(state, stream, at));
    if (!push.told) consider(push.at + ANNOUNCED_MS, (at) => announce(state, stream, at));
    const { startAt } = push.config ?? {};
    if (startAt !== undefined && startAt > state.at && !task)
      consider(startAt, (at) => beginByWindow(state, stream, at));
  }
  for (const one of closing) {
    consider(one.at, (at) => {
      stream.closing = stream.closing.filter((other) => other !== one);
      closeSheaf(state, stream, one.sheaf, at);
    });
  }
  if (!task) return next;
  consider(task.until, (at) => endByDelay(state, stream, at));
  for (const file of task.sheaf.files)
    consider(file.startedAt + file.output.cycleS * 1000, (at) => rollOver(state, stream, file, at));
  const { endAt } = task.sheaf.config;
  if (endAt !== undefined) consider(endAt, (at) => endTask(state, stream, at, 'end of its window', at));
  return next;
}
