/** What acts on a session takes only a whole reference: a part that fits one session today may fit another tomorrow. */
import type { SessionStatus } from '../client/types.ts';
import { KeepRollingError } from '../contract/errors.ts';

type Named = Pick<SessionStatus, 'name' | 'sessionId' | 'key'>;

/** @throws KeepRollingError E_SESSION_UNKNOWN, which names the session that the part would have meant */
export function assertWhole(reference: string, status: Named): void {
  if (isWhole(reference, status)) return;
  const { name, sessionId, key } = status;
  throw new KeepRollingError(
    'E_SESSION_UNKNOWN',
    `No session is called "${reference}", and a part of a name is not enough here. Did you mean ${name}, ${key}? Say its whole name, or its id: ${sessionId}`,
    { reference, meant: { sessionId, name, key } },
  );
}

function isWhole(reference: string, { name, sessionId, key }: Named): boolean {
  if (reference.toLowerCase() === sessionId.toLowerCase()) return true;
  if (reference === key || reference === name) return true;
  // The client has matched the start itself.
  return reference.startsWith(`${name}@`) && /^\d/.test(reference.slice(name.length + 1));
}
