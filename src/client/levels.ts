/** Which levels of the session's rules are still in use: each session keeps the one that its run began with. */
import type { Context } from './context.ts';
import { listSessions } from './find.ts';

/** Open sessions of an installation beyond this are not counted. */
const COUNTED = 5000;
const SCAN_MS = 2_000;

export interface Levels {
  /** Names of the open sessions of each level. */
  open: Map<number, string[]>;
  /** Those whose memo tells no level: started by an older release, or not begun yet. */
  untold: string[];
  /** There are more sessions than were looked at. */
  cut: boolean;
}

/** @throws KeepRollingError E_SERVER_UNREACHABLE */
export async function levelsInUse(context: Pick<Context, 'settings' | 'reach'>): Promise<Levels> {
  // Not by status: one that is paused from outside is open too.
  const query = `WorkflowType = 'recording' AND CloseTime IS NULL`;
  const found = await listSessions(context, query, COUNTED, SCAN_MS);
  const levels: Levels = { open: new Map(), untold: [], cut: found.length >= COUNTED };
  for (const { memo } of found) {
    const level = memo.lastKnown?.behaviour;
    if (level === undefined) levels.untold.push(memo.name);
    else levels.open.set(level, [...(levels.open.get(level) ?? []), memo.name]);
  }
  return levels;
}
