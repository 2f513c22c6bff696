/** Who must act, and what he can do. */
import type { Who } from '../../session/facts.ts';

const ACTS: Record<Who, string> = {
  you: 'YOU must act',
  destination: 'the destination must be mended',
  source: 'the source must come back; nothing for you to do here',
  vendor: 'the vendor must act; nothing for you to do yet',
  keeprolling: 'a fault of keeprolling: please report it',
};

export function mustAct(who: Who | undefined): string {
  return who === undefined ? 'nothing for you to do' : ACTS[who];
}

/** What is expected, and mended by whoever does the work. `until`: as people read it. */
export function awaited(until: string): string {
  return `announced work until ${until}; nothing for you to do meanwhile`;
}

/** What helps against a trouble, by its stable code; for the rest its own sentence says enough. */
const REMEDIES: Record<string, string> = {
  E_PAUSED_LONG: 'keeprolling resume NAME',
  E_NO_WORKER: 'start one: keeprolling worker',
  E_VENDOR_AUTH:
    "mend the account's credentials in keeprolling.yaml; no restart is needed for values in files",
  E_ACCOUNT_UNKNOWN: 'add the account to keeprolling.yaml of the workers and restart them',
  E_FOREIGN_RECORDING: 'stop the other recording, or write policy: { foreign: adopt }',
  E_ACCOUNT_UNREADY:
    'put that right at the vendor; where a policy forbids to make it, keeprolling start --plan FILE shows what to make',
  E_NOT_IN_FORCE:
    'let the encoder disconnect and connect again; policy: { repush: force } does that once by itself',
  E_DESTINATION: 'mend the place for files; the recording is tried again by itself',
  E_ARCHIVE_UNREADABLE: 'keeprolling doctor',
};

/** What is wanted before anything can be recorded, where it is no source and no window; null for other troubles. */
export function standstill(troubles: { about?: string; code: string | null }[]): string | null {
  if (troubles.some(({ code }) => code === 'E_NOT_IN_FORCE'))
    return 'nothing is recorded until the encoder reconnects';
  if (troubles.some(({ about, code }) => about === 'prepare' || code === 'E_ACCOUNT_UNREADY'))
    return "nothing is recorded until the vendor's account has what it needs";
  return null;
}

export function remedyFor(code: string, name: string): string | undefined {
  return REMEDIES[code]?.replace('NAME', name);
}
