/** Whether the source is there, as far as anybody has told. */
import { iso, note } from './ledger.ts';
import type { SessionState } from './state.ts';

type Teller = 'look' | 'callback';

export function sourceUp(state: SessionState, at: number, by: Teller = 'look'): void {
  const { source } = state;
  if (source.state === 'up') return;
  if (source.state === 'down' && source.since !== null && state.everRecorded) {
    source.longestMs = Math.max(source.longestMs, at - source.since);
  }
  state.source = { ...source, state: 'up', since: at, toldBy: by };
}

export function sourceDown(state: SessionState, at: number, by: Teller = 'look'): void {
  const { source } = state;
  if (source.state === 'down') {
    // What only a callback has told becomes certain, or is told anew; what was seen stays as it was seen.
    if (by === 'look') source.toldBy = by;
    else if (source.toldBy === 'callback') source.since = at;
    return;
  }
  const drops = source.state === 'up' ? source.drops + 1 : source.drops;
  state.source = { ...source, state: 'down', since: at, drops, toldBy: by };
  if (source.state !== 'up') return;
  note(state, 'gap', `the source is gone since ${iso(at)}`, { cause: 'source-absent', from: iso(at) });
}
