/** In which zone a person means a clock time: the one he names, else the session's, else the machine's. */
import type { Client } from '../client/types.ts';
import { KeepRollingError } from '../contract/errors.ts';
import { isZone } from '../contract/time.ts';
import { usageError } from './failure.ts';

/** @throws KeepRollingError E_USAGE */
export function assertZone(zone: string | undefined): void {
  if (zone === undefined || isZone(zone)) return;
  throw usageError(`--zone: "${zone}" is not an IANA time zone, such as Europe/Berlin.`);
}

/** undefined where no session tells one. Of several sessions that fit, the first one's: mostly they share it. */
export async function zoneOf(client: Client, reference: string): Promise<string | undefined> {
  try {
    return (await (await client.session(reference)).status()).zone;
  } catch (error) {
    const first = firstCandidate(error);
    return first === undefined || first === reference ? undefined : await zoneOf(client, first);
  }
}

function firstCandidate(error: unknown): string | undefined {
  if (!(error instanceof KeepRollingError) || error.code !== 'E_SESSION_AMBIGUOUS') return undefined;
  const [first] = (error.details.candidates ?? []) as { sessionId: string }[];
  return first?.sessionId;
}
