/** What time alone does, in its order, however seldom anybody looks. */
import { ripen } from './files.ts';
import { endRecording, flush } from './recording.ts';
import type { NaverState } from './state.ts';

interface Due {
  at: number;
  apply: (at: number) => void;
}

/** Applies everything up to `now`. Time never goes back. */
export function advance(state: NaverState, now: number): void {
  if (state.downUntil !== undefined && state.downUntil <= now) comeUp(state, state.downUntil);
  // What lies ahead is looked through only when some of it is due: there may be thousands of files.
  while (state.quietUntil <= now) {
    const due = firstDue(state);
    state.quietUntil = due?.at ?? Infinity;
    if (!due || due.at > now) break;
    state.at = Math.max(state.at, due.at);
    due.apply(state.at);
  }
  state.at = Math.max(state.at, now);
}

/** When time alone does the next thing; undefined where it has nothing to do. */
export function nextInstant(state: NaverState): number | undefined {
  return firstDue(state)?.at;
}

/** Tells the truth log all media up to now. */
export function settle(state: NaverState, now: number): void {
  advance(state, now);
  for (const { recording } of state.channels.values()) if (recording) flush(state, recording, state.at);
}

function comeUp(state: NaverState, at: number): void {
  state.downUntil = undefined;
  state.truth.add({ type: 'process', at, event: 'started' });
}

function firstDue(state: NaverState): Due | undefined {
  let first: Due | undefined;
  const consider = (at: number | undefined, apply: Due['apply']) => {
    if (at !== undefined && Number.isFinite(at) && (first === undefined || at < first.at))
      first = { at, apply };
  };
  for (const channel of state.channels.values()) {
    if (channel.status === 'CREATING')
      consider(channel.readyAt, () => {
        channel.status = 'READY';
      });
    const { recording } = channel;
    const longest = recording && recording.began + state.config.unknowns.longestMs;
    consider(longest, (at) => endRecording(state, channel, at, 'longest'));
    consider(recording?.endsAt, (at) => endRecording(state, channel, at, 'publish end'));
  }
  for (const file of state.pending) consider(file.nextAt, (at) => ripen(state, file, at));
  return first;
}
