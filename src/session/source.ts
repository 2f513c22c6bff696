/** Whether the source is there, as far as anybody has told. */
import { iso, note } from './ledger.ts';
import type { SessionState } from './state.ts';

type Teller = 'look' | 'callback';

export function sourceUp(state: SessionState, at: number, by: Teller = 'look'): void {
  const { source } = state;
  if (source.state === 'up') {
    // Announced before, and seen now.
    if (by === 'look' && state.plan.traits.seesDrops) source.toldBy = by;
    return;
  }
  // The wait for the first media is no drop.
  if (source.state === 'down' && source.droppedAt !== null)
    source.longestMs = Math.max(source.longestMs, at - source.droppedAt);
  state.source = { ...source, state: 'up', since: at, toldBy: by };
}

export function sourceDown(state: SessionState, at: number, by: Teller = 'look'): void {
  const { source } = state;
  if (source.state === 'down') {
    // What only a callback has told becomes certain, or is told anew; what was seen stays as it was seen.
    if (by === 'look') source.toldBy = by;
    else if (source.toldBy === 'callback') {
      if (source.droppedAt === source.since) source.droppedAt = at;
      source.since = at;
    }
    return;
  }
  if (!hadMedia(state)) {
    // It was announced at most, and is waited for as before.
    state.source = { ...source, state: 'down', since: source.droppedAt ?? at, toldBy: by };
    return;
  }
  const drops = source.drops + 1;
  state.source = { ...source, state: 'down', since: at, drops, droppedAt: at, toldBy: by };
  note(state, 'gap', `the source is gone since ${iso(at)}`, { cause: 'source-absent', from: iso(at) });
}

/** Media came since it was told to be there: where looks see that, one has. */
function hadMedia({ source, everRecorded, plan }: SessionState): boolean {
  if (source.state !== 'up' || !everRecorded) return false;
  return !plan.traits.seesDrops || source.toldBy === 'look';
}
