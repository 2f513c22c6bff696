/** Whether somebody looks after a recording: asked by describe of the very lock, and of the session itself. */
import type { FindingState, Lock, Sessions } from './types.ts';

export interface Owned {
  /** Where the session's lock is, which a recording alone may not tell. */
  key: string;
  state: FindingState;
  /** Of the target, whosesoever it is. */
  lock: Lock | null;
}

/** A recording that bears the name of its session. @throws KeepRollingError E_SERVER_UNREACHABLE */
export async function ownerOf(
  sessions: Sessions,
  { key, sessionId, take, recording }: { key: string; sessionId: string; take: number; recording: string },
): Promise<Owned> {
  const lock = await sessions.lockOf(key);
  if (isOf(lock, sessionId)) return await asked(sessions, key, lock, { sessionId, take, recording });
  // The keeper of its files is called by the session's id alone, and knows whose it is.
  const own = await sessions.keyOf(sessionId);
  const elsewhere = own === null || own === key ? null : await sessions.lockOf(own);
  if (own !== null && isOf(elsewhere, sessionId))
    return await asked(sessions, own, elsewhere, { sessionId, take, recording });
  return { key: own ?? key, state: 'no-session', lock: elsewhere ?? lock };
}

/** Open, and of this id as far as is known. */
function isOf(lock: Lock | null, sessionId: string): lock is Lock {
  return lock !== null && lock.open && (lock.sessionId === null || lock.sessionId === sessionId);
}

/** An open session owns what bears its name, unless it says itself that it has no such take. */
async function asked(
  sessions: Sessions,
  key: string,
  lock: Lock,
  { sessionId, take, recording }: { sessionId: string; take: number; recording: string },
): Promise<Owned> {
  const takes = lock.sessionId === null ? null : await sessions.takesOf(key, sessionId);
  const has = takes?.some(
    (one) => one.number === take && (one.recording === null || one.recording === recording),
  );
  return { key, lock, state: has === false ? 'left-behind' : 'session-open' };
}

/** A recording without a name: whoever has the lock deals with what it finds at its target. */
export async function keeperOf(sessions: Sessions, key: string): Promise<Owned> {
  const lock = await sessions.lockOf(key);
  return { key, lock, state: lock?.open === true ? 'session-open' : 'no-session' };
}
